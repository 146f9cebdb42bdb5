//! To be written.

use yew::prelude::*;

/// The place.
#[component]
pub(super) fn AttacksPlace() -> Html {
    html! { <p>{ "…" }</p> }
}
