//! To be written.

use yew::prelude::*;

use crate::page::parts::Modal;
use crate::page::store::use_store;
use crate::state::Action;

/// The dialog.
#[component]
pub(super) fn HelpDialog() -> Html {
    let store = use_store();
    html! { <Modal title="Help" onclose={store.on(|()| Action::Open(None))}><p>{ "…" }</p></Modal> }
}
