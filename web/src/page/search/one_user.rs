//! What one user finds, with a column for each of their keys.

use yew::prelude::*;

use super::cost::Costs;
use super::plain::Plain;
use super::recall::RecallPanel;
use super::row::ResultLine;
use crate::page::parts::{Empty, FailureBox, Same, Select, Shape};
use crate::page::store::use_store;
use crate::protocol::{KeyId, Searched};
use crate::state::results::{ResultRow, failures, has_searched, rows_of_user, search_of};
use crate::state::{Action, Basis, KeySpec};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) found: Same<Searched>,
    pub(super) basis: Same<Basis>,
}

/// Results of a user, beside what a search in the clear ranks.
#[component]
pub(super) fn OneUser(props: &Props) -> Html {
    let store = use_store();
    let people = std::rc::Rc::clone(&store.scenario().people);
    let person = people.get(store.search.person).or_else(|| people.first());
    let specs: Vec<KeySpec> = person.map(|person| person.keys.clone()).unwrap_or_default();
    let keys: Vec<KeyId> = specs.iter().map(|key| key.id).collect();
    let rows = use_memo((props.found.clone(), props.basis.clone(), keys.clone()), |(found, basis, keys)| {
        rows_of_user(found, basis, keys)
    });
    let options: Vec<(AttrValue, AttrValue)> = people
        .iter()
        .enumerate()
        .map(|(index, person)| (index.to_string().into(), person.name.clone().into()))
        .collect();
    let choose = store.on(|index: String| Action::ChoosePerson(index.parse().unwrap_or(0)));
    let Some(person) = person else {
        return html! { <Empty title="Nobody is there" icon={Shape::People}><p>{ "Add a user under People and keys." }</p></Empty> };
    };
    let name = AttrValue::from(person.name.clone());
    let has_come = has_searched(&props.found, &keys);
    let is_untried = keys.iter().all(|key| search_of(&props.found, *key).is_none());
    html! {
        <div class="search-columns">
            <section class="panel results" aria-labelledby="results-title">
                <header>
                    <h2 id="results-title">{ format!("What {} finds", person.name) }</h2>
                    <Select label="User" value={store.search.person.to_string()} {options} onchange={choose} class="inline" />
                </header>
                { failed(&props.found, &specs) }
                if has_come { <Answers rows={(*rows).clone()} keys={specs.clone()} name={name.clone()} /> }
                if is_untried { <Empty title="Not searched yet" icon={Shape::Key}><p>{ "These keys were not there when the question was asked. Search again." }</p></Empty> }
            </section>
            <div class="search-side">
                if has_come { <RecallPanel found={props.found.clone()} keys={specs.clone()} name={name.clone()} /> }
                <Plain found={props.found.clone()} basis={props.basis.clone()} rows={(*rows).clone()} {name} />
                if has_come { <Costs found={props.found.clone()} keys={specs} /> }
            </div>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct AnswersProps {
    rows: Vec<ResultRow>,
    keys: Vec<KeySpec>,
    name: AttrValue,
}

/// The table. Roles are written out: on narrow screens its rows are laid out as blocks.
#[component]
fn Answers(props: &AnswersProps) -> Html {
    if props.rows.is_empty() {
        return html! { <Empty title="No results" icon={Shape::Search}><p>{ "Nothing was near enough to be ranked." }</p></Empty> };
    }
    let opens_none = props.rows.iter().all(|row| row.content.is_none());
    html! {
        <>
            if opens_none {
                <p class="remark"><span>{ format!("No key of {} opens any of the nearest documents, so nothing was found. Below is what stays sealed.", props.name) }</span></p>
            }
            <div class="scroll" tabindex="0" role="region" aria-label="Results">
                <table class="result-table" role="table">
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col" class="number">{ "Rank" }</th>
                            <th role="columnheader" scope="col">{ "Document" }</th>
                            { for props.keys.iter().map(|key| html! { <th role="columnheader" scope="col" class="result-key">{ &key.label }</th> }) }
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        { for props.rows.iter().map(|row| html! {
                            <ResultLine key={row.document.clone()} row={row.clone()} keys={props.keys.clone()} name={props.name.clone()} />
                        }) }
                    </tbody>
                </table>
            </div>
        </>
    }
}

/// Why searches failed, and what was left out.
fn failed(found: &Searched, specs: &[KeySpec]) -> Html {
    let keys: Vec<KeyId> = specs.iter().map(|key| key.id).collect();
    let boxes = failures(found, &keys).into_iter().map(|(failure, of)| {
        let labels: Vec<&str> =
            specs.iter().filter(|key| of.contains(&key.id)).map(|key| key.label.as_str()).collect();
        html! { <FailureBox {failure}><p class="muted">{ format!("Search with {}.", labels.join(", ")) }</p></FailureBox> }
    });
    boxes.collect()
}
