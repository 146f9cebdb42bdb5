//! What a search in the clear would rank.

use yew::prelude::*;

use crate::page::parts::numbers::time;
use crate::page::parts::{Icon, Same, Shape};
use crate::protocol::Searched;
use crate::state::results::ResultRow;
use crate::state::{Basis, Judgement};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) found: Same<Searched>,
    pub(super) basis: Same<Basis>,
    /// What the user found.
    pub(super) rows: Vec<ResultRow>,
    pub(super) name: AttrValue,
}

/// The nearest of all documents, compared in this tab, and which of them the user got.
#[component]
pub(super) fn Plain(props: &Props) -> Html {
    let documents = props.basis.documents();
    let row = |id: &str| props.rows.iter().find(|row| row.document == id);
    let has = |id: &str| row(id).is_some_and(|row| row.content.is_some());
    let opened = props.found.plain.iter().filter(|ranked| has(&ranked.document)).count();
    let is_tried = props.rows.iter().any(was_tried);
    html! {
        <section class="panel plain" aria-labelledby="plain-title">
            <header>
                <h2 id="plain-title">{ "Plaintext ranking" }</h2>
                <p class="numbers">{ time(props.found.plain_time) }</p>
            </header>
            <p class="muted">{ "Computed in this tab for comparison; the server never sees it. " }
                if is_tried { { format!("{} got {opened} of these {}.", props.name, props.found.plain.len()) } }</p>
            <ol class="plain-list">
                { for props.found.plain.iter().zip(1..).map(|(ranked, place)| {
                    let title = documents.get(ranked.document.as_str()).map(|document| document.short_title());
                    let mark = mark(row(&ranked.document));
                    html! {
                        <li>
                            <span class="number numbers">{ place }</span>
                            <span class="plain-title" title={title.clone()}>{ title }</span>
                            <span class="number numbers muted">{ format!("{:.3}", ranked.score) }</span>
                            { mark }
                        </li>
                    }
                }) }
            </ol>
        </section>
    }
}

fn was_tried(row: &ResultRow) -> bool {
    row.keys.iter().any(|key| key.judgement != Judgement::Untried)
}

/// Whether the user got it.
fn mark(row: Option<&ResultRow>) -> Html {
    let Some(row) = row.filter(|row| was_tried(row)) else {
        return html! { <span class="got denied">{ "–" }</span> };
    };
    let opens = row.keys.iter().any(|key| key.judgement.is_open());
    let (class, shape, word) = match (row.content.is_some(), opens) {
        (true, _) => ("good", Shape::Open, "opened"),
        (false, true) => ("warn", Shape::Warning, "missed"),
        (false, false) => ("denied", Shape::Lock, "sealed"),
    };
    html! { <span class={classes!("got", class)}><Icon {shape} /><span>{ word }</span></span> }
}
