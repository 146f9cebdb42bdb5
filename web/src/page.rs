//! The page: what is seen, and what turns events into actions of the store.

use yew::prelude::*;

/// Shows the page.
pub fn start() {
    yew::Renderer::<App>::new().render();
}

#[component]
fn App() -> Html {
    html! { <main><h1>{ "VecSeal" }</h1></main> }
}
