//! The connection in the header, in a few words.

use yew::prelude::*;

use crate::page::store::use_store;
use crate::state::{Action, ConnectionStatus, Dialog, Trouble};

/// Which Qdrant there is and how it is; opens what to do about it.
#[component]
pub(super) fn ConnectionPill() -> Html {
    let store = use_store();
    let onclick = store.on(|_: MouseEvent| Action::Open(Some(Dialog::Connection)));
    let (class, text, numbers) = match &store.connection.status {
        ConnectionStatus::Connecting => ("waiting", "Connecting …".to_owned(), String::new()),
        ConnectionStatus::Up {
            version,
            embedded,
            latency,
            ..
        } => {
            let what = if *embedded { "Embedded engine" } else { "Qdrant" };
            ("up", format!("{what} {version}"), format!("{latency:.0} ms"))
        }
        ConnectionStatus::Down(_) => {
            let trouble = store.connection.trouble().map(Trouble::name);
            ("down", trouble.unwrap_or_default().to_owned(), String::new())
        }
    };
    html! {
        <button type="button" class={classes!("connection", class)} {onclick}>
            <span class="unseen">{ "Connection: " }</span>
            <span class="dot" aria-hidden="true" />
            <span class="connection-text">{ text }</span>
            <span class="connection-latency numbers">{ numbers }</span>
        </button>
    }
}
