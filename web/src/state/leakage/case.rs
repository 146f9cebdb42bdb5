//! Settings with what was uploaded under them, and what is said of it.

use super::{Facts, Tone};
use crate::protocol::{Mode, Preset, Scope, Sealing};

/// Settings with what was uploaded under them.
pub(super) struct Case<'c> {
    pub(super) sealing: &'c Sealing,
    pub(super) facts: &'c Facts,
}

/// What is said of somebody.
pub(super) type Part<'c> = fn(&Case<'c>, &mut Lines);

#[derive(Default)]
pub(super) struct Lines(pub(super) Vec<(Tone, String)>);

impl Lines {
    pub(super) fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.0.push((tone, text.into()));
    }
}

impl Case<'_> {
    pub(super) fn is_sealed(&self) -> bool {
        self.sealing.mode == Mode::Sealed
    }

    pub(super) fn is_off(&self) -> bool {
        self.sealing.preset == Preset::Off
    }

    pub(super) fn is_shared(&self) -> bool {
        !self.is_sealed() && self.sealing.scope == Scope::Collection
    }

    pub(super) fn within(&self) -> &'static str {
        if self.is_shared() {
            "between all vectors of the collection"
        } else {
            "between the vectors of one compartment"
        }
    }
}

/// The radius of the noise on vectors.
pub(super) fn radius(preset: Preset) -> &'static str {
    match preset {
        Preset::Off => "0",
        Preset::Balanced => "0.5",
        Preset::Strong => "1",
    }
}
