//! One attack: what it is, a button, how it went, and its report.

use yew::prelude::*;

use super::report::ReportPanel;
use crate::page::parts::{Button, FailureBox, Icon, Look, Shape};
use crate::page::store::{Store, use_store};
use crate::protocol::{Attack, Report};
use crate::state::words::grouped;
use crate::state::{Action, Verdict};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) attack: Attack,
}

/// A card, and beside or below it what came of the attack if that is open.
#[component]
pub(super) fn AttackCard(props: &Props) -> Html {
    let store = use_store();
    let attack = props.attack;
    let verdict = store.attacks.verdict(attack);
    let is_open = store.attacks.open == Some(attack);
    let outcome = store.attacks.outcomes.get(&attack);
    let id = format!("report-{attack:?}");
    let toggle = store.on(move |_: MouseEvent| Action::OpenAttack((!is_open).then_some(attack)));
    let has_report = outcome.is_some() || verdict == Verdict::Running;
    html! {
        <li class={classes!("attack", is_open.then_some("open"))}>
            <div class="attack-card">
                <div class="attack-head">
                    <h2>{ attack.title() }</h2>
                    { badge(verdict) }
                </div>
                <p class="muted">{ attack.elsewhere() }</p>
                <p class="attack-counts numbers">{ match outcome { Some(Ok(report)) => counts(report), _ => String::new() } }</p>
                <div class="row">
                    { run(&store, attack, verdict) }
                    if has_report {
                        <button type="button" class="button quiet report-toggle" aria-expanded={is_open.to_string()} aria-controls={id.clone()} onclick={toggle}
                            aria-label={format!("{}: {}", if is_open { "Hide the report" } else { "Show the report" }, attack.title())}>
                            <span>{ if is_open { "Hide the report" } else { "Show the report" } }</span>
                        </button>
                    }
                </div>
            </div>
            if is_open && has_report {
                <section class="panel report" {id} aria-label={format!("Report: {}", attack.title())}>
                    { match (verdict, outcome) {
                        (Verdict::Running, _) => html! { <p class="muted report-waits">{ "The attack runs …" }</p> },
                        (_, Some(Ok(report))) => html! { <ReportPanel report={report.clone()} /> },
                        (_, Some(Err(failure))) => html! { <FailureBox failure={failure.clone()} /> },
                        _ => Html::default(),
                    } }
                </section>
            }
        </li>
    }
}

fn run(store: &Store, attack: Attack, verdict: Verdict) -> Html {
    if verdict == Verdict::Running
        && let Some((_, job)) = store.attacks.running
    {
        let onclick = store.on(move |_: MouseEvent| Action::Cancel(job));
        return html! { <Button icon={Shape::Stop} label="Cancel" name={format!("Cancel: {}", attack.title())} {onclick} /> };
    }
    let onclick = store.on(move |_: MouseEvent| Action::Attack(attack));
    let label = if matches!(verdict, Verdict::Untried | Verdict::Waiting) {
        "Attack"
    } else {
        "Attack again"
    };
    html! {
        <Button look={Look::Plain} icon={Shape::Attack} {label} name={format!("{label}: {}", attack.title())}
            disabled={verdict == Verdict::Waiting || !store.is_connected()} {onclick} />
    }
}

fn badge(verdict: Verdict) -> Html {
    let (class, shape, word) = match verdict {
        Verdict::Untried => ("", Shape::More, "Not tried"),
        Verdict::Waiting => ("", Shape::More, "Waits"),
        Verdict::Running => ("on", Shape::Play, "Runs …"),
        Verdict::Held => ("good", Shape::Check, "Held"),
        Verdict::Breached => ("bad", Shape::Warning, "Breached"),
        Verdict::Stopped => ("", Shape::Stop, "Stopped"),
        Verdict::Failed => ("warn", Shape::Warning, "Could not run"),
    };
    html! { <span class={classes!("chip", "attack-verdict", class)}><Icon {shape} />{ word }</span> }
}

fn counts(report: &Report) -> String {
    let opened = match report.opened.saturating_sub(report.breached) {
        0 => "0".to_owned(),
        // Denied by today's headers, these open by those that were kept.
        opened if report.attack == Attack::RevokedKey => format!("{} with headers kept from before", grouped(opened)),
        opened => format!("{} as policies say", grouped(opened)),
    };
    format!("Returned {}, opened {opened}, breached {}.", grouped(report.returned), grouped(report.breached))
}
