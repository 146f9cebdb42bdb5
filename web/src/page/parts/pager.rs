//! Through a long list, page by page.

use yew::prelude::*;

use super::button::{Button, Look};
use crate::state::documents::Page;
use crate::state::words::grouped;

#[derive(PartialEq, Properties)]
pub(in crate::page) struct Props {
    pub(in crate::page) page: Page,
    /// How long the list is.
    pub(in crate::page) length: usize,
    /// What is listed.
    pub(in crate::page) what: AttrValue,
    pub(in crate::page) onchange: Callback<usize>,
    /// Whether this is a second one for the same list, which says nothing anew.
    #[prop_or_default]
    pub(in crate::page) again: bool,
}

/// Which part of a list is shown, and the way to the others.
#[component]
pub(in crate::page) fn Pager(props: &Props) -> Html {
    let Page { number, count, range } = &props.page;
    let to = |number: usize| props.onchange.reform(move |_: MouseEvent| number);
    let shown = match range.len() {
        0 => format!("No {}", props.what),
        _ => format!(
            "{} to {} of {} {}",
            grouped(range.start + 1),
            grouped(range.end),
            grouped(props.length),
            props.what
        ),
    };
    html! {
        <div class="pager">
            <p class="numbers muted" role={(!props.again).then_some("status")}>{ shown }</p>
            if *count > 1 {
                <div class="row" role="group" aria-label={format!("Pages of {}", props.what)}>
                    <Button look={Look::Plain} label="Previous" disabled={*number == 0} onclick={to(number.saturating_sub(1))} />
                    <span class="numbers">{ format!("{} / {}", grouped(number + 1), grouped(*count)) }</span>
                    <Button look={Look::Plain} label="Next" disabled={number + 1 == *count} onclick={to(number + 1)} />
                </div>
            }
        </div>
    }
}
