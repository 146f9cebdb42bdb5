//! What a key made of a document, and why.

use yew::prelude::*;

use crate::page::parts::{Icon, Shape};
use crate::state::results::{Finding, KeyResult};
use crate::state::{Judgement, Opens, Unmet};

/// Class, icon and word of a judgement.
pub(super) fn looks(judgement: &Judgement) -> (&'static str, Shape, &'static str) {
    match judgement {
        Judgement::Opened | Judgement::Unclear(Opens::Yes) => ("good", Shape::Open, "Opened"),
        Judgement::Breach => ("bad", Shape::Warning, "Breach"),
        Judgement::Denied(_) | Judgement::Unclear(Opens::No) => ("denied", Shape::Denied, "Denied"),
        Judgement::Stale(_) => ("warn", Shape::Turn, "Stale key"),
        Judgement::Foreign => ("denied", Shape::Key, "Foreign key"),
        Judgement::Refused => ("warn", Shape::Warning, "Denied"),
        Judgement::NoHeader => ("warn", Shape::Warning, "No header"),
        Judgement::Tampered => ("bad", Shape::Warning, "Tampered"),
        Judgement::Missing => ("warn", Shape::Warning, "Not there"),
        Judgement::Untried => ("none", Shape::More, "Not tried"),
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) result: KeyResult,
    /// What the key is called; shown where the column's head is not.
    pub(super) label: AttrValue,
    /// Whether the user has no other key.
    pub(super) is_only: bool,
}

/// An icon, a word, the reason in short, and all of it to unfold.
#[component]
pub(super) fn Verdict(props: &Props) -> Html {
    let KeyResult { judgement, found, .. } = &props.result;
    let (class, shape, word) = looks(judgement);
    html! {
        <div class={classes!("key-verdict", class)}>
            <p class="verdict-word"><Icon {shape} /><span class="verdict-key">{ format!("{}: ", props.label) }</span><strong>{ word }</strong></p>
            { why(judgement, *found, props.is_only) }
        </div>
    }
}

fn why(judgement: &Judgement, found: Finding, is_only: bool) -> Html {
    let sentence = |text: String| html! { <p class="why">{ text }</p> };
    match judgement {
        Judgement::Denied(unmet) => clauses(unmet),
        Judgement::Opened | Judgement::Unclear(Opens::Yes) => match found {
            Finding::At(_) if is_only => Html::default(),
            Finding::At(place) => sentence(format!("Its number {place}.")),
            Finding::Missed => sentence("Not among its candidates: noise hid it.".to_owned()),
            Finding::Beyond => sentence("Enough that this key opens is nearer.".to_owned()),
        },
        Judgement::Stale(rights) => sentence(format!(
            "The attributes satisfy the policy, but {} rotated since the key was issued. Issue it anew under People and keys.",
            match &**rights {
                [right] if right == "*" => "everybody’s right was".to_owned(),
                [right] => format!("{right} was"),
                rights => format!("{} were", rights.join(", ")),
            }
        )),
        Judgement::Unclear(Opens::No) => {
            sentence("The structure changed since the upload: there is nothing to compare with.".to_owned())
        }
        other => sentence(
            match other {
                Judgement::Breach => "It opened though the policy denies it. This must not happen: please report it.",
                Judgement::Foreign => "Another authority issued it; its rights are not these.",
                Judgement::Refused => "The attributes satisfy the policy, and nothing explains the denial.",
                Judgement::NoHeader => "The compartment’s header is not in the keyring.",
                Judgement::Tampered => "What the server has is not what was sealed.",
                Judgement::Missing => "The server has no such point.",
                _ => "This key took no part. Search again.",
            }
            .to_owned(),
        ),
    }
}

/// What is missing for the clause that lacks least, and for all.
fn clauses(unmet: &[Unmet]) -> Html {
    let first = unmet.first().map_or(&[][..], |unmet| unmet.missing.as_slice());
    let more = first.len().saturating_sub(1);
    html! {
        <>
            if let Some(missing) = first.first() {
                <p class="why">{ missing }{ if more > 0 { format!(", and {more} more") } else { String::new() } }</p>
            }
            if unmet.len() > 1 || more > 0 {
                <details class="unmet">
                    <summary>{ if unmet.len() == 1 { "The clause".to_owned() } else { format!("All {} clauses", unmet.len()) } }</summary>
                    <ul>
                        { for unmet.iter().map(|unmet| html! {
                            <li><code>{ &unmet.clause }</code>{ for unmet.missing.iter().map(|missing| html! { <p>{ missing }</p> }) }</li>
                        }) }
                    </ul>
                </details>
            }
        </>
    }
}
