//! What a search cost, stage by stage.

use yew::prelude::*;

use crate::page::parts::Same;
use crate::page::parts::numbers::{bytes, time};
use crate::protocol::{Cost, Searched};
use crate::state::KeySpec;
use crate::state::results::{search_of, time_of_all};
use crate::state::words::grouped;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) found: Same<Searched>,
    pub(super) keys: Vec<KeySpec>,
}

/// Where the time of a user's searches went.
#[component]
pub(super) fn Costs(props: &Props) -> Html {
    let costs: Vec<(&KeySpec, Cost)> =
        props.keys.iter().filter_map(|key| Some((key, search_of(&props.found, key.id)?.cost?))).collect();
    let has_several = costs.len() > 1;
    let (count, total) = time_of_all(&props.found);
    html! {
        <section class="panel costs" aria-labelledby="costs-title">
            <header>
                <h2 id="costs-title">{ "Where the time went" }</h2>
                <p><i class="swatch here" aria-hidden="true" />{ "this tab" }<i class="swatch there" aria-hidden="true" />{ "server and way" }</p>
            </header>
            if costs.is_empty() { <p class="muted">{ "No key of this user searched." }</p> }
            if count > 1 {
                <p class="remark muted">{ format!(
                    "The question took {} with all {count} keys, one after another. Here it is this user’s alone, with the embedding, which all share.",
                    time(total)
                ) }</p>
            }
            { for costs.into_iter().map(|(key, cost)| html! {
                <div class="cost">
                    if has_several { <h3>{ &key.label }</h3> }
                    { bar(&stages(props.found.embedding, &cost)) }
                    <details open={!has_several}>
                        <summary>{ "Traffic and counts" }</summary>
                        { facts(&cost) }
                    </details>
                </div>
            }) }
        </section>
    }
}

/// A stage: its name, its milliseconds, and where it is done.
type Stage = (&'static str, f64, &'static str);

fn stages(embedding: f64, cost: &Cost) -> Vec<Stage> {
    let named = [
        ("Embed the question", embedding, "here"),
        ("Read the keyring", cost.keyring, "there"),
        ("Encrypt the query", cost.encrypt, "here"),
        ("Search", cost.search, "there"),
        ("Fetch records", cost.fetch, "there"),
        ("Open records", cost.open, "here"),
        ("Rank exactly", cost.rank, "here"),
    ];
    let known: f64 = named.iter().skip(1).map(|(_, time, _)| time).sum();
    let rest = (cost.total - known).max(0.0);
    named.into_iter().chain([("Rest", rest, "here")]).collect()
}

/// Pieces as long as their stages took, and a legend with numbers.
fn bar(stages: &[Stage]) -> Html {
    let total: f64 = stages.iter().map(|(_, time, _)| time).sum();
    let mut at = 0.0;
    let pieces = stages.iter().zip(1..).map(|((_, time, place), number)| {
        let width = if total > 0.0 { WIDTH * time / total } else { 0.0 };
        let start = at;
        at += width;
        // A hair's breadth between pieces.
        let drawn = (width - 2.0).max(0.0);
        html! { <rect class={format!("stage {place} stage-{number}")} x={format!("{start:.1}")} y="0" width={format!("{drawn:.1}")} height="20" /> }
    });
    let pieces: Vec<Html> = pieces.collect();
    let said: Vec<String> =
        stages.iter().map(|(name, milliseconds, _)| format!("{name}: {}", time(*milliseconds))).collect();
    html! {
        <>
            <svg class="stage-bar" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label={said.join("; ")}>{ for pieces }</svg>
            <dl class="stages">
                { for stages.iter().zip(1..).map(|((name, milliseconds, place), number)| html! {
                    <div><dt><i class={format!("swatch {place} stage-{number}")} aria-hidden="true" />{ name }</dt><dd class="numbers">{ time(*milliseconds) }</dd></div>
                }) }
                <div class="sum"><dt>{ "This key, together" }</dt><dd class="numbers">{ time(total) }</dd></div>
            </dl>
        </>
    }
}

/// Units of the bar's length.
const WIDTH: f64 = 1_000.0;

fn facts(cost: &Cost) -> Html {
    let facts = [
        ("Requests", grouped(cost.requests)),
        ("Sent", bytes(cost.sent)),
        ("Received", bytes(cost.received)),
        ("Compartments searched", grouped(cost.compartments)),
        ("Candidates", grouped(cost.candidates)),
        ("Records opened", grouped(cost.opened)),
        ("Denied", grouped(cost.denied)),
        ("Tampered", grouped(cost.tampered)),
        ("Noise on the query (ρ)", format!("{}", cost.query_noise)),
    ];
    html! {
        <dl class="stages">
            { for facts.into_iter().map(|(name, value)| html! { <div><dt>{ name }</dt><dd class="numbers">{ value }</dd></div> }) }
        </dl>
    }
}

#[cfg(test)]
mod tests {
    use super::stages;
    use crate::protocol::Cost;

    #[test]
    fn what_no_stage_accounts_for_is_told() {
        let cost = Cost {
            search: 5.0,
            open: 2.0,
            total: 8.0,
            ..Cost::default()
        };
        let stages = stages(30.0, &cost);
        assert_eq!(stages.len(), 8);
        assert_eq!(stages.last().map(|(_, time, _)| *time), Some(1.0));
        assert!((stages.iter().map(|(_, time, _)| time).sum::<f64>() - 38.0).abs() < 1e-9);
    }
}
