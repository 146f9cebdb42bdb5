//! A policy, tried out: as text or JSON, its clauses, and who opens it.

use std::collections::BTreeMap;
use std::rc::Rc;

use vecseal::Policy;
use yew::prelude::*;

use crate::page::parts::{AttributePicker, Button, Icon, Look, PolicyField, Select, Shape, Tabs};
use crate::page::store::{Store, use_store};
use crate::protocol::Pairs;
use crate::state::words::{counted, grouped};
use crate::state::{Action, Change, Mistake, parse, policy_forms};

/// How the policy is edited.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Text,
    Json,
    Pick,
}

/// A policy of some documents, or a new one, to try out and to put on them.
#[component]
pub(super) fn Workbench() -> Html {
    let store = use_store();
    let used = used(&store);
    let first = used.iter().max_by_key(|(policy, count)| (policy.contains("&&"), **count)).map(|(policy, _)| policy);
    // The policy is that of a document, so that it is renamed and undone with it; what is typed is nobody's yet.
    let document = use_state(|| None::<String>);
    let typed = use_state(|| None::<String>);
    let form = use_state(|| Form::Text);
    let picked = use_state(Pairs::new);
    {
        let (document, typed) = (document.clone(), typed.clone());
        use_effect_with(store.scenario().authority, move |_| {
            document.set(None);
            typed.set(None);
        });
    }
    let structure = store.checked.structure.clone();
    let under = |text: &str| structure.as_ref().ok().map(|structure| parse(text, structure).map(Rc::new));
    let of_document = document.as_ref().and_then(|id| store.scenario().document(id)).map(|document| &document.policy);
    let chosen = of_document.or(first).cloned().unwrap_or_default();
    let draft = (*typed).clone().unwrap_or_else(|| match under(&chosen) {
        Some(Ok(policy)) if *form == Form::Json => policy_forms::json(&policy),
        _ => chosen.clone(),
    });
    let parsed: Option<Result<Rc<Policy>, Mistake>> = under(&draft);
    let choose = {
        let (store, document, typed) = (store.clone(), document.clone(), typed.clone());
        Callback::from(move |policy: String| {
            document.set(document_of(&store, &policy));
            typed.set(None);
        })
    };
    let set_form = {
        let (form, typed, parsed) = (form.clone(), typed.clone(), parsed.clone());
        Callback::from(move |index: usize| {
            let next = [Form::Text, Form::Json, Form::Pick].get(index).copied().unwrap_or(Form::Text);
            if let (Some(Ok(policy)), true) = (&parsed, typed.is_some()) {
                match next {
                    Form::Json => typed.set(Some(policy_forms::json(policy))),
                    Form::Text | Form::Pick if *form == Form::Json => typed.set(Some(policy_forms::text(policy))),
                    _ => (),
                }
            }
            form.set(next);
        })
    };
    let pick = {
        let (picked, typed) = (picked.clone(), typed.clone());
        Callback::from(move |pairs: Pairs| {
            typed.set(Some(policy_forms::picked(&pairs)));
            picked.set(pairs);
        })
    };
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |text: String| typed.set(Some(text)))
    };
    let count = used.get(&chosen).copied().unwrap_or(0);
    let text = match &parsed {
        _ if typed.is_none() => chosen.clone(),
        Some(Ok(policy)) if *form == Form::Json => policy_forms::text(policy),
        _ => draft.trim().to_owned(),
    };
    let is_other = text != chosen && matches!(parsed, Some(Ok(_)));
    let apply = {
        let (from, to) = (chosen.clone(), text.clone());
        let (document, typed, of) = (document.clone(), typed.clone(), document_of(&store, &chosen));
        store.on(move |_: MouseEvent| {
            document.set(of.clone());
            typed.set(None);
            Action::Change(Change::ReplacePolicy(from.clone(), to.clone()))
        })
    };
    let options = used
        .iter()
        .map(|(policy, count)| (policy.clone().into(), format!("{policy}  ({})", grouped(*count)).into()))
        .collect::<Vec<_>>();
    let mistake = parsed.as_ref().and_then(|parsed| parsed.as_ref().err().cloned());
    let chosen_form = match *form {
        Form::Text => 0,
        Form::Json => 1,
        Form::Pick => 2,
    };
    html! {
        <section class="panel workbench" aria-labelledby="workbench-title">
            <header>
                <h2 id="workbench-title">{ "Try a policy" }</h2>
                <Tabs label="Edit the policy as" options={vec!["Text".into(), "JSON".into(), "Pick".into()]} chosen={chosen_form} onchoose={set_form} />
            </header>
            <Select label="A policy in use, with how many documents it is on" {options} value={chosen.clone()} onchange={choose} />
            if *form == Form::Pick {
                <AttributePicker dimensions={store.scenario().dimensions.clone()} chosen={(*picked).clone()} onchange={pick} />
                <p class="muted">{ "One of the picked in each dimension, in all dimensions that have any." }</p>
            }
            <PolicyField id="policy-text" label="Who may read" value={draft.clone()} {mistake} {oninput} rows={if *form == Form::Json { 6 } else { 3 }} />
            <div class="outcome">
                if let Some(Ok(policy)) = &parsed { { clauses(policy) }{ readers(&store, policy) } }
            </div>
            <div class="row end">
                <Button look={Look::Primary} label={format!("Put it on {}", counted(count, "document", "documents"))} disabled={!is_other || count == 0} onclick={apply} />
            </div>
        </section>
    }
}

/// The first document that has a policy.
fn document_of(store: &Store, policy: &str) -> Option<String> {
    let mut documents = store.scenario().documents.iter();
    documents.find(|document| document.policy == policy).map(|document| document.id.clone())
}

fn used(store: &Store) -> BTreeMap<String, usize> {
    let mut used = BTreeMap::new();
    for document in store.scenario().documents.iter() {
        *used.entry(document.policy.clone()).or_default() += 1;
    }
    used
}

/// What it is normalised to: any of these rights opens.
fn clauses(policy: &Policy) -> Html {
    html! {
        <div>
            <h3 class="label">{ format!("Any of {}", counted(policy.clauses().len(), "right", "rights")) }</h3>
            <ul class="clauses">
                { for policy.clauses().iter().map(|clause| html! {
                    <li>
                        if clause.attributes().is_empty() { <span class="chip on">{ "everybody with a key" }</span> }
                        { for clause.attributes().iter().enumerate().map(|(index, attribute)| html! {
                            <>
                                if index > 0 { <span class="muted">{ "and" }</span> }
                                <span class="chip on">{ attribute.to_string() }</span>
                            </>
                        }) }
                    </li>
                }) }
            </ul>
        </div>
    }
}

/// Who opens it, and what the others lack.
fn readers(store: &Store, policy: &Policy) -> Html {
    let keys = store.scenario().keys().map(|(_, key)| {
        let name = store.scenario().key_name(key.id);
        let Some(Ok(attributes)) = store.checked.keys.get(&key.id) else {
            return html! { <li><span class="chip warn" title={name.clone()}><Icon shape={Shape::Warning} /><span>{ name }</span></span><span class="muted">{ "has a mistake in its attributes" }</span></li> };
        };
        let explanation = policy.explain(attributes);
        if explanation.is_satisfied() {
            return html! { <li><span class="chip good" title={name.clone()}><Icon shape={Shape::Open} /><span>{ name }</span></span><span class="muted">{ "opens" }</span></li> };
        }
        // The clause that lacks least says most.
        let nearest = explanation.clauses().iter().min_by_key(|clause| clause.missing().len());
        let why: Vec<String> = nearest.map(|clause| clause.missing().iter().map(ToString::to_string).collect()).unwrap_or_default();
        html! { <li><span class="chip bad" title={name.clone()}><Icon shape={Shape::Denied} /><span>{ name }</span></span><span class="muted">{ why.join(", and ") }</span></li> }
    });
    html! {
        <div>
            <h3 class="label">{ "Who opens it" }</h3>
            <ul class="readers">{ for keys }</ul>
        </div>
    }
}
