//! One dimension as a card of chips.

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use crate::page::parts::{Button, Icon, Look, Select, Shape};
use crate::page::store::{Store, use_store};
use crate::state::{Action, Change, Dimension, Kind};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) index: usize,
    pub(super) dimension: Dimension,
}

/// A dimension: its name, what its attributes are to each other, and they.
#[component]
pub(super) fn DimensionCard(props: &Props) -> Html {
    let store = use_store();
    let index = props.index;
    let dimension = props.dimension.clone();
    let change = |change: fn(&mut Dimension, String)| {
        let store = store.clone();
        Callback::from(move |text: String| edit(&store, index, |dimension| change(dimension, text)))
    };
    let remove = {
        let dimensions = store.scenario().dimensions.clone();
        store.on(move |_: MouseEvent| {
            let mut dimensions = dimensions.clone();
            dimensions.remove(index);
            Action::Change(Change::Structure(dimensions))
        })
    };
    let kinds = vec![("set".into(), "set".into()), ("hierarchy".into(), "hierarchy".into())];
    let kind = if dimension.kind == Kind::Set {
        "set"
    } else {
        "hierarchy"
    };
    let set_kind = change(|dimension, kind| {
        dimension.kind = if kind == "hierarchy" {
            Kind::Hierarchy
        } else {
            Kind::Set
        };
    });
    html! {
        <li class="dimension">
            <div class="dimension-head">
                <NameField {index} name={dimension.name.clone()} />
                <Select label={format!("Kind of {}", dimension.name)} label_hidden=true options={kinds} value={kind} onchange={set_kind} />
                <Button look={Look::Quiet} icon={Shape::Trash} icon_only=true label={format!("Remove the dimension {}", dimension.name)} onclick={remove} />
            </div>
            <ul class={classes!("chips", (dimension.kind == Kind::Hierarchy).then_some("ordered"))}>
                { for dimension.attributes.iter().enumerate().map(|(place, name)| html! {
                    <AttributeChip key={name.clone()} dimension={index} {place} of={dimension.name.clone()} name={name.clone()}
                        is_ordered={dimension.kind == Kind::Hierarchy} is_last={place + 1 == dimension.attributes.len()} />
                }) }
                <li key=""><NewAttribute {index} of={dimension.name.clone()} /></li>
            </ul>
        </li>
    }
}

#[derive(PartialEq, Properties)]
struct NameProps {
    index: usize,
    name: String,
}

/// A dimension's name: another one goes into keys and policies, too, when it is complete.
#[component]
fn NameField(props: &NameProps) -> Html {
    let store = use_store();
    let (index, before) = (props.index, props.name.clone());
    let onchange = Callback::from(move |event: Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else {
            return;
        };
        let name = input.value().trim().to_owned();
        if !name.is_empty() {
            store.dispatch(Action::Change(Change::RenameDimension(index, name)));
        }
        // Unless it was refused, the store has the new name, and the next picture shows it.
        input.set_value(&before);
    });
    html! {
        <input type="text" class="dimension-name" aria-label={format!("Name of dimension {}", index + 1)} value={props.name.clone()} spellcheck="false" autocomplete="off" {onchange} />
    }
}

fn edit(store: &Store, index: usize, edit: impl FnOnce(&mut Dimension)) {
    let mut dimensions = store.scenario().dimensions.clone();
    if let Some(dimension) = dimensions.get_mut(index) {
        edit(dimension);
        store.dispatch(Action::Change(Change::Structure(dimensions)));
    }
}

#[derive(PartialEq, Properties)]
struct ChipProps {
    dimension: usize,
    place: usize,
    of: String,
    name: String,
    is_ordered: bool,
    is_last: bool,
}

/// An attribute: renamed by a click on it, everywhere; in a hierarchy it can be moved up a level.
#[component]
fn AttributeChip(props: &ChipProps) -> Html {
    let store = use_store();
    let editing = use_state(|| false);
    let input = use_node_ref();
    {
        let input = input.clone();
        use_effect_with(*editing, move |editing| {
            if let Some(input) = input.cast::<HtmlInputElement>().filter(|_| *editing) {
                drop(input.focus());
                input.select();
            }
        });
    }
    let (dimension, place) = (props.dimension, props.place);
    if *editing {
        let done = {
            let (store, editing, of, from) = (store, editing, props.of.clone(), props.name.clone());
            move |to: &str| {
                let to = to.trim();
                if !to.is_empty() && to != from {
                    store.dispatch(Action::Change(Change::RenameAttribute(of.clone(), from.clone(), to.to_owned())));
                }
                editing.set(false);
            }
        };
        let onblur = {
            let (done, input) = (done.clone(), input.clone());
            Callback::from(move |_: FocusEvent| {
                done(&input.cast::<HtmlInputElement>().map_or_else(String::new, |input| input.value()));
            })
        };
        let onkeydown = {
            let (input, name) = (input.clone(), props.name.clone());
            Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
                "Enter" => done(&input.cast::<HtmlInputElement>().map_or_else(String::new, |input| input.value())),
                "Escape" => done(&name),
                _ => (),
            })
        };
        return html! {
            <li><input ref={input} class="chip-input" value={props.name.clone()} aria-label={format!("Rename {}", props.name)} {onblur} {onkeydown} /></li>
        };
    }
    let begin = {
        let editing = editing.clone();
        Callback::from(move |_: MouseEvent| editing.set(true))
    };
    let raise = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            edit(&store, dimension, |dimension| {
                if place + 1 < dimension.attributes.len() {
                    dimension.attributes.swap(place, place + 1);
                }
            });
        })
    };
    let remove = Callback::from(move |_: MouseEvent| {
        edit(&store, dimension, |dimension| {
            if place < dimension.attributes.len() {
                dimension.attributes.remove(place);
            }
        });
    });
    html! {
        <li class="chip attribute">
            <button type="button" class="chip-name" onclick={begin} title="Rename" aria-label={format!("Rename {}", props.name)}>{ &props.name }</button>
            if props.is_ordered && !props.is_last {
                <button type="button" class="chip-tool" onclick={raise} title="One level up" aria-label={format!("Move {} one level up", props.name)}>{ "›" }</button>
            }
            <button type="button" class="chip-tool" onclick={remove} title="Remove" aria-label={format!("Remove {}", props.name)}><Icon shape={Shape::Cross} /></button>
        </li>
    }
}

#[derive(PartialEq, Properties)]
struct NewProps {
    index: usize,
    of: String,
}

/// A field for another attribute: Enter adds it.
#[component]
fn NewAttribute(props: &NewProps) -> Html {
    let store = use_store();
    let index = props.index;
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input.filter(|_| event.key() == "Enter") {
            let name = input.value().trim().to_owned();
            if !name.is_empty() {
                store.dispatch(Action::Change(Change::AddAttribute(index, name)));
                input.set_value("");
            }
        }
    });
    html! {
        <input class="chip-input" placeholder="Add …" aria-label={format!("Add an attribute to {}, by Enter", props.of)} {onkeydown} />
    }
}
