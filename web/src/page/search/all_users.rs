//! What everybody finds, side by side.

use yew::prelude::*;

use super::recall;
use crate::page::parts::{Icon, Same, Shape};
use crate::protocol::Searched;
use crate::state::Basis;
use crate::state::results::{ColumnHit, KeyColumn, columns};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) found: Same<Searched>,
    pub(super) basis: Same<Basis>,
}

/// A column for the plaintext ranking and one for each key.
#[component]
pub(super) fn AllUsers(props: &Props) -> Html {
    let columns = use_memo((props.found.clone(), props.basis.clone()), |(found, basis)| columns(found, basis));
    let count = props.found.plain.len();
    html! {
        <section class="panel" aria-labelledby="all-title">
            <header>
                <h2 id="all-title">{ "One question, every key" }</h2>
                <p>{ "The small number is the place in the plaintext ranking, which this tab computes for comparison." }</p>
            </header>
            <div class="scroll" tabindex="0" role="region" aria-label="Results of all users">
                <div class="key-columns">
                    <article class="key-column plain-column" aria-label="Plaintext ranking">
                        <header><h3>{ "Plaintext ranking" }</h3><p class="muted">{ "No key; what an unprotected database answers." }</p></header>
                        <ol>{ for plain(&props.found, &props.basis) }</ol>
                    </article>
                    { for columns.iter().map(|column| html! { <Column key={column.key} column={column.clone()} name={props.basis.key_name(column.key)} {count} /> }) }
                </div>
            </div>
        </section>
    }
}

fn plain<'a>(found: &'a Searched, basis: &'a Basis) -> impl Iterator<Item = Html> + 'a {
    let documents = basis.documents();
    found.plain.iter().zip(1..).map(move |(ranked, place)| {
        let title = documents.get(ranked.document.as_str()).map_or_else(String::new, |document| document.short_title());
        line(place, ranked.score, title, None)
    })
}

#[derive(PartialEq, Properties)]
struct ColumnProps {
    column: KeyColumn,
    name: AttrValue,
    /// How many are ranked in the clear.
    count: usize,
}

#[component]
fn Column(props: &ColumnProps) -> Html {
    let column = &props.column;
    html! {
        <article class="key-column" aria-label={props.name.clone()}>
            <header>
                <h3 title={props.name.clone()}>{ &props.name }</h3>
                <p class="muted numbers">{ format!("Opens {} of the nearest {}", column.opens, props.count) }</p>
                <p class="muted numbers">{ "Recall " }{ recall::of(column.recall) }</p>
            </header>
            if let Some(failure) = &column.failure {
                <p class="remark bad"><Icon shape={Shape::Warning} /><span>{ &failure.message }{ " " }<code class="code">{ &failure.code }</code></span></p>
            } else if column.hits.is_empty() {
                <p class="nothing muted"><Icon shape={Shape::Lock} />{ "This key opens nothing here." }</p>
            }
            <ol>{ for column.hits.iter().zip(1..).map(|(hit, place)| hit_line(place, hit, props.count)) }</ol>
        </article>
    }
}

fn hit_line(place: usize, hit: &ColumnHit, count: usize) -> Html {
    let title = match (&hit.content.title, hit.content.text.trim()) {
        (Some(title), _) => title.clone(),
        (None, "") => format!("Document {}", hit.document),
        (None, text) => text.to_owned(),
    };
    let plain = hit.plain_rank.map_or_else(|| format!("> {count}"), |rank| format!("# {rank}"));
    line(place, hit.score, title, Some(plain))
}

fn line(place: usize, score: f64, title: String, plain: Option<String>) -> Html {
    html! {
        <li>
            <span class="number numbers">{ place }</span>
            <span class="hit-title" title={title.clone()}>{ title }</span>
            <span class="hit-score numbers muted">{ format!("{score:.3}") }
                if let Some(plain) = plain { <span class="hit-plain" title="Place in the plaintext ranking"><span class="unseen">{ "in plaintext " }</span>{ plain }</span> }
            </span>
        </li>
    }
}
