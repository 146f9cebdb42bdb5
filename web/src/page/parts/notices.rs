//! What the page says in passing.

use yew::prelude::*;

use super::button::{Button, Look};
use super::icon::Shape;
use crate::page::store::use_store;
use crate::state::{Action, Mood};

/// Where it says it. A dialog has one of its own: what is outside of it is behind its backdrop, and unheard.
#[component]
pub(in crate::page) fn Notices() -> Html {
    let store = use_store();
    let notice = store.notice.as_ref().map(|notice| {
        let mood = if notice.mood == Mood::Good { "good" } else { "bad" };
        let number = notice.number;
        let drop = store.on(move |_: MouseEvent| Action::DropNotice(number));
        html! {
            <div key={number} class={classes!("notice", mood)}>
                <p>{ &notice.text }</p>
                <Button look={Look::Quiet} icon={Shape::Cross} icon_only=true label="Dismiss" onclick={drop} />
            </div>
        }
    });
    html! { <div class="notices" role="status" aria-live="polite">{ for notice }</div> }
}
