//! The way of the documents to the server.

use yew::prelude::*;

use super::written::{Unwrittens, Written};
use crate::page::parts::{Button, FailureBox, Icon, Id, Look, ProgressLine, Shape, no_qdrant};
use crate::page::store::{Store, use_store};
use crate::state::documents::{DocumentFilter, policies};
use crate::state::words::counted;
use crate::state::{Action, Half, Running};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// Has some of the documents shown.
    pub(super) show: Callback<DocumentFilter>,
}

/// What would be written where, the button that does it, and how it went.
#[component]
pub(super) fn Upload(props: &Props) -> Html {
    let store = use_store();
    let stored = store.data.stored.clone();
    html! {
        <section class="panel upload" aria-labelledby="upload-title">
            <header>
                <h2 id="upload-title">{ "Encrypt and upload" }</h2>
                <span class="row muted">{ "Collection" }<Id id={store.collection()} what="the collection’s name" /></span>
            </header>
            <div class="upload-act">
                if let Some(running) = store.data.upload {
                    <div class="upload-running">{ progress(running) }</div>
                } else {
                    <div class="upload-state" role="status">{ standing(&store, &props.show) }</div>
                    <Buttons />
                }
            </div>
            if let Some(failure) = &store.data.failure {
                if failure.code == "cancelled" {
                    <p class="remark" role="status"><Icon shape={Shape::Stop} /><span>{ "Cancelled: on the server is what was there before." }</span></p>
                } else {
                    <FailureBox failure={failure.clone()} />
                }
            }
            <Written stored={stored.clone()} />
            if let Some(stored) = stored {
                if !stored.uploaded.missing.is_empty() { <Unwrittens {stored} /> }
            }
        </section>
    }
}

/// Uploads, and deletes what was uploaded once that is confirmed. The button that asks stays where it is, and then says
/// no.
#[component]
fn Buttons() -> Html {
    let store = use_store();
    let asks = use_state(|| false);
    let count = store.scenario().documents.len();
    let Some(stored) = store.data.stored.clone() else {
        return html! {
            <Button look={Look::Primary} icon={Shape::Lock} label={format!("Encrypt and upload {}", counted(count, "document", "documents"))}
                disabled={!store.can_upload()} onclick={store.on(|_: MouseEvent| Action::Upload)} />
        };
    };
    let toggle = {
        let asks = asks.clone();
        Callback::from(move |_: MouseEvent| asks.set(!*asks))
    };
    let delete = {
        let (store, asks) = (store.clone(), asks.clone());
        Callback::from(move |_: MouseEvent| {
            asks.set(false);
            store.dispatch(Action::DeleteCollection);
        })
    };
    html! {
        <div class="upload-buttons">
            <div class="row end">
                if *asks {
                    <Button look={Look::Danger} icon={Shape::Trash} label="Delete it" name="Delete it: collection and keyring" disabled={!store.is_connected()} onclick={delete} />
                } else {
                    <Button look={if store.is_stored_old() { Look::Primary } else { Look::Plain }} icon={Shape::Lock} label="Upload again"
                        disabled={!store.can_upload()} onclick={store.on(|_: MouseEvent| Action::Upload)} />
                }
                <Button look={if *asks { Look::Plain } else { Look::Danger }} icon={if *asks { Shape::Undo } else { Shape::Trash }}
                    label={if *asks { "Keep it" } else { "Delete from the server" }} disabled={!store.is_connected()} onclick={toggle} />
            </div>
            if *asks {
                <p role="status">{ "Deletes " }<code>{ &stored.collection }</code>{ " and its keyring; the documents here stay." }</p>
            }
        </div>
    }
}

fn progress(running: Running) -> Html {
    let (half, running) = running.half();
    let label = match half {
        Half::First => "Step 1 of 2: embedding the texts in this tab",
        Half::Second => "Step 2 of 2: sealing and writing",
    };
    html! { <ProgressLine {label} {running} unit="documents" embeds=true /> }
}

/// Where the documents stand with the server, and what is in the way.
fn standing(store: &Store, show: &Callback<DocumentFilter>) -> Html {
    let scenario = store.scenario();
    let documents = &scenario.documents;
    let wrong = store.checked.wrong_policies(scenario);
    let what = format!(
        "{} under {}",
        counted(documents.len(), "document", "documents"),
        counted(policies(documents).len(), "policy", "policies")
    );
    let show_button = |filter: DocumentFilter, name: &'static str| {
        let onclick = show.reform(move |_: MouseEvent| filter);
        html! { <Button look={Look::Quiet} label="Show them" {name} {onclick} /> }
    };
    let behind = store.left_behind();
    let is_cut = store.data.stored.as_ref().is_some_and(|stored| stored.uploaded.is_cancelled);
    let leftovers = store.leftovers().len();
    html! {
        <>
            if documents.is_empty() {
                <p>{ "There are no documents. Add one, import a file, or load an example." }</p>
            } else if store.data.stored.is_none() {
                <p>{ what }{ ", not encrypted yet." }</p>
            } else if store.is_stored_old() {
                <p class="remark warn"><Icon shape={Shape::Warning} /><span>
                    { if is_cut { "The upload was cancelled before its end: the others are not on the server. Upload again to go on." } else { "Changed since the upload: the server still has what was written then. Upload again." } }
                    if behind > 0 { { format!(" {} no longer here, and still there.", counted(behind, "document is", "documents are")) } }
                </span>{ show_button(DocumentFilter::ToUpload, "Show them: documents that changed") }</p>
            } else {
                <p class="remark good"><Icon shape={Shape::Check} /><span>{ what }{ ", encrypted on the server as they are here." }</span></p>
            }
            if wrong > 0 {
                <p class="remark bad"><Icon shape={Shape::Warning} />
                    <span>{ format!("{} a policy with a mistake and will not be written.", counted(wrong, "document has", "documents have")) }</span>
                    { show_button(DocumentFilter::Mistakes, "Show them: documents with mistakes") }
                </p>
            }
            if store.checked.structure.is_err() {
                <p class="remark bad"><Icon shape={Shape::Warning} /><span>{ "The access structure has a mistake: mend it under Policy." }</span></p>
            }
            { no_qdrant(store) }
            if leftovers > 0 {
                <p class="remark"><Icon shape={Shape::Server} />
                    <span>{ format!("{} from earlier examples or settings.", counted(leftovers, "collection is still on the Qdrant", "collections are still on the Qdrant")) }</span>
                    <Button icon={Shape::Trash} label="Delete" name={format!("Delete {}", counted(leftovers, "earlier collection", "earlier collections"))}
                        onclick={store.on(|_: MouseEvent| Action::DeleteLeftovers)} />
                </p>
            }
        </>
    }
}
