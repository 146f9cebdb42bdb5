//! A vector, as bars.

use yew::prelude::*;

use super::plot;
use crate::state::words::grouped;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// What it is.
    pub(super) label: AttrValue,
    pub(super) vector: Vec<f32>,
    /// What reaches the edge, so that two can be compared.
    pub(super) largest: f32,
}

/// A vector's values as bars, and the first of them as numbers.
#[component]
pub(super) fn VectorStrip(props: &Props) -> Html {
    let vector = &props.vector;
    let first: Vec<String> = vector.iter().take(FIRST).map(|value| format!("{value:.4}").replace('-', "−")).collect();
    let alternative = format!(
        "{} values between −{largest:.2} and {largest:.2}, as bars",
        grouped(vector.len()),
        largest = props.largest
    );
    html! {
        <figure class="strip">
            <figcaption class="label">{ &props.label }</figcaption>
            <svg role="img" aria-label={alternative} viewBox={format!("0 0 {} 100", plot::columns(vector).max(1))} preserveAspectRatio="none">
                <path class="strip-zero" d={format!("M0 50H{}", plot::columns(vector))} />
                <path class="strip-bars" d={plot::bars(vector, props.largest)} />
            </svg>
            <p class="strip-numbers numbers"><code>{ first.join(", ") }</code>
                if vector.len() > FIRST { { ", …" } }
            </p>
        </figure>
    }
}

/// Values that are shown as numbers.
const FIRST: usize = 6;
