//! What is said where there is nothing to show, or something went wrong.

use yew::prelude::*;

use super::button::{Button, Look};
use super::icon::{Icon, Shape};
use crate::page::store::{Store, use_store};
use crate::protocol::Failure;
use crate::state::words::counted;
use crate::state::{Action, Mistake, Place, Trouble};

#[derive(PartialEq, Properties)]
pub(in crate::page) struct EmptyProps {
    pub(in crate::page) title: AttrValue,
    pub(in crate::page) icon: Shape,
    /// What to do.
    #[prop_or_default]
    pub(in crate::page) children: Html,
}

/// Nothing yet, and what to do about it.
#[component]
pub(in crate::page) fn Empty(props: &EmptyProps) -> Html {
    html! {
        <div class="empty">
            <Icon shape={props.icon} />
            <p class="empty-title">{ &props.title }</p>
            { props.children.clone() }
        </div>
    }
}

#[derive(PartialEq, Properties)]
pub(in crate::page) struct NeedsProps {
    /// What is shown here once there is something.
    pub(in crate::page) what: AttrValue,
}

/// Nothing is uploaded yet.
#[component]
pub(in crate::page) fn NeedsUpload(props: &NeedsProps) -> Html {
    let store = use_store();
    let onclick = store.on(|_: MouseEvent| Action::Upload);
    let to_data = store.on(|_: MouseEvent| Action::GoTo(Place::Data));
    let count = store.scenario().documents.len();
    let is_running = store.data.upload.is_some();
    html! {
        <Empty title={if is_running { "The upload runs" } else { "Nothing is encrypted yet" }} icon={Shape::Lock}>
            <p>{ &props.what }</p>
            <div class="row">
                <Button look={Look::Primary} icon={Shape::Lock} {onclick} disabled={is_running || !store.is_connected() || count == 0}
                    label={if is_running { "Encrypting …".to_owned() } else { format!("Encrypt and upload {}", counted(count, "document", "documents")) }} />
                <Button look={Look::Quiet} label="Go to Data" onclick={to_data} />
            </div>
            { no_qdrant(&store) }
        </Empty>
    }
}

/// Says that no Qdrant answers, if none does, where something needs one.
pub(in crate::page) fn no_qdrant(store: &Store) -> Html {
    if store.is_connected() {
        return Html::default();
    }
    let text = store.connection.trouble().map_or("Asking the Qdrant …", Trouble::sentence);
    html! {
        <p class="remark warn" role="status">
            <Icon shape={Shape::Warning} /><span>{ text }{ " See the connection at the top." }</span>
            <Button icon={Shape::Turn} label="Try again" name="Try again to connect" onclick={store.on(|_: MouseEvent| Action::Connect(None))} />
        </p>
    }
}

/// Says that documents or settings changed since the upload, if they did, with what is of the upload, and uploads again.
pub(in crate::page) fn stored_old(store: &Store, what: &'static str) -> Html {
    if !store.is_stored_old() {
        return Html::default();
    }
    let is_running = store.data.upload.is_some();
    html! {
        <div class="aside-note" role="status">
            <Icon shape={Shape::Warning} />
            <span>{ "Documents, policies or settings have changed since the upload. " }{ what }</span>
            <Button icon={Shape::Lock} label={if is_running { "Encrypting …" } else { "Upload again" }} disabled={is_running || !store.can_upload()}
                onclick={store.on(|_: MouseEvent| Action::Upload)} />
        </div>
    }
}

#[derive(PartialEq, Properties)]
pub(in crate::page) struct FailureProps {
    pub(in crate::page) failure: Failure,
    /// What to do, if there is something.
    #[prop_or_default]
    pub(in crate::page) children: Html,
}

/// Why something failed: in plain words if there are some, then in those of the program, with its code.
#[component]
pub(in crate::page) fn FailureBox(props: &FailureProps) -> Html {
    let advice = advice(&props.failure.code);
    html! {
        <div class="failure" role="alert">
            <Icon shape={Shape::Warning} />
            <div>
                if let Some(advice) = advice { <p>{ advice }</p> }
                <p class={advice.map(|_| "muted")}>{ sentence(&props.failure.message) }{ " " }<code class="code">{ &props.failure.code }</code></p>
                { props.children.clone() }
            </div>
        </div>
    }
}

/// Begins with a capital and ends with a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

/// What to do about the errors that a user of the page can cause.
fn advice(code: &str) -> Option<&'static str> {
    Some(match code {
        "interrupted" | "unreachable" | "timeout" => {
            "The Qdrant is down, or does not allow this page (CORS). See the connection at the top of the page."
        }
        "unauthorized" => "Give an API key that may read and write, in the connection at the top of the page.",
        "wrong_collection_dimension" | "missing_vector" | "wrong_metric" => {
            "That collection holds other vectors. Take another name under Settings, or delete it."
        }
        "missing_keyring" => "That collection is not one of VecSeal's. Take another name under Settings.",
        "wrong_authority" => "It belongs to another authority: each visit and each example has its own.",
        "model_unavailable" => "The embedding model is served beside this page; is that server still there?",
        "cancelled" => "What was done until then stays. Starting again is safe.",
        _ => return None,
    })
}

#[derive(PartialEq, Properties)]
pub(in crate::page) struct MistakeProps {
    pub(in crate::page) mistake: Mistake,
    /// Names the line, for the field that it is about.
    #[prop_or_default]
    pub(in crate::page) id: Option<AttrValue>,
}

/// A mistake in a text with its hint.
#[component]
pub(in crate::page) fn MistakeLine(props: &MistakeProps) -> Html {
    let mistake = &props.mistake;
    html! {
        <p class="mistake" id={props.id.clone()}>
            <Icon shape={Shape::Warning} />
            <span>
                { sentence(&mistake.message) }{ " " }<code class="code">{ &mistake.code }</code>
                if !mistake.hint.is_empty() { <><br />{ &mistake.hint }</> }
            </span>
        </p>
    }
}
