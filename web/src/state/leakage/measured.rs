//! The tables of `docs/SECURITY.md`, in hundredths. A test compares the two.

use std::fmt;

use crate::protocol::Preset;

/// Dimensions of the vectors that were measured.
pub(super) const DIMENSION: usize = 384;

/// What an attacker gets, by preset: cosine to the truth, and documents re-identified.
pub(super) struct Row {
    pub(super) off: Measured,
    pub(super) balanced: Measured,
    pub(super) strong: Measured,
}

/// Cosine to the truth, and the share of documents re-identified among 12,500.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measured(pub(super) u8, pub(super) u8);

pub(super) const KNOWN_100: Row = Row {
    off: Measured(59, 100),
    balanced: Measured(47, 98),
    strong: Measured(31, 64),
};
pub(super) const KNOWN_400: Row = Row {
    off: Measured(100, 100),
    balanced: Measured(79, 100),
    strong: Measured(54, 100),
};
pub(super) const UNKNOWN_3000: Row = Row {
    off: Measured(26, 11),
    balanced: Measured(15, 2),
    strong: Measured(7, 0),
};
pub(super) const UNKNOWN_12500: Row = Row {
    off: Measured(84, 100),
    balanced: Measured(70, 100),
    strong: Measured(23, 24),
};
pub(super) const SEARCH_KEY: Row = Row {
    off: Measured(100, 100),
    balanced: Measured(90, 100),
    strong: Measured(71, 100),
};

impl Row {
    /// What it is with this noise.
    pub(super) fn at(&self, preset: Preset) -> Measured {
        match preset {
            Preset::Off => self.off,
            Preset::Balanced => self.balanced,
            Preset::Strong => self.strong,
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cosine = Hundredths(self.0);
        write!(f, "cosine {cosine} and {} % re-identified", self.1)
    }
}

/// The noise on queries, where what they give away about rotations was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Linked {
    /// Half a query's length: preset balanced.
    Half,
    /// A quarter of it: preset strong.
    Quarter,
}

impl Linked {
    /// Nothing was measured without noise.
    pub(super) fn of(preset: Preset) -> Option<Self> {
        match preset {
            Preset::Off => None,
            Preset::Balanced => Some(Self::Half),
            Preset::Strong => Some(Self::Quarter),
        }
    }
}

/// What comes out of so many searches over two compartments.
pub(super) struct Searches {
    pub(super) insider: [u8; 2],
    pub(super) operator: [u8; 2],
}

pub(super) const AT_100: Searches = Searches {
    insider: [39, 45],
    operator: [44, 50],
};
pub(super) const AT_1000: Searches = Searches {
    insider: [87, 89],
    operator: [97, 99],
};

impl Searches {
    /// The insider's cosine to the true vectors of the other compartment.
    pub(super) fn insider(&self, linked: Linked) -> Hundredths {
        pick(self.insider, linked)
    }

    /// How well the operator has the two aligned.
    pub(super) fn operator(&self, linked: Linked) -> Hundredths {
        pick(self.operator, linked)
    }
}

fn pick([half, quarter]: [u8; 2], linked: Linked) -> Hundredths {
    Hundredths(match linked {
        Linked::Half => half,
        Linked::Quarter => quarter,
    })
}

/// A number with two digits after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hundredths(pub(super) u8);

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::{AT_100, AT_1000, Hundredths, KNOWN_100, KNOWN_400, Measured, SEARCH_KEY, UNKNOWN_3000, UNKNOWN_12500};

    const DOCUMENT: &str = include_str!("../../../../docs/SECURITY.md");

    fn row(name: &str) -> Vec<&'static str> {
        let rows = DOCUMENT.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
        let mut found = rows.filter(|row| row.get(1) == Some(&name));
        let row = found.next().unwrap_or_else(|| panic!("no row `{name}`"));
        assert!(found.next().is_none(), "`{name}` is there twice");
        row
    }

    #[test]
    fn the_numbers_are_those_of_the_document() {
        let written = |Measured(cosine, share)| format!("{} / {}", Hundredths(cosine), Hundredths(share));
        let known = [
            ("100 known pairs", KNOWN_100),
            ("400 known pairs", KNOWN_400),
            ("no pairs, 3,000 vectors of one compartment and a public corpus", UNKNOWN_3000),
            ("no pairs, 12,500 vectors of one compartment and a public corpus", UNKNOWN_12500),
            ("holds the search key (an authorised reader of something else, scope collection)", SEARCH_KEY),
        ];
        for (name, known) in known {
            let expected = [known.off, known.balanced, known.strong].map(written);
            assert_eq!(row(name)[2..5], expected, "{name}");
        }
        for (name, known) in [("100", AT_100), ("1,000", AT_1000)] {
            let [half, quarter] = known.insider;
            let [operator_half, operator_quarter] = known.operator;
            let expected = [half, quarter, operator_half, operator_quarter].map(|of| Hundredths(of).to_string());
            assert_eq!(row(name)[2..6], expected, "{name}");
        }
    }
}
