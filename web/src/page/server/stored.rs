//! What the server has of a document.

use std::rc::Rc;

use yew::prelude::*;

use super::strip::VectorStrip;
use crate::page::parts::{Icon, Id, Json, Shape};
use crate::protocol::{Inspected, Stored};
use crate::state::words::counted;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) inspected: Rc<Inspected>,
    pub(super) largest: f32,
}

/// Compartment, sealed record, header and search vector, which everybody has who reaches the database.
#[component]
pub(super) fn StoredPanel(props: &Props) -> Html {
    let stored = &props.inspected.stored;
    html! {
        <section class="panel" aria-labelledby="stored">
            <header>
                <h2 id="stored">{ "What the server has" }</h2>
                <p class="side"><Icon shape={Shape::Server} />{ "as whoever reaches it gets it" }</p>
            </header>
            <dl class="facts">
                <dt>{ "Compartment" }</dt>
                <dd><Id id={stored.cid.clone()} what="the compartment id" />{ " of " }{ counted(stored.records, "record", "records") }</dd>
                <dt>{ "Sealed record" }</dt><dd>{ counted(stored.record_bytes, "byte", "bytes") }</dd>
                <dt>{ "Header" }</dt><dd>{ header(stored) }</dd>
            </dl>
            { vector(stored, props.largest) }
            <Json label="The point, with long texts and lists cut" text={stored.point.clone()} what="the point" />
            <details>
                <summary>{ "The header, from the keyring" }</summary>
                <Json label="The header, with long texts cut" text={stored.header.clone()} what="the header"
                    empty="The keyring has no header of this compartment: nobody can open it." />
            </details>
        </section>
    }
}

fn header(stored: &Stored) -> String {
    let suite = match stored.suite {
        1 => "suite 1 (symmetric)",
        2 => "suite 2 (public key)",
        _ => return "none".to_owned(),
    };
    let slots = counted(stored.slots, "slot", "slots");
    format!("{suite}, {slots}, {}", counted(stored.header_bytes, "byte", "bytes"))
}

fn vector(stored: &Stored, largest: f32) -> Html {
    let Some(vector) = &stored.vector else {
        return html! {
            <p class="no-vector"><Icon shape={Shape::Lock} /><span>{ "Mode sealed: there is no search vector. Clients fetch the compartment and rank in the tab." }</span></p>
        };
    };
    html! {
        <>
            <VectorStrip label={format!("Search vector, {}", counted(vector.len(), "dimension", "dimensions"))} vector={vector.clone()} {largest} />
            if let Some(cosine) = stored.cosine { <p class="cosine">{ alike(cosine, vector.len()) }</p> }
        </>
    }
}

/// The cosine of the two vectors, and what to make of it.
fn alike(cosine: f32, dimension: usize) -> Html {
    #[expect(clippy::cast_precision_loss, reason = "for two digits")]
    let spread = 1.0 / (dimension.max(1) as f32).sqrt();
    let text = if cosine.abs() <= 3.0 * spread {
        format!("as of unrelated vectors: those of {dimension} dimensions differ from 0 by about {spread:.2}.")
    } else {
        format!("more than of unrelated vectors: those of {dimension} dimensions differ from 0 by about {spread:.2}.")
    };
    let number = format!("{cosine:.3}").replace('-', "−");
    html! { <>{ "Cosine to the plaintext vector " }<strong class="numbers">{ number }</strong>{ ", " }{ text }</> }
}
