//! CSV (RFC 4180) with names in the first line; separated by comma, semicolon or tab.

use csv::{Error, ErrorKind, ReaderBuilder, StringRecord};

use super::problem::{Problem, ProblemKind, Problems};
use super::row::{Cell, Cells, Rows, Value};

pub(super) fn read(bytes: &[u8], rows: &mut Rows<'_>) -> Result<(), Problems> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter(bytes)).from_reader(bytes);
    let names: Vec<String> = reader
        .headers()
        .map_err(|error| problem(&error))?
        .iter()
        .map(|name| name.trim().to_owned())
        .collect();
    if !names.iter().any(|name| Cells::NAMES.contains(&name.as_str())) {
        return Err(ProblemKind::NoHeader.at(1, 1, None).into());
    }
    for name in names.iter().filter(|name| !Cells::NAMES.contains(&name.as_str())) {
        rows.ignore(name);
    }
    let mut record = StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line);
                rows.push(line, Ok(cells(&names, &record)))?;
            }
            Err(error) => rows.push(0, Err(problem(&error)))?,
        }
    }
}

/// Empty cells are not there.
fn cells<'record>(names: &[String], record: &'record StringRecord) -> Cells<'record> {
    let mut cells = Cells::default();
    for ((column, name), text) in (1..).zip(names).zip(record).filter(|(_, text)| !text.is_empty()) {
        if let Some(place) = cells.named(name) {
            let value = Value::Plain(text);
            *place = Some(Cell { column, value });
        }
    }
    cells
}

/// What separates the names in the first line.
fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let parts = |delimiter: &u8| first.split(|byte| byte == delimiter).count();
    // The last of equals wins.
    b"\t;,".iter().copied().max_by_key(parts).unwrap_or(b',')
}

fn problem(error: &Error) -> Problem {
    let line = error.position().map_or(1, csv::Position::line);
    match error.kind() {
        ErrorKind::Utf8 { err, .. } => ProblemKind::NotText.at(line, err.field() as u64 + 1, None),
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let why = format!("the first line has {expected_len} cells, this one {len}");
            ProblemKind::Csv(why.into()).at(line, *len, None)
        }
        _ => ProblemKind::Csv(error.to_string().into()).at(line, 1, None),
    }
}
