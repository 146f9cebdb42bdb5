//! Rotating a right, and which keys that leaves behind.

use std::collections::BTreeMap;

use yew::prelude::*;

use crate::gather::gather;
use crate::page::parts::{Button, Icon, Look, Select, Shape};
use crate::page::store::{Store, use_store};
use crate::protocol::{KeyId, Pairs};
use crate::state::words::counted;
use crate::state::{Action, Origin};

/// Rights that policies name, one to rotate, and the keys that are stale.
#[component]
pub(super) fn RotationPanel() -> Html {
    let store = use_store();
    let rights = rights(&store);
    let chosen = use_state(String::new);
    let value = if rights.contains_key(&*chosen) {
        (*chosen).clone()
    } else {
        rights.keys().next().cloned().unwrap_or_default()
    };
    let choose = {
        let chosen = chosen.clone();
        Callback::from(move |right: String| chosen.set(right))
    };
    let holders = holders(&store, &value);
    let rotate = {
        let pairs = rights.get(&value).cloned().unwrap_or_default();
        store.on(move |_: MouseEvent| Action::Rotate(pairs.clone()))
    };
    let stale: Vec<KeyId> = store
        .ready_keys()
        .into_iter()
        .filter(|key| store.key_facts(*key).is_some_and(|facts| facts.stale().next().is_some()))
        .collect();
    // Whoever brought a key in a file is not known to keep its rights.
    let is_imported = |key: &KeyId| store.scenario().key(*key).is_some_and(|(_, spec)| spec.origin == Origin::Imported);
    let (imported, ours): (Vec<KeyId>, Vec<KeyId>) = stale.iter().partition(|key| is_imported(key));
    let can_reissue = !ours.is_empty();
    let reissue = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| ours.iter().for_each(|key| store.dispatch(Action::Reissue(*key))))
    };
    let options = rights.keys().map(|right| (right.clone().into(), right.clone().into())).collect::<Vec<_>>();
    html! {
        <section class="panel rotation" aria-labelledby="rotation-title">
            <header><h2 id="rotation-title">{ "Rotate a right" }</h2></header>
            <p class="muted">{ "Locks out keys that hold it: headers are re-wrapped for the next epoch, and what is sealed from then on is under a fresh key. What a key could read before, it can read for ever." }</p>
            <Select label="A right that policies name" {options} {value} onchange={choose} />
            <p>{ if holders.is_empty() { "No key here holds it.".to_owned() } else { format!("Held by {}.", holders.join("; ")) } }</p>
            <div class="row"><Button icon={Shape::Turn} label="Rotate it" onclick={rotate} disabled={rights.is_empty() || (store.data.stored.is_some() && !store.is_connected())} /></div>
            <div class="stale" role="status">
                if stale.is_empty() {
                    <p class="row"><Icon shape={Shape::Check} />{ "No key is stale." }</p>
                } else {
                    <h3>{ format!("{} stale", counted(stale.len(), "key is", "keys are")) }</h3>
                    <ul class="chips">{ for stale.iter().map(|key| html! { <li class="chip warn"><Icon shape={Shape::Warning} />{ store.scenario().key_name(*key) }</li> }) }</ul>
                    <p class="muted">{ "Issue them anew for those who keep the right. Take the attribute from the one who loses it, then issue that key anew as well." }</p>
                    if !imported.is_empty() { <p class="muted">{ "Keys from files stay as they are: reissue one by itself if you know who has it." }</p> }
                    <div class="row"><Button look={Look::Primary} label="Reissue all stale keys" disabled={!can_reissue} onclick={reissue} /></div>
                }
            </div>
        </section>
    }
}

/// The rights that clauses of policies name, by their text.
fn rights(store: &Store) -> BTreeMap<String, Pairs> {
    let policies = store.checked.policies.values().filter_map(|policy| policy.as_ref().ok());
    let clauses = policies.flat_map(|policy| policy.clauses());
    gather(clauses.filter(|clause| !clause.attributes().is_empty()).map(|clause| {
        let pairs = clause
            .attributes()
            .iter()
            .map(|attribute| (attribute.dimension().to_owned(), attribute.name().to_owned()));
        (clause.to_string(), pairs.collect())
    }))
}

/// Whose keys hold a right, as their attributes say.
fn holders(store: &Store, right: &str) -> Vec<String> {
    let policies = store.checked.policies.values().filter_map(|policy| policy.as_ref().ok());
    let Some(right) = policies.flat_map(|policy| policy.clauses()).find(|clause| clause.to_string() == right) else {
        return Vec::new();
    };
    let keys = store.scenario().keys().filter(|(_, key)| {
        store
            .checked
            .keys
            .get(&key.id)
            .and_then(|attributes| attributes.as_ref().ok())
            .is_some_and(|attributes| attributes.own(right))
    });
    keys.map(|(_, key)| store.scenario().key_name(key.id)).collect()
}
