//! What the settings of an upload let others learn, in words, with the numbers measured in `docs/SECURITY.md`.

mod facts;
mod measured;

pub use facts::Facts;
use measured::{
    AT_100, AT_1000, DIMENSION, KNOWN_100, KNOWN_400, Linked, Measured, SEARCH_KEY, UNKNOWN_3000, UNKNOWN_12500,
};

use super::words::{counted, grouped};
use crate::protocol::{Mode, Preset, Scope, Sealing, WrittenBy};

/// What somebody learns, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Who.
    pub who: Who,
    /// What, in a sentence or two.
    pub text: String,
    /// How it is to be taken.
    pub tone: Tone,
}

/// Who may try to learn something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Runs the database.
    Operator,
    /// Has a snapshot of it.
    Thief,
    /// Changes what it holds and answers.
    Server,
    /// Reads other compartments.
    Reader,
    /// Writes.
    Writer,
    /// Read until a rotation.
    Revoked,
}

/// How a statement is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It is protected.
    Holds,
    /// It shows, by design.
    Shows,
    /// It shows more than it has to: another setting protects it.
    Weak,
}

impl Who {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 6] = [
        Self::Operator,
        Self::Thief,
        Self::Server,
        Self::Reader,
        Self::Writer,
        Self::Revoked,
    ];

    /// As a heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Operator => "A curious operator",
            Self::Thief => "Somebody with a dump",
            Self::Server => "A malicious server",
            Self::Reader => "A reader of something else",
            Self::Writer => "Whoever writes",
            Self::Revoked => "A revoked key",
        }
    }

    /// What they have.
    #[must_use]
    pub fn has(self) -> &'static str {
        match self {
            Self::Operator => "has the database and all traffic to it",
            Self::Thief => "has a full snapshot, and no traffic",
            Self::Server => "alters, swaps, replays and drops points and headers",
            Self::Reader => "has keys for other policies, and a full dump",
            Self::Writer => "has what seals documents",
            Self::Revoked => "has a key from before a rotation, what it opened, and later data",
        }
    }
}

impl Tone {
    /// In a word or two.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "Protected",
            Self::Shows => "Shows",
            Self::Weak => "Weak point",
        }
    }
}

/// What can be learned of documents sealed like this.
#[must_use]
pub fn statement(sealing: &Sealing, facts: &Facts) -> Vec<Statement> {
    let case = Case { sealing, facts };
    let parts: [(Who, Part<'_>); 6] = [
        (Who::Operator, Case::operator),
        (Who::Thief, Case::thief),
        (Who::Server, Case::server),
        (Who::Reader, Case::reader),
        (Who::Writer, Case::writer),
        (Who::Revoked, Case::revoked),
    ];
    let statements = parts.into_iter().flat_map(|(who, of)| {
        let mut lines = Lines::default();
        of(&case, &mut lines);
        lines.0.into_iter().map(move |(tone, text)| Statement { who, text, tone })
    });
    statements.collect()
}

/// The statement as plain text.
#[must_use]
pub fn text(sealing: &Sealing, facts: &Facts) -> String {
    let all = statement(sealing, facts);
    let mut text = format!("What others learn: {}.\n", settings(sealing));
    for who in Who::ALL {
        text.push_str(&format!("\n{} ({})\n", who.title(), who.has()));
        for statement in all.iter().filter(|statement| statement.who == who) {
            text.push_str(&format!("- {}: {}\n", statement.tone.word(), statement.text));
        }
    }
    text.push_str(&format!("\n{}\n", source(sealing)));
    text
}

/// What the server learned, in a line.
#[must_use]
pub fn in_one_line(sealing: &Sealing, facts: &Facts) -> String {
    let case = Case { sealing, facts };
    let geometry = match (sealing.mode, sealing.preset) {
        (Mode::Sealed, _) => "No geometry: it has no vectors.".to_owned(),
        (Mode::Geometric, Preset::Off) => format!("The exact distances {}: there is no noise.", case.within()),
        (Mode::Geometric, preset) => {
            format!("Distances {}, blurred by noise (ρ = {}).", case.within(), radius(preset))
        }
    };
    format!("How many records each compartment has, padded sizes, and when what is read. {geometry}")
}

/// The settings in words.
#[must_use]
pub fn settings(sealing: &Sealing) -> String {
    let search = match (sealing.mode, sealing.preset) {
        (Mode::Sealed, _) => "mode sealed".to_owned(),
        (Mode::Geometric, preset) => {
            let scope = match sealing.scope {
                Scope::Compartment => "a search key for each compartment",
                Scope::Collection => "one search key for the collection",
            };
            let name = match preset {
                Preset::Off => "off",
                Preset::Balanced => "balanced",
                Preset::Strong => "strong",
            };
            format!("mode geometric, preset {name} (ρ = {}), {scope}", radius(preset))
        }
    };
    let writer = match sealing.written_by {
        WrittenBy::Authority => "the authority",
        WrittenBy::WriterKey => "a writer key",
    };
    format!("{search}, written by {writer}")
}

/// Where the numbers come from, if there are any.
#[must_use]
pub fn source(sealing: &Sealing) -> &'static str {
    match sealing.mode {
        Mode::Geometric => {
            "Numbers: docs/SECURITY.md, measured on 12,500 real sentence embeddings of 384 dimensions. Cosine: of what the attacker computes to the true vector. Re-identified: the share of documents found among those 12,500."
        }
        Mode::Sealed => "See docs/SECURITY.md for what is attacked and how.",
    }
}

/// Settings with what was uploaded under them.
struct Case<'c> {
    sealing: &'c Sealing,
    facts: &'c Facts,
}

/// What is said of somebody.
type Part<'c> = fn(&Case<'c>, &mut Lines);

#[derive(Default)]
struct Lines(Vec<(Tone, String)>);

impl Lines {
    fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.0.push((tone, text.into()));
    }
}

impl Case<'_> {
    fn operator(&self, lines: &mut Lines) {
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

    fn thief(&self, lines: &mut Lines) {
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

    /// What many vectors under one key give without any known pair.
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

    fn server(&self, lines: &mut Lines) {
        lines.say(
            Tone::Holds,
            "Cannot pass off a record as that of another point or compartment, nor under another key: clients report it as tampered.",
        );
        lines.say(
            Tone::Shows,
            "Can leave points out, and hand out an older record or header of the same point or compartment: that is not detected.",
        );
    }

    fn reader(&self, lines: &mut Lines) {
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
            lines.say(
                Tone::Weak,
                format!(
                    "Holds the search key of the whole collection, as every reader of anything does: noise alone protects the vectors of others. With a dump, {}. Exact vectors and texts stay sealed.",
                    SEARCH_KEY.at(self.sealing.preset)
                ),
            );
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

    fn writer(&self, lines: &mut Lines) {
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

    fn revoked(&self, lines: &mut Lines) {
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

    fn is_sealed(&self) -> bool {
        self.sealing.mode == Mode::Sealed
    }

    fn is_off(&self) -> bool {
        self.sealing.preset == Preset::Off
    }

    /// Whether compartments share a search key; in mode sealed there is none.
    fn is_shared(&self) -> bool {
        !self.is_sealed() && self.sealing.scope == Scope::Collection
    }

    fn within(&self) -> &'static str {
        if self.is_shared() {
            "between all vectors of the collection"
        } else {
            "between the vectors of one compartment"
        }
    }
}

/// The radius of the noise on vectors.
fn radius(preset: Preset) -> &'static str {
    match preset {
        Preset::Off => "0",
        Preset::Balanced => "0.5",
        Preset::Strong => "1",
    }
}

/// Below this a rotation mixes little.
const WEAK_DIMENSION: usize = 32;

#[cfg(test)]
mod tests;
