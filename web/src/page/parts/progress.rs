//! How far a job is.

use yew::prelude::*;

use super::button::{Button, Look};
use super::icon::Shape;
use super::model::FETCHING;
use super::numbers::bytes;
use crate::page::store::use_store;
use crate::state::words::grouped;
use crate::state::{Action, Running};

#[derive(PartialEq, Properties)]
pub(in crate::page) struct Props {
    /// What is done.
    pub(in crate::page) label: AttrValue,
    pub(in crate::page) running: Running,
    /// What is counted.
    #[prop_or(AttrValue::Static("steps"))]
    pub(in crate::page) unit: AttrValue,
    /// Whether it embeds, and waits for the model if that has to come first.
    #[prop_or_default]
    pub(in crate::page) embeds: bool,
}

/// A bar with count, rate and a way to stop.
#[component]
pub(in crate::page) fn ProgressLine(props: &Props) -> Html {
    let store = use_store();
    let job = props.running.job;
    let cancel = store.on(move |_: MouseEvent| Action::Cancel(job));
    let model = store.model.filter(|_| props.embeds);
    let progress = model.unwrap_or(props.running.progress);
    let label = model.map_or_else(|| props.label.clone(), |_| AttrValue::Static(FETCHING));
    let rate = props.running.rate().map(|rate| format!(" · {} {}/s", grouped(whole(rate)), props.unit));
    let of = if model.is_some() {
        format!("{} of {}", bytes(progress.done), bytes(progress.total))
    } else if progress.total > 0 {
        format!("{} of {} {}", grouped(progress.done), grouped(progress.total), props.unit)
    } else {
        format!("{} {}", grouped(progress.done), props.unit)
    };
    html! {
        <div class="progress">
            <div class="progress-text">
                <span>{ &label }</span>
                <span class="numbers">{ of }{ rate.filter(|_| model.is_none()).unwrap_or_default() }</span>
            </div>
            <div class="progress-bar">
                if progress.total > 0 {
                    <progress max={progress.total.to_string()} value={progress.done.to_string()} aria-label={label} />
                } else {
                    <progress aria-label={label} />
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
