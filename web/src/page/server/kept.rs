//! What a projection shows, in a sentence with its number.

use crate::protocol::{Mode, Projected, Scope, Sealing};
use crate::state::words::{counted, percent};

/// Under the plaintext vectors.
pub(super) const PLAIN: &str = "Texts that are alike lie together. This tab can draw it; the server cannot.";

/// Under the stored vectors of one compartment.
pub(super) fn in_one(projected: &Projected, sealing: Sealing) -> String {
    let points = projected.one.len();
    if sealing.mode == Mode::Sealed {
        return NONE.to_owned();
    }
    let others = points.saturating_sub(1);
    if others <= NEIGHBOURS {
        return format!(
            "This compartment has {}: all others are among a point's five nearest, whatever the noise.",
            counted(points, "point", "points")
        );
    }
    let chance = ratio(NEIGHBOURS, others);
    format!(
        "Of each point's five nearest neighbours, {} are still nearest; by chance it would be {}.",
        percent(projected.kept_in_one),
        percent(chance)
    )
}

/// Under the stored vectors of all compartments.
pub(super) fn in_all(projected: &Projected, sealing: Sealing) -> String {
    if sealing.mode == Mode::Sealed {
        return NONE.to_owned();
    }
    let Some(chance) = chance_in_all(projected) else {
        return "There is one compartment, so there are no others to compare with.".to_owned();
    };
    let why = match sealing.scope {
        Scope::Compartment => {
            "Each compartment has a rotation of its own, so that its points gather, and lie near to those of others by accident."
        }
        Scope::Collection => "All compartments share one rotation.",
    };
    format!(
        "Of each point's five nearest neighbours in other compartments, {} are still nearest; by chance it would be {}. {why}",
        percent(projected.kept_in_all),
        percent(chance)
    )
}

/// The share of neighbours in other compartments that chance alone keeps; none if there are no others.
fn chance_in_all(projected: &Projected) -> Option<f32> {
    let all = projected.groups.len();
    let (mut kept, mut looked_for) = (0.0, 0.0);
    for own in 0..projected.policies.len() {
        let size = projected.groups.iter().filter(|group| **group == own).count();
        let others = all - size;
        let neighbours = others.min(NEIGHBOURS);
        kept += number(size * neighbours) * ratio(neighbours, others);
        looked_for += number(size * neighbours);
    }
    (looked_for > 0.0).then(|| kept / looked_for)
}

fn ratio(of: usize, all: usize) -> f32 {
    if all == 0 { 0.0 } else { number(of) / number(all) }
}

#[expect(clippy::cast_precision_loss, reason = "some thousands, for a share to look at")]
fn number(count: usize) -> f32 {
    count as f32
}

/// As many as the worker looks for.
const NEIGHBOURS: usize = 5;
const NONE: &str = "Mode sealed: the server has no vectors, so there is nothing to draw.";

#[cfg(test)]
mod tests {
    use super::{in_all, in_one};
    use crate::protocol::{Mode, Projected, Scope, Sealing};

    fn projected(sizes: &[usize], one: usize) -> Projected {
        let groups: Vec<usize> = sizes.iter().enumerate().flat_map(|(group, size)| vec![group; *size]).collect();
        Projected {
            documents: groups.iter().map(ToString::to_string).collect(),
            policies: sizes.iter().map(ToString::to_string).collect(),
            plain: vec![[0.0, 0.0]; groups.len()],
            one: (0..one).map(|number| (number, [0.0, 0.0])).collect(),
            all: vec![[0.0, 0.0]; groups.len()],
            groups,
            kept_in_one: 0.62,
            kept_in_all: 0.07,
        }
    }

    #[test]
    fn numbers_come_with_what_chance_would_give() {
        let usual = Sealing::default();
        let shown = projected(&[51, 50], 51);
        assert!(in_one(&shown, usual).contains("62 %") && in_one(&shown, usual).contains("10 %"));
        assert!(in_all(&shown, usual).contains("7 %") && in_all(&shown, usual).contains("chance it would be 10 %"));
        assert!(in_all(&shown, usual).contains("own"));
        let shared = Sealing {
            scope: Scope::Collection,
            ..usual
        };
        assert!(in_all(&shown, shared).contains("share one"));
    }

    #[test]
    fn small_compartments_lone_ones_and_none_say_so() {
        let usual = Sealing::default();
        assert!(in_one(&projected(&[6, 50], 6), usual).contains("has 6 points"));
        assert!(in_one(&projected(&[7, 50], 7), usual).contains("62 %"));
        assert!(in_all(&projected(&[60], 60), usual).contains("one compartment"));
        let sealed = Sealing {
            mode: Mode::Sealed,
            ..usual
        };
        let shown = projected(&[51, 50], 0);
        assert!(in_one(&shown, sealed).contains("no vectors") && in_all(&shown, sealed).contains("no vectors"));
    }
}
