//! The access structure, as chips or as JSON.

use vecseal::{AccessStructure, DimensionKind};
use yew::prelude::*;

use super::dimension::DimensionCard;
use crate::page::parts::{Button, Icon, Look, MistakeLine, PolicyField, Shape, Tabs};
use crate::page::store::use_store;
use crate::state::{Action, Change, Dimension, Kind, Mistake};

/// Dimensions with their attributes.
#[component]
pub(super) fn StructurePanel() -> Html {
    let store = use_store();
    let as_json = use_state(|| store.structure_draft.is_some());
    let choose = {
        let as_json = as_json.clone();
        Callback::from(move |view: usize| as_json.set(view == 1))
    };
    let dimensions = &store.scenario().dimensions;
    let add = {
        let dimensions = dimensions.clone();
        store.on(move |_: MouseEvent| {
            let mut dimensions = dimensions.clone();
            dimensions.push(Dimension {
                name: free_name(&dimensions),
                attributes: vec!["first".to_owned()],
                kind: Kind::Set,
            });
            Action::Change(Change::Structure(dimensions))
        })
    };
    html! {
        <section class="panel structure" aria-labelledby="structure-title">
            <header>
                <h2 id="structure-title">{ "Access structure" }</h2>
                <Tabs label="Show the structure as" options={vec!["Chips".into(), "JSON".into()]} chosen={usize::from(*as_json)} onchoose={choose} />
            </header>
            if *as_json {
                <StructureText />
            } else {
                <ul class="dimensions">
                    { for dimensions.iter().enumerate().map(|(index, dimension)| html! {
                        <DimensionCard key={index} {index} dimension={dimension.clone()} />
                    }) }
                </ul>
                if let Err(mistake) = &store.checked.structure { <MistakeLine mistake={mistake.clone()} /> }
                <div class="row"><Button icon={Shape::Plus} look={Look::Plain} label="Add a dimension" onclick={add} /></div>
            }
        </section>
    }
}

fn free_name(dimensions: &[Dimension]) -> String {
    let is_free = |name: &String| !dimensions.iter().any(|dimension| dimension.name == *name);
    let names = std::iter::once("dimension".to_owned()).chain((2..).map(|number| format!("dimension_{number}")));
    names.into_iter().find(is_free).unwrap_or_default()
}

/// The structure's JSON. What is none is kept until it is, or something else is done.
#[component]
fn StructureText() -> Html {
    let store = use_store();
    // As it was typed, while that says what the structure is.
    let typed = use_state(|| None::<String>);
    let says_the_same = |text: &&String| {
        AccessStructure::from_json(text).is_ok_and(|known| dimensions_of(&known) == store.scenario().dimensions)
    };
    let draft = store.structure_draft.as_ref().or((*typed).as_ref().filter(says_the_same));
    let text = draft.cloned().unwrap_or_else(|| store.scenario().structure_json());
    let mistake = AccessStructure::from_json(&text).err().map(|error| Mistake::in_structure(&error));
    let oninput = {
        let (store, typed) = (store.clone(), typed.clone());
        Callback::from(move |text: String| {
            let parsed = AccessStructure::from_json(&text);
            store.dispatch(Action::DraftStructure(parsed.is_err().then(|| text.clone())));
            if let Ok(structure) = parsed {
                store.dispatch(Action::Change(Change::TypeStructure(dimensions_of(&structure))));
            }
            typed.set(Some(text));
        })
    };
    let rows = u32::try_from(text.lines().count() + 2).unwrap_or(8).clamp(6, 24);
    html! {
        <>
        if store.structure_draft.is_some() { <p class="remark warn" role="status"><Icon shape={Shape::Warning} /><span>{ "Not taken over until it is right: everything else goes by the structure before it." }</span></p> }
        <PolicyField id="structure-json" label="Sets are lists; a hierarchy is {\"ordered\": […]}, from the lowest level" value={text} {mistake} {oninput} {rows} />
        </>
    }
}

fn dimensions_of(structure: &AccessStructure) -> Vec<Dimension> {
    let dimensions = structure.dimensions().iter().map(|dimension| Dimension {
        name: dimension.name().to_owned(),
        attributes: dimension.attributes().map(ToOwned::to_owned).collect(),
        kind: match dimension.kind() {
            DimensionKind::Hierarchy => Kind::Hierarchy,
            _ => Kind::Set,
        },
    });
    dimensions.collect()
}
