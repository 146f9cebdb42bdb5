//! Rows of a table: what their cells mean, and what all of them must agree on.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use vecseal::limits::{MAX_CONTENT_BYTES, MAX_VECTOR_DIMENSION, MIN_VECTOR_DIMENSION};
use vecseal::{AccessStructure, PointId, Policy};

use super::problem::{Problem, ProblemKind, Problems};
use super::{Import, MAX_ROWS, STEP, npy};

/// One document.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The point's id.
    pub id: PointId,
    /// The text to embed, if the row has one.
    pub text: Option<String>,
    /// What to seal; a text, or JSON as text. Without it, the text.
    pub content: Option<String>,
    /// Who may read it; without it, whoever the importer decides.
    pub policy: Option<Policy>,
}

/// Vectors, one a row, `f32[rows × columns]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    columns: usize,
    values: Vec<f32>,
}

impl Matrix {
    pub(super) fn new(columns: usize, values: Vec<f32>) -> Self {
        Self { columns, values }
    }

    /// Reads a `.npy` file of finite f16, f32 or f64, one vector a row.
    ///
    /// # Errors
    ///
    /// What is wrong with it; of a number that is not finite the place.
    pub fn from_npy(bytes: &[u8]) -> Result<Self, Problem> {
        npy::read(bytes)
    }

    /// Returns the dimension of its vectors.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Returns the number of its vectors.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// Returns its vectors, one after another.
    #[must_use = "iterators do nothing by themselves"]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(self.columns)
    }

    /// Returns all of its numbers, row by row.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

/// What stands in one place of a table.
pub(super) struct Cell<'file> {
    pub(super) column: u64,
    pub(super) value: Value<'file>,
}

/// A cell's value as the file has it.
#[derive(Clone, Copy)]
pub(super) enum Value<'file> {
    /// The text of a CSV cell.
    Plain(&'file str),
    /// The JSON text of a field.
    Json(&'file str),
}

/// The cells of a row that have a meaning.
#[derive(Default)]
pub(super) struct Cells<'file> {
    pub(super) id: Option<Cell<'file>>,
    pub(super) text: Option<Cell<'file>>,
    pub(super) vector: Option<Cell<'file>>,
    pub(super) content: Option<Cell<'file>>,
    pub(super) policy: Option<Cell<'file>>,
}

impl<'file> Cells<'file> {
    /// The names of the fields.
    pub(super) const NAMES: [&'static str; 5] = ["id", "text", "vector", "content", "policy"];

    /// Returns the place for the field of this name.
    pub(super) fn named(&mut self, name: &str) -> Option<&mut Option<Cell<'file>>> {
        match name {
            "id" => Some(&mut self.id),
            "text" => Some(&mut self.text),
            "vector" => Some(&mut self.vector),
            "content" => Some(&mut self.content),
            "policy" => Some(&mut self.policy),
            _ => None,
        }
    }
}

/// Collects rows and problems.
pub(super) struct Rows<'import> {
    structure: &'import AccessStructure,
    has_matrix: bool,
    watch: &'import mut dyn FnMut(usize),
    read: usize,
    complete: Vec<Row>,
    ids: HashSet<PointId>,
    /// Whether rows bring their vectors, as the first one says.
    own_vectors: Option<bool>,
    /// Of the rows' own vectors; 0 until the first.
    dimension: usize,
    values: Vec<f32>,
    problems: Option<Problems>,
    ignored: BTreeSet<String>,
}

impl<'import> Rows<'import> {
    pub(super) fn new(
        structure: &'import AccessStructure,
        has_matrix: bool,
        watch: &'import mut dyn FnMut(usize),
    ) -> Self {
        Self {
            structure,
            has_matrix,
            watch,
            read: 0,
            complete: Vec::new(),
            ids: HashSet::new(),
            own_vectors: None,
            dimension: 0,
            values: Vec::new(),
            problems: None,
            ignored: BTreeSet::new(),
        }
    }

    /// Notes a field that means nothing here, the first few of them.
    pub(super) fn ignore(&mut self, name: &str) {
        if self.ignored.len() < MAX_IGNORED && !self.ignored.contains(name) {
            self.ignored.insert(name.to_owned());
        }
    }

    /// Takes a row, or what is wrong with it.
    ///
    /// # Errors
    ///
    /// [`ProblemKind::TooLarge`] beyond the limit of rows.
    pub(super) fn push(&mut self, line: u64, cells: Result<Cells<'_>, Problem>) -> Result<(), Problems> {
        self.read += 1;
        if self.read > MAX_ROWS {
            return Err(ProblemKind::TooLarge.into());
        }
        match cells.and_then(|cells| self.checked(line, &cells)) {
            // Rows are of no use any more once one has a problem.
            Ok(row) if self.problems.is_none() => self.complete.push(row),
            Ok(_) => {}
            Err(problem) => match &mut self.problems {
                Some(problems) => problems.others += 1,
                none => *none = Some(problem.into()),
            },
        }
        if self.read.is_multiple_of(STEP) {
            (self.watch)(self.read);
        }
        Ok(())
    }

    /// Returns everything, if nothing is wrong.
    pub(super) fn finish(self, matrix: Option<Matrix>) -> Result<Import, Problems> {
        if let Some(problems) = self.problems {
            return Err(problems);
        }
        if self.complete.is_empty() {
            return Err(ProblemKind::Empty.into());
        }
        if let Some(matrix) = matrix.as_ref().map(Matrix::rows).filter(|rows| *rows != self.complete.len()) {
            let table = self.complete.len();
            return Err(ProblemKind::RowsDiffer { table, matrix }.into());
        }
        let own = (self.dimension > 0).then(|| Matrix::new(self.dimension, self.values));
        Ok(Import {
            rows: self.complete,
            vectors: matrix.or(own),
            ignored: self.ignored.into_iter().collect(),
        })
    }

    fn checked(&mut self, line: u64, cells: &Cells<'_>) -> Result<Row, Problem> {
        let field = |cell: &Cell<'_>, name, kind: ProblemKind| kind.at(line, cell.column, Some(name));
        let id = match &cells.id {
            Some(cell) => cell.point_id().ok_or_else(|| field(cell, "id", ProblemKind::InvalidId))?,
            None => PointId::from(self.read as u64),
        };
        if !self.ids.insert(id) {
            let duplicate = ProblemKind::DuplicateId;
            // Without one, it is the row's number that somebody has.
            return Err(match &cells.id {
                Some(cell) => field(cell, "id", duplicate),
                None => duplicate.at(line, 1, None),
            });
        }
        let text = |cell: &Cell<'_>| within_limit(cell.text()).map_err(|kind| field(cell, "text", kind));
        let content = |cell: &Cell<'_>| within_limit(cell.content()).map_err(|kind| field(cell, "content", kind));
        self.take_vector(line, cells.vector.as_ref(), cells.text.is_some())?;
        Ok(Row {
            id,
            text: cells.text.as_ref().map(text).transpose()?,
            content: cells.content.as_ref().map(content).transpose()?,
            policy: cells.policy.as_ref().map(|cell| cell.policy(line, self.structure)).transpose()?,
        })
    }

    /// Checks that all rows bring vectors of one dimension, or none does.
    fn take_vector(&mut self, line: u64, cell: Option<&Cell<'_>>, has_text: bool) -> Result<(), Problem> {
        if cell.is_none() && !has_text && !self.has_matrix {
            return Err(ProblemKind::NothingToEmbed.at(line, 1, None));
        }
        let here = |kind: ProblemKind| kind.at(line, cell.map_or(1, |cell| cell.column), Some("vector"));
        let expected = *self.own_vectors.get_or_insert(cell.is_some() && !self.has_matrix);
        if expected != cell.is_some() {
            return Err(here(ProblemKind::VectorsOfSome));
        }
        let Some(cell) = cell else { return Ok(()) };
        let vector = cell.vector().map_err(here)?;
        let found = vector.len();
        if !(MIN_VECTOR_DIMENSION..=MAX_VECTOR_DIMENSION).contains(&found) {
            return Err(here(ProblemKind::DimensionOutOfRange { found }));
        }
        if self.dimension > 0 && self.dimension != found {
            let expected = self.dimension;
            return Err(here(ProblemKind::WrongDimension { expected, found }));
        }
        self.dimension = found;
        if self.problems.is_none() {
            self.values.extend(vector);
        }
        Ok(())
    }
}

fn within_limit(text: Option<String>) -> Result<String, ProblemKind> {
    match text {
        None => Err(ProblemKind::NotAText),
        Some(text) if text.len() > MAX_CONTENT_BYTES => Err(ProblemKind::TooLong),
        Some(text) => Ok(text),
    }
}

/// Counts the characters before a byte, as editors do.
pub(super) fn characters_before(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).count()
}

/// Counts the characters of a JSON string, its quotation mark included, that stand for the first bytes of its value.
fn characters_of(json: &str, bytes: usize) -> usize {
    let mut characters = json.chars().skip(1);
    let (mut count, mut passed) = (1, 0);
    while passed < bytes
        && let Some(character) = characters.next()
    {
        let (written, meant) = match (character, if character == '\\' { characters.next() } else { None }) {
            ('\\', Some('u')) => {
                let digits: String = characters.by_ref().take(4).collect();
                let unit = u32::from_str_radix(&digits, 16).unwrap_or_default();
                // Of a surrogate pair, four bytes in UTF-8, each half counts two.
                (6, char::from_u32(unit).map_or(2, char::len_utf8))
            }
            ('\\', _) => (2, 1),
            (plain, _) => (1, plain.len_utf8()),
        };
        count += written;
        passed += meant;
    }
    count
}

impl Cell<'_> {
    /// Reads a text; JSON of another kind is none.
    fn text(&self) -> Option<String> {
        self.plain().map(Cow::into_owned)
    }

    fn plain(&self) -> Option<Cow<'_, str>> {
        match self.value {
            Value::Plain(text) => Some(text.into()),
            Value::Json(json) => serde_json::from_str::<String>(json).ok().map(Cow::Owned),
        }
    }

    fn point_id(&self) -> Option<PointId> {
        match self.value {
            Value::Json(number) if !number.starts_with('"') => number.parse().ok(),
            _ => self.plain()?.trim().parse().ok(),
        }
    }

    /// Reads what is to be sealed; JSON of another kind than a string stays JSON.
    fn content(&self) -> Option<String> {
        match self.value {
            Value::Json(json) if !json.starts_with('"') => Some(json.to_owned()),
            _ => self.text(),
        }
    }

    fn policy(&self, line: u64, structure: &AccessStructure) -> Result<Policy, Problem> {
        let read = match (self.plain(), self.value) {
            (Some(text), _) => Policy::parse(&text, structure),
            (None, Value::Plain(json) | Value::Json(json)) => Policy::from_json(json, structure),
        };
        read.map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let offset = match self.value {
                Value::Plain(_) => 0,
                Value::Json(json) if json.starts_with('"') => characters_of(json, start),
                Value::Json(json) => characters_before(json, start),
            };
            ProblemKind::Policy(error).at(line, self.column + offset as u64, Some("policy"))
        })
    }

    /// Reads a JSON array; in CSV also numbers with spaces between.
    fn vector(&self) -> Result<Vec<f32>, ProblemKind> {
        let numbers: Vec<f32> = match self.value {
            Value::Plain(text) if !text.trim_start().starts_with('[') => {
                let numbers = text.split_whitespace().map(str::parse).collect::<Result<_, _>>();
                numbers.map_err(|_| ProblemKind::NotAVector)?
            }
            Value::Plain(json) | Value::Json(json) => serde_json::from_str(json).map_err(|error| {
                // What does not even fit f64; the library has no kind for it.
                let too_large = error.to_string().starts_with("number out of range");
                if too_large {
                    ProblemKind::NotFinite
                } else {
                    ProblemKind::NotAVector
                }
            })?,
        };
        if numbers.iter().all(|number| number.is_finite()) {
            Ok(numbers)
        } else {
            Err(ProblemKind::NotFinite)
        }
    }
}

/// Names of unused fields that are kept.
const MAX_IGNORED: usize = 20;
