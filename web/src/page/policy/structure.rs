//! The access structure, as chips or as JSON.

use vecseal::{AccessStructure, DimensionKind};
use yew::prelude::*;

use super::dimension::DimensionCard;
use crate::page::parts::{Button, Look, MistakeLine, PolicyField, Shape, Tabs};
use crate::page::store::use_store;
use crate::state::{Action, Change, Dimension, Kind, Mistake};

/// Dimensions with their attributes.
#[component]
pub(super) fn StructurePanel() -> Html {
    let store = use_store();
    let as_json = use_state(|| false);
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

/// The structure's JSON. What does not parse stays here until it does.
#[component]
fn StructureText() -> Html {
    let store = use_store();
    let draft = use_state(|| None::<String>);
    let json = store.scenario().structure_json();
    let parsed = |text: &str| AccessStructure::from_json(text).map(|structure| dimensions_of(&structure));
    // A draft that says the same, or something else than what undo brought back, is not kept.
    let text = match &*draft {
        Some(draft)
            if parsed(draft).is_err() || parsed(draft).is_ok_and(|known| known == store.scenario().dimensions) =>
        {
            draft.clone()
        }
        _ => json,
    };
    let mistake = AccessStructure::from_json(&text).err().map(|error| Mistake::new(&error, None));
    let oninput = {
        let draft = draft.clone();
        let store = store.clone();
        Callback::from(move |text: String| {
            if let Ok(structure) = AccessStructure::from_json(&text) {
                store.dispatch(Action::Change(Change::Structure(dimensions_of(&structure))));
            }
            draft.set(Some(text));
        })
    };
    let rows = u32::try_from(text.lines().count() + 2).unwrap_or(8).clamp(6, 24);
    html! {
        <PolicyField id="structure-json" label="Sets are lists; a hierarchy is {\"ordered\": […]}, from the lowest level" value={text} {mistake} {oninput} {rows} />
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
