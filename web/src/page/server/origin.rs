//! What a document came from.

use std::rc::Rc;

use serde_json::{Value, json};
use yew::prelude::*;

use super::strip::VectorStrip;
use crate::page::parts::{Icon, Json, Shape};
use crate::protocol::Inspected;
use crate::state::words::counted;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) inspected: Rc<Inspected>,
    /// Empty if it has none.
    pub(super) title: AttrValue,
    pub(super) largest: f32,
}

/// Title, text, policy and vector, which stay in the tab.
#[component]
pub(super) fn OriginPanel(props: &Props) -> Html {
    let origin = &props.inspected.origin;
    html! {
        <section class="panel" aria-labelledby="origin">
            <header>
                <h2 id="origin">{ "What it came from" }</h2>
                <p class="side"><Icon shape={Shape::Lock} />{ "stays in this tab" }</p>
            </header>
            <dl class="facts">
                if !props.title.is_empty() { <dt>{ "Title" }</dt><dd>{ &props.title }</dd> }
                <dt>{ "Policy" }</dt><dd><code>{ &origin.policy }</code></dd>
                <dt>{ "Id" }</dt><dd><code>{ &props.inspected.document }</code></dd>
            </dl>
            <div class="excerpt" tabindex="0" role="region" aria-label="Text">{ &origin.text }</div>
            <VectorStrip label={format!("Vector, {}", counted(origin.vector.len(), "dimension", "dimensions"))} vector={origin.vector.clone()} largest={props.largest} />
            <Json label="The point as it would be without VecSeal" text={without_vecseal(&props.inspected, &props.title)} what="the plain point" />
        </section>
    }
}

/// The point that a plain vector database would hold, cut as the worker cuts the stored one.
fn without_vecseal(inspected: &Inspected, title: &str) -> String {
    let origin = &inspected.origin;
    let cut: String = origin.text.chars().take(LETTERS).collect();
    let letters = origin.text.chars().count();
    let text = if letters > LETTERS {
        format!("{cut}… ({letters} characters)")
    } else {
        cut
    };
    let numbers = origin.vector.iter().take(NUMBERS).map(|value| Value::from(f64::from((value * 1e8).round()) / 1e8));
    let dimensions = origin.vector.len();
    let more = (dimensions > NUMBERS).then(|| Value::from(format!("… ({dimensions} numbers)")));
    let vector: Vec<Value> = numbers.chain(more).collect();
    let id = inspected
        .document
        .parse::<u64>()
        .map_or_else(|_| Value::from(inspected.document.as_str()), Value::from);
    let mut payload = json!({ "text": text, "policy": origin.policy });
    if let Some(fields) = payload.as_object_mut().filter(|_| !title.is_empty()) {
        fields.insert("title".to_owned(), Value::from(title));
    }
    let point = json!({ "id": id, "payload": payload, "vector": vector });
    serde_json::to_string_pretty(&point).unwrap_or_default()
}

/// Letters and numbers that are shown.
const LETTERS: usize = 40;
const NUMBERS: usize = 6;

#[cfg(test)]
mod tests {
    use super::without_vecseal;
    use crate::protocol::{Inspected, Origin, Stored};

    #[test]
    fn the_plain_point_has_everything_in_the_clear() {
        let origin = Origin {
            text: "Salaries rise by four per cent, said the board on Monday.".to_owned(),
            policy: "departments:finance".to_owned(),
            vector: vec![0.25; 384],
        };
        let stored = Stored {
            point: String::new(),
            header: String::new(),
            cid: String::new(),
            record_bytes: 0,
            slots: 0,
            header_bytes: 0,
            suite: 1,
            records: 0,
            vector: None,
            cosine: None,
        };
        let inspected = Inspected {
            document: "7".to_owned(),
            origin,
            stored,
        };
        let point = without_vecseal(&inspected, "Salaries");
        for part in [
            "\"id\": 7",
            "Salaries rise by four",
            "(57 characters)",
            "departments:finance",
            "0.25",
            "(384 numbers)",
        ] {
            assert!(point.contains(part), "{part}: {point}");
        }
    }
}
