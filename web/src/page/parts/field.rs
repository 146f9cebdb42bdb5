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
        <div class={classes!("field", props.class.clone())}>
            <label>
                <span class={classes!("label", props.label_hidden.then_some("unseen"))}>{ &props.label }</span>
                <input
                type={props.kind.clone()}
                value={props.value.clone()}
                placeholder={props.placeholder.clone()}
                autocomplete={props.autocomplete.clone().unwrap_or(AttrValue::Static("off"))}
                spellcheck="false"
                {oninput}
                aria-describedby={props.help.as_ref().map(|_| help_id(&props.label))}
            />
            </label>
            if let Some(help) = &props.help { <span class="help" id={help_id(&props.label)}>{ help }</span> }
        </div>
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
        <div class={classes!("field", props.class.clone())}>
            <label>
            <span class={classes!("label", props.label_hidden.then_some("unseen"))}>{ &props.label }</span>
            <select aria-describedby={props.help.as_ref().map(|_| help_id(&props.label))} ref={select} {onchange}>
                { for props.options.iter().map(|(value, name)| html! {
                    <option value={value.clone()} selected={*value == props.value}>{ name }</option>
                }) }
            </select>
            </label>
            if let Some(help) = &props.help { <span class="help" id={help_id(&props.label)}>{ help }</span> }
        </div>
    }
}

/// The sentence below a field is no part of its name, so it is tied to it by an id.
fn help_id(label: &str) -> String {
    let letters = label.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' });
    format!("help-{}", letters.collect::<String>().to_lowercase())
}
