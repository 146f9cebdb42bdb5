//! Vectors in a plane, three times side by side.

use std::rc::Rc;

use yew::prelude::*;

use super::kept;
use super::legend::{Legend, ranks};
use super::plot;
use super::scatter::{Drawing, Scatter, Shared};
use crate::gather::gather;
use crate::protocol::{Document, Projected, Sealing};
use crate::state::words::counted;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) projected: Rc<Projected>,
    pub(super) documents: Rc<Vec<Document>>,
    pub(super) sealing: Sealing,
    /// The document that is looked at.
    pub(super) chosen: AttrValue,
    pub(super) onchoose: Callback<String>,
}

/// What is drawn, for one projection.
struct Drawings {
    ranks: Vec<usize>,
    names: Rc<Vec<AttrValue>>,
    plain: Shared,
    one: Shared,
    all: Shared,
}

/// Plaintext vectors, stored vectors of one compartment, stored vectors of all.
#[component]
pub(super) fn Projections(props: &Props) -> Html {
    let projected = &props.projected;
    let drawings = use_memo((Rc::clone(projected), Rc::clone(&props.documents)), |(projected, documents)| {
        Drawings::of(projected, documents)
    });
    let chosen = projected.documents.iter().position(|document| *document == *props.chosen);
    let onchoose = {
        let (projected, onchoose) = (Rc::clone(projected), props.onchoose.clone());
        Callback::from(move |number: usize| {
            if let Some(document) = projected.documents.get(number) {
                onchoose.emit(document.clone());
            }
        })
    };
    let policies = counted(projected.policies.len(), "policy", "policies");
    let in_one = kept::in_one(projected, props.sealing);
    let in_all = kept::in_all(projected, props.sealing);
    let pictures = [
        ("plain", "Plaintext vectors", &drawings.plain, kept::PLAIN.to_owned()),
        ("one", "Stored: one compartment", &drawings.one, in_one),
        ("all", "Stored: all compartments", &drawings.all, in_all),
    ];
    let pictures = pictures.into_iter().map(|(id, title, drawing, sentence)| {
        let points = counted(drawing.0.places.len(), "point", "points");
        let alternative = if id == "one" {
            format!("{title}, projected to two dimensions: {points}. {sentence}")
        } else {
            format!("{title}, projected to two dimensions: {points} of {policies}. {sentence}")
        };
        html! {
            <Scatter id={format!("scatter-{id}")} {title} {alternative} drawing={drawing.clone()} {chosen}
                names={Rc::clone(&drawings.names)} {sentence} onchoose={onchoose.clone()} />
        }
    });
    html! {
        <>
            <div class="scatters">{ for pictures }</div>
            <Legend projected={Rc::clone(projected)} ranks={drawings.ranks.clone()} />
        </>
    }
}

impl Drawings {
    fn of(projected: &Projected, documents: &[Document]) -> Self {
        let ranks = ranks(projected);
        let draw = |points: Vec<(usize, [f32; 2])>| {
            let rank = |document: usize| {
                let group = projected.groups.get(document);
                group.and_then(|group| ranks.get(*group)).copied().unwrap_or(usize::MAX)
            };
            Shared(Rc::new(Drawing {
                // One size in all three.
                radius: plot::radius(projected.documents.len()),
                ranks: points.iter().map(|(document, _)| rank(*document)).collect(),
                places: points.iter().map(|(_, place)| plot::placed(*place)).collect(),
                documents: points.into_iter().map(|(document, _)| document).collect(),
            }))
        };
        let by_id: std::collections::BTreeMap<&str, &Document> =
            gather(documents.iter().map(|document| (document.id.as_str(), document)));
        let name = |id: &String| {
            let document = by_id.get(id.as_str());
            AttrValue::from(document.map_or_else(|| id.clone(), |document| document.short_title()))
        };
        Self {
            names: Rc::new(projected.documents.iter().map(name).collect()),
            plain: draw(projected.plain.iter().copied().enumerate().collect()),
            one: draw(projected.one.clone()),
            all: draw(projected.all.iter().copied().enumerate().collect()),
            ranks,
        }
    }
}
