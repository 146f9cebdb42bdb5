//! The place of users and their keys.

mod key;
mod key_editor;
mod person;
mod rotation;

use yew::prelude::*;

use super::parts::{Button, Empty, Icon, Shape};
use super::store::use_store;
use crate::state::{Action, Change};
use person::PersonCard;
use rotation::RotationPanel;

/// The place.
#[component]
pub(super) fn PeoplePlace() -> Html {
    let store = use_store();
    let count = store.scenario().people.len();
    let add = store
        .on(move |_: MouseEvent| Action::Change(Change::AddPerson(format!("Person {}", count + 1), String::new())));
    html! {
        <div class="people-grid">
            <div class="stack">
                if store.checked.structure.is_err() {
                    <p class="remark bad"><Icon shape={Shape::Warning} /><span>{ "The access structure has a mistake: mend it under Policy." }</span></p>
                }
                if count == 0 { <Empty title="Nobody is here" icon={Shape::People}><p>{ "Add somebody, and give them a key." }</p></Empty> }
                <ul class="people">
                    { for store.scenario().people.iter().enumerate().map(|(index, person)| html! {
                        <PersonCard key={index} {index} person={person.clone()} />
                    }) }
                </ul>
                <div class="row"><Button icon={Shape::Plus} label="Add a person" onclick={add} /></div>
            </div>
            <RotationPanel />
        </div>
    }
}
