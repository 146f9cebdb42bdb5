//! To be written.

use yew::prelude::*;

/// The place.
#[component]
pub(super) fn SearchView() -> Html {
    html! { <p>{ "…" }</p> }
}
