//! The way through the story.

use yew::prelude::*;

use crate::page::parts::{Button, Icon, Look, Shape};
use crate::page::store::use_store;
use crate::state::{Action, Place};

/// The places, with what is there, and the button that runs the whole story.
#[component]
pub(super) fn Navigation() -> Html {
    let store = use_store();
    html! {
        <nav aria-label="Places">
            <ol>
                { for Place::ALL.into_iter().zip(1..).map(|(place, number)| {
                    let is_here = store.place == place;
                    html! {
                        <li>
                            <button type="button" class="place-link" aria-current={is_here.then_some("page")}
                                onclick={store.on(move |_: MouseEvent| Action::GoTo(place))}>
                                <span class="place-number" aria-hidden="true">{ number }</span>
                                <span class="place-name">{ place.title() }</span>
                                <span class="place-state">{ store.standing(place) }</span>
                            </button>
                        </li>
                    }
                }) }
            </ol>
            <div class="story-start">
                <RunStory />
                <p class="muted">{ "Issues keys, encrypts, searches and attacks, in half a minute." }</p>
            </div>
            <p class="nav-foot muted"><Icon shape={Shape::Lock} />{ "Keys, plaintext texts and plaintext vectors stay in this tab." }</p>
        </nav>
    }
}

/// The button that runs the whole story.
#[component]
pub(super) fn RunStory() -> Html {
    let store = use_store();
    let is_running = store.story.is_some();
    html! {
        <Button look={Look::Primary} icon={Shape::Play} label={if is_running { "The story is running" } else { "Run the whole story" }}
            onclick={store.on(|_: MouseEvent| Action::RunStory)} disabled={is_running || !store.can_upload()} />
    }
}
