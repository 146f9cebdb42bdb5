//! What the settings of an upload let others learn, in words, with the numbers measured in `docs/SECURITY.md`.

mod case;
mod facts;
mod insiders;
mod measured;
mod outsiders;

use std::fmt::Write as _;

use crate::protocol::{Mode, Preset, Scope, Sealing, WrittenBy};
use case::{Case, Lines, Part, radius};
pub use facts::Facts;

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
        (Who::Server, |_, lines| outsiders::server(lines)),
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
        let _ = writeln!(text, "\n{} ({})", who.title(), who.has());
        for statement in all.iter().filter(|statement| statement.who == who) {
            let _ = writeln!(text, "- {}: {}", statement.tone.word(), statement.text);
        }
    }
    let _ = writeln!(text, "\n{}", source(sealing));
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

#[cfg(test)]
mod tests;
