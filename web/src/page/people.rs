//! To be written.

use yew::prelude::*;

/// The place.
#[component]
pub(super) fn PeoplePlace() -> Html {
    html! { <p>{ "…" }</p> }
}
