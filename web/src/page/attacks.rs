//! Attacks on what was uploaded, each run for real.

mod call;
mod card;
mod report;

use yew::prelude::*;

use super::parts::{Button, Look, NeedsUpload, Shape, no_qdrant, stored_old};
use super::store::{Store, use_store};
use crate::protocol::Attack;
use crate::state::Action;
use crate::state::words::counted;
use card::AttackCard;

/// The place.
#[component]
pub(super) fn AttacksPlace() -> Html {
    let store = use_store();
    if store.readable().is_none() {
        return html! {
            <NeedsUpload what="Then seven attacks run on it, and show the calls they make, what comes back, and what opens." />
        };
    }
    html! {
        <>
            { bar(&store) }
            { no_qdrant(&store) }
            { stored_old(&store, "Attacks are on what was uploaded.") }
            <ol class={classes!("attack-list", (!store.attacks.waiting.is_empty()).then_some("many"))}>{ for Attack::ALL.into_iter().map(|attack| html! { <AttackCard {attack} /> }) }</ol>
        </>
    }
}

/// All at once, and how far that is.
fn bar(store: &Store) -> Html {
    let running = store.attacks.running;
    let tally = store.attacks.tally();
    let waiting = store.attacks.waiting.len();
    let text = match running {
        Some((attack, _)) if waiting > 0 => {
            let wait = counted(waiting, "waits", "wait");
            format!("Running: {}. {wait}.", attack.title())
        }
        Some((attack, _)) => format!("Running: {}.", attack.title()),
        None if tally.tried + tally.failed == 0 => "Nothing is tried yet.".to_owned(),
        None => {
            let breaches = counted(tally.breached, "breach", "breaches");
            let failed = match tally.failed {
                0 => String::new(),
                failed => format!(" {failed} not run to the end."),
            };
            format!("{} of {} tried, {breaches}.{failed}", tally.tried, Attack::ALL.len())
        }
    };
    let button = match running {
        Some((_, job)) => html! {
            <Button icon={Shape::Stop} label="Cancel" onclick={store.on(move |_: MouseEvent| Action::Cancel(job))} />
        },
        None => html! {
            <Button look={Look::Primary} icon={Shape::Attack} label="Run all" disabled={!store.is_connected()} onclick={store.on(|_: MouseEvent| Action::AttackAll)} />
        },
    };
    let (done, all) = (Attack::ALL.len() - waiting - usize::from(running.is_some()), Attack::ALL.len());
    html! {
        <div class="attack-bar">
            { button }
            <p role="status" class="numbers">{ text }</p>
            if running.is_some() && waiting > 0 {
                <progress max={all.to_string()} value={done.to_string()} aria-label="Attacks that are through" />
            } else if running.is_some() {
                <progress aria-label="The attack" />
            }
        </div>
    }
}
