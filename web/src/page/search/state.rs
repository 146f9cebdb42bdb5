//! What is there before a search, while it runs, and when it is no longer true.

use yew::prelude::*;

use crate::page::parts::{Button, Empty, Icon, Look, Shape};

#[derive(PartialEq, Properties)]
pub(super) struct PastProps {
    /// What is past.
    pub(super) what: AttrValue,
    /// Does it again.
    pub(super) again: Callback<MouseEvent>,
}

/// Keys or the upload are others now.
#[component]
pub(super) fn Past(props: &PastProps) -> Html {
    html! {
        <p class="remark warn" role="status">
            <Icon shape={Shape::Warning} />
            <span>{ format!("Keys or the upload changed since this {}: what it shows was true then.", props.what) }</span>
            <Button look={Look::Plain} icon={Shape::Turn} label="Run it again" onclick={props.again.clone()} />
        </p>
    }
}

/// Nothing was asked yet.
#[component]
pub(super) fn NotYet() -> Html {
    html! {
        <Empty title="Nothing asked yet" icon={Shape::Search}>
            <p>{ "Ask a question above. Every user’s keys search at once; the plaintext ranking beside the results is computed in this tab." }</p>
        </Empty>
    }
}

/// Where results will be.
#[component]
pub(super) fn Skeleton() -> Html {
    html! {
        <div class="search-columns" aria-hidden="true">
            <div class="panel skeleton">{ for (0..6).map(|_| html! { <div><i /><i /><i /></div> }) }</div>
            <div class="panel skeleton">{ for (0..3).map(|_| html! { <div><i /><i /></div> }) }</div>
        </div>
    }
}
