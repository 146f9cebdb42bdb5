//! Who has a key: readers of something else, writers, the revoked.

use super::Tone;
use super::case::{Case, Lines};
use super::measured::{AT_100, AT_1000, KNOWN_100, Linked, SEARCH_KEY};
use crate::protocol::{Preset, WrittenBy};
use crate::state::words::grouped;

impl Case<'_> {
    pub(super) fn reader(&self, lines: &mut Lines) {
        lines.say(
            Tone::Holds,
            "Opens only records whose policy has a clause that its key satisfies, with the filter dropped or forged. Pooled keys open no more than one of them does.",
        );
        match self.sealing.written_by {
            WrittenBy::Authority => lines.say(
                Tone::Holds,
                "Of other headers sees that they are there: slots are labelled from the rights' own secrets (suite 1).",
            ),
            WrittenBy::WriterKey => lines.say(
                Tone::Shows,
                "Sees which rights every header names: slots are labelled from a key that all keys of the authority carry (suite 2).",
            ),
        }
        if self.is_sealed() {
            lines.say(Tone::Holds, "Learns no geometry of compartments that it does not read.");
            return;
        }
        if self.is_shared() {
            let (protects, sealed) = if self.is_off() {
                ("and there is no noise to protect the vectors of others", "Texts stay sealed.")
            } else {
                ("and noise alone protects the vectors of others", "Exact vectors and texts stay sealed.")
            };
            let measured = SEARCH_KEY.at(self.sealing.preset);
            let text = format!(
                "Holds the search key of the whole collection, as every reader of anything does, {protects}. With a dump, {measured}. {sealed}"
            );
            lines.say(Tone::Weak, text);
        } else if self.facts.compartments() > 1 {
            self.linked_for_insider(lines);
        }
        self.queries(lines);
    }

    fn linked_for_insider(&self, lines: &mut Lines) {
        let preset = self.sealing.preset;
        let at_most = SEARCH_KEY.at(preset);
        let text = match Linked::of(preset) {
            Some(linked) => {
                let (few, many) = (AT_100.insider(linked), AT_1000.insider(linked));
                let measured = if preset == Preset::Balanced {
                    ""
                } else {
                    ", measured at ρ = 0.5"
                };
                format!(
                    "Holds the search keys of its own compartments alone. With the traffic it learns of another from queries that go to both: cosine {few} after 100, {many} after 1,000{measured}; at most what the search key would give, {at_most}."
                )
            }
            None => format!(
                "Holds the search keys of its own compartments alone. With the traffic it learns the rotation of another from {} queries without noise that go to both, and then has {at_most}.",
                grouped(self.facts.dimension)
            ),
        };
        lines.say(if self.is_off() { Tone::Weak } else { Tone::Shows }, text);
    }

    fn queries(&self, lines: &mut Lines) {
        let which = if self.is_shared() {
            "everybody's queries"
        } else {
            "others' queries to compartments that it reads, or makes for whoever shares a right with it"
        };
        match self.sealing.preset {
            Preset::Off => lines.say(Tone::Weak, format!("With the traffic, sees {which}: there is no noise on them.")),
            preset => {
                let noise = if preset == Preset::Strong { "a quarter" } else { "half" };
                lines.say(
                    Tone::Shows,
                    format!("With the traffic, sees {which}, up to their noise of {noise} their length."),
                );
            }
        }
    }

    pub(super) fn writer(&self, lines: &mut Lines) {
        match self.sealing.written_by {
            WrittenBy::Authority => {
                lines.say(
                    Tone::Shows,
                    "The authority writes, and can read everything: whoever has its file has all. A writer key reads nothing.",
                );
                lines.say(
                    Tone::Shows,
                    "Who reads a policy can write under it, too (suite 1); records do not tell which of them did.",
                );
            }
            WrittenBy::WriterKey => {
                lines.say(
                    Tone::Holds,
                    "A writer key opens nothing, its own earlier writes included, once it has dropped the open compartments.",
                );
                lines.say(
                    Tone::Shows,
                    "Whoever can seal under a policy can seal anything under it; records do not tell which writer did.",
                );
            }
        }
        if self.is_sealed() {
            return;
        }
        if self.is_shared() && self.sealing.written_by == WrittenBy::WriterKey {
            lines.say(
                Tone::Weak,
                format!(
                    "The writer key carries the collection's search key. With a dump, {}.",
                    SEARCH_KEY.at(self.sealing.preset)
                ),
            );
        }
        let tone = if self.is_off() || self.is_shared() {
            Tone::Weak
        } else {
            Tone::Shows
        };
        lines.say(
            tone,
            format!(
                "Who can put in documents of their own, and has a dump, knows pairs: with 100, {}. If that is your adversary, use mode sealed.",
                KNOWN_100.at(self.sealing.preset)
            ),
        );
    }

    pub(super) fn revoked(&self, lines: &mut Lines) {
        lines.say(
            Tone::Holds,
            "Opens nothing that is sealed after the rotation, into the next generation. The other keys and all writer keys are issued anew for that, and headers re-wrapped.",
        );
        lines.say(Tone::Shows, "What it could read before, it can read for ever if it was kept.");
        if self.is_shared() {
            lines.say(
                Tone::Weak,
                "Keeps the search key of all that was sealed before the rotation. Only the next generation has another.",
            );
        }
        if self.sealing.written_by == WrittenBy::WriterKey {
            lines.say(
                Tone::Shows,
                "Can still tell which rights new headers name: the key of slot labels is never rotated (suite 2).",
            );
        }
    }
}
