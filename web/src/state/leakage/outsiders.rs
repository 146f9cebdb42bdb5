//! Who has no key: the operator, a thief, a malicious server.

use super::Tone;
use super::case::{Case, Lines, radius};
use super::measured::{AT_100, AT_1000, DIMENSION, KNOWN_100, KNOWN_400, Linked, UNKNOWN_3000, UNKNOWN_12500};
use crate::protocol::Preset;
use crate::state::words::{counted, grouped};

impl Case<'_> {
    pub(super) fn operator(&self, lines: &mut Lines) {
        lines.say(
            Tone::Holds,
            "Reads no text, no vector, no policy and no attribute, and does not learn the embedding model.",
        );
        let largest = self.facts.largest();
        let sizes = match self.facts.compartments() {
            0 | 1 => format!("one compartment of {}", counted(largest, "record", "records")),
            count => {
                format!("{} compartments, the largest of {}", grouped(count), counted(largest, "record", "records"))
            }
        };
        lines.say(
            Tone::Shows,
            format!("Counts {sizes}; slots of headers, which are the clauses of policies; padded sizes; and when what is read and written."),
        );
        if self.is_sealed() {
            lines.say(
                Tone::Holds,
                "Learns no geometry: there are no search vectors and no queries. Clients fetch whole compartments and rank them themselves.",
            );
            return;
        }
        match self.sealing.preset {
            Preset::Off => lines
                .say(Tone::Weak, format!("Sees the exact distances {}: a rotation alone keeps them.", self.within())),
            preset => {
                let noise = if preset == Preset::Strong {
                    "as long as"
                } else {
                    "half as long as"
                };
                let text = format!(
                    "Sees distances {}, blurred by noise {noise} the vectors (ρ = {}).",
                    self.within(),
                    radius(preset)
                );
                lines.say(Tone::Shows, text);
            }
        }
        if self.is_shared() {
            lines.say(
                Tone::Weak,
                "One search key for all compartments: which documents of different compartments are alike shows as it does within one.",
            );
        } else if self.facts.compartments() > 1 {
            self.linked_for_operator(lines);
        }
        self.small_dimension(lines);
    }

    fn linked_for_operator(&self, lines: &mut Lines) {
        let text = match Linked::of(self.sealing.preset) {
            Some(linked) => {
                let (few, many) = (AT_100.operator(linked), AT_1000.operator(linked));
                format!(
                    "Queries that go to two compartments relate their rotations: after 100 of them the two are aligned to {few}, after 1,000 to {many}, where 1 is as if they shared a key. Until then compartments look unrelated."
                )
            }
            None => format!(
                "Queries have no noise: as many of them over two compartments as there are dimensions, {}, give one rotation in terms of the other exactly.",
                grouped(self.facts.dimension)
            ),
        };
        lines.say(if self.is_off() { Tone::Weak } else { Tone::Shows }, text);
    }

    fn small_dimension(&self, lines: &mut Lines) {
        let dimension = self.facts.dimension;
        if dimension < WEAK_DIMENSION {
            lines.say(
                Tone::Weak,
                format!(
                    "These vectors have {dimension} dimensions. Below {WEAK_DIMENSION} the rotation mixes little and is weak: use mode sealed."
                ),
            );
        } else if dimension != DIMENSION {
            lines.say(
                Tone::Shows,
                format!(
                    "These vectors have {} dimensions. What is measured was measured at {DIMENSION}.",
                    grouped(dimension)
                ),
            );
        }
    }

    pub(super) fn thief(&self, lines: &mut Lines) {
        lines.say(
            Tone::Holds,
            "Opens nothing: records are sealed under their compartment's key, which each header wraps for the rights of its policy alone.",
        );
        if self.is_sealed() {
            lines.say(Tone::Holds, "Learns no geometry, however many records there are.");
            return;
        }
        let tone = if self.is_off() || self.is_shared() {
            Tone::Weak
        } else {
            Tone::Shows
        };
        let preset = self.sealing.preset;
        let where_ = if self.is_shared() {
            "the collection"
        } else {
            "a compartment"
        };
        lines.say(
            tone,
            format!(
                "100 known vectors of {where_} give its others at {}; 400, at {}.",
                KNOWN_100.at(preset),
                KNOWN_400.at(preset)
            ),
        );
        self.unknown(tone, lines);
    }

    fn unknown(&self, tone: Tone, lines: &mut Lines) {
        let under_one_key = if self.is_shared() {
            self.facts.records()
        } else {
            self.facts.largest()
        };
        let preset = self.sealing.preset;
        let (measured, count) = if under_one_key >= 12_500 {
            (UNKNOWN_12500.at(preset), "12,500")
        } else {
            (UNKNOWN_3000.at(preset), "3,000")
        };
        let here = grouped(under_one_key);
        let text = if under_one_key < 3_000 {
            format!(
                "Without known pairs, 3,000 vectors under one key and a public corpus of the model give {measured}. Here one key has at most {here}."
            )
        } else {
            format!(
                "Without known pairs, {count} vectors under one key and a public corpus of the model give {measured}. Here one key has {here}."
            )
        };
        lines.say(if under_one_key < 3_000 { Tone::Shows } else { tone }, text);
    }
}

/// Of a malicious server, the same at all settings.
pub(super) fn server(lines: &mut Lines) {
    lines.say(
        Tone::Holds,
        "Cannot pass off a record as that of another point or compartment, nor under another key: clients report it as tampered.",
    );
    lines.say(
        Tone::Shows,
        "Can leave points out, and hand out an older record or header of the same point or compartment: that is not detected.",
    );
}

/// Below this a rotation mixes little.
const WEAK_DIMENSION: usize = 32;
