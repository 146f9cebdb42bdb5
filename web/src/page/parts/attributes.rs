//! Picking attributes by dimension.

use yew::prelude::*;

use crate::protocol::Pairs;
use crate::state::{Dimension, Kind};

#[derive(PartialEq, Properties)]
pub(in crate::page) struct Props {
    pub(in crate::page) dimensions: Vec<Dimension>,
    pub(in crate::page) chosen: Pairs,
    /// Only these can be picked, if given: what a weaker key can have at most.
    #[prop_or_default]
    pub(in crate::page) among: Option<Pairs>,
    pub(in crate::page) onchange: Callback<Pairs>,
}

/// Chips of all attributes. Of a hierarchy one level is picked, which includes the lower ones.
#[component]
pub(in crate::page) fn AttributePicker(props: &Props) -> Html {
    html! {
        <div class="picker">{ for props.dimensions.iter().map(|dimension| row(props, dimension)) }</div>
    }
}

fn row(props: &Props, dimension: &Dimension) -> Html {
    let level = props
        .chosen
        .iter()
        .find(|(of, _)| *of == dimension.name)
        .and_then(|(_, name)| place(dimension, name));
    let highest = props.among.as_ref().map(|among| {
        among
            .iter()
            .filter(|(of, _)| *of == dimension.name)
            .filter_map(|(_, name)| place(dimension, name))
            .max()
    });
    let is_ordered = dimension.kind == Kind::Hierarchy;
    let chips = dimension.attributes.iter().enumerate().map(|(index, name)| {
        let pair = (dimension.name.clone(), name.clone());
        let is_chosen = props.chosen.contains(&pair);
        let is_included = is_ordered && level.is_some_and(|level| index < level);
        let can = match (&props.among, is_ordered) {
            (None, _) => true,
            (Some(_), true) => highest.flatten().is_some_and(|highest| index <= highest),
            (Some(among), false) => among.contains(&pair),
        };
        let onclick = {
            let (chosen, kind) = (props.chosen.clone(), dimension.kind);
            props.onchange.reform(move |_: MouseEvent| toggled(&chosen, &pair, kind))
        };
        html! {
            <button type="button" class={classes!("chip", is_included.then_some("included"))} disabled={!can}
                aria-pressed={is_chosen.to_string()} {onclick}
                aria-label={format!("{}: {name}", dimension.name)}>{ name }</button>
        }
    });
    html! {
        <div class="picker-row" role="group" aria-label={dimension.name.clone()}>
            <span class="picker-name">{ &dimension.name }</span>
            <span class="chips">{ for chips }</span>
        </div>
    }
}

fn place(dimension: &Dimension, name: &str) -> Option<usize> {
    dimension.attributes.iter().position(|other| other == name)
}

fn toggled(chosen: &Pairs, pair: &(String, String), kind: Kind) -> Pairs {
    let mut pairs: Pairs = chosen.iter().filter(|other| *other != pair).cloned().collect();
    if kind == Kind::Hierarchy {
        pairs.retain(|(dimension, _)| *dimension != pair.0);
    }
    if !chosen.contains(pair) {
        pairs.push(pair.clone());
    }
    pairs
}
