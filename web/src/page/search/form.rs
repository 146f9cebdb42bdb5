//! The question.

use vecseal_embed::MINI_LM;
use yew::prelude::*;

use crate::page::parts::numbers::time;
use crate::page::parts::{Button, FailureBox, Icon, Look, ModelLine, Select, Shape, TextField};
use crate::page::store::{Store, use_store};
use crate::protocol::Query;
use crate::state::Action;
use crate::state::results::time_of_all;
use crate::state::words::counted;

/// Numbers of results to choose from.
const LIMITS: [usize; 3] = [5, 10, 20];
/// More documents than this are named by their id.
const LISTED: usize = 500;
/// Questions that are shown at once.
const QUESTIONS: usize = 4;

/// Where a question is typed or taken, and how the last search went.
#[component]
pub(super) fn Form() -> Html {
    let store = use_store();
    let dimension = store.data.stored.as_ref().map_or(0, |stored| stored.uploaded.dimension);
    let takes_texts = dimension == MINI_LM.dimension;
    let is_near = store.search.near.is_some() || !takes_texts;
    let onsubmit = store.on(|event: SubmitEvent| {
        event.prevent_default();
        Action::Search
    });
    let limit = {
        let store = store.clone();
        Callback::from(move |chosen: String| {
            store.dispatch(Action::SetLimit(chosen.parse().unwrap_or(10)));
            if store.search.found.is_some() && store.is_connected() {
                store.dispatch(Action::Search);
            }
        })
    };
    let can = store.is_connected() && !store.ready_keys().is_empty();
    let has_query = if is_near {
        store.search.near.is_some()
    } else {
        !store.search.text.trim().is_empty()
    };
    html! {
        <form class="panel search-form" {onsubmit} role="search" aria-label="Documents">
            <div class="search-line">
                if is_near {
                    <NearField {takes_texts} {dimension} />
                } else {
                    <TextField label="Question" value={store.search.text.clone()} oninput={store.on(Action::Type)} kind="search"
                        placeholder="What do you want to know?" />
                }
                <Select label="Results" value={store.search.limit.to_string()} onchange={limit} class="search-limit"
                    options={LIMITS.map(|limit| (limit.to_string().into(), limit.to_string().into())).to_vec()} />
                <Button look={Look::Primary} icon={Shape::Search} label="Search" submits=true disabled={!can || !has_query} />
            </div>
            if !is_near { <Questions /> }
            if takes_texts && store.has_given_vectors() { { way(&store, is_near) } }
            <div class="search-status" role="status">{ status(&store) }</div>
            if store.search.job.is_some() { <ModelLine /> }
            if let Some(failure) = &store.search.failure { <FailureBox failure={failure.clone()} /> }
        </form>
    }
}

/// What somebody might ask, a few at a time: a click asks it.
#[component]
fn Questions() -> Html {
    let store = use_store();
    let first = use_state(|| 0);
    let questions = std::rc::Rc::clone(&store.scenario().questions);
    if questions.is_empty() {
        return Html::default();
    }
    let start = if *first < questions.len() { *first } else { 0 };
    let next = {
        let first = first.clone();
        Callback::from(move |_: MouseEvent| first.set(start + QUESTIONS))
    };
    html! {
        <div class="questions" role="group" aria-label="Example questions">
            <span class="label">{ "For example" }</span>
            <div class="chips">
                { for questions.iter().skip(start).take(QUESTIONS).map(|question| {
                    let (store, text) = (store.clone(), question.clone());
                    let onclick = Callback::from(move |_: MouseEvent| {
                        store.dispatch(Action::Type(text.clone()));
                        if store.is_connected() {
                            store.dispatch(Action::Search);
                        }
                    });
                    html! { <button type="button" class="chip" {onclick}>{ question }</button> }
                }) }
            </div>
            if questions.len() > QUESTIONS {
                <Button look={Look::Quiet} icon={Shape::Turn} label="Others" name="Others: more example questions" onclick={next} />
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct NearProps {
    takes_texts: bool,
    dimension: usize,
}

/// The document to search near to.
#[component]
fn NearField(props: &NearProps) -> Html {
    let store = use_store();
    let help = (!props.takes_texts).then(|| {
        AttrValue::from(format!(
            "These vectors have {} dimensions, those of a text here {}: search by a document.",
            props.dimension, MINI_LM.dimension
        ))
    });
    let near = store.search.near.clone().unwrap_or_default();
    let onchoose = store.on(|id: String| Action::Near(Some(id).filter(|id| !id.is_empty())));
    let documents = store.data.stored.as_ref().map(|stored| std::rc::Rc::clone(&stored.documents)).unwrap_or_default();
    if documents.len() > LISTED {
        return html! { <TextField label="Near the document with the id" value={near} oninput={onchoose} {help} /> };
    }
    let mut options = vec![(AttrValue::Static(""), AttrValue::Static("Choose a document"))];
    options.extend(documents.iter().map(|document| {
        let name = format!("{}: {}", document.id, document.short_title());
        (AttrValue::from(document.id.clone()), AttrValue::from(name))
    }));
    html! { <Select label="Near the document" value={near} {options} onchange={onchoose} {help} /> }
}

/// From texts to documents and back.
fn way(store: &Store, is_near: bool) -> Html {
    let first = store.data.stored.as_ref().and_then(|stored| stored.documents.first());
    let other = if is_near {
        None
    } else {
        first.map(|document| document.id.clone())
    };
    let onclick = store.on(move |_: MouseEvent| Action::Near(other.clone()));
    let label = if is_near {
        "Search by a text instead"
    } else {
        "Search near a document instead"
    };
    let button = html! { <Button {label} {onclick} /> };
    if is_near {
        return html! { <div class="row">{ button }</div> };
    }
    html! {
        <p class="remark warn"><Icon shape={Shape::Warning} /><span>{ format!(
            "These documents came with vectors of their own. A text is embedded by this page’s model, {}: unless it made those too, what is near may mean nothing.",
            MINI_LM.name
        ) }</span>{ button }</p>
    }
}

fn status(store: &Store) -> Html {
    if let Some(job) = store.search.job {
        let keys = counted(store.ready_keys().len(), "key", "keys");
        return html! {
            <>
                <span class="busy" aria-hidden="true" /><span>{ format!("Searching with {keys} …") }</span>
                <Button look={Look::Plain} icon={Shape::Stop} label="Cancel" onclick={store.on(move |_: MouseEvent| Action::Cancel(job))} />
            </>
        };
    }
    if store.ready_keys().is_empty() {
        return html! { <span>{ "There is no key yet: see People and keys." }</span> };
    }
    let Some((found, asked)) = store.search.found.as_ref().zip(store.search.asked.as_ref()) else {
        return html! { <span class="muted">{ "Embedded and encrypted in this tab; the server sees neither the question nor what it comes to." }</span> };
    };
    let (count, total) = time_of_all(found);
    let what = match asked {
        Query::Text(text) => format!("“{text}”"),
        Query::Document(id) => format!("near document {id}"),
    };
    if count == 0 {
        return html! { <span>{ format!("Asked: {what}. No key’s search came through.") }</span> };
    }
    html! {
        <span class="muted numbers">{ format!(
            "Asked: {what}, with {}{}, in {}.", counted(count, "key", "keys"), if count > 1 { " one after another" } else { "" }, time(total)
        ) }</span>
    }
}
