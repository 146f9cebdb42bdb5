//! What a document came from.

use std::rc::Rc;

use yew::prelude::*;

use super::strip::VectorStrip;
use crate::page::parts::{Icon, Shape};
use crate::protocol::Inspected;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) inspected: Rc<Inspected>,
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
                <dt>{ "Title" }</dt><dd>{ &props.title }</dd>
                <dt>{ "Policy" }</dt><dd><code>{ &origin.policy }</code></dd>
                <dt>{ "Id" }</dt><dd><code>{ &props.inspected.document }</code></dd>
            </dl>
            <div class="excerpt" tabindex="0" role="region" aria-label="Text">{ &origin.text }</div>
            <VectorStrip label={format!("Vector, {} dimensions", origin.vector.len())} vector={origin.vector.clone()} largest={props.largest} />
        </section>
    }
}
