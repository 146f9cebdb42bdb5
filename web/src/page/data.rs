//! To be written.

use yew::prelude::*;

/// The place.
#[component]
pub(super) fn DataView() -> Html {
    html! { <p>{ "…" }</p> }
}
