//! CSV (RFC 4180) with names in the first line; separated by comma, semicolon or tab.

use csv::{Error, ErrorKind, ReaderBuilder, StringRecord};

use super::problem::{Problem, ProblemKind, Problems};
use super::row::{Cell, Cells, Rows, Value};

pub(super) fn read(bytes: &[u8], rows: &mut Rows<'_>) -> Result<(), Problems> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(bytes))
        .from_reader(bytes);
    let mut lines = Lines { bytes, line: 1, at: 0 };
    let mut names = None;
    let mut record = StringRecord::new();
    loop {
        let from = reader.position().byte();
        let read = reader.read_record(&mut record);
        let line = lines.of(from);
        let found = match read {
            Ok(false) => {
                return if names.is_some() {
                    Ok(())
                } else {
                    Err(ProblemKind::Empty.into())
                };
            }
            Ok(true) if lines.has_open_quote(from, reader.position().byte()) => {
                Err(ProblemKind::Csv(OPEN_QUOTE.into()).at(line, 1, None))
            }
            Ok(true) => Ok(&record),
            Err(error) => Err(problem(&error, line)),
        };
        match &names {
            None => names = Some(header(found?, line, rows)?),
            Some(names) => rows.push(line, found.and_then(|record| cells(names, record, line)))?,
        }
    }
}

const OPEN_QUOTE: &str = "a quotation mark is not closed";

/// Reads the names of the columns: those that mean something once each.
fn header(record: &StringRecord, line: u64, rows: &mut Rows<'_>) -> Result<Vec<String>, Problem> {
    let names: Vec<String> = record.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    for ((column, name), place) in (1..).zip(&names).zip(0..) {
        if !Cells::NAMES.contains(&name.as_str()) {
            rows.ignore(name);
        } else if names.iter().take(place).any(|before| before == name) {
            return Err(ProblemKind::RepeatedField(name.as_str().into()).at(line, column, None));
        }
    }
    if names.iter().any(|name| Cells::NAMES.contains(&name.as_str())) {
        Ok(names)
    } else {
        Err(ProblemKind::NoHeader.at(line, 1, None))
    }
}

/// Empty cells are not there.
fn cells<'record>(names: &[String], record: &'record StringRecord, line: u64) -> Result<Cells<'record>, Problem> {
    let (expected, found) = (names.len(), record.len());
    if expected != found {
        let why = format!("the first line has {expected} cells, this one {found}");
        return Err(ProblemKind::Csv(why.into()).at(line, found.min(expected) as u64 + 1, None));
    }
    let mut cells = Cells::default();
    for ((column, name), text) in (1..).zip(names).zip(record).filter(|(_, text)| !text.is_empty()) {
        if let Some(place) = cells.named(name) {
            let value = Value::Plain(text);
            *place = Some(Cell { column, value });
        }
    }
    Ok(cells)
}

/// What separates the names in the first line, outside of quotation marks.
fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let outside = || first.split(|byte| *byte == b'"').step_by(2).flatten();
    let times = |delimiter: &u8| outside().filter(|byte| *byte == delimiter).count();
    // The last of equals wins.
    b"\t;,".iter().copied().max_by_key(times).unwrap_or(b',')
}

fn problem(error: &Error, line: u64) -> Problem {
    match error.kind() {
        ErrorKind::Utf8 { err, .. } => ProblemKind::NotText.at(line, err.field() as u64 + 1, None),
        _ => ProblemKind::Csv(error.to_string().into()).at(line, 1, None),
    }
}

/// Counts lines as editors do. The reader's own count is behind by what it skips before a record: the end of the line
/// before, and empty lines.
struct Lines<'file> {
    bytes: &'file [u8],
    line: u64,
    at: usize,
}

impl Lines<'_> {
    /// Returns the line of the record that begins there or behind line ends. Records come in order.
    fn of(&mut self, from: u64) -> u64 {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let skipped = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let start = from + self.bytes.get(from..).unwrap_or_default().iter().take_while(skipped).count();
        let passed = self.bytes.get(self.at..start).unwrap_or_default();
        self.line += count(b'\n', passed) as u64;
        self.at = start;
        self.line
    }

    /// Says whether a record's quotation marks do not pair up; escaped ones do.
    fn has_open_quote(&self, from: u64, to: u64) -> bool {
        let [from, to] = [from, to].map(|at| usize::try_from(at).unwrap_or(usize::MAX));
        let record = self.bytes.get(from..to).unwrap_or_default();
        count(b'"', record) % 2 == 1
    }
}

fn count(byte: u8, bytes: &[u8]) -> usize {
    bytes.split(|other| *other == byte).skip(1).count()
}
