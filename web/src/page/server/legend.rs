//! Which marker is which policy.

use std::rc::Rc;

use yew::prelude::*;

use super::plot::Marker;
use crate::protocol::Projected;
use crate::sort::sort_by;
use crate::state::words::counted;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) projected: Rc<Projected>,
    /// The rank of each policy.
    pub(super) ranks: Vec<usize>,
}

/// The policies with their markers; those that have none of their own are one line.
#[component]
pub(super) fn Legend(props: &Props) -> Html {
    let projected = &props.projected;
    let mut policies: Vec<(usize, &String)> = props.ranks.iter().copied().zip(&projected.policies).collect();
    sort_by(&mut policies, Ord::cmp);
    let own = policies.iter().filter(|(rank, _)| *rank < OTHERS);
    let others = policies.iter().filter(|(rank, _)| *rank >= OTHERS).count();
    html! {
        <ul class="legend" aria-label="Policies in the pictures">
            { for own.map(|(rank, policy)| html! {
                <li>{ marker(*rank) }<code>{ (*policy).clone() }</code></li>
            }) }
            if others > 0 {
                <li>{ marker(OTHERS) }<span>{ counted(others, "other policy", "other policies") }</span></li>
            }
        </ul>
    }
}

fn marker(rank: usize) -> Html {
    html! {
        <svg viewBox="-6 -6 12 12" aria-hidden="true"><path class={format!("plot-mark rank-{rank}")} d={Marker::of(rank).path([[0.0, 0.0]], 4.0)} /></svg>
    }
}

/// The rank of each policy: those with the most documents have a marker of their own, the others share one.
pub(super) fn ranks(projected: &Projected) -> Vec<usize> {
    let count = |policy: usize| projected.groups.iter().filter(|group| **group == policy).count();
    let mut order: Vec<usize> = (0..projected.policies.len()).collect();
    sort_by(&mut order, |a, b| count(*b).cmp(&count(*a)));
    let rank = |policy: usize| order.iter().position(|other| *other == policy).map_or(OTHERS, |rank| rank.min(OTHERS));
    (0..projected.policies.len()).map(rank).collect()
}

/// The rank of policies without a marker of their own.
const OTHERS: usize = Marker::ALL.len() - 1;

#[cfg(test)]
mod tests {
    use super::ranks;
    use crate::protocol::Projected;

    #[test]
    fn the_largest_policies_have_markers_of_their_own() {
        let sizes = [1, 9, 3, 3, 1, 1, 1, 1, 1, 1, 1];
        let projected = Projected {
            documents: Vec::new(),
            groups: sizes.iter().enumerate().flat_map(|(group, size)| vec![group; *size]).collect(),
            policies: sizes.iter().map(ToString::to_string).collect(),
            plain: Vec::new(),
            one: Vec::new(),
            all: Vec::new(),
            kept_in_one: 0.0,
            kept_in_all: 0.0,
        };
        assert_eq!(ranks(&projected), [3, 0, 1, 2, 4, 5, 6, 7, 8, 8, 8]);
    }
}
