//! The examples.

use std::rc::Rc;

use yew::prelude::*;

use crate::page::parts::{Button, Look, Modal, Shape};
use crate::page::services::examples;
use crate::page::store::use_store;
use crate::protocol::Document;
use crate::state::words::counted;
use crate::state::{Action, Dimension, KeySpec, Kind, Origin, Person, Scenario};

/// Organisations to try things on, and an empty one.
#[component]
pub(super) fn GalleryDialog() -> Html {
    let store = use_store();
    let mut scenarios = examples();
    scenarios.push(empty());
    html! {
        <Modal title="Examples" wide=true onclose={store.on(|()| Action::Open(None))}>
            <p class="muted">{ "An example replaces what is here, with a new authority and new keys. Undo brings it back." }</p>
            <ul class="gallery">
                { for scenarios.into_iter().map(|scenario| {
                    let is_here = scenario.name == store.scenario().name;
                    let load = {
                        let scenario = scenario.clone();
                        store.on(move |_: MouseEvent| Action::Load(Box::new(scenario.clone())))
                    };
                    html! {
                        <li class={classes!("panel", is_here.then_some("here"))}>
                            <h3>{ &scenario.name }</h3>
                            <p>{ &scenario.about }</p>
                            <p class="muted numbers">{ format!("{} · {} · {}", counted(scenario.people.len(), "person", "people"), counted(scenario.documents.len(), "document", "documents"),
                                scenario.dimensions.iter().map(|dimension| dimension.name.as_str()).collect::<Vec<_>>().join(", ")) }</p>
                            <div class="row"><Button look={if is_here { Look::Plain } else { Look::Primary }} icon={Shape::Gallery}
                                label={if is_here { "Load it afresh" } else { "Load" }} name={format!("{} {}", if is_here { "Load it afresh:" } else { "Load" }, scenario.name)} onclick={load} /></div>
                        </li>
                    }
                }) }
            </ul>
        </Modal>
    }
}

/// As little as can be tried.
fn empty() -> Scenario {
    let person = Person {
        name: "First person".to_owned(),
        about: String::new(),
        keys: vec![KeySpec {
            id: 1,
            label: "key 1".to_owned(),
            pairs: vec![("roles".to_owned(), "admin".to_owned())],
            origin: Origin::Issued,
        }],
    };
    let document = Document {
        id: "1".to_owned(),
        title: "First note".to_owned(),
        text: "Write here what nobody else is to read.".to_owned(),
        policy: "roles:admin".to_owned(),
        embedded: None,
    };
    Scenario {
        name: "Your own".to_owned(),
        about: "One dimension, one person and one document to begin with.".to_owned(),
        dimensions: vec![Dimension {
            name: "roles".to_owned(),
            attributes: vec!["admin".to_owned(), "member".to_owned()],
            kind: Kind::Set,
        }],
        people: Rc::new(vec![person]),
        documents: Rc::new(vec![document]),
        questions: Rc::new(vec!["something private".to_owned()]),
        ..Scenario::default()
    }
}
