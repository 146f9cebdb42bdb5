//! To be written.

use yew::prelude::*;

/// The place.
#[component]
pub(super) fn ServerView() -> Html {
    html! { <p>{ "…" }</p> }
}
