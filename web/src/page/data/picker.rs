//! A policy from those in use, or put together from attributes.

use std::rc::Rc;

use yew::prelude::*;

use crate::page::parts::{AttributePicker, Select};
use crate::page::store::use_store;
use crate::state::documents::{is_right, pairs_of, policies, policy_of};
use crate::state::parse;
use crate::state::words::grouped;

/// More policies are not offered; the most common are.
pub(super) const OFFERED: usize = 100;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// As it is.
    pub(super) policy: AttrValue,
    /// The picked one, in text form.
    pub(super) onpick: Callback<String>,
}

/// Two ways to a policy without typing it.
#[component]
pub(super) fn PolicyPicker(props: &Props) -> Html {
    let store = use_store();
    let used = use_memo(Rc::clone(&store.scenario().documents), |documents| policies(documents));
    let dimensions = store.scenario().dimensions.clone();
    let chosen = store.checked.structure.as_ref().ok().and_then(|structure| {
        let policy = parse(&props.policy, structure).ok()?;
        pairs_of(&policy, structure, &dimensions)
    });
    let is_picked = chosen.is_some();
    let onchange = {
        let (onpick, dimensions) = (props.onpick.clone(), dimensions.clone());
        Callback::from(move |pairs| onpick.emit(policy_of(&pairs, &dimensions)))
    };
    let onselect = {
        let onpick = props.onpick.clone();
        Callback::from(move |policy: String| {
            if !policy.is_empty() {
                onpick.emit(policy);
            }
        })
    };
    let right: Vec<&(String, usize)> =
        used.iter().filter(|(policy, _)| is_right(&store.checked, policy)).take(OFFERED).collect();
    let is_used = right.iter().any(|(policy, _)| *policy == *props.policy);
    let none = (!is_used).then_some((AttrValue::Static(""), AttrValue::Static("Choose one")));
    let offered = right.iter().map(|(policy, count)| {
        (AttrValue::from(policy.clone()), AttrValue::from(format!("{policy} ({})", grouped(*count))))
    });
    html! {
        <>
            <Select label="Take one that is in use" value={if is_used { props.policy.clone() } else { AttrValue::Static("") }}
                onchange={onselect} options={none.into_iter().chain(offered).collect::<Vec<_>>()} />
            <details class="put-together">
                <summary>{ "Put one together from attributes" }</summary>
                <p class="muted">{ "One of those picked in a dimension is enough; something is wanted from every dimension with a pick. Nothing picked: everybody." }</p>
                <AttributePicker {dimensions} chosen={chosen.unwrap_or_default()} {onchange} />
                if !is_picked {
                    <p class="muted">{ "The present policy is not of this form; a pick replaces it." }</p>
                }
            </details>
        </>
    }
}
