//! JSON Lines: one object a line; empty lines are skipped.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

use super::problem::{Problem, ProblemKind, Problems};
use super::row::{Cell, Cells, Rows, Value};

pub(super) fn read(bytes: &[u8], rows: &mut Rows<'_>) -> Result<(), Problems> {
    let text = str::from_utf8(bytes).map_err(|error| not_text(bytes, error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
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
    let fields: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(line).map_err(|error| {
        let sentence = error.to_string();
        let why = sentence.split(" at line ").next().unwrap_or_default();
        ProblemKind::Json(why.into()).at(number, column(line, error.column().saturating_sub(1)), None)
    })?;
    let mut cells = Cells::default();
    for (name, value) in fields {
        let json = value.get();
        let start = json.as_ptr().addr() - line.as_ptr().addr();
        match cells.named(&name) {
            // `null` is not there.
            Some(_) if json == "null" => {}
            Some(place) => {
                *place = Some(Cell {
                    column: column(line, start),
                    value: Value::Json(json),
                });
            }
            None => rows.ignore(&name),
        }
    }
    Ok(cells)
}

/// Counts characters up to a byte, from 1, as editors do.
fn column(line: &str, byte: usize) -> u64 {
    line.char_indices().take_while(|(at, _)| *at < byte).count() as u64 + 1
}
