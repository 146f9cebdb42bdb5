//! Which document is looked at.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::protocol::Document;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) documents: Rc<Vec<Document>>,
    /// Those that the last search found.
    pub(super) found: Vec<String>,
    pub(super) chosen: AttrValue,
    pub(super) onchoose: Callback<String>,
}

/// All documents, those found first.
#[component]
pub(super) fn DocumentChoice(props: &Props) -> Html {
    let onchange = props.onchoose.reform(|event: Event| {
        let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        select.map_or_else(String::new, |select| select.value())
    });
    let select = use_node_ref();
    {
        let select = select.clone();
        let options = (Rc::clone(&props.documents), props.found.clone());
        // `selected` counts only until the user has chosen; points of the pictures choose as well.
        use_effect_with((props.chosen.clone(), options), move |(chosen, _)| {
            if let Some(select) = select.cast::<HtmlSelectElement>() {
                select.set_value(chosen);
            }
        });
    }
    let is_found = |document: &Document| props.found.contains(&document.id);
    let found = props.found.iter().filter_map(|id| props.documents.iter().find(|document| document.id == *id));
    let found: Vec<Html> = found.map(|document| option(document, &props.chosen)).collect();
    let others = props.documents.iter().filter(|document| !is_found(document));
    let others: Html = others.map(|document| option(document, &props.chosen)).collect();
    html! {
        <label class="field document-choice">
            <span class="label">{ "Document" }</span>
            <select ref={select} {onchange}>
                if found.is_empty() {
                    { others }
                } else {
                    <optgroup label="Found by the last search">{ for found }</optgroup>
                    <optgroup label="All others">{ others }</optgroup>
                }
            </select>
        </label>
    }
}

fn option(document: &Document, chosen: &str) -> Html {
    html! {
        <option key={document.id.clone()} value={document.id.clone()} selected={document.id == chosen}>{ document.short_title() }</option>
    }
}
