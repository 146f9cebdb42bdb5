//! To be written.

use yew::prelude::*;

use crate::page::parts::Modal;
use crate::page::store::use_store;
use crate::state::Action;

/// The dialog.
#[component]
pub(super) fn GalleryDialog() -> Html {
    let store = use_store();
    html! { <Modal title="Examples" onclose={store.on(|()| Action::Open(None))}><p>{ "…" }</p></Modal> }
}
