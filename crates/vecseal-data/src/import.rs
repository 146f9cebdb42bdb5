//! Import of a user's own documents: JSON Lines, CSV, and NumPy matrices.
//!
//! A **table** has one document a row: `id` (an unsigned number or a UUID; without it the row's number, from 1),
//! `text` to embed or `vector` as it is, `content` to seal (without it the text), and `policy`. A **matrix** has one
//! vector a row. Both together are one import: the matrix holds the vectors of the table's rows.
//!
//! Everything is checked before anything is used: an import gives either all rows or the first problem with its place,
//! and how many rows have others.
//!
//! ```
//! use vecseal::AccessStructure;
//! use vecseal_data::import::{Format, read};
//!
//! let structure = AccessStructure::from_json(r#"{"roles": ["admin", "analyst"]}"#)?;
//! let file = r#"{"id": 1, "text": "Budget 2026", "policy": "roles:admin"}
//! {"id": 2, "text": "Rota", "policy": "roles:admn"}"#;
//! let problems = read(&[(Format::JsonLines, file.as_bytes())], &structure, |_| ()).unwrap_err();
//! assert_eq!(
//!     problems.to_string(),
//!     "line 2, column 38, `policy`: unknown attribute `roles:admn`",
//! );
//! # Ok::<(), vecseal::Error>(())
//! ```

mod csv;
mod json_lines;
mod npy;
mod problem;
mod row;

pub use problem::{Place, Problem, ProblemKind, Problems};
pub use row::{Matrix, Row};

use vecseal::AccessStructure;

use row::Rows;

/// Bytes of all files of one import: they are held in memory while they are read.
pub const MAX_BYTES: usize = 1 << 29;

/// Rows of one import.
pub const MAX_ROWS: usize = 1_000_000;

/// Rows between two calls of what watches the progress.
const STEP: usize = 512;

/// What is in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    JsonLines,
    /// Comma, semicolon or tab separated, with names in the first line.
    Csv,
    /// A NumPy matrix of floats, one vector a row.
    Npy,
}

impl Format {
    /// Returns the format that a file's name ends in, if it is one of these.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "csv" | "tsv" => Some(Self::Csv),
            "npy" => Some(Self::Npy),
            _ => None,
        }
    }
}

/// Everything that was in the files.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// One a document, in the files' order.
    pub rows: Vec<Row>,
    /// Vectors of all rows, unless they are to be embedded.
    pub vectors: Option<Matrix>,
    /// Names of fields that were not used.
    pub ignored: Vec<String>,
}

/// Reads a table, a matrix, or both: policies in the table are checked against the structure. `watch` hears from time to
/// time how many rows were read.
///
/// # Errors
///
/// What is wrong with the first row that has a problem, and how many others have one.
pub fn read(
    files: &[(Format, &[u8])],
    structure: &AccessStructure,
    mut watch: impl FnMut(usize),
) -> Result<Import, Problems> {
    if files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > MAX_BYTES {
        return Err(ProblemKind::TooLarge.into());
    }
    let (matrices, tables): (Vec<_>, Vec<_>) = files.iter().partition(|(format, _)| *format == Format::Npy);
    let matrix = match matrices.as_slice() {
        [] => None,
        [(_, bytes)] => Some(Matrix::from_npy(bytes)?),
        _ => return Err(ProblemKind::TooManyFiles.into()),
    };
    let mut rows = Rows::new(structure, matrix.is_some(), &mut watch);
    match tables.as_slice() {
        [] => return Import::of_matrix(matrix),
        [(Format::Csv, bytes)] => csv::read(bytes, &mut rows)?,
        [(_, bytes)] => json_lines::read(bytes, &mut rows)?,
        _ => return Err(ProblemKind::TooManyFiles.into()),
    }
    rows.finish(matrix)
}

impl Import {
    /// Rows without text: numbered as NumPy numbers them, from 0.
    fn of_matrix(matrix: Option<Matrix>) -> Result<Self, Problems> {
        let matrix = matrix.ok_or(ProblemKind::Empty)?;
        let rows = (0..matrix.rows()).map(|id| Row {
            id: (id as u64).into(),
            text: None,
            content: None,
            policy: None,
        });
        Ok(Self {
            rows: rows.collect(),
            vectors: Some(matrix),
            ignored: Vec::new(),
        })
    }
}
