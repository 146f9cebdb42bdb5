//! Every key tried on every document.

use std::rc::Rc;

use yew::prelude::*;

use super::matrix_table::Table;
use super::state::Past;
use crate::page::parts::{Button, Empty, FailureBox, Icon, Look, ProgressLine, Same, Select, Shape, TextField};
use crate::page::store::use_store;
use crate::protocol::Access;
use crate::state::access::{AccessFilter, AccessTable};
use crate::state::words::{counted, grouped};
use crate::state::{Action, Basis};

/// The button that tries them, and what came of it.
#[component]
pub(super) fn Matrix() -> Html {
    let store = use_store();
    let matrix = &store.search.matrix;
    let again = store.on(|_: MouseEvent| Action::TryKeys);
    let tried = matrix.accesses.clone().zip(matrix.basis.clone());
    let is_past = tried.as_ref().is_some_and(|(_, basis)| store.is_past(basis));
    let (keys, documents) =
        (store.ready_keys().len(), store.data.stored.as_ref().map_or(0, |stored| stored.documents.len()));
    let can = store.is_connected() && keys > 0 && matrix.job.is_none();
    html! {
        <section class="panel matrix" aria-labelledby="matrix-title">
            <header>
                <h2 id="matrix-title">{ "Who opens what" }</h2>
                <Button look={if tried.is_some() && !is_past { Look::Plain } else { Look::Primary }} icon={Shape::Key} disabled={!can}
                    label={if tried.is_some() { "Try all keys again" } else { "Try all keys" }} onclick={again.clone()} />
            </header>
            <div class="matrix-status">
                if let Some(running) = matrix.job {
                    <ProgressLine label="Fetching records and trying to open them" {running} unit="attempts" />
                } else {
                    <p class="muted">{ format!(
                        "Fetches the records from the server and tries {} on {}. What opens is compared with what the policies say.",
                        counted(keys, "key", "keys"), documents_tried(documents)
                    ) }</p>
                }
            </div>
            if let Some(failure) = &matrix.failure { <FailureBox failure={failure.clone()} /> }
            if is_past { <Past what="run" {again} /> }
            if let Some((accesses, basis)) = tried {
                <Tried accesses={Same(accesses)} basis={Same(basis)} />
            } else if matrix.job.is_none() {
                <Empty title="No key was tried yet" icon={Shape::Key}><p>{ "Users are columns, documents are rows; each cell is one attempt to decrypt." }</p></Empty>
            } else {
                <div class="skeleton" aria-hidden="true">{ for (0..8).map(|_| html! { <div><i /><i /></div> }) }</div>
            }
        </section>
    }
}

/// Documents of the matrix, at most.
const MOST: usize = 1_000;

fn documents_tried(documents: usize) -> String {
    if documents > MOST {
        format!("the first {} of {} documents", grouped(MOST), grouped(documents))
    } else {
        counted(documents, "document", "documents")
    }
}

#[derive(PartialEq, Properties)]
struct TriedProps {
    accesses: Same<Vec<Access>>,
    basis: Same<Basis>,
}

/// Counts, filters, the table, and its way out as CSV.
#[component]
fn Tried(props: &TriedProps) -> Html {
    let store = use_store();
    let table =
        use_memo((props.accesses.clone(), props.basis.clone()), |(accesses, basis)| AccessTable::new(accesses, basis));
    let text = use_state(String::new);
    let filter = use_state(AccessFilter::default);
    let rows = use_memo((Same(Rc::clone(&table)), (*text).clone(), *filter), |(table, text, filter)| {
        table.filtered(text, *filter)
    });
    let save = {
        let (store, table, rows) = (store.clone(), Rc::clone(&table), Rc::clone(&rows));
        Callback::from(move |_: MouseEvent| {
            store.dispatch(Action::Save("vecseal-access.csv".to_owned(), table.to_csv(&rows)));
        })
    };
    let oninput = {
        let text = text.clone();
        Callback::from(move |typed| text.set(typed))
    };
    let onchange = {
        let filter = filter.clone();
        Callback::from(move |chosen: String| filter.set(filter_of(&chosen)))
    };
    let names = table.keys.iter().flat_map(|column| {
        let option = |filter, words: &str| (filter_name(filter).into(), format!("{words} {}", column.name).into());
        [
            option(AccessFilter::OpenedBy(column.key), "Opened by"),
            option(AccessFilter::DeniedTo(column.key), "Denied to"),
        ]
    });
    let fixed: [(AttrValue, AttrValue); 2] = [
        ("all".into(), "All documents".into()),
        ("mismatches".into(), "Not as the policy says".into()),
    ];
    html! {
        <>
            { summary(&table) }
            <div class="matrix-tools">
                <TextField label="Filter by title, policy or id" value={(*text).clone()} {oninput} kind="search" />
                <Select label="Show" value={filter_name(*filter)} options={fixed.into_iter().chain(names).collect::<Vec<_>>()} {onchange} />
                <Button look={Look::Plain} icon={Shape::Down} label="Save as CSV" disabled={rows.is_empty()} onclick={save} />
            </div>
            <Table table={Same(table)} rows={Same(rows)} />
        </>
    }
}

fn summary(table: &AccessTable) -> Html {
    let (open, all) = table.opened();
    let (breaches, mismatches) = (table.breaches(), table.mismatches());
    let (class, shape, text) = match (breaches, mismatches) {
        (0, 0) => ("good", Shape::Check, "All of it is as the policies say.".to_owned()),
        (0, others) => (
            "warn",
            Shape::Warning,
            format!("{} not as the policies say.", counted(others, "cell is", "cells are")),
        ),
        (breaches, _) => (
            "bad",
            Shape::Warning,
            format!("{} though the policy denies it.", counted(breaches, "cell opened", "cells opened")),
        ),
    };
    html! {
        <p class={classes!("remark", class)} role="status"><Icon {shape} />
            <span class="numbers">{ format!("{} of {} attempts opened. {text}", grouped(open), grouped(all)) }</span></p>
    }
}

fn filter_name(filter: AccessFilter) -> String {
    match filter {
        AccessFilter::All => "all".to_owned(),
        AccessFilter::Mismatches => "mismatches".to_owned(),
        AccessFilter::OpenedBy(key) => format!("opened {key}"),
        AccessFilter::DeniedTo(key) => format!("denied {key}"),
    }
}

fn filter_of(name: &str) -> AccessFilter {
    let key = |prefix| name.strip_prefix(prefix).and_then(|key: &str| key.parse().ok());
    match (key("opened "), key("denied ")) {
        (Some(key), _) => AccessFilter::OpenedBy(key),
        (_, Some(key)) => AccessFilter::DeniedTo(key),
        _ if name == "mismatches" => AccessFilter::Mismatches,
        _ => AccessFilter::All,
    }
}

#[cfg(test)]
mod tests {
    use super::{documents_tried, filter_name, filter_of};
    use crate::state::access::AccessFilter;

    #[test]
    fn filters_have_names() {
        use AccessFilter::{All, DeniedTo, Mismatches, OpenedBy};
        for filter in [All, Mismatches, OpenedBy(7), DeniedTo(12)] {
            assert_eq!(filter_of(&filter_name(filter)), filter);
        }
    }

    #[test]
    fn a_large_collection_is_tried_in_part_and_that_is_said() {
        assert_eq!(documents_tried(1_000), "1,000 documents");
        assert_eq!(documents_tried(1_001), "the first 1,000 of 1,001 documents");
    }
}
