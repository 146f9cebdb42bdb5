//! A policy or structure as text, with mistakes underlined where they are.

use wasm_bindgen::JsCast as _;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::message::MistakeLine;
use crate::state::Mistake;

#[derive(PartialEq, Properties)]
pub(in crate::page) struct Props {
    /// Tells fields apart; an element id.
    pub(in crate::page) id: AttrValue,
    pub(in crate::page) label: AttrValue,
    pub(in crate::page) value: AttrValue,
    pub(in crate::page) mistake: Option<Mistake>,
    pub(in crate::page) oninput: Callback<String>,
    #[prop_or(2)]
    pub(in crate::page) rows: u32,
    #[prop_or_default]
    pub(in crate::page) label_hidden: bool,
}

/// A text whose mistake is underlined: behind the letters lies the same text, unseen but for the line.
#[component]
pub(in crate::page) fn PolicyField(props: &Props) -> Html {
    let oninput = props.oninput.reform(|event: InputEvent| {
        event
            .target()
            .and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok())
            .map_or_else(String::new, |area| area.value())
    });
    let note = format!("{}-mistake", props.id);
    let is_wrong = props.mistake.is_some();
    html! {
        <div class="field policy-field">
            <label class={classes!("label", props.label_hidden.then_some("unseen"))} for={props.id.clone()}>{ &props.label }</label>
            <div class="underlined">
                <div class="behind" aria-hidden="true">{ behind(props) }{ "\u{200b}" }</div>
                <textarea
                    id={props.id.clone()}
                    rows={props.rows.to_string()}
                    value={props.value.clone()}
                    spellcheck="false"
                    autocomplete="off"
                    aria-invalid={is_wrong.to_string()}
                    aria-describedby={is_wrong.then(|| note.clone())}
                    {oninput}
                />
            </div>
            if let Some(mistake) = &props.mistake { <MistakeLine mistake={mistake.clone()} id={note} /> }
        </div>
    }
}

fn behind(props: &Props) -> Html {
    let text: &str = &props.value;
    let span = props.mistake.as_ref().and_then(|mistake| mistake.span.clone());
    let parts = span.and_then(|span| {
        // What is missing at the end is underlined there.
        let end = span.end.max(span.start + 1).min(text.len().max(span.end));
        Some((
            text.get(..span.start)?,
            text.get(span.start..end).unwrap_or(" "),
            text.get(end..).unwrap_or_default(),
        ))
    });
    match parts {
        Some((before, wrong, after)) => {
            html! { <>{ before }<mark>{ if wrong.is_empty() { " " } else { wrong } }</mark>{ after }</> }
        }
        None => html! { text },
    }
}
