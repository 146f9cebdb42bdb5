//! What the story came to.

use yew::prelude::*;

use crate::page::parts::{Button, Icon, Modal, Shape};
use crate::page::store::{Store, use_store};
use crate::protocol::Attack;
use crate::state::words::{counted, tied};
use crate::state::{Action, Place, Reader, Summary};

/// The dialog.
#[component]
pub(super) fn StoryDialog() -> Html {
    let store = use_store();
    let summary = Summary::of(&store);
    let documents = counted(summary.documents, "document", "documents");
    let compartments = counted(summary.compartments, "compartment", "compartments");
    let people = counted(summary.people, "user", "users");
    let keys = counted(summary.keys, "key", "keys");
    html! {
        <Modal title="What the story came to" onclose={store.on(|()| Action::Open(None))}>
            <dl class="facts story-facts">
                <dt>{ "Sealed" }</dt><dd>{ format!("{documents}, in {compartments}: one for each policy") }</dd>
                <dt>{ "Keys" }</dt><dd>{ format!("{people} with {keys}, all in this tab's memory") }</dd>
                <dt>{ "Asked" }</dt><dd>{ summary.question.clone().map_or_else(|| "nothing yet".to_owned(), |question| format!("“{question}”")) }</dd>
            </dl>
            { readers(&summary) }
            <dl class="facts story-facts">
                <dt>{ "Attacks" }</dt><dd class="row">{ attacks(&summary) }</dd>
                <dt>{ "The server learned" }</dt><dd>{ if summary.learned.is_empty() { "nothing yet".to_owned() } else { tied(&summary.learned) } }</dd>
            </dl>
            { places(&store) }
        </Modal>
    }
}

fn readers(summary: &Summary) -> Html {
    if summary.readers.is_empty() {
        return Html::default();
    }
    let has_others = summary.readers.iter().any(|reader| reader.other > 0);
    html! {
        <div class="scroll" tabindex="0" role="region" aria-label="Who opens what">
            <table class="story-table">
                <caption>{ format!("Of the {} nearest documents in the clear, each user", summary.nearest) }</caption>
                <thead><tr>
                    <th scope="col">{ "User" }</th>
                    <td aria-hidden="true"></td>
                    <th scope="col" class="number">{ "opens" }</th>
                    <th scope="col" class="number">{ "is denied" }</th>
                    if has_others { <th scope="col" class="number">{ "finds changed or gone" }</th> }
                </tr></thead>
                <tbody>{ for summary.readers.iter().map(|reader| row(reader, has_others)) }</tbody>
            </table>
        </div>
    }
}

fn row(reader: &Reader, has_others: bool) -> Html {
    html! {
        <tr>
            <th scope="row">{ &reader.name }</th>
            <td aria-hidden="true">{ dots(reader) }</td>
            <td class="number">{ reader.opened }</td>
            <td class="number">{ reader.denied }</td>
            if has_others { <td class="number">{ reader.other }</td> }
        </tr>
    }
}

/// The same in dots, the opened ones full.
fn dots(reader: &Reader) -> Html {
    let all = reader.opened + reader.denied + reader.other;
    html! {
        <svg class="story-dots" viewBox={format!("0 0 {} 10", 10 * all.max(1))}>
            { for (0..all).map(|number| html! {
                <circle class={(number < reader.opened).then_some("full")} cx={(10 * number + 5).to_string()} cy="5" r="3.5" />
            }) }
        </svg>
    }
}

fn attacks(summary: &Summary) -> Html {
    let tally = summary.attacks;
    if tally.tried == 0 {
        return html! { "none run yet" };
    }
    let breaches = match tally.breached {
        0 => "nothing opened that should not".to_owned(),
        breached => counted(breached, "breach", "breaches"),
    };
    let (class, shape) = if tally.breached == 0 {
        ("good", Shape::Check)
    } else {
        ("bad", Shape::Warning)
    };
    let failed = match tally.failed {
        0 => String::new(),
        failed => format!("; {failed} did not run to the end"),
    };
    html! {
        <>
            <span class={classes!("chip", class)}><Icon {shape} />{ if tally.breached == 0 { "Held" } else { "Breached" } }</span>
            { format!("{} of {} run, {breaches}{failed}", tally.tried, Attack::ALL.len()) }
        </>
    }
}

/// Ways to look closer.
fn places(store: &Store) -> Html {
    let go = |place: Place| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            store.dispatch(Action::Open(None));
            store.dispatch(Action::GoTo(place));
        })
    };
    html! {
        <nav class="story-places" aria-label="Look closer">
            { for Place::ALL.into_iter().map(|place| {
                html! { <Button label={place.title()} onclick={go(place)} /> }
            }) }
        </nav>
    }
}
