//! How far the embedding model's file has come.

use yew::prelude::*;

use super::numbers::bytes;
use crate::page::store::use_store;

/// What is said of it.
pub(super) const FETCHING: &str = "Fetching the embedding model, once; the browser keeps it";

/// A bar while the model comes; nothing before and after.
#[component]
pub(in crate::page) fn ModelLine() -> Html {
    let store = use_store();
    let Some(progress) = store.model else {
        return Html::default();
    };
    html! {
        <div class="progress model-line">
            <div class="progress-text">
                <span>{ FETCHING }</span>
                <span class="numbers">{ format!("{} of {}", bytes(progress.done), bytes(progress.total)) }</span>
            </div>
            <progress max={progress.total.to_string()} value={progress.done.to_string()} aria-label="Embedding model" />
        </div>
    }
}
