//! Somebody with keys.

use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::key::KeyCard;
use super::key_editor::{Editing, KeyEditor};
use crate::page::parts::{Button, Look, Shape, TextField};
use crate::page::store::use_store;
use crate::state::{Action, Change, Person};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) index: usize,
    pub(super) person: Person,
}

/// Name, what they do, and their keys.
#[component]
pub(super) fn PersonCard(props: &Props) -> Html {
    let store = use_store();
    let adding = use_state(|| false);
    let (index, person) = (props.index, &props.person);
    let rename = {
        let about = person.about.clone();
        store.on(move |name: String| Action::Change(Change::DescribePerson(index, name, about.clone())))
    };
    let describe = {
        let name = person.name.clone();
        store.on(move |about: String| Action::Change(Change::DescribePerson(index, name.clone(), about)))
    };
    let remove = store.on(move |_: MouseEvent| Action::Change(Change::RemovePerson(index)));
    let import = {
        let store = store.clone();
        Callback::from(move |event: Event| {
            let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some(input) = input {
                if let Some(file) = input.files().and_then(|files| files.get(0)) {
                    store.dispatch(Action::ImportKey(index, file));
                }
                // The same file can be chosen again.
                input.set_value("");
            }
        })
    };
    let set_adding = |open: bool| {
        let adding = adding.clone();
        Callback::from(move |()| adding.set(open))
    };
    html! {
        <li class="panel person">
            <div class="person-head">
                <TextField label={format!("Name of person {}", index + 1)} label_hidden=true value={person.name.clone()} oninput={rename} class="person-name" />
                <TextField label={format!("What {} does", person.name)} label_hidden=true value={person.about.clone()} placeholder="What they do" oninput={describe} />
                <Button look={Look::Quiet} icon={Shape::Trash} icon_only=true label={format!("Remove {}", person.name)} onclick={remove} />
            </div>
            <ul class="keys">
                { for person.keys.iter().map(|key| html! { <KeyCard key={key.id} spec={key.clone()} is_only={person.keys.len() == 1} owner={person.name.clone()} /> }) }
            </ul>
            if *adding {
                <KeyEditor editing={Editing::New(index)} label={format!("key {}", person.keys.len() + 1)} pairs={Vec::new()} onclose={set_adding(false)} />
            } else {
                <div class="row">
                    <Button look={Look::Quiet} icon={Shape::Plus} label="Add a key" name={format!("Add a key for {}", person.name)} onclick={set_adding(true).reform(|_: MouseEvent| ())} />
                    <label class="button quiet file-button">
                        <input type="file" class="unseen" accept=".vecseal-key,application/octet-stream" onchange={import} aria-label={format!("Import a key for {} from a file", person.name)} />
                        <crate::page::parts::Icon shape={Shape::Up} /><span>{ "Import a key" }</span>
                    </label>
                </div>
            }
        </li>
    }
}
