//! The place where documents get their policies and go to the server, sealed.

mod documents;
mod editor;
mod import;
mod picker;
mod policies;
mod row;
mod settings;
mod upload;
mod written;

use js_sys::Array;
use web_sys::DragEvent;
use yew::prelude::*;

use super::store::use_store;
use crate::state::Action;
use crate::state::documents::DocumentFilter;
use documents::Documents;
use import::Import;
use settings::Settings;
use upload::Upload;

/// The place. A file dropped anywhere on it is imported: a browser would otherwise leave the page for it.
#[component]
pub(super) fn DataView() -> Html {
    let store = use_store();
    let filter = use_state(DocumentFilter::default);
    let is_over = use_state(|| false);
    let set_filter = {
        let filter = filter.clone();
        Callback::from(move |wanted| filter.set(wanted))
    };
    let ondragover = {
        let is_over = is_over.clone();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            is_over.set(true);
        })
    };
    let ondragleave = {
        let is_over = is_over.clone();
        Callback::from(move |_: DragEvent| is_over.set(false))
    };
    let ondrop = {
        let (store, is_over) = (store.clone(), is_over.clone());
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            is_over.set(false);
            let files = event.data_transfer().and_then(|data| data.files());
            if let Some(files) = files.filter(|files| files.length() > 0) {
                store.dispatch(Action::Import(Array::from(&files)));
            }
        })
    };
    html! {
        <div class="data-place" {ondragover} {ondragleave} {ondrop}>
            <Upload show={set_filter.clone()} />
            <div class="data-columns">
                <Documents filter={*filter} onfilter={set_filter} />
                <div class="data-side">
                    <Settings />
                    <Import is_over={*is_over} />
                </div>
            </div>
        </div>
    }
}
