//! What the page is, its words, and its keys.

use yew::prelude::*;

use crate::page::parts::Modal;
use crate::page::store::use_store;
use crate::state::{Action, Place};

/// The dialog.
#[component]
pub(super) fn HelpDialog() -> Html {
    let store = use_store();
    html! {
        <Modal title="Help" onclose={store.on(|()| Action::Open(None))} wide=true>
            <section class="help-part" aria-labelledby="help-what">
                <h3 id="help-what">{ "What VecSeal does" }</h3>
                <p>{ WHAT }</p>
            </section>
            { list("help-places", "The places", Place::ALL.map(|place| (place.title(), here(place)))) }
            { list("help-words", "Words", WORDS) }
            <section class="help-part" aria-labelledby="help-stays">
                <h3 id="help-stays">{ "What stays, and what leaves" }</h3>
                <ul class="help-lines">{ for STAYS.map(|line| html! { <li>{ line }</li> }) }</ul>
            </section>
            { list("help-keys", "Keyboard", KEYS) }
        </Modal>
    }
}

fn list<const N: usize>(id: &'static str, title: &'static str, lines: [(&'static str, &'static str); N]) -> Html {
    html! {
        <section class="help-part" aria-labelledby={id}>
            <h3 {id}>{ title }</h3>
            <dl class="help-list">{ for lines.into_iter().map(|(name, text)| html! { <><dt>{ name }</dt><dd>{ text }</dd></> }) }</dl>
        </section>
    }
}

const WHAT: &str = "VecSeal encrypts embeddings and texts in the client, before a vector database gets them. \
    Who may read what is a policy, and it is sealed into the data: a key that does not satisfy it opens nothing, however the application or the database misbehaves. \
    The database searches rotated vectors with noise, or, in mode sealed, no vectors at all. \
    A client asks only for what its key can open, opens the candidates, and ranks them exactly. \
    This page does all of it on a real Qdrant, with example texts or your own.";

fn here(place: Place) -> &'static str {
    match place {
        Place::Policy => "Dimensions, their attributes, and tests of who should open what.",
        Place::People => "Users and their keys: issue, weaken, export, import, rotate.",
        Place::Data => "Documents with their policies; encrypt and upload them.",
        Place::Search => "One question, with every key: what opens, what does not and why.",
        Place::Server => "A document beside what is stored of it, and what others learn.",
        Place::Attacks => "Seven attacks on what is uploaded, with the calls they make.",
    }
}

const WORDS: [(&str, &str); 10] = [
    (
        "Authority",
        "Owns the master secret and the access structure, and issues keys. Here it lives in this tab.",
    ),
    (
        "Access structure",
        "The dimensions with their attributes: sets of unrelated ones, or hierarchies in which a level includes the lower ones.",
    ),
    (
        "Policy",
        "Which attributes may read: a formula, and as such a list of clauses. One clause that a key satisfies is enough.",
    ),
    (
        "Right",
        "One attribute of each of some dimensions, such as roles:analyst with departments:finance. Keys hold the secrets of rights.",
    ),
    (
        "User key",
        "The secrets of one user's rights. A writer key has public keys of rights: it seals, and reads nothing.",
    ),
    (
        "Compartment",
        "All records sealed under one policy and one generation of its key. It has its own key, search key and id.",
    ),
    (
        "Header",
        "Wraps a compartment's key for the clauses of its policy, in one slot each. All headers of a collection are its keyring.",
    ),
    ("Record", "A sealed vector with its text, bound to its point and its compartment."),
    (
        "Epoch",
        "The version of a right's secret. Rotating a right raises it, and keys of before are stale.",
    ),
    (
        "Generation",
        "The version of a compartment's key. What is sealed after a rotation goes into the next.",
    ),
];

const STAYS: [&str; 4] = [
    "In this tab, in memory: all keys, plaintext texts and vectors, queries, policies and names. They are gone when it is closed.",
    "To your Qdrant: ids, sealed records and headers, search vectors and encrypted queries. Its API key, if you give one, goes to that address alone.",
    "Into links that you share: policy, users' attributes, documents and settings, after the # that browsers do not send. No keys.",
    "Into this browser's storage: the choice of colours, that the welcome was seen, and the embedding model's public file.",
];

const KEYS: [(&str, &str); 4] = [
    (
        "Tab, Shift + Tab",
        "Forward and back through everything that can be used. Nothing holds the focus but an open dialog.",
    ),
    ("Enter, Space", "Presses buttons, opens details."),
    ("Arrow keys", "In a picture of vectors, from point to point; Enter looks at the document."),
    ("Esc", "Closes a dialog."),
];
