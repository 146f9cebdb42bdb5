//! The access matrix: every key beside every document, filtered, counted, and as CSV.

use std::collections::BTreeMap;

use super::basis::{Basis, Judgement};
use crate::gather::gather;
use crate::protocol::{Access, KeyId, Outcome};

/// Every key tried on every document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AccessTable {
    /// The keys, in the order of the people.
    pub keys: Vec<KeyColumn>,
    /// The documents, in the order of the upload.
    pub rows: Vec<AccessRow>,
}

/// A key of the matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyColumn {
    /// The key.
    pub key: KeyId,
    /// What it is called.
    pub name: String,
    /// How many documents it opens.
    pub opens: usize,
}

/// A document of the matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessRow {
    /// Its id.
    pub document: String,
    /// Its title, or how it begins.
    pub title: String,
    /// Its policy when it was uploaded.
    pub policy: String,
    /// Key by key.
    pub cells: Vec<Judgement>,
    /// How many keys open it.
    pub opens: usize,
}

/// Which rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AccessFilter {
    /// All.
    #[default]
    All,
    /// What this key opens.
    OpenedBy(KeyId),
    /// What this key does not open.
    DeniedTo(KeyId),
    /// Where something is not as the policy says.
    Mismatches,
}

impl AccessTable {
    /// Sets what came of it beside what the policies say.
    #[must_use]
    pub fn new(accesses: &[Access], basis: &Basis) -> Self {
        let known: Vec<BTreeMap<&str, Outcome>> = accesses
            .iter()
            .map(|access| gather(access.outcomes.iter().map(|(document, outcome)| (document.as_str(), *outcome))))
            .collect();
        let tried = |document: &str| known.iter().any(|outcomes| outcomes.contains_key(document));
        let mut judge = basis.judge();
        let documents = basis.stored.documents.iter().filter(|document| tried(&document.id));
        let rows: Vec<AccessRow> = documents
            .map(|document| {
                let cells = accesses.iter().zip(&known).map(|(access, outcomes)| {
                    let outcome = outcomes.get(document.id.as_str());
                    outcome.map_or(Judgement::Untried, |outcome| judge.outcome(access.key, &document.policy, *outcome))
                });
                let cells: Vec<Judgement> = cells.collect();
                AccessRow {
                    document: document.id.clone(),
                    title: document.short_title(),
                    policy: document.policy.clone(),
                    opens: cells.iter().filter(|cell| cell.is_open()).count(),
                    cells,
                }
            })
            .collect();
        let opens =
            |index: usize| rows.iter().filter(|row| row.cells.get(index).is_some_and(Judgement::is_open)).count();
        let keys = accesses.iter().enumerate().map(|(index, access)| KeyColumn {
            key: access.key,
            name: basis.key_name(access.key),
            opens: opens(index),
        });
        Self {
            keys: keys.collect(),
            rows,
        }
    }

    /// How many cells are open, and how many there are.
    #[must_use]
    pub fn opened(&self) -> (usize, usize) {
        (self.rows.iter().map(|row| row.opens).sum(), self.rows.len() * self.keys.len())
    }

    /// How many cells are not as the policy says.
    #[must_use]
    pub fn mismatches(&self) -> usize {
        self.cells().filter(|cell| cell.is_mismatch()).count()
    }

    /// How many cells are open though the policy denies it.
    #[must_use]
    pub fn breaches(&self) -> usize {
        self.cells().filter(|cell| **cell == Judgement::Breach).count()
    }

    fn cells(&self) -> impl Iterator<Item = &Judgement> {
        self.rows.iter().flat_map(|row| &row.cells)
    }

    /// The places of the rows that have a text, in any case, and are wanted.
    #[must_use]
    pub fn filtered(&self, text: &str, filter: AccessFilter) -> Vec<usize> {
        let text = text.trim().to_lowercase();
        let has_text = |row: &AccessRow| {
            let texts = [&row.document, &row.title, &row.policy];
            text.is_empty() || texts.iter().any(|field| field.to_lowercase().contains(&text))
        };
        let column = |key: KeyId| self.keys.iter().position(|column| column.key == key);
        let cell = |row: &AccessRow, key| column(key).and_then(|column| row.cells.get(column).map(Judgement::is_open));
        let is_wanted = |row: &AccessRow| match filter {
            AccessFilter::All => true,
            AccessFilter::OpenedBy(key) => cell(row, key) == Some(true),
            AccessFilter::DeniedTo(key) => cell(row, key) == Some(false),
            AccessFilter::Mismatches => row.cells.iter().any(Judgement::is_mismatch),
        };
        let rows = self.rows.iter().enumerate().filter(|(_, row)| has_text(row) && is_wanted(row));
        rows.map(|(index, _)| index).collect()
    }

    /// Some rows as CSV (RFC 4180), which no spreadsheet takes for formulas.
    #[must_use]
    pub fn to_csv(&self, rows: &[usize]) -> String {
        let mut csv = String::new();
        let names = self.keys.iter().map(|column| column.name.as_str());
        line(&mut csv, ["document", "title", "policy"].into_iter().chain(names).chain(["opened by"]));
        for row in rows.iter().filter_map(|index| self.rows.get(*index)) {
            let opens = row.opens.to_string();
            let mut cells: Vec<&str> = vec![&row.document, &row.title, &row.policy];
            for cell in &row.cells {
                cells.push(cell.words());
            }
            cells.push(&opens);
            line(&mut csv, cells.into_iter());
        }
        csv
    }
}

fn line<'a>(csv: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (index, text) in cells.enumerate() {
        if index > 0 {
            csv.push(',');
        }
        csv.push_str(&cell(text));
    }
    csv.push_str("\r\n");
}

/// A cell of CSV. What a spreadsheet would take for a formula begins with an apostrophe.
fn cell(text: &str) -> String {
    let is_formula = text.trim_start().starts_with(['=', '+', '-', '@']);
    let text = if is_formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains(['"', ',', '\r', '\n']) || text.trim() != text {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::{AccessFilter, AccessTable, cell};
    use crate::protocol::{Access, Outcome};
    use crate::state::Judgement;
    use crate::state::basis::tests::{basis, scenario};

    /// What each key makes of documents 1 to 5, as letters: o(pened), d(enied), m(issing).
    fn accesses(keys: &[(u32, &str)]) -> Vec<Access> {
        let accesses = keys.iter().map(|(key, letters)| {
            let outcomes = letters.chars().zip(1..).map(|(letter, id)| {
                let outcome = match letter {
                    'o' => Outcome::Opened,
                    'm' => Outcome::Missing,
                    _ => Outcome::Denied,
                };
                (id.to_string(), outcome)
            });
            Access {
                key: *key,
                outcomes: outcomes.collect(),
            }
        });
        accesses.collect()
    }

    fn table() -> AccessTable {
        AccessTable::new(&accesses(&[(1, "oddod"), (2, "dodoo"), (3, "odood")]), &basis(&scenario()))
    }

    #[test]
    fn keys_and_documents_are_counted() {
        let table = table();
        let keys: Vec<_> = table.keys.iter().map(|column| (column.name.as_str(), column.opens)).collect();
        assert_eq!(keys, [("Ada, key 1", 2), ("Ada, key 2", 3), ("Ben", 3)]);
        let rows: Vec<_> = table.rows.iter().map(|row| (row.title.as_str(), row.opens)).collect();
        assert_eq!(
            rows,
            [
                ("Budget", 2),
                ("Contract", 1),
                ("Analysis", 1),
                ("Notice", 3),
                ("text 5", 1)
            ]
        );
        assert_eq!((table.opened(), table.mismatches()), ((8, 15), 0));
    }

    #[test]
    fn what_is_not_as_the_policy_says_is_a_mismatch() {
        let table = AccessTable::new(&accesses(&[(1, "oodoo"), (2, "ddddm")]), &basis(&scenario()));
        assert_eq!(table.rows[1].cells[0], Judgement::Breach);
        assert_eq!(table.rows[1].cells[1], Judgement::Refused);
        assert_eq!(table.rows[4].cells[1], Judgement::Missing);
        assert_eq!((table.breaches(), table.mismatches()), (2, 5));
        assert_eq!(table.filtered("", AccessFilter::Mismatches), [1, 3, 4]);
    }

    #[test]
    fn rows_are_filtered_by_text_and_by_key() {
        let table = table();
        assert_eq!(table.filtered("", AccessFilter::All).len(), 5);
        assert_eq!(table.filtered(" bUDg", AccessFilter::All), [0]);
        assert_eq!(table.filtered("departments:legal", AccessFilter::All), [1, 4]);
        assert_eq!(table.filtered("", AccessFilter::OpenedBy(1)), [0, 3]);
        assert_eq!(table.filtered("", AccessFilter::DeniedTo(1)), [1, 2, 4]);
        assert_eq!(table.filtered("analysis", AccessFilter::OpenedBy(1)), Vec::<usize>::new());
        assert_eq!(table.filtered("", AccessFilter::DeniedTo(9)), Vec::<usize>::new());
    }

    #[test]
    fn documents_that_were_not_tried_are_left_out() {
        let table = AccessTable::new(&accesses(&[(1, "od")]), &basis(&scenario()));
        assert_eq!(table.rows.len(), 2);
        assert_eq!(AccessTable::new(&[], &basis(&scenario())), AccessTable::default());
    }

    #[test]
    fn csv_has_what_is_shown() {
        let csv = table().to_csv(&[0, 2]);
        let expected = "document,title,policy,\"Ada, key 1\",\"Ada, key 2\",Ben,opened by\r\n\
            1,Budget,departments:finance,opened,denied,opened,2\r\n\
            3,Analysis,departments:finance && roles:analyst,denied,denied,opened,1\r\n";
        assert_eq!(csv, expected);
    }

    #[test]
    fn cells_are_quoted_and_are_no_formulas() {
        let cells = [
            ("plain", "plain"),
            ("", ""),
            ("a, b", "\"a, b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            (" blank", "\" blank\""),
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            (" =1", "' =1"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("a=b", "a=b"),
        ];
        for (text, expected) in cells {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }

    #[test]
    fn names_of_people_are_no_formulas_either() {
        let mut scenario = scenario();
        Rc::make_mut(&mut scenario.people)[1].name = "=cmd|' /C calc'!A0".to_owned();
        let csv = AccessTable::new(&accesses(&[(3, "o")]), &basis(&scenario)).to_csv(&[]);
        assert_eq!(csv, "document,title,policy,'=cmd|' /C calc'!A0,opened by\r\n");
    }
}
