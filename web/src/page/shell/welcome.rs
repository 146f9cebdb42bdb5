//! What a first visit sees at the top of the first place.

use yew::prelude::*;

use super::navigation::RunStory;
use crate::page::parts::{Button, Look, Shape};
use crate::page::services::{is_first_visit, keep_visit};
use crate::page::store::use_store;
use crate::state::Place;

/// What VecSeal is, what the page does, and the way to see it all; until it is dismissed or the story has run.
#[component]
pub(super) fn Welcome() -> Html {
    let store = use_store();
    let is_wanted = use_state(is_first_visit);
    let is_running = store.story.is_some();
    let dismiss = {
        let is_wanted = is_wanted.clone();
        move || {
            keep_visit();
            is_wanted.set(false);
        }
    };
    {
        let dismiss = dismiss.clone();
        use_effect_with(is_running, move |is_running| {
            if *is_running {
                dismiss();
            }
        });
    }
    if !*is_wanted || is_running || store.place != Place::Policy {
        return Html::default();
    }
    html! {
        <section class="panel welcome" aria-label="Welcome">
            <div>
                <p>{ "VecSeal is for teams that keep private documents in a vector database: they are encrypted before they leave, the database still searches, and each person’s key opens only what they may read." }</p>
                <p>{ "Here you can try all of it on a live Qdrant with an example company: policies, keys, encryption, search, what the server sees, and seven attacks." }</p>
            </div>
            <div class="row"><RunStory /></div>
            <Button look={Look::Quiet} icon={Shape::Cross} icon_only=true label="Close the welcome" onclick={Callback::from(move |_: MouseEvent| dismiss())} />
        </section>
    }
}
