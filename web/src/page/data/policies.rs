//! One policy in place of another, on all documents that have it.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::Element;
use yew::prelude::*;

use super::picker::{OFFERED, PolicyPicker};
use crate::page::parts::{Button, Look, PolicyField, Select};
use crate::page::store::use_store;
use crate::state::documents::policies;
use crate::state::words::{counted, grouped};
use crate::state::{Action, Change, parse};

/// For imported documents without policies of their own, and for everything that moves together.
#[component]
pub(super) fn ManyPolicies() -> Html {
    let is_open = use_state(|| false);
    let ontoggle = {
        let is_open = is_open.clone();
        Callback::from(move |event: Event| {
            let details = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            is_open.set(details.is_some_and(|details| details.has_attribute("open")));
        })
    };
    html! {
        <details class="many" {ontoggle}>
            <summary>{ "Give many documents another policy" }</summary>
            if *is_open { <Replace /> }
        </details>
    }
}

#[component]
fn Replace() -> Html {
    let store = use_store();
    let from = use_state(|| None::<String>);
    let to = use_state(String::new);
    let used = use_memo(Rc::clone(&store.scenario().documents), |documents| policies(documents));
    // The chosen one, or everybody's if there is one, or the most common.
    let is_there = |policy: &str| used.iter().find(|(known, _)| known == policy);
    let chosen = from.as_deref().and_then(is_there).or_else(|| is_there("*")).or_else(|| used.first());
    let Some((policy, count)) = chosen.cloned() else {
        return Html::default();
    };
    let mistake = match &store.checked.structure {
        Ok(structure) if !to.trim().is_empty() => parse(&to, structure).err(),
        _ => None,
    };
    let can = store.checked.structure.is_ok() && !to.trim().is_empty() && mistake.is_none() && *to != policy;
    let apply = {
        let (store, policy, from, to) = (store.clone(), policy.clone(), from.clone(), to.clone());
        Callback::from(move |_: MouseEvent| {
            let change = Change::ReplacePolicy(policy.clone(), (*to).clone());
            store.dispatch(Action::Change(change));
            from.set(Some((*to).clone()));
            to.set(String::new());
        })
    };
    let set_to = {
        let to = to.clone();
        Callback::from(move |text| to.set(text))
    };
    let offered = used.iter().take(OFFERED).filter(|(known, _)| *known != policy);
    let options: Vec<(AttrValue, AttrValue)> = std::iter::once(&(policy.clone(), count))
        .chain(offered)
        .map(|(policy, count)| (policy.clone().into(), format!("{policy} ({})", grouped(*count)).into()))
        .collect();
    html! {
            <div class="editor">
                <Select label="All documents under" value={policy.clone()} {options}
                    onchange={Callback::from(move |policy| from.set(Some(policy)))} />
                <PolicyField id="many-policy" label="Get this policy" value={(*to).clone()} {mistake} oninput={set_to.clone()} />
                <PolicyPicker policy={(*to).clone()} onpick={set_to} />
                <div class="row end">
                    <Button look={Look::Plain} label={format!("Apply to all {}", counted(count, "document", "documents"))} disabled={!can} onclick={apply} />
                </div>
            </div>
    }
}
