//! What is wrong with a file, and where.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// In a table.
    Table {
        /// The line, from 1.
        line: u64,
        /// The character in the line, from 1; of CSV the number of the column, from 1.
        column: u64,
        /// The field's name, if it is about one.
        field: Option<Box<str>>,
    },
    /// In a matrix, counted from 0 as NumPy does.
    Matrix {
        /// The row.
        row: u64,
        /// The column.
        column: u64,
    },
}

/// The first problem of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// Where; some problems are of the whole file.
    pub place: Option<Place>,
}

/// The first problem, and how many rows have others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// The first.
    pub first: Problem,
    /// How many other rows have a problem.
    pub others: usize,
}

/// The ways in which a file can be wrong. [`ProblemKind::code`] is stable across releases.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// More bytes or rows than [`MAX_BYTES`](super::MAX_BYTES) or [`MAX_ROWS`](super::MAX_ROWS).
    TooLarge,
    /// More than one table or more than one matrix.
    TooManyFiles,
    /// No rows.
    Empty,
    /// Not UTF-8.
    NotText,
    /// Not JSON, or no object; the parser's words.
    Json(Box<str>),
    /// Not CSV; the parser's words.
    Csv(Box<str>),
    /// Not a matrix of floats; why.
    Npy(Box<str>),
    /// A field given twice; its name.
    RepeatedField(Box<str>),
    /// The first line of a CSV file names none of the fields.
    NoHeader,
    /// Neither text nor vector.
    NothingToEmbed,
    /// A vector where others have none, or none where others have one.
    VectorsOfSome,
    /// Neither an unsigned 64-bit number nor a UUID.
    InvalidId,
    /// An id that an earlier row has.
    DuplicateId,
    /// Not a text.
    NotAText,
    /// Longer than a record's content may be.
    TooLong,
    /// A policy that does not stand; the core's error, whose span is within the policy.
    Policy(vecseal::Error),
    /// Not a list of numbers.
    NotAVector,
    /// A vector of another length than those before.
    WrongDimension {
        /// How long those before are.
        expected: usize,
        /// How long this one is.
        found: usize,
    },
    /// A vector with fewer or more dimensions than can be sealed.
    DimensionOutOfRange {
        /// How long it is.
        found: usize,
    },
    /// A number that is not finite as f32.
    NotFinite,
    /// A table and a matrix of different lengths.
    RowsDiffer {
        /// Rows of the table.
        table: usize,
        /// Rows of the matrix.
        matrix: usize,
    },
}

impl ProblemKind {
    /// Returns the stable code of this problem.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "import_too_large",
            Self::TooManyFiles => "import_too_many_files",
            Self::Empty => "import_empty",
            Self::NotText => "import_not_utf8",
            Self::Json(_) => "import_json",
            Self::Csv(_) => "import_csv",
            Self::Npy(_) => "import_npy",
            Self::RepeatedField(_) => "import_repeated_field",
            Self::NoHeader => "import_no_header",
            Self::NothingToEmbed => "import_nothing_to_embed",
            Self::VectorsOfSome => "import_vectors_of_some",
            Self::InvalidId => "invalid_point_id",
            Self::DuplicateId => "import_duplicate_id",
            Self::NotAText => "import_not_a_text",
            Self::TooLong => "too_long",
            Self::Policy(error) => error.code(),
            Self::NotAVector => "import_not_a_vector",
            Self::WrongDimension { .. } | Self::DimensionOutOfRange { .. } => "wrong_dimension",
            Self::NotFinite => "not_finite",
            Self::RowsDiffer { .. } => "import_rows_differ",
        }
    }

    pub(super) fn at(self, line: u64, column: u64, field: Option<&str>) -> Problem {
        let place = Place::Table {
            line,
            column,
            field: field.map(Into::into),
        };
        Problem {
            kind: self,
            place: Some(place),
        }
    }

    pub(super) fn in_matrix(self, row: u64, column: u64) -> Problem {
        Problem {
            kind: self,
            place: Some(Place::Matrix { row, column }),
        }
    }
}

/// Of the whole file.
impl From<ProblemKind> for Problem {
    fn from(kind: ProblemKind) -> Self {
        Self { kind, place: None }
    }
}

impl From<Problem> for Problems {
    fn from(first: Problem) -> Self {
        Self { first, others: 0 }
    }
}

impl From<ProblemKind> for Problems {
    fn from(kind: ProblemKind) -> Self {
        Problem::from(kind).into()
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("too large: import at most 512 MB and a million rows at a time"),
            Self::TooManyFiles => {
                f.write_str("one table (JSON Lines or CSV) and one matrix (.npy) can be imported together")
            }
            Self::Empty => f.write_str("there is nothing in it"),
            Self::NotText => f.write_str("this is not UTF-8 text: save the file as UTF-8"),
            Self::Json(why) => write!(f, "not a JSON object: {why}"),
            Self::Csv(why) => write!(f, "not CSV: {why}"),
            Self::Npy(why) => write!(f, "not a NumPy matrix of floats: {why}"),
            Self::RepeatedField(name) => write!(f, "`{name}` is given twice"),
            Self::NoHeader => f.write_str("the first line must name the columns: id, text or vector, content, policy"),
            Self::NothingToEmbed => f.write_str("a row needs a text or a vector"),
            Self::VectorsOfSome => f.write_str("either every row brings its vector or none does"),
            Self::InvalidId => f.write_str("an id is an unsigned 64-bit number or a UUID"),
            Self::DuplicateId => f.write_str("an earlier row has the id of this one (without an id, its number)"),
            Self::NotAText => f.write_str("this should be a text"),
            Self::TooLong => f.write_str("longer than a record may be"),
            Self::Policy(vecseal::Error::Input(input)) => input.without_span().fmt(f),
            Self::Policy(error) => error.fmt(f),
            Self::NotAVector => f.write_str("a vector is a list of numbers"),
            Self::WrongDimension { expected, found } => {
                write!(f, "this vector has {found} dimensions, those before have {expected}")
            }
            Self::DimensionOutOfRange { found } => {
                write!(f, "a vector has 2 to 65,536 dimensions, this one has {found}")
            }
            Self::NotFinite => f.write_str("not a finite number"),
            Self::RowsDiffer { table, matrix } => {
                write!(f, "the table and the matrix need equally many rows, not {table} and {matrix}")
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table {
                line,
                column,
                field: None,
            } => write!(f, "line {line}, column {column}"),
            Self::Table {
                line,
                column,
                field: Some(field),
            } => write!(f, "line {line}, column {column}, `{field}`"),
            Self::Matrix { row, column } => write!(f, "row {row}, column {column} of the matrix"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        self.kind.fmt(f)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first.fmt(f)?;
        match self.others {
            0 => Ok(()),
            1 => f.write_str("; one other row has a problem"),
            others => write!(f, "; {others} other rows have problems"),
        }
    }
}

impl std::error::Error for Problem {}

impl std::error::Error for Problems {}
