//! Documents from files.

use js_sys::Array;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::page::parts::{Button, FailureBox, Icon, Look, ProgressLine, Shape};
use crate::page::store::use_store;
use crate::state::Action;
use crate::state::documents::example_file;
use crate::state::words::{counted, grouped};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// Whether a file is held over the place.
    pub(super) is_over: bool,
}

/// Where files go, what may be in them, and what is wrong with them.
#[component]
pub(super) fn Import(props: &Props) -> Html {
    let store = use_store();
    let example = store.on({
        let store = store.clone();
        move |_: MouseEvent| Action::Save("vecseal-example.jsonl".to_owned(), example_file(store.scenario()))
    });
    let can = store.data.import.is_none() && store.data.upload.is_none() && store.checked.structure.is_ok();
    html! {
        <section class="panel import" aria-labelledby="import-title">
            <header><h2 id="import-title">{ "Import files" }</h2></header>
            if let Some(running) = store.data.import {
                <div class="drop"><ProgressLine label="Reading in a worker of its own" {running} unit="rows" /></div>
            } else {
                <Drop is_over={props.is_over} {can} />
            }
            if let Some(failure) = &store.data.import_failure {
                <FailureBox failure={failure.clone()}><p class="muted">{ "Nothing was imported: it is all or nothing." }</p></FailureBox>
            }
            if let Some(given) = store.given_vectors() {
                <p class="remark good"><Icon shape={Shape::Data} /><span>{ format!(
                    "{} came with vectors of {} dimensions, which are sealed as they are.",
                    counted(given.documents, "document", "documents"), grouped(given.dimension)
                ) }</span></p>
            }
            if store.has_lost_vectors() {
                <p class="remark warn"><Icon shape={Shape::Warning} /><span>{ "The vectors of these documents went with a later import: import their file again, or the texts are embedded." }</span></p>
            }
            <p class="muted">
                { "JSON Lines, CSV or TSV with " }<code>{ "text" }</code>{ " and, if you like, " }<code>{ "id" }</code>{ ", " }
                <code>{ "content" }</code>{ ", " }<code>{ "policy" }</code>{ ", " }<code>{ "vector" }</code>
                { "; or NumPy (.npy), a vector a row. What has no policy gets " }<code>{ "*" }</code>{ ", everybody’s." }
            </p>
            <div class="row">
                <Button look={Look::Quiet} icon={Shape::Down} label="Example file" onclick={example} />
            </div>
        </section>
    }
}

#[derive(PartialEq, Properties)]
struct DropProps {
    is_over: bool,
    can: bool,
}

#[component]
fn Drop(props: &DropProps) -> Html {
    let store = use_store();
    let onchange = Callback::from(move |event: Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some((input, files)) = input.and_then(|input| input.files().map(|files| (input, files)))
            && files.length() > 0
        {
            store.dispatch(Action::Import(Array::from(&files)));
            // The same file again is to be a change.
            input.set_value("");
        }
    });
    html! {
        <label class={classes!("drop", props.is_over.then_some("over"), (!props.can).then_some("off"))}>
            <Icon shape={Shape::Up} />
            <span class="drop-title">{ if props.is_over { "Drop to import" } else { "Choose files, or drop them here" } }</span>
            <span class="muted">{ "They are read in this tab and replace the documents; undo brings those back." }</span>
            <input class="unseen" type="file" multiple=true accept=".jsonl,.ndjson,.csv,.tsv,.npy" disabled={!props.can} {onchange} />
        </label>
    }
}
