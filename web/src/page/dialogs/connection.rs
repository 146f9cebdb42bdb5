//! The connection: where the Qdrant is, how it is, and what to do when it is not there.

use yew::prelude::*;

use crate::page::parts::{Button, CopyButton, FailureBox, Icon, Look, Modal, Shape, TextField};
use crate::page::store::{Store, use_store};
use crate::state::{Action, ConnectionStatus};

/// Address, API key, state, advice.
#[component]
pub(super) fn ConnectionDialog() -> Html {
    let store = use_store();
    let url = use_state(|| store.connection.url.clone());
    let key = use_state(String::new);
    let set = |state: &UseStateHandle<String>| {
        let state = state.clone();
        Callback::from(move |text: String| state.set(text))
    };
    let typed = url.trim().trim_end_matches('/').to_owned();
    let is_other = typed != store.connection.url.trim_end_matches('/');
    let submit = {
        let (store, key) = (store.clone(), key.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let given = Some((*key).clone()).filter(|key| !key.is_empty());
            store.dispatch(if is_other {
                Action::Reconnect(typed.clone())
            } else {
                Action::Connect(given)
            });
            key.set(String::new());
        })
    };
    html! {
        <Modal title="Connection" onclose={store.on(|()| Action::Open(None))}>
            <div class="connection-state" role="status">{ state(&store) }</div>
            <form class="stack" onsubmit={submit}>
                <TextField label="Address of the Qdrant" kind="url" value={(*url).clone()} oninput={set(&url)} placeholder="http://localhost:6333" />
                <TextField label="API key" kind="password" value={(*key).clone()} oninput={set(&key)}
                    placeholder={if store.connection.api_key.is_some() { "One is in use" } else { "If it wants one" }}
                    help="Kept in memory, sent to that address as a header, never part of a link." />
                if is_other { <p class="muted">{ "Another address loads the page anew, since its security policy names the one server it may talk to. Keys are then made anew, and the API key is asked for there." }</p> }
                <div class="row end">
                    <Button look={Look::Primary} submits=true label={if is_other { "Connect and reload" } else { "Connect" }} />
                </div>
            </form>
            if matches!(store.connection.status, ConnectionStatus::Down(_)) { { advice(&store) } }
        </Modal>
    }
}

fn state(store: &Store) -> Html {
    match &store.connection.status {
        ConnectionStatus::Connecting => html! { <p class="row"><Icon shape={Shape::Turn} />{ "Connecting …" }</p> },
        ConnectionStatus::Up {
            version,
            embedded,
            latency,
            collections,
        } => html! {
            <dl class="facts">
                <dt>{ "State" }</dt><dd class="row"><Icon shape={Shape::Check} />{ "connected" }</dd>
                <dt>{ "Server" }</dt><dd>{ if *embedded { format!("Qdrant's engine {version}, embedded by vecseal-server") } else { format!("Qdrant {version}") } }</dd>
                <dt>{ "Latency" }</dt><dd class="numbers">{ format!("{latency:.1} ms") }</dd>
                <dt>{ "Collections" }</dt><dd>{ if collections.is_empty() { "none".to_owned() } else { shortened(collections) } }</dd>
            </dl>
        },
        ConnectionStatus::Down(failure) => html! { <FailureBox failure={failure.clone()} bare=true /> },
    }
}

fn shortened(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(8).map(String::as_str).collect();
    let more = names.len().saturating_sub(shown.len());
    if more > 0 {
        format!("{}, and {more} more", shown.join(", "))
    } else {
        shown.join(", ")
    }
}

/// What to do: a browser cannot tell a server that is down from one that does not allow the page.
fn advice(store: &Store) -> Html {
    let ConnectionStatus::Down(failure) = &store.connection.status else {
        return Html::default();
    };
    if failure.code == "unauthorized" {
        return html! { <p>{ "The Qdrant answers, and wants an API key: one that may create collections (manage, or JWT access \"m\")." }</p> };
    }
    let origin = gloo_utils::window().location().origin().unwrap_or_default();
    html! {
        <div class="stack advice">
            <h3>{ "Start one" }</h3>
            <p>{ "The embedded engine, with this page beside it:" }</p>
            <Command text="cargo xtask play" />
            <p>{ "Or a Qdrant of your own:" }</p>
            <Command text="docker run -p 127.0.0.1:6333:6333 -e QDRANT__SERVICE__ENABLE_CORS=true qdrant/qdrant" />
            <p class="muted">{ format!("If it runs already: browsers hide why a request failed. A Qdrant with CORS off, or a proxy in front of it, must allow this page's origin ({origin}); a page served over https cannot ask one over http, but for localhost.") }</p>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct CommandProps {
    text: &'static str,
}

#[component]
fn Command(props: &CommandProps) -> Html {
    html! { <div class="command"><code>{ props.text }</code><CopyButton text={props.text} what="the command" /></div> }
}
