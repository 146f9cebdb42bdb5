//! Editing a document.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::picker::PolicyPicker;
use crate::page::parts::{Button, Look, PolicyField, Shape, TextField};
use crate::page::store::use_store;
use crate::protocol::Document;
use crate::state::words::counted;
use crate::state::{Action, Change};

/// Words that the embedding model reads, about.
const READ_WORDS: usize = 90;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) document: Document,
}

/// Title, text and policy of a document; every letter is a change, undone field by field.
#[component]
pub(super) fn Editor(props: &Props) -> Html {
    let store = use_store();
    let document = &props.document;
    let editor = use_node_ref();
    {
        let (editor, is_new) = (editor.clone(), document.title.is_empty() && document.text.is_empty());
        // A new document is one to write.
        use_effect_with((), move |()| {
            let title = editor.cast::<Element>().filter(|_| is_new);
            let title = title.and_then(|editor| editor.query_selector("input").ok().flatten());
            if let Some(title) = title.and_then(|title| title.dyn_into::<HtmlElement>().ok()) {
                drop(title.focus());
            }
        });
    }
    let set = |change: fn(&mut Document, String)| {
        let document = document.clone();
        store.on(move |typed: String| {
            let mut document = document.clone();
            change(&mut document, typed);
            Action::Change(Change::SetDocument(document))
        })
    };
    let delete = {
        let id = document.id.clone();
        store.on(move |_: MouseEvent| Action::Change(Change::RemoveDocument(id.clone())))
    };
    let close = store.on(|_: MouseEvent| Action::OpenDocument(None));
    let set_policy = set(|document, policy| document.policy = policy);
    let mistake = store.checked.policies.get(&document.policy).and_then(|policy| policy.as_ref().err()).cloned();
    html! {
        <div class="editor" ref={editor}>
            <TextField label="Title" value={document.title.clone()} oninput={set(|document, title| document.title = title)} />
            <TextArea id={format!("text-{}", document.id)} label="Text" value={document.text.clone()} note={if document.embedded.is_some() { Note::Sealed } else { Note::Both }}
                oninput={set(|document, text| document.text = text)} />
            if let Some(embedded) = &document.embedded {
                <TextArea id={format!("embedded-{}", document.id)} label="Text that is embedded in its place" value={embedded.clone()} note={Note::Embedded}
                    oninput={set(|document, text| document.embedded = Some(text))} />
            }
            <PolicyField id={format!("policy-{}", document.id)} label="Policy: who may read it" value={document.policy.clone()} {mistake} oninput={set_policy.clone()} />
            <PolicyPicker policy={document.policy.clone()} onpick={set_policy} />
            <div class="row end">
                <Button look={Look::Danger} icon={Shape::Trash} label="Remove" name={format!("Remove document {}", document.id)} onclick={delete} />
                <Button look={Look::Plain} label="Close" name="Close the editor" onclick={close} />
            </div>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct TextAreaProps {
    id: AttrValue,
    label: &'static str,
    value: AttrValue,
    note: Note,
    oninput: Callback<String>,
}

/// What becomes of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Note {
    Sealed,
    Embedded,
    Both,
}

#[component]
fn TextArea(props: &TextAreaProps) -> Html {
    let oninput = props.oninput.reform(|event: InputEvent| {
        event
            .target()
            .and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok())
            .map_or_else(String::new, |area| area.value())
    });
    let words = props.value.split_whitespace().count();
    let help = format!("{}-help", props.id);
    let count = counted(words, "word", "words");
    let note = match props.note {
        Note::Sealed => format!("{count}, sealed and not embedded."),
        Note::Both if words > READ_WORDS => {
            format!("{count}. All of them are sealed; the embedding reads about the first {READ_WORDS}.")
        }
        Note::Embedded => format!("{count}, not sealed; the embedding reads about the first {READ_WORDS}."),
        Note::Both => format!("{count}."),
    };
    html! {
        <div class="field">
            <label class="label" for={props.id.clone()}>{ props.label }</label>
            <textarea id={props.id.clone()} class="prose" rows="5" value={props.value.clone()} aria-describedby={help.clone()} {oninput} />
            <span class="help numbers" id={help}>{ note }</span>
        </div>
    }
}
