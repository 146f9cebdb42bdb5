//! The picture of a scatter plot. It is one stop for the keyboard: arrow keys go from point to point.

use web_sys::Element;
use yew::prelude::*;

use super::plot::{self, Marker, Way};
use super::scatter::{Drawing, Shared};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) title: AttrValue,
    /// What it shows, for who does not see it.
    pub(super) alternative: AttrValue,
    /// The id of the element that names the point.
    pub(super) described_by: AttrValue,
    pub(super) drawing: Shared,
    /// The point of the document that is looked at.
    pub(super) chosen: Option<usize>,
    /// The point that is pointed at.
    pub(super) pointed: Option<usize>,
    pub(super) onpoint: Callback<Option<usize>>,
    pub(super) onchoose: Callback<usize>,
}

/// The points, two rings, and what mouse and keys do.
#[component]
pub(super) fn Picture(props: &Props) -> Html {
    let (drawing, onpoint) = (&props.drawing.0, &props.onpoint);
    let (pointed, chosen) = (props.pointed, props.chosen);
    let picture = use_node_ref();
    let of_mouse = {
        let (drawing, picture) = (props.drawing.clone(), picture.clone());
        move |event: &MouseEvent| under(event, &picture.cast()?, &drawing.0)
    };
    let onclick = {
        let (of_mouse, onchoose) = (of_mouse.clone(), props.onchoose.clone());
        Callback::from(move |event: MouseEvent| {
            if let Some(point) = of_mouse(&event) {
                onchoose.emit(point);
            }
        })
    };
    let onkeydown = {
        let (drawing, onpoint, onchoose) = (props.drawing.clone(), onpoint.clone(), props.onchoose.clone());
        Callback::from(move |event: KeyboardEvent| {
            let from = pointed.or(chosen).unwrap_or(0);
            match (event.key().as_str(), pointed) {
                ("Enter" | " ", Some(point)) => onchoose.emit(point),
                (key, _) => match way(key) {
                    Some(way) => onpoint.emit(Some(plot::next(&drawing.0.places, from, way).unwrap_or(from))),
                    None => return,
                },
            }
            event.prevent_default();
        })
    };
    html! {
        <div class="scatter-box" role="application" tabindex="0"
            aria-label={format!("{}: arrow keys go from point to point, Enter looks at the document", props.title)}
            aria-describedby={props.described_by.clone()}
            onmousemove={onpoint.reform(move |event: MouseEvent| of_mouse(&event))}
            onmouseleave={onpoint.reform(|_: MouseEvent| None)} onblur={onpoint.reform(|_: FocusEvent| None)} {onclick} {onkeydown}>
            <svg ref={picture} viewBox="-110 -110 220 220" role="img" aria-label={props.alternative.clone()}>
                <Marks drawing={props.drawing.clone()} />
                { ring(drawing, chosen, "ring chosen") }
                { ring(drawing, pointed, "ring pointed") }
            </svg>
        </div>
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
        html! { <path class={format!("plot-mark rank-{rank}")} d={path} /> }
    });
    html! { <g>{ for paths }</g> }
}

fn ring(drawing: &Drawing, point: Option<usize>, class: &'static str) -> Html {
    let Some([x, y]) = point.and_then(|point| drawing.places.get(point)) else {
        return Html::default();
    };
    html! { <circle {class} cx={format!("{x:.1}")} cy={format!("{y:.1}")} r={format!("{:.1}", drawing.radius * 2.2)} /> }
}

/// The number of the point at the mouse. What is drawn is square, in the middle of its box.
fn under(event: &MouseEvent, picture: &Element, drawing: &Drawing) -> Option<usize> {
    let bounds = picture.get_bounding_client_rect();
    let side = bounds.width().min(bounds.height()).max(1.0);
    #[expect(clippy::cast_possible_truncation, reason = "a place in a picture")]
    let place = |at: i32, middle: f64| ((f64::from(at) - middle) / side * 220.0) as f32;
    let x = place(event.client_x(), bounds.left() + bounds.width() / 2.0);
    let y = place(event.client_y(), bounds.top() + bounds.height() / 2.0);
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
