//! What opens over the page.

mod code;
mod connection;
mod gallery;
mod help;
mod share;
mod story;

use yew::prelude::*;

use super::store::use_store;
use crate::state::Dialog;

/// The dialog that is open, if one is.
#[component]
pub(super) fn Dialogs() -> Html {
    let store = use_store();
    match store.dialog {
        None => Html::default(),
        Some(Dialog::Connection) => html! { <connection::ConnectionDialog /> },
        Some(Dialog::Gallery) => html! { <gallery::GalleryDialog /> },
        Some(Dialog::Share) => html! { <share::ShareDialog /> },
        Some(Dialog::Code) => html! { <code::CodeDialog /> },
        Some(Dialog::Help) => html! { <help::HelpDialog /> },
        Some(Dialog::Story) => html! { <story::StoryDialog /> },
    }
}
