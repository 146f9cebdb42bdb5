//! Buttons.

use yew::prelude::*;

use super::icon::{Icon, Shape};

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::page) enum Look {
    /// The one thing to do here.
    Primary,
    /// One of several.
    #[default]
    Plain,
    /// Without a frame.
    Quiet,
    /// Takes something away.
    Danger,
}

#[derive(PartialEq, Properties)]
pub(in crate::page) struct Props {
    #[prop_or_default]
    pub(in crate::page) look: Look,
    /// What it does, in words. Shown, unless `icon_only`.
    pub(in crate::page) label: AttrValue,
    /// What it is called in full, where the label alone is ambiguous. It begins with the label.
    #[prop_or_default]
    pub(in crate::page) name: Option<AttrValue>,
    #[prop_or_default]
    pub(in crate::page) icon: Option<Shape>,
    #[prop_or_default]
    pub(in crate::page) icon_only: bool,
    #[prop_or_default]
    pub(in crate::page) disabled: bool,
    /// Whether it is pressed, for buttons that stay so.
    #[prop_or_default]
    pub(in crate::page) pressed: Option<bool>,
    #[prop_or_default]
    pub(in crate::page) submits: bool,
    #[prop_or_default]
    pub(in crate::page) class: Classes,
    #[prop_or_default]
    pub(in crate::page) onclick: Callback<MouseEvent>,
}

/// A button.
#[component]
pub(in crate::page) fn Button(props: &Props) -> Html {
    let look = match props.look {
        Look::Primary => "primary",
        Look::Plain => "plain",
        Look::Quiet => "quiet",
        Look::Danger => "danger",
    };
    let only = props.icon_only.then_some("icon-only");
    let name = props.name.clone().or_else(|| props.icon_only.then(|| props.label.clone()));
    html! {
        <button
            type={if props.submits { "submit" } else { "button" }}
            class={classes!("button", look, only, props.class.clone())}
            disabled={props.disabled}
            aria-pressed={props.pressed.map(|pressed| pressed.to_string())}
            aria-label={name}
            title={props.icon_only.then(|| props.label.clone())}
            onclick={props.onclick.clone()}
        >
            if let Some(shape) = props.icon { <Icon {shape} /> }
            if !props.icon_only { <span>{ &props.label }</span> }
        </button>
    }
}
