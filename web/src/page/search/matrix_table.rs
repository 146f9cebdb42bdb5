//! The access matrix as a table, a page at a time.

use yew::prelude::*;

use super::verdict::looks;
use crate::page::parts::{Empty, Icon, Pager, Same, Shape};
use crate::state::Judgement;
use crate::state::access::{AccessRow, AccessTable};
use crate::state::documents::Page;
use crate::state::words::grouped;

/// Rows of a page.
const ROWS: usize = 50;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) table: Same<AccessTable>,
    /// The rows that are wanted, by their places.
    pub(super) rows: Same<Vec<usize>>,
}

/// Keys as columns, documents as rows; head and first column stay in sight.
#[component]
pub(super) fn Table(props: &Props) -> Html {
    let number = use_state(|| 0);
    let Props { table, rows } = props;
    let page = Page::of(*number, ROWS, rows.len());
    let onchange = Callback::from(move |to| number.set(to));
    if rows.is_empty() {
        return html! { <Empty title="Nothing matches" icon={Shape::Search}><p>{ "No document is like that." }</p></Empty> };
    }
    let shown = rows.get(page.range.clone()).unwrap_or_default();
    html! {
        <>
            <Pager {page} length={rows.len()} what={if rows.len() == 1 { "document" } else { "documents" }} {onchange} />
            <div class="scroll matrix-scroll" tabindex="0" role="region" aria-label="Access matrix">
                <table class="matrix-table">
                    <thead>
                        <tr>
                            <th scope="col" class="corner">{ "Document" }</th>
                            { for table.keys.iter().map(|column| html! {
                                <th scope="col">{ &column.name }<span class="count numbers">{ format!("opens {}", grouped(column.opens)) }</span></th>
                            }) }
                        </tr>
                    </thead>
                    <tbody>
                        { for shown.iter().filter_map(|index| table.rows.get(*index)).map(|row| line(row, table.keys.len())) }
                    </tbody>
                </table>
            </div>
        </>
    }
}

fn line(row: &AccessRow, keys: usize) -> Html {
    html! {
        <tr key={row.document.clone()}>
            <th scope="row">
                <span class="matrix-head">
                    <span class="matrix-title" title={row.title.clone()}>{ &row.title }</span>
                    <span class="count numbers">{ format!("{} of {keys}", row.opens) }<span class="unseen">{ " keys open it" }</span></span>
                </span>
                <span class="matrix-policy"><code title={row.policy.clone()}>{ &row.policy }</code></span>
            </th>
            { for row.cells.iter().map(cell) }
        </tr>
    }
}

fn cell(judgement: &Judgement) -> Html {
    let (class, shape, word) = looks(judgement);
    let mismatch = judgement.is_mismatch().then_some("mismatch");
    html! { <td class={classes!("cell", class, mismatch)} title={judgement.words()}><Icon {shape} /><span>{ word }</span></td> }
}
