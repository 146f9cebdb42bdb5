//! JSON Lines: one object a line; empty lines are skipped.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::problem::{Problem, ProblemKind, Problems};
use super::row::{Cell, Cells, Rows, Value, characters_before};

/// Bytes of a line: a record's content with every character escaped, and the longest vector.
const MAX_LINE: usize = 1 << 27;

pub(super) fn read(bytes: &[u8], rows: &mut Rows<'_>) -> Result<(), Problems> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = str::from_utf8(bytes).map_err(|error| not_text(bytes, error.valid_up_to()))?;
    for (number, line) in (1..).zip(text.lines()) {
        if !line.trim().is_empty() {
            let cells = cells(number, line, rows);
            rows.push(number, cells)?;
        }
    }
    Ok(())
}

/// Finds line and column of the first byte that is not UTF-8.
fn not_text(bytes: &[u8], at: usize) -> Problem {
    let before = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default());
    let line = before.rsplit('\n').next().unwrap_or_default();
    let lines = before.matches('\n').count() as u64;
    ProblemKind::NotText.at(lines + 1, line.chars().count() as u64 + 1, None)
}

/// Splits a line into its fields, each as JSON.
fn cells<'line>(number: u64, line: &'line str, rows: &mut Rows<'_>) -> Result<Cells<'line>, Problem> {
    if line.len() > MAX_LINE {
        return Err(ProblemKind::TooLong.at(number, 1, None));
    }
    let mut json = serde_json::Deserializer::from_str(line);
    let fields = json.deserialize_map(Fields { line, rows }).and_then(|cells| json.end().map(|()| cells));
    fields.map_err(|error| {
        let sentence = error.to_string();
        let why = sentence.split(" at line ").next().unwrap_or_default();
        let kind = match why.strip_prefix(REPEATED) {
            Some(name) => ProblemKind::RepeatedField(name.into()),
            None => ProblemKind::Json(why.into()),
        };
        kind.at(number, column(line, error.column().saturating_sub(1)), None)
    })
}

/// How the visitor below says that a field stands twice.
const REPEATED: &str = "repeated ";

/// Keeps the fields that mean something, and where they begin.
struct Fields<'line, 'rows, 'import> {
    line: &'line str,
    rows: &'rows mut Rows<'import>,
}

impl<'line> Visitor<'line> for Fields<'line, '_, '_> {
    type Value = Cells<'line>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'line>>(self, mut fields: M) -> Result<Cells<'line>, M::Error> {
        let mut cells = Cells::default();
        let mut seen = [false; Cells::NAMES.len()];
        while let Some(name) = fields.next_key::<String>()? {
            let Some(known) = Cells::NAMES.iter().position(|known| *known == name) else {
                self.rows.ignore(&name);
                fields.next_value::<IgnoredAny>()?;
                continue;
            };
            if seen.get_mut(known).is_some_and(|seen| std::mem::replace(seen, true)) {
                return Err(M::Error::custom(format!("{REPEATED}{name}")));
            }
            let json = fields.next_value::<&RawValue>()?.get();
            // `null` is not there.
            if let Some(place) = cells.named(&name).filter(|_| json != "null") {
                let start = json.as_ptr().addr() - self.line.as_ptr().addr();
                *place = Some(Cell {
                    column: column(self.line, start),
                    value: Value::Json(json),
                });
            }
        }
        Ok(cells)
    }
}

/// The column of a byte, from 1.
fn column(line: &str, byte: usize) -> u64 {
    characters_before(line, byte) as u64 + 1
}
