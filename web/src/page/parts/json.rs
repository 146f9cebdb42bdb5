//! JSON to look at, with a button that copies it.

use yew::prelude::*;

use super::copy::CopyButton;

#[derive(PartialEq, Properties)]
pub(in crate::page) struct Props {
    /// What it is, above it.
    pub(in crate::page) label: AttrValue,
    pub(in crate::page) text: AttrValue,
    /// What is copied, as in "Copied the request."
    pub(in crate::page) what: &'static str,
    /// In place of nothing.
    #[prop_or(AttrValue::Static("Nothing."))]
    pub(in crate::page) empty: AttrValue,
}

/// A text with a label; it scrolls in its own box, by keyboard too.
#[component]
pub(in crate::page) fn Json(props: &Props) -> Html {
    html! {
        <div class="json">
            <div class="json-head">
                <span class="label">{ &props.label }</span>
                if !props.text.is_empty() { <CopyButton text={props.text.clone()} what={props.what} /> }
            </div>
            if props.text.is_empty() {
                <p class="muted json-empty">{ &props.empty }</p>
            } else {
                <pre tabindex="0" role="region" aria-label={props.label.clone()}>{ &props.text }</pre>
            }
        </div>
    }
}
