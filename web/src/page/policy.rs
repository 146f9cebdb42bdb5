//! To be written.

use yew::prelude::*;

/// The place.
#[component]
pub(super) fn PolicyPlace() -> Html {
    html! { <p>{ "…" }</p> }
}
