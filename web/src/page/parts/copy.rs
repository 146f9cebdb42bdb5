//! Copying, and ids that are too long to show.

use yew::prelude::*;

use super::button::{Button, Look};
use super::icon::Shape;
use crate::page::store::use_store;
use crate::state::Action;

#[derive(PartialEq, Properties)]
pub(in crate::page) struct CopyProps {
    /// The text.
    pub(in crate::page) text: AttrValue,
    /// What it is, as in "Copied the link."
    pub(in crate::page) what: &'static str,
    #[prop_or(true)]
    pub(in crate::page) icon_only: bool,
}

/// A button that copies a text.
#[component]
pub(in crate::page) fn CopyButton(props: &CopyProps) -> Html {
    let store = use_store();
    let (text, what) = (props.text.clone(), props.what);
    let onclick = store.on(move |_: MouseEvent| Action::Copy(text.to_string(), what));
    html! {
        <Button look={Look::Quiet} icon={Shape::Copy} icon_only={props.icon_only} label={format!("Copy {what}")} {onclick} />
    }
}

#[derive(PartialEq, Properties)]
pub(in crate::page) struct IdProps {
    /// The whole id.
    pub(in crate::page) id: AttrValue,
    /// What it is.
    pub(in crate::page) what: &'static str,
}

/// An id, shortened in the middle, with a button that copies it.
#[component]
pub(in crate::page) fn Id(props: &IdProps) -> Html {
    let letters = props.id.chars().count();
    let short = if letters > 14 {
        let begin: String = props.id.chars().take(6).collect();
        let end: String = props.id.chars().skip(letters - 4).collect();
        format!("{begin}…{end}")
    } else {
        props.id.to_string()
    };
    html! {
        <span class="id"><code title={props.id.clone()}>{ short }</code><CopyButton text={props.id.clone()} what={props.what} /></span>
    }
}
