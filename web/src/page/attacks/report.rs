//! What came of an attack, step by step.

use std::rc::Rc;

use yew::prelude::*;

use super::call::CallView;
use crate::page::parts::{Icon, Shape};
use crate::protocol::{Finding, Report, Step, Tone};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) report: Rc<Report>,
}

/// Summary, what the attacker does get, and the steps with the calls made.
#[component]
pub(super) fn ReportPanel(props: &Props) -> Html {
    let report = &props.report;
    let has_held = report.has_held();
    html! {
        <>
            <p class={classes!("report-summary", if has_held { "held" } else { "breached" })}>
                <Icon shape={if has_held { Shape::Check } else { Shape::Warning }} />
                <span>{ &report.summary }</span>
            </p>
            if !report.gained.is_empty() {
                <div class="gained">
                    <h3>{ "What the attacker does get" }</h3>
                    <p>{ &report.gained }</p>
                </div>
            }
            <h3>{ "Step by step" }</h3>
            <ol class="steps">{ for report.steps.iter().zip(1..).map(|(step, number)| view(step, number)) }</ol>
        </>
    }
}

fn view(step: &Step, number: usize) -> Html {
    html! {
        <li class="step">
            <span class="step-number numbers" aria-hidden="true">{ number }</span>
            <div class="step-body">
                <p>{ &step.what }</p>
                if !step.calls.is_empty() {
                    <div class="calls">{ for step.calls.iter().map(|call| html! { <CallView call={call.clone()} /> }) }</div>
                }
                if !step.findings.is_empty() { <ul class="findings">{ for step.findings.iter().map(finding) }</ul> }
            </div>
        </li>
    }
}

fn finding(finding: &Finding) -> Html {
    let (class, shape) = match finding.tone {
        Tone::Held => ("held", Shape::Denied),
        Tone::Allowed => ("allowed", Shape::Open),
        Tone::Leak => ("leak", Shape::Search),
        Tone::Breach => ("breach", Shape::Warning),
        Tone::Note => ("note", Shape::More),
    };
    html! {
        <li class={class}><Icon {shape} /><p><strong>{ finding.tone.word() }</strong>{ " " }{ &finding.text }</p></li>
    }
}
