//! Tests of the policies: who should open what, run on every change.

use yew::prelude::*;

use crate::page::parts::{Button, Empty, Icon, Look, Select, Shape};
use crate::page::store::{Store, use_store};
use crate::protocol::{Document, KeyId};
use crate::sort::sort_by;
use crate::state::words::{counted, grouped};
use crate::state::{Action, Change, Expectation, Expected, Tested};

/// All tests, those that fail first.
#[component]
pub(super) fn TestsPanel() -> Html {
    let store = use_store();
    let tests = &store.scenario().expectations;
    let mut rows: Vec<(usize, &Expectation, Tested)> = tests
        .iter()
        .zip(&store.checked.tests)
        .enumerate()
        .map(|(index, (test, tested))| (index, test, *tested))
        .collect();
    sort_by(&mut rows, |(_, _, a), (_, _, b)| (*a == Tested::Passed).cmp(&(*b == Tested::Passed)));
    let count = |wanted: Tested| rows.iter().filter(|(_, _, tested)| *tested == wanted).count();
    let (passed, failed, void) = (count(Tested::Passed), count(Tested::Failed), count(Tested::Void));
    let is_stale = |key: &KeyId| store.key_facts(*key).is_some_and(|facts| facts.stale().next().is_some());
    let stale = store.ready_keys().iter().filter(|key| is_stale(key)).count();
    html! {
        <section class="panel tests" aria-labelledby="tests-title">
            <header>
                <h2 id="tests-title">{ "Policy tests" }</h2>
                <p class="row numbers" role="status">
                    if rows.is_empty() { { "Who should open what; checked on every change." } }
                    if passed > 0 { <span class="chip good"><Icon shape={Shape::Check} />{ counted(passed, "holds", "hold") }</span> }
                    if failed > 0 { <span class="chip bad"><Icon shape={Shape::Cross} />{ format!("{} broken", grouped(failed)) }</span> }
                    if void > 0 { <span class="chip warn">{ format!("{} cannot be checked", grouped(void)) }</span> }
                </p>
            </header>
            if rows.is_empty() {
                <Empty title="No tests yet" icon={Shape::Check}>
                    <p>{ "Take what holds now as expected: whoever changes a policy or somebody's attributes then sees what that opens and closes." }</p>
                </Empty>
            } else {
                <div class="scroll tests-list" tabindex="0" role="region" aria-label="Tests">
                    <table>
                        <thead><tr><th scope="col">{ "Holds" }</th><th scope="col">{ "Key" }</th><th scope="col">{ "Should" }</th><th scope="col">{ "Document" }</th><td /></tr></thead>
                        <tbody>{ for rows.iter().map(|(index, test, tested)| row(&store, *index, test, *tested)) }</tbody>
                    </table>
                </div>
            }
            if stale > 0 {
                <p class="remark warn"><Icon shape={Shape::Warning} /><span>{ format!("Tests go by attributes. {} stale since a rotation: Search shows what they open.", counted(stale, "key is", "keys are")) }</span></p>
            }
            <div class="row">
                <Button icon={Shape::Check} label="Expect what is now" onclick={store.on(|_: MouseEvent| Action::Change(Change::ExpectAsNow))} />
                if !rows.is_empty() { <Button look={Look::Quiet} icon={Shape::Trash} label="Remove all" onclick={store.on(|_: MouseEvent| Action::Change(Change::DropExpectations))} /> }
            </div>
            <NewTest />
        </section>
    }
}

fn row(store: &Store, index: usize, test: &Expectation, tested: Tested) -> Html {
    let scenario = store.scenario();
    let document = scenario.document(&test.document);
    let name = document.map_or_else(|| format!("Document {} is gone", test.document), Document::short_title);
    let (shape, class, text) = match tested {
        Tested::Passed => (Shape::Check, "good", "holds"),
        Tested::Failed => (Shape::Cross, "bad", "broken"),
        Tested::Void => (Shape::Warning, "warn", "unclear"),
    };
    let should = match test.expected {
        Expected::Opens => "open",
        Expected::Denied => "be denied",
    };
    let why = document.filter(|_| tested == Tested::Failed && test.expected == Expected::Opens);
    let why = why.and_then(|document| store.checked.why_not(test.key, &document.policy).into_iter().next());
    html! {
        <tr key={index}>
            <td><span class={classes!("chip", class)}><Icon {shape} />{ text }</span></td>
            <td>{ scenario.key_name(test.key) }</td>
            <td>{ should }</td>
            <td>{ &name }if let Some(why) = why { <span class="muted">{ format!(": {why}") }</span> }</td>
            <td class="tool"><Button look={Look::Quiet} icon={Shape::Trash} icon_only=true label="Remove the test" name={format!("Remove the test: {} should {should}: {name}", scenario.key_name(test.key))} onclick={store.on(move |_: MouseEvent| Action::Change(Change::DropExpectation(index)))} /></td>
        </tr>
    }
}

/// Another test.
#[component]
fn NewTest() -> Html {
    let store = use_store();
    let key = use_state(String::new);
    let document = use_state(String::new);
    let expected = use_state(|| "opens".to_owned());
    let scenario = store.scenario();
    let keys: Vec<(AttrValue, AttrValue)> = scenario
        .keys()
        .map(|(_, key)| (key.id.to_string().into(), scenario.key_name(key.id).into()))
        .collect();
    let documents: Vec<(AttrValue, AttrValue)> = scenario
        .documents
        .iter()
        .take(MAX_OPTIONS)
        .map(|document| (document.id.clone().into(), document.short_title().into()))
        .collect();
    let value = |state: &str, options: &[(AttrValue, AttrValue)]| {
        let is_there = options.iter().any(|(value, _)| *value == *state);
        if is_there {
            AttrValue::from(state.to_owned())
        } else {
            options.first().map(|(value, _)| value.clone()).unwrap_or_default()
        }
    };
    let (key_value, document_value) = (value(&key, &keys), value(&document, &documents));
    let set = |state: &UseStateHandle<String>| {
        let state = state.clone();
        Callback::from(move |text: String| state.set(text))
    };
    let add = {
        let (key, document, expected) = (key_value.clone(), document_value.clone(), expected.clone());
        store.on(move |_: MouseEvent| {
            let expected = Expected::of(*expected == "opens");
            Action::Change(Change::Expect(key.parse().unwrap_or(0), document.to_string(), expected))
        })
    };
    let outcomes = vec![
        ("opens".into(), "should open".into()),
        ("denied".into(), "should be denied".into()),
    ];
    html! {
        <div class="new-test">
            <Select label="Key" label_hidden=true options={keys.clone()} value={key_value} onchange={set(&key)} />
            <Select label="Outcome" label_hidden=true options={outcomes} value={(*expected).clone()} onchange={set(&expected)} />
            <Select label="Document" label_hidden=true options={documents.clone()} value={document_value} onchange={set(&document)} />
            <Button icon={Shape::Plus} label="Add test" onclick={add} disabled={keys.is_empty() || documents.is_empty()} />
        </div>
    }
}

/// Documents in a list to choose from.
const MAX_OPTIONS: usize = 500;
