//! The connection: where the Qdrant is, how it is, and what to do when it is not there.

use yew::prelude::*;

use crate::page::parts::{Button, CopyButton, Icon, Look, Modal, Shape, TextField};
use crate::page::store::{Store, use_store};
use crate::protocol::Failure;
use crate::state::{Action, ConnectionStatus, Trouble, address};

/// Address, API key, state, advice.
#[component]
pub(super) fn ConnectionDialog() -> Html {
    let store = use_store();
    let url = use_state(|| store.connection.url.clone());
    let key = use_state(String::new);
    let wrong = use_state(|| None::<&'static str>);
    let set = |state: &UseStateHandle<String>| {
        let state = state.clone();
        Callback::from(move |text: String| state.set(text))
    };
    let set_url = {
        let (url, wrong) = (url.clone(), wrong.clone());
        Callback::from(move |text: String| {
            url.set(text);
            wrong.set(None);
        })
    };
    let typed = url.trim().trim_end_matches('/').to_owned();
    let is_other = typed != store.connection.url.trim_end_matches('/');
    let submit = {
        let (store, key, wrong) = (store.clone(), key.clone(), wrong.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            store.dispatch(if is_other {
                match address(&typed) {
                    Ok(url) => Action::Reconnect(url.to_owned()),
                    Err(why) => return wrong.set(Some(why)),
                }
            } else {
                Action::Connect(Some((*key).clone()))
            });
            key.set(String::new());
        })
    };
    html! {
        <Modal title="Connection" onclose={store.on(|()| Action::Open(None))}>
            <div class="connection-state" role="status">{ state(&store) }</div>
            <form class="stack" novalidate=true onsubmit={submit}>
                <TextField label="Address of the Qdrant" kind="url" value={(*url).clone()} oninput={set_url} placeholder="http://localhost:6333" />
                if let Some(wrong) = *wrong { <p class="mistake" role="alert"><Icon shape={Shape::Warning} /><span>{ wrong }</span></p> }
                <TextField label="API key" kind="password" value={(*key).clone()} oninput={set(&key)}
                    placeholder={if store.connection.api_key.is_some() { "One is in use" } else { "If it wants one" }}
                    help="Kept in memory, sent to that address as a header, never part of a link." />
                if is_other { <p class="muted">{ "Another address loads the page anew, since its security policy names the one server it may talk to. Keys are then made anew, and the API key is asked for there." }</p> }
                <div class="row end">
                    if store.connection.api_key.is_some() {
                        <Button look={Look::Quiet} icon={Shape::Trash} label="Forget the API key" onclick={store.on(|_: MouseEvent| Action::ForgetApiKey)} />
                    }
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
        ConnectionStatus::Down(failure) => down(store, failure),
    }
}

/// What is wrong in plain words, then in those of the program.
fn down(store: &Store, failure: &Failure) -> Html {
    html! {
        <div class="failure" role="alert">
            <Icon shape={Shape::Warning} />
            <div>
                <p><strong>{ store.connection.trouble().map(Trouble::sentence) }</strong></p>
                <p class="muted">{ "In detail: " }{ &failure.message }{ " " }<code class="code">{ &failure.code }</code></p>
            </div>
        </div>
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
    match store.connection.trouble() {
        Some(Trouble::Silent | Trouble::NoQdrant) => (),
        Some(Trouble::NeedsKey | Trouble::KeyRefused) => {
            return html! { <p>{ "Give one that may create collections (manage, or JWT access \"m\")." }</p> };
        }
        _ => return Html::default(),
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
