//! Where the story is, while it runs.

use yew::prelude::*;

use crate::page::parts::{Button, Look};
use crate::page::store::use_store;
use crate::state::{Action, Place};

/// A line that says what happens.
#[component]
pub(super) fn StoryBar() -> Html {
    let store = use_store();
    let Some(story) = store.story else {
        return Html::default();
    };
    let number = Place::ALL.iter().position(|place| *place == story.at).map_or(1, |index| index + 1);
    html! {
        <div class="story-bar" role="status">
            <span class="story-steps" aria-hidden="true">
                { for (1..=Place::ALL.len()).map(|step| html! { <i class={classes!((step < number).then_some("done"), (step == number).then_some("now"))} /> }) }
            </span>
            <p>{ what(story.at) }</p>
            <Button look={Look::Quiet} label="Stop" onclick={store.on(|_: MouseEvent| Action::StopStory)} />
        </div>
    }
}

fn what(place: Place) -> &'static str {
    match place {
        Place::Policy => "1 of 6: the policy says who may read what.",
        Place::People => "2 of 6: each user has a key, cut from the policy's rights.",
        Place::Data => "3 of 6: texts are embedded and sealed in this tab, then uploaded.",
        Place::Search => "4 of 6: one question, asked with every user's key.",
        Place::Server => "5 of 6: what the server has of the best answer.",
        Place::Attacks => "6 of 6: seven attacks on what is there.",
    }
}
