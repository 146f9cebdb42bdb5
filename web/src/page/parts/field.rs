//! Fields with labels.

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(in crate::page) struct TextProps {
    pub(in crate::page) label: AttrValue,
    pub(in crate::page) value: AttrValue,
    pub(in crate::page) oninput: Callback<String>,
    #[prop_or(AttrValue::Static("text"))]
    pub(in crate::page) kind: AttrValue,
    #[prop_or_default]
    pub(in crate::page) placeholder: AttrValue,
    /// A sentence below.
    #[prop_or_default]
    pub(in crate::page) help: Option<AttrValue>,
    /// The label is for screen readers alone.
    #[prop_or_default]
    pub(in crate::page) label_hidden: bool,
    #[prop_or_default]
    pub(in crate::page) class: Classes,
    #[prop_or_default]
    pub(in crate::page) autocomplete: Option<AttrValue>,
}

/// A line of text.
#[component]
pub(in crate::page) fn TextField(props: &TextProps) -> Html {
    let oninput = props.oninput.reform(|event: InputEvent| {
        event
            .target()
            .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            .map_or_else(String::new, |input| input.value())
    });
    html! {
        <label class={classes!("field", props.class.clone())}>
            <span class={classes!("label", props.label_hidden.then_some("unseen"))}>{ &props.label }</span>
            <input
                type={props.kind.clone()}
                value={props.value.clone()}
                placeholder={props.placeholder.clone()}
                autocomplete={props.autocomplete.clone().unwrap_or(AttrValue::Static("off"))}
                spellcheck="false"
                {oninput}
            />
            if let Some(help) = &props.help { <span class="help">{ help }</span> }
        </label>
    }
}

#[derive(PartialEq, Properties)]
pub(in crate::page) struct SelectProps {
    pub(in crate::page) label: AttrValue,
    /// Values with what they are called.
    pub(in crate::page) options: Vec<(AttrValue, AttrValue)>,
    pub(in crate::page) value: AttrValue,
    pub(in crate::page) onchange: Callback<String>,
    #[prop_or_default]
    pub(in crate::page) help: Option<AttrValue>,
    #[prop_or_default]
    pub(in crate::page) label_hidden: bool,
    #[prop_or_default]
    pub(in crate::page) class: Classes,
}

/// One of several.
#[component]
pub(in crate::page) fn Select(props: &SelectProps) -> Html {
    let onchange = props.onchange.reform(|event: Event| {
        event
            .target()
            .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok())
            .map_or_else(String::new, |select| select.value())
    });
    let select = use_node_ref();
    {
        let select = select.clone();
        // `selected` counts only until the user has chosen.
        use_effect_with((props.value.clone(), props.options.clone()), move |(value, _)| {
            if let Some(select) = select.cast::<HtmlSelectElement>() {
                select.set_value(value);
            }
        });
    }
    html! {
        <label class={classes!("field", props.class.clone())}>
            <span class={classes!("label", props.label_hidden.then_some("unseen"))}>{ &props.label }</span>
            <select ref={select} {onchange}>
                { for props.options.iter().map(|(value, name)| html! {
                    <option value={value.clone()} selected={*value == props.value}>{ name }</option>
                }) }
            </select>
            if let Some(help) = &props.help { <span class="help">{ help }</span> }
        </label>
    }
}
