//! A document in the list.

use yew::prelude::*;

use super::editor::Editor;
use crate::page::parts::{Icon, Shape};
use crate::page::store::use_store;
use crate::protocol::Document;
use crate::state::Action;
use crate::state::documents::DocumentStatus;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) document: Document,
    pub(super) status: DocumentStatus,
    pub(super) is_open: bool,
    /// Whether its policy has no mistake.
    pub(super) is_right: bool,
}

/// What it is called, who may read it, and where it stands; opens its editor below.
#[component]
pub(super) fn Row(props: &Props) -> Html {
    let store = use_store();
    let Props { document, is_open, .. } = props;
    let editor = format!("editor-{}", document.id);
    let onclick = {
        let next = (!is_open).then(|| document.id.clone());
        store.on(move |_: MouseEvent| Action::OpenDocument(next.clone()))
    };
    let (class, shape, word) = match props.status {
        DocumentStatus::New => ("new", Shape::Open, "not yet"),
        DocumentStatus::Encrypted => ("good", Shape::Lock, "encrypted"),
        DocumentStatus::Changed => ("warn", Shape::Turn, "changed since"),
        DocumentStatus::Failed => ("bad", Shape::Warning, "not written"),
    };
    html! {
        <li class={classes!("document", is_open.then_some("open"))}>
            <button type="button" class="document-row" aria-expanded={is_open.to_string()} aria-controls={is_open.then(|| editor.clone())} {onclick}>
                <span class="document-id numbers" title={document.id.clone()}>{ &document.id }</span>
                <span class="document-title">{ document.short_title() }</span>
                <span class={classes!("document-policy", (!props.is_right).then_some("wrong"))}>
                    if !props.is_right { <Icon shape={Shape::Warning} /><span class="wrong-word">{ "mistake" }</span> }
                    <code title={document.policy.clone()}>{ &document.policy }</code>
                </span>
                <span class={classes!("document-status", class)}><Icon {shape} /><span>{ word }</span></span>
            </button>
            if *is_open { <div id={editor}><Editor document={document.clone()} /></div> }
        </li>
    }
}
