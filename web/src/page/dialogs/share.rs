//! A link to what is being tried.

use yew::prelude::*;

use crate::page::parts::{CopyButton, Icon, Modal, Shape};
use crate::page::store::use_store;
use crate::state::words::{counted, grouped};
use crate::state::{Action, share};

/// The link, with what is in it and what is not.
#[component]
pub(super) fn ShareDialog() -> Html {
    let store = use_store();
    let link = share::encode(store.scenario()).map(|text| {
        let location = gloo_utils::window().location();
        let page = location.href().unwrap_or_default();
        // The address of somebody's Qdrant is theirs.
        let page = page.split(['#', '?']).next().unwrap_or_default().to_owned();
        format!("{page}#s={text}")
    });
    let scenario = store.scenario();
    html! {
        <Modal title="Share this state" onclose={store.on(|()| Action::Open(None))}>
            <p>{ format!("The link holds the policy, {} with their attributes, {}, tests and settings. It holds no key, no API key and no address of a database: who opens it gets the same page with keys of their own.",
                counted(scenario.people.len(), "person", "people"), counted(scenario.documents.len(), "document", "documents")) }</p>
            if scenario.vectors != 0 {
                <p class="remark warn"><Icon shape={Shape::Warning} /><span>{ "The imported vectors are left out: whoever opens the link has the texts embedded instead." }</span></p>
            }
            {
                match link {
                    Ok(link) => html! {
                        <>
                            <label class="field">
                                <span class="label">{ format!("Link, {} characters", grouped(link.len())) }</span>
                                <textarea class="share-link" readonly=true rows="4" value={link.clone()} />
                            </label>
                            if link.len() > LONG { <p class="muted">{ "Some programs cut links of this length: paste it into the address bar itself." }</p> }
                            <div class="row end"><CopyButton text={link} what="the link" icon_only=false /></div>
                        </>
                    },
                    Err(error) => html! { <p class="mistake" role="alert">{ format!("{error}.") }<code class="code">{ error.code() }</code></p> },
                }
            }
            <p class="muted">{ "What follows # in a link is not sent to servers; whoever has the link reads the documents in it." }</p>
        </Modal>
    }
}

/// Characters of a link that chat programs take.
const LONG: usize = 8_000;
