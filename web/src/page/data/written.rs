//! What an upload wrote, and what it did not.

use std::rc::Rc;

use yew::prelude::*;

use crate::page::parts::numbers::time;
use crate::state::StoredDocuments;
use crate::state::words::{counted, grouped};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) stored: Option<Rc<StoredDocuments>>,
}

/// Numbers of the last upload; they have their places before there is one.
#[component]
pub(super) fn Written(props: &Props) -> Html {
    let uploaded = props.stored.as_ref().map(|stored| &stored.uploaded);
    let number = |number: Option<usize>| number.map_or_else(none, grouped);
    let vectors = uploaded.map_or_else(none, |uploaded| {
        let from = uploaded.model.as_deref().unwrap_or("from the files");
        format!("{}, {from}", counted(uploaded.dimension, "dimension", "dimensions"))
    });
    let facts = [
        ("Records written", number(uploaded.map(|uploaded| uploaded.written))),
        ("Compartments created", number(uploaded.map(|uploaded| uploaded.created))),
        ("Embedding", uploaded.map_or_else(none, |uploaded| time(uploaded.embedding))),
        ("Sealing and writing", uploaded.map_or_else(none, |uploaded| time(uploaded.writing))),
        ("Vectors", vectors),
    ];
    html! {
        <dl class="figures">
            { for facts.into_iter().map(|(name, value)| html! { <div><dt>{ name }</dt><dd class="numbers">{ value }</dd></div> }) }
        </dl>
    }
}

fn none() -> String {
    "–".to_owned()
}

#[derive(PartialEq, Properties)]
pub(super) struct UnwrittenProps {
    pub(super) stored: Rc<StoredDocuments>,
}

/// Documents that are not on the server, and why.
#[component]
pub(super) fn Unwrittens(props: &UnwrittenProps) -> Html {
    let uploaded = &props.stored.uploaded;
    let missing = uploaded.missing.len();
    let others = missing.saturating_sub(uploaded.failures.len());
    html! {
        <details class="unwritten" open=true>
            <summary>{ format!("{} not written{}", grouped(missing), if uploaded.is_cancelled { ": cancelled before them" } else { "" }) }</summary>
            if !uploaded.failures.is_empty() {
                <div class="scroll" tabindex="0" role="region" aria-label="Documents that are not written">
                    <table>
                        <thead><tr><th scope="col">{ "Document" }</th><th scope="col">{ "Code" }</th><th scope="col">{ "Why" }</th></tr></thead>
                        <tbody>
                            { for uploaded.failures.iter().map(|failure| html! {
                                <tr>
                                    <th scope="row"><code>{ &failure.document }</code></th>
                                    <td><code>{ &failure.code }</code></td>
                                    <td>{ &failure.message }</td>
                                </tr>
                            }) }
                        </tbody>
                    </table>
                </div>
            }
            if others > 0 && !uploaded.is_cancelled { <p class="muted">{ format!("And {} more.", grouped(others)) }</p> }
        </details>
    }
}
