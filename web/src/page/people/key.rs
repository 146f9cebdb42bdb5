//! A key: what it holds, how it is, and what can be done with it.

use yew::prelude::*;

use super::key_editor::{Editing, KeyEditor};
use crate::page::parts::numbers::bytes;
use crate::page::parts::{Button, FailureBox, Icon, Id, Look, MistakeLine, Shape};
use crate::page::store::use_store;
use crate::protocol::KeyFacts;
use crate::state::words::counted;
use crate::state::{Action, Change, HeldStatus, KeySpec, Origin};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) spec: KeySpec,
    pub(super) is_only: bool,
    pub(super) owner: String,
}

/// A key.
#[component]
pub(super) fn KeyCard(props: &Props) -> Html {
    let store = use_store();
    let open = use_state(|| None::<Editing>);
    let spec = &props.spec;
    let id = spec.id;
    let held = store.keys.get(&id).map(|held| &held.status);
    let facts = store.key_facts(id);
    let set_open = |editing: Option<Editing>| {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(editing))
    };
    let close = {
        let open = open.clone();
        Callback::from(move |()| open.set(None))
    };
    let of = |what: &str| format!("{what} {} of {}", spec.label, props.owner);
    let act = |action: fn(u32) -> Action| store.on(move |_: MouseEvent| action(id));
    let mistake = store.checked.keys.get(&id).and_then(|attributes| attributes.as_ref().err());
    // One in the structure is said once, above.
    let own_mistake = mistake.filter(|_| store.checked.structure.is_ok());
    html! {
        <li class="key">
            <div class="key-head">
                <Icon shape={Shape::Key} />
                <strong>{ &spec.label }</strong>
                { status(held, facts, spec.origin) }
                if let Some(facts) = facts {
                    <span class="key-numbers muted numbers">
                        { format!("{} · {}", counted(facts.rights, "right", "rights"), bytes(facts.bytes)) }
                        <Id id={facts.fingerprint.clone()} what="the key's fingerprint" />
                    </span>
                }
            </div>
            <div class="chips">
                { for spec.pairs.iter().map(|(dimension, name)| html! { <span class="chip on">{ format!("{dimension}:{name}") }</span> }) }
                if spec.pairs.is_empty() { <span class="muted">{ "no attributes: opens what everybody may read" }</span> }
            </div>
            if let Some(facts) = facts { { stale(facts) } }
            if let Some(not_after) = facts.and_then(|facts| facts.not_after) { <p class="muted">{ format!("Noted to expire on {}.", crate::state::date(not_after)) }</p> }
            if let Some(mistake) = own_mistake { <MistakeLine mistake={mistake.clone()} /> }
            if let Some(HeldStatus::Failed(failure)) = held { <FailureBox failure={failure.clone()} /> }
            <div class="row key-tools">
                <Button look={Look::Quiet} icon={Shape::Pencil} label="Edit" name={of("Edit")} onclick={set_open(Some(Editing::Key(id)))} />
                <Button look={Look::Quiet} icon={Shape::Turn} label="Reissue" name={of("Reissue")} onclick={act(Action::Reissue)} disabled={mistake.is_some()} />
                <Button look={Look::Quiet} icon={Shape::Down} label="Attenuate" name={of("Attenuate")} onclick={set_open(Some(Editing::Weaker(id)))} disabled={facts.is_none()} />
                <Button look={Look::Quiet} icon={Shape::Share} label="Export" name={of("Export")} onclick={act(Action::ExportKey)} disabled={facts.is_none()} />
                if !props.is_only {
                    <Button look={Look::Quiet} icon={Shape::Trash} label="Remove" name={of("Remove")} onclick={store.on(move |_: MouseEvent| Action::Change(Change::RemoveKey(id)))} />
                }
            </div>
            if let Some(editing) = *open {
                <KeyEditor {editing} label={spec.label.clone()} pairs={spec.pairs.clone()} onclose={close} />
            }
        </li>
    }
}

fn status(held: Option<&HeldStatus>, facts: Option<&KeyFacts>, origin: Origin) -> Html {
    let how = match origin {
        Origin::Issued => "issued",
        Origin::Attenuated { .. } => "attenuated",
        Origin::Imported => "imported",
    };
    let (class, shape, text) = match (held, facts) {
        (_, Some(facts)) if !facts.is_ours => ("bad", Shape::Warning, "of another authority"),
        (_, Some(facts)) if facts.stale().next().is_some() => ("warn", Shape::Warning, "stale"),
        (_, Some(_)) => ("good", Shape::Check, how),
        (Some(HeldStatus::Failed(_)), None) => ("bad", Shape::Cross, "not issued"),
        (Some(_), None) => ("", Shape::Turn, "being made"),
        (None, None) => ("warn", Shape::Warning, "not in this tab"),
    };
    html! { <span class={classes!("chip", class)}><Icon {shape} />{ text }</span> }
}

/// What was rotated since.
fn stale(facts: &KeyFacts) -> Html {
    let rights: Vec<String> = facts
        .stale()
        .map(|right| format!("{} (has epoch {}, now {})", right.right, right.held, right.current))
        .collect();
    let Some(first) = rights.first() else {
        return Html::default();
    };
    let more = if rights.len() > 1 {
        format!(", and {} more", rights.len() - 1)
    } else {
        String::new()
    };
    html! { <p class="stale-line">{ format!("Rotated since: {first}{more}. Headers that were re-wrapped since do not open with it, nor what is sealed from now on. What it opened before, its holder may have kept.") }</p> }
}
