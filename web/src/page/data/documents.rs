//! The documents, a page at a time.

use std::rc::Rc;

use yew::prelude::*;

use super::policies::ManyPolicies;
use super::row::Row;
use crate::page::parts::{Button, Empty, Look, Pager, Same, Select, Shape, TextField};
use crate::page::store::use_store;
use crate::protocol::Document;
use crate::state::documents::{DocumentFilter, DocumentStatus, Page, Uploads, filtered, is_right, next_id};
use crate::state::{Action, Change};

/// Rows of a page.
const ROWS: usize = 25;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) filter: DocumentFilter,
    pub(super) onfilter: Callback<DocumentFilter>,
}

/// The list with its filter; of ten thousand documents only a page is made.
#[component]
pub(super) fn Documents(props: &Props) -> Html {
    let store = use_store();
    let text = use_state(String::new);
    let number = use_state(|| 0);
    let documents = Rc::clone(&store.scenario().documents);
    let stored = store.data.stored.clone().map(Same);
    let matching = use_memo(
        (
            Rc::clone(&documents),
            Same(Rc::clone(&store.checked)),
            stored.clone(),
            (*text).clone(),
            props.filter,
        ),
        |(documents, checked, stored, text, filter)| {
            let uploads = match (stored, filter) {
                (Some(stored), DocumentFilter::ToUpload) => Uploads::of(stored),
                _ => Uploads::default(),
            };
            filtered(documents, text, *filter, checked, &uploads)
        },
    );
    let shown = with_open(&matching, &documents, store.data.open.as_deref());
    let page = Page::of(*number, ROWS, shown.len());
    let on_page: Vec<usize> = shown.get(page.range.clone()).unwrap_or_default().to_vec();
    let statuses = use_memo((Rc::clone(&documents), stored, on_page), |(documents, stored, on_page)| {
        let uploads = stored.as_ref().map(|stored| Uploads::of(stored)).unwrap_or_default();
        let rows = on_page.iter().filter_map(|index| documents.get(*index).map(|document| (*index, document)));
        rows.map(|(index, document)| (index, uploads.status(document)))
            .collect::<Vec<(usize, DocumentStatus)>>()
    });
    let to = {
        let number = number.clone();
        Callback::from(move |to| number.set(to))
    };
    let oninput = {
        let (text, number) = (text.clone(), number.clone());
        Callback::from(move |typed| {
            text.set(typed);
            number.set(0);
        })
    };
    let onfilter = {
        let (onfilter, number) = (props.onfilter.clone(), number.clone());
        Callback::from(move |chosen: String| {
            number.set(0);
            onfilter.emit(filter_of(&chosen));
        })
    };
    let add = {
        let (store, text, number, onfilter) = (store.clone(), text.clone(), number.clone(), props.onfilter.clone());
        Callback::from(move |_: MouseEvent| {
            text.set(String::new());
            onfilter.emit(DocumentFilter::All);
            number.set(store.scenario().documents.len() / ROWS);
            let id = next_id(&store.scenario().documents);
            store.dispatch(Action::Change(Change::SetDocument(new_document(&id))));
            store.dispatch(Action::OpenDocument(Some(id)));
        })
    };
    let filters = [
        ("all", "All documents"),
        ("upload", "New or changed"),
        ("mistakes", "Policy with a mistake"),
    ];
    html! {
        <section class="panel documents-panel" aria-labelledby="documents-title">
            <header>
                <h2 id="documents-title">{ "Documents" }</h2>
                <Button look={Look::Plain} icon={Shape::Plus} label="Add your own text" onclick={add} />
            </header>
            <div class="documents-tools">
                <TextField label="Filter by title, text, policy or id" value={(*text).clone()} {oninput} kind="search" />
                <Select label="Show" value={filter_name(props.filter)} onchange={onfilter}
                    options={filters.map(|(value, name)| (value.into(), name.into())).to_vec()} />
            </div>
            <Pager page={page.clone()} length={shown.len()} what={if shown.len() == 1 { "document" } else { "documents" }} onchange={to.clone()} />
            if documents.is_empty() {
                <Empty title="No documents" icon={Shape::Data}><p>{ "Add your own text, import a file, or load an example at the top." }</p></Empty>
            } else if statuses.is_empty() {
                <Empty title="Nothing matches" icon={Shape::Search}><p>{ "No document has this text, or is of this kind." }</p></Empty>
            } else {
                <ol class="documents">
                    { for statuses.iter().filter_map(|(index, status)| {
                        let document = documents.get(*index)?;
                        let is_open = store.data.open.as_deref() == Some(&document.id);
                        let is_right = is_right(&store.checked, &document.policy);
                        Some(html! { <Row key={document.id.clone()} document={document.clone()} status={*status} {is_open} {is_right} /> })
                    }) }
                </ol>
            }
            if page.count > 1 && !statuses.is_empty() {
                <Pager page={page.clone()} length={shown.len()} what="documents" onchange={to} again=true />
            }
            if !documents.is_empty() { <ManyPolicies /> }
        </section>
    }
}

/// What is being edited stays in the list, whatever the filter makes of it meanwhile.
fn with_open(matching: &[usize], documents: &[Document], open: Option<&str>) -> Vec<usize> {
    let mut shown = matching.to_vec();
    let open = open.and_then(|open| documents.iter().position(|document| document.id == open));
    if let Some((open, Err(place))) = open.map(|open| (open, shown.binary_search(&open))) {
        shown.insert(place, open);
    }
    shown
}

fn new_document(id: &str) -> Document {
    Document {
        id: id.to_owned(),
        title: String::new(),
        text: String::new(),
        policy: "*".to_owned(),
        embedded: None,
    }
}

fn filter_name(filter: DocumentFilter) -> &'static str {
    match filter {
        DocumentFilter::All => "all",
        DocumentFilter::ToUpload => "upload",
        DocumentFilter::Mistakes => "mistakes",
    }
}

fn filter_of(name: &str) -> DocumentFilter {
    match name {
        "upload" => DocumentFilter::ToUpload,
        "mistakes" => DocumentFilter::Mistakes,
        _ => DocumentFilter::All,
    }
}

#[cfg(test)]
mod tests {
    use super::{new_document, with_open};

    #[test]
    fn what_is_edited_stays_in_the_list() {
        let documents = ["a", "b", "c", "d"].map(new_document);
        assert_eq!(with_open(&[0, 3], &documents, Some("c")), [0, 2, 3]);
        assert_eq!(with_open(&[0, 3], &documents, Some("d")), [0, 3]);
        assert_eq!(with_open(&[0, 3], &documents, Some("gone")), [0, 3]);
        assert_eq!(with_open(&[], &documents, None), Vec::<usize>::new());
    }
}
