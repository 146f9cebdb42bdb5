//! A scatter plot of documents, with what it says.

use std::rc::Rc;

use yew::prelude::*;

use super::picture::Picture;
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

/// A picture with its sentence, and the name of the point that is pointed at.
#[component]
pub(super) fn Scatter(props: &Props) -> Html {
    let pointed = use_state_eq(|| None::<usize>);
    let drawing = &props.drawing.0;
    let chosen = drawing.documents.iter().position(|document| Some(*document) == props.chosen);
    let onpoint = {
        let pointed = pointed.clone();
        Callback::from(move |point| pointed.set(point))
    };
    let onchoose = {
        let (drawing, onchoose) = (props.drawing.clone(), props.onchoose.clone());
        Callback::from(move |point: usize| {
            if let Some(document) = drawing.0.documents.get(point) {
                onchoose.emit(*document);
            }
        })
    };
    let described_by = format!("{}-name", props.id);
    html! {
        <figure class="scatter">
            <figcaption><h3>{ &props.title }</h3></figcaption>
            if drawing.places.is_empty() {
                <div class="scatter-box undrawn"><p class="muted">{ "No vectors" }</p></div>
            } else {
                <Picture title={props.title.clone()} alternative={props.alternative.clone()} described_by={described_by.clone()}
                    drawing={props.drawing.clone()} {chosen} pointed={*pointed} {onpoint} {onchoose} />
            }
            <p class="scatter-name" id={described_by} aria-live="polite">{ name(props, *pointed, chosen) }</p>
            <p>{ tied(&props.sentence) }</p>
        </figure>
    }
}

/// What is pointed at, or else looked at, or else what to do.
fn name(props: &Props, pointed: Option<usize>, chosen: Option<usize>) -> Html {
    let named = |point: Option<usize>| {
        let document = props.drawing.0.documents.get(point?)?;
        props.names.get(*document).cloned()
    };
    match (named(pointed), named(chosen)) {
        (Some(name), _) => html! { <strong>{ name }</strong> },
        (None, Some(name)) => html! { <>{ "Ringed: " }{ name }</> },
        (None, None) if props.drawing.0.places.is_empty() => Html::default(),
        (None, None) => {
            html! { <span class="muted">{ "Point at a document, or use the arrow keys and Enter." }</span> }
        }
    }
}
