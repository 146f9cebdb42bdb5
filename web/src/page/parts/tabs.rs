//! One of a few views, as buttons that stay pressed.

use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(in crate::page) struct Props {
    /// What the choice is about.
    pub(in crate::page) label: AttrValue,
    pub(in crate::page) options: Vec<AttrValue>,
    pub(in crate::page) chosen: usize,
    pub(in crate::page) onchoose: Callback<usize>,
}

/// Views to choose from.
#[component]
pub(in crate::page) fn Tabs(props: &Props) -> Html {
    html! {
        <div class="tabs" role="group" aria-label={props.label.clone()}>
            { for props.options.iter().enumerate().map(|(index, name)| html! {
                <button type="button" aria-pressed={(index == props.chosen).to_string()}
                    onclick={props.onchoose.reform(move |_: MouseEvent| index)}>{ name }</button>
            }) }
        </div>
    }
}
