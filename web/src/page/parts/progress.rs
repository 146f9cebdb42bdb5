//! How far a job is.

use yew::prelude::*;

use super::button::{Button, Look};
use super::icon::Shape;
use super::numbers::thousands;
use crate::page::store::use_store;
use crate::state::{Action, Running};

#[derive(PartialEq, Properties)]
pub(in crate::page) struct Props {
    /// What is done.
    pub(in crate::page) label: AttrValue,
    pub(in crate::page) running: Running,
    /// What is counted.
    #[prop_or(AttrValue::Static("steps"))]
    pub(in crate::page) unit: AttrValue,
}

/// A bar with count, rate and a way to stop.
#[component]
pub(in crate::page) fn ProgressLine(props: &Props) -> Html {
    let store = use_store();
    let job = props.running.job;
    let cancel = store.on(move |_: MouseEvent| Action::Cancel(job));
    let progress = props.running.progress;
    let rate = props.running.rate().map(|rate| format!(" · {} {}/s", thousands(whole(rate)), props.unit));
    let of = if progress.total > 0 {
        format!("{} of {} {}", thousands(progress.done), thousands(progress.total), props.unit)
    } else {
        format!("{} {}", thousands(progress.done), props.unit)
    };
    html! {
        <div class="progress">
            <div class="progress-text">
                <span>{ &props.label }</span>
                <span class="numbers">{ of }{ rate.unwrap_or_default() }</span>
            </div>
            <div class="progress-bar">
                if progress.total > 0 {
                    <progress max={progress.total.to_string()} value={progress.done.to_string()} aria-label={props.label.clone()} />
                } else {
                    <progress aria-label={props.label.clone()} />
                }
                <Button look={Look::Plain} icon={Shape::Stop} label="Cancel" onclick={cancel} />
            </div>
        </div>
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate to look at, above 0"
)]
fn whole(rate: f64) -> usize {
    rate.round() as usize
}
