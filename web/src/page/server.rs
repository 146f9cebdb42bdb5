//! What the server sees: a document beside what is stored of it, vectors in a plane, and what can be learned.

mod choice;
mod kept;
mod leakage;
mod legend;
mod origin;
mod picture;
mod plot;
mod projections;
mod scatter;
mod stored;
mod strip;

use std::rc::Rc;

use yew::prelude::*;

use super::parts::{Button, Empty, FailureBox, Look, NeedsUpload, Shape, no_qdrant, stored_old};
use super::store::{Store, use_store};
use crate::protocol::Inspected;
use crate::state::{Action, StoredDocuments};
use choice::DocumentChoice;
use leakage::LeakagePanel;
use origin::OriginPanel;
use projections::Projections;
use stored::StoredPanel;

/// The place.
#[component]
pub(super) fn ServerView() -> Html {
    let store = use_store();
    let upload = store.readable().map(|stored| Rc::as_ptr(stored).addr());
    let is_connected = store.is_connected();
    {
        let store = store.clone();
        use_effect_with((upload, is_connected), move |_| look_by_itself(&store));
    }
    let Some(stored) = store.readable().cloned() else {
        return html! {
            <>
                <NeedsUpload what="Then this shows a document beside what the server has of it, and what can be learned from that." />
                <LeakagePanel />
            </>
        };
    };
    html! {
        <>
            { toolbar(&store, &stored) }
            { failure(&store) }
            if store.server.inspected.is_some() || store.server.inspecting.is_some() {
                <div class="columns sides" aria-busy={store.server.inspecting.is_some().to_string()}>{ sides(&store, &stored) }</div>
            }
            if store.server.projected.is_some() || store.server.projecting.is_some() {
                <section class="panel" aria-labelledby="projections" aria-busy={store.server.projecting.is_some().to_string()}>
                    <header>
                        <h2 id="projections">{ "Vectors in a plane" }</h2>
                        <p>{ "Principal components of the vectors; neighbours are counted in all dimensions." }</p>
                    </header>
                    { projections(&store, &stored) }
                </section>
            }
            <LeakagePanel />
        </>
    }
}

/// Whoever comes here sees something without asking for it, once there is a server to ask.
fn look_by_itself(store: &Store) {
    let server = &store.server;
    if !store.is_connected() {
        return;
    }
    let Some(document) = store.looked_at().map(ToOwned::to_owned) else {
        return;
    };
    if server.inspected.is_none() && server.inspecting.is_none() {
        store.dispatch(Action::Inspect(document));
    }
    if server.projected.is_none() && server.projecting.is_none() {
        store.dispatch(Action::Project);
    }
}

/// Looks at a document; if its compartment is not in the picture, that is drawn anew.
fn look_at(store: &Store) -> Callback<String> {
    let store = store.clone();
    Callback::from(move |document: String| {
        let is_other = store.needs_projection(&document);
        store.dispatch(Action::Inspect(document));
        if is_other {
            store.dispatch(Action::Project);
        }
    })
}

fn toolbar(store: &Store, stored: &StoredDocuments) -> Html {
    let is_busy = store.server.inspecting.is_some() || store.server.projecting.is_some();
    html! {
        <>
            <div class="server-bar">
                <DocumentChoice documents={Rc::clone(&stored.documents)} found={store.found_documents()}
                    chosen={store.looked_at().unwrap_or_default().to_owned()} onchoose={look_at(store)} />
                <Button icon={Shape::Turn} label="Fetch again" disabled={is_busy || !store.is_connected()} onclick={again(store)} />
            </div>
            { no_qdrant(store) }
            { stored_old(store, "This is what was uploaded.") }
        </>
    }
}

/// Fetches everything that is shown.
fn again(store: &Store) -> Callback<MouseEvent> {
    let store = store.clone();
    Callback::from(move |_| {
        if let Some(document) = store.looked_at().map(ToOwned::to_owned) {
            store.dispatch(Action::Inspect(document));
            store.dispatch(Action::Project);
        }
    })
}

/// Nothing came, or not everything: why, and another try.
fn failure(store: &Store) -> Html {
    let server = &store.server;
    let is_busy = server.inspecting.is_some() || server.projecting.is_some();
    let has_something = server.inspected.is_some() || server.projected.is_some();
    if is_busy || (server.failure.is_none() && (has_something || store.is_connected())) {
        return Html::default();
    }
    let text = if has_something {
        "The last fetch failed"
    } else {
        "Nothing was fetched from the server"
    };
    html! {
        <Empty title={text} icon={Shape::Server}>
            if has_something { <p>{ "Below is what was fetched before." }</p> }
            if let Some(failure) = &server.failure { <FailureBox failure={failure.clone()} /> }
            if store.is_connected() {
                <Button look={Look::Primary} icon={Shape::Turn} label="Try again" name="Try again to fetch" onclick={again(store)} />
            }
        </Empty>
    }
}

fn sides(store: &Store, stored: &StoredDocuments) -> Html {
    let Some(inspected) = &store.server.inspected else {
        return html! { <>{ for ["Fetching the point …", ""].map(|text| html! { <div class="panel waiting"><p class="muted">{ text }</p></div> }) }</> };
    };
    let title = stored.documents.iter().find(|document| document.id == inspected.document);
    let title = title.map_or_else(String::new, |document| document.title.clone());
    let largest = largest(inspected);
    html! {
        <>
            <OriginPanel inspected={Rc::clone(inspected)} {title} {largest} />
            <StoredPanel inspected={Rc::clone(inspected)} {largest} />
        </>
    }
}

/// What reaches the edge of both strips.
fn largest(inspected: &Inspected) -> f32 {
    let stored = inspected.stored.vector.as_deref().unwrap_or_default();
    plot::largest(&inspected.origin.vector).max(plot::largest(stored))
}

fn projections(store: &Store, stored: &StoredDocuments) -> Html {
    match &store.server.projected {
        Some(projected) => html! {
            <Projections projected={Rc::clone(projected)} documents={Rc::clone(&stored.documents)} sealing={stored.sealing}
                chosen={store.looked_at().unwrap_or_default().to_owned()} onchoose={look_at(store)} />
        },
        None => {
            html! { <div class="scatters-waiting"><p class="muted">{ "Fetching vectors and projecting them …" }</p></div> }
        }
    }
}
