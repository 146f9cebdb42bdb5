//! The way through the story.

use yew::prelude::*;

use crate::page::parts::{Button, Icon, Look, Shape};
use crate::page::store::{Store, use_store};
use crate::state::{Action, Place};

/// The places, with what is there, and the button that runs the whole story.
#[component]
pub(super) fn Navigation() -> Html {
    let store = use_store();
    let is_running = store.story.is_some();
    let can_run = store.is_connected() && store.checked.structure.is_ok() && !store.scenario().documents.is_empty();
    let run = store.on(|_: MouseEvent| Action::RunStory);
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
                                <span class="place-state">{ status(&store, place) }</span>
                            </button>
                        </li>
                    }
                }) }
            </ol>
            <div class="story-start">
                <Button look={Look::Primary} icon={Shape::Play} label={if is_running { "The story is running" } else { "Run the whole story" }}
                    onclick={run} disabled={is_running || !can_run} />
                <p class="muted">{ "Issues keys, encrypts, searches and attacks, in half a minute." }</p>
            </div>
            <p class="nav-foot muted"><Icon shape={Shape::Lock} />{ "Keys, texts and vectors stay in this tab." }</p>
        </nav>
    }
}

/// What is there, in a few words.
fn status(store: &Store, place: Place) -> String {
    let scenario = store.scenario();
    match place {
        Place::Policy => match (&store.checked.structure, store.checked.wrong_policies(scenario)) {
            (Err(_), _) => "has a mistake".to_owned(),
            _ if store.structure_draft.is_some() => "has a mistake".to_owned(),
            (_, 0) => counted(store.checked.policies.len(), "policy", "policies"),
            (_, wrong) => counted(wrong, "document with a mistake", "documents with mistakes"),
        },
        Place::People => counted(store.ready_keys().len(), "key", "keys"),
        Place::Data => match (&store.data.upload, &store.data.stored) {
            (Some(_), _) => "encrypting …".to_owned(),
            (None, Some(stored)) => format!("{} encrypted", stored.uploaded.written),
            (None, None) => counted(scenario.documents.len(), "document", "documents"),
        },
        Place::Search => store.search.found.as_ref().map_or_else(String::new, |_| "searched".to_owned()),
        Place::Server => store.server.inspected.as_ref().map_or_else(String::new, |_| "looked at".to_owned()),
        Place::Attacks => match store.attacks.outcomes.len() {
            0 => String::new(),
            count => format!("{count} of 7 tried"),
        },
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
