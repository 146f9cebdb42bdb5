//! A scatter plot of documents. It is one stop for the keyboard: arrow keys go from point to point.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::Element;
use yew::prelude::*;

use super::plot::{self, Marker, Way};
use crate::state::words::tied;

/// What is drawn in one place: points of documents, by the ranks of their policies.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Drawing {
    /// Numbers of documents.
    pub(super) documents: Vec<usize>,
    /// Where they are, from -100 to 100.
    pub(super) places: Vec<[f32; 2]>,
    /// The rank of each one's policy.
    pub(super) ranks: Vec<usize>,
    /// Radius of the markers.
    pub(super) radius: f32,
}

/// A drawing that is compared by its address.
#[derive(Debug, Clone)]
pub(super) struct Shared(pub(super) Rc<Drawing>);

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// Tells pictures apart; an element id.
    pub(super) id: AttrValue,
    pub(super) title: AttrValue,
    /// What it shows, for who does not see it.
    pub(super) alternative: AttrValue,
    pub(super) drawing: Shared,
    /// The number of the document that is looked at.
    pub(super) chosen: Option<usize>,
    /// What documents are called, by their numbers.
    pub(super) names: Rc<Vec<AttrValue>>,
    /// A sentence below.
    pub(super) sentence: AttrValue,
    pub(super) onchoose: Callback<usize>,
}

/// A scatter plot with its sentence, and the name of the point that is pointed at.
#[component]
pub(super) fn Scatter(props: &Props) -> Html {
    let pointed = use_state_eq(|| None::<usize>);
    let drawing = &props.drawing.0;
    let chosen = drawing.documents.iter().position(|document| Some(*document) == props.chosen);
    let choose = {
        let (documents, onchoose) = (props.drawing.clone(), props.onchoose.clone());
        move |point: Option<usize>| {
            if let Some(document) = point.and_then(|point| documents.0.documents.get(point)) {
                onchoose.emit(*document);
            }
        }
    };
    let onmousemove = {
        let (drawing, pointed) = (props.drawing.clone(), pointed.clone());
        Callback::from(move |event: MouseEvent| pointed.set(under(&event, &drawing.0)))
    };
    let onmouseleave = pointed.setter();
    let onclick = {
        let (drawing, choose) = (props.drawing.clone(), choose.clone());
        Callback::from(move |event: MouseEvent| choose(under(&event, &drawing.0)))
    };
    let onkeydown = {
        let (drawing, pointed) = (props.drawing.clone(), pointed.clone());
        Callback::from(move |event: KeyboardEvent| {
            let at = pointed.or(chosen).or((!drawing.0.places.is_empty()).then_some(0));
            match (event.key().as_str(), at) {
                ("Enter" | " ", _) => choose(*pointed),
                (key, Some(at)) => match way(key) {
                    Some(way) => pointed.set(Some(plot::next(&drawing.0.places, at, way).unwrap_or(at))),
                    None => return,
                },
                _ => return,
            }
            event.prevent_default();
        })
    };
    let name = |point: Option<usize>| {
        point
            .and_then(|point| drawing.documents.get(point))
            .and_then(|document| props.names.get(*document))
            .cloned()
    };
    let hint = if drawing.places.is_empty() {
        ""
    } else {
        "Point at a document, or use the arrow keys and Enter."
    };
    html! {
        <figure class="scatter">
            <figcaption id={format!("{}-title", props.id)}><h3>{ &props.title }</h3></figcaption>
            <div class="scatter-box" role="application" tabindex={(!drawing.places.is_empty()).then_some("0")}
                aria-label={format!("{}: arrow keys go from point to point, Enter looks at the document", props.title)}
                aria-describedby={format!("{}-name", props.id)}
                {onmousemove} onmouseleave={Callback::from(move |_: MouseEvent| onmouseleave.set(None))} {onclick} {onkeydown}>
                <svg viewBox="-110 -110 220 220" role="img" aria-label={props.alternative.clone()}>
                    <Marks drawing={props.drawing.clone()} />
                    { ring(drawing, chosen, "ring chosen") }
                    { ring(drawing, *pointed, "ring pointed") }
                </svg>
            </div>
            <p class="scatter-name" id={format!("{}-name", props.id)} aria-live="polite">
                if let Some(name) = name(*pointed) {
                    <strong>{ name }</strong>
                } else if let Some(name) = name(chosen) {
                    { "Ringed: " }{ name }
                } else {
                    <span class="muted">{ hint }</span>
                }
            </p>
            <p>{ tied(&props.sentence) }</p>
        </figure>
    }
}

#[derive(PartialEq, Properties)]
struct MarksProps {
    drawing: Shared,
}

/// All points, drawn once: a path for each rank.
#[component]
fn Marks(props: &MarksProps) -> Html {
    let drawing = &props.drawing.0;
    // The others lie below those that have a colour.
    let paths = (0..Marker::ALL.len()).rev().map(|rank| {
        let of_rank = drawing.places.iter().zip(&drawing.ranks).filter(|(_, own)| **own == rank);
        let path = Marker::of(rank).path(of_rank.map(|(place, _)| *place), drawing.radius);
        html! { <path class={format!("mark rank-{rank}")} d={path} /> }
    });
    html! { <g>{ for paths }</g> }
}

fn ring(drawing: &Drawing, point: Option<usize>, class: &'static str) -> Html {
    let Some([x, y]) = point.and_then(|point| drawing.places.get(point)) else {
        return Html::default();
    };
    html! { <circle {class} cx={format!("{x:.1}")} cy={format!("{y:.1}")} r={format!("{:.1}", drawing.radius * 2.2)} /> }
}

/// The number of the point at the mouse.
fn under(event: &MouseEvent, drawing: &Drawing) -> Option<usize> {
    let element = event.current_target()?.dyn_into::<Element>().ok()?;
    let bounds = element.get_bounding_client_rect();
    #[expect(clippy::cast_possible_truncation, reason = "a place in a picture")]
    let place = |at: i32, from: f64, size: f64| ((f64::from(at) - from) / size.max(1.0) * 220.0 - 110.0) as f32;
    let x = place(event.client_x(), bounds.left(), bounds.width());
    let y = place(event.client_y(), bounds.top(), bounds.height());
    plot::nearest(&drawing.places, [x, y], REACH)
}

fn way(key: &str) -> Option<Way> {
    Some(match key {
        "ArrowLeft" => Way::Left,
        "ArrowRight" => Way::Right,
        "ArrowUp" => Way::Up,
        "ArrowDown" => Way::Down,
        _ => return None,
    })
}

/// How far from a point it is still pointed at.
const REACH: f32 = 12.0;
