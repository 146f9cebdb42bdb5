//! What is being tried, as a program.

use yew::prelude::*;

use crate::page::parts::{Button, CopyButton, Modal, Shape, Tabs};
use crate::page::store::use_store;
use crate::state::words::counted;
use crate::state::{Action, code};

/// The program, in either language.
#[component]
pub(super) fn CodeDialog() -> Html {
    let store = use_store();
    let language = use_state(|| 0);
    let choose = {
        let language = language.clone();
        Callback::from(move |index: usize| language.set(index))
    };
    let (text, file) = if *language == 0 {
        (code::javascript(store.scenario(), &store.connection.url), "program.mjs")
    } else {
        (code::rust(store.scenario(), &store.connection.url), "main.rs")
    };
    let count = store.scenario().documents.len();
    let save = {
        let text = text.clone();
        store.on(move |_: MouseEvent| Action::Save(file.to_owned(), text.clone()))
    };
    html! {
        <Modal title="This state as code" wide=true onclose={store.on(|()| Action::Open(None))}>
            <div class="row">
                <Tabs label="Language" options={vec!["JavaScript".into(), "Rust".into()]} chosen={*language} onchoose={choose} />
                <p class="muted">{ "Runs as it is beside a Qdrant; put your embedding model in place of the stand-in." }</p>
            </div>
            if count > code::MAX_DOCUMENTS { <p class="muted">{ format!("The first {} of {}.", code::MAX_DOCUMENTS, counted(count, "document", "documents")) }</p> }
            <pre class="program" tabindex="0" role="region" aria-label="Program"><code>{ text.clone() }</code></pre>
            <div class="row end">
                <CopyButton text={text} what="the program" icon_only=false />
                <Button icon={Shape::Down} label={format!("Save {file}")} onclick={save} />
            </div>
        </Modal>
    }
}
