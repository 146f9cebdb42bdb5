//! Everything that can go wrong, with a stable code for each (`docs/FORMAT.md` §10).

use alloc::boxed::Box;
use core::fmt;
use core::ops::Range;

/// A result of this crate.
pub type Result<T> = core::result::Result<T, Error>;

/// Why an operation gave nothing.
///
/// Errors hold no secret and no byte of a sealed object. [`Error::code`] is stable across releases.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// No slot of the header is for this key.
    AccessDenied,
    /// A slot, body, record, tag or search vector does not verify.
    Tampered,
    /// The bytes are not a canonical object of this format.
    Malformed,
    /// The bytes are an object of another format version.
    UnsupportedVersion,
    /// The bytes are another kind of object than asked for.
    WrongObject,
    /// A name, text or list given by the caller does not stand.
    Input(InputError),
    /// An epoch or generation cannot grow further.
    EpochExhausted,
    /// A key, or the rotations of an authority, would exceed the limit of rights.
    TooManyRights,
    /// The writer key lacks a right that the policy names.
    RightNotCovered,
    /// The compartment holds old records only and takes no new ones.
    CompartmentClosed,
    /// A sealed-mode compartment has no search vectors.
    NoSearchVector,
    /// The vector has another number of dimensions than the compartment, or a number out of range.
    WrongDimension,
    /// The vector holds a NaN or an infinity.
    NotFinite,
    /// The zero vector has no direction, which the cosine metric needs.
    ZeroVector,
    /// The vector is too long for f32 arithmetic, or a value too large for f16.
    VectorOutOfRange,
    /// A search parameter is out of range or does not go with the others.
    InvalidParameter,
    /// Content, source id, or a model name is too long.
    TooLong,
    /// The text is neither an unsigned 64-bit number nor a UUID.
    InvalidPointId,
    /// The header belongs to another authority.
    WrongAuthority,
    /// The vectors come from another embedding model than those that they would stand beside.
    WrongModel(ModelMismatch),
    /// The system's random source failed.
    RandomUnavailable,
}

impl Error {
    /// Returns the stable code of this error, for example `access_denied`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::Tampered => "tampered",
            Self::Malformed => "malformed",
            Self::UnsupportedVersion => "unsupported_version",
            Self::WrongObject => "wrong_object",
            Self::Input(input) => input.problem.code(),
            Self::EpochExhausted => "epoch_exhausted",
            Self::TooManyRights => "too_many_rights",
            Self::RightNotCovered => "right_not_covered",
            Self::CompartmentClosed => "compartment_closed",
            Self::NoSearchVector => "no_search_vector",
            Self::WrongDimension => "wrong_dimension",
            Self::NotFinite => "not_finite",
            Self::ZeroVector => "zero_vector",
            Self::VectorOutOfRange => "vector_out_of_range",
            Self::InvalidParameter => "invalid_parameter",
            Self::TooLong => "too_long",
            Self::InvalidPointId => "invalid_point_id",
            Self::WrongAuthority => "wrong_authority",
            Self::WrongModel(_) => "wrong_model",
            Self::RandomUnavailable => "random_unavailable",
        }
    }

    /// Returns where in the given text a parse error lies, in bytes.
    #[must_use]
    pub fn span(&self) -> Option<Range<usize>> {
        match self {
            Self::Input(input) => input.span.clone(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessDenied => "access denied: no slot of this header is for this key",
            Self::Tampered => "the data does not verify: it was changed, moved or sealed under another key",
            Self::Malformed => "not a well-formed VecSeal object",
            Self::UnsupportedVersion => "this object has a format version that this release does not know",
            Self::WrongObject => "this is another kind of VecSeal object than the one asked for",
            Self::Input(input) => return input.fmt(f),
            Self::EpochExhausted => "the epoch or generation cannot grow further",
            Self::TooManyRights => "too many rights: give fewer attributes or fewer epochs",
            Self::RightNotCovered => "this writer key was not issued for a right that the policy names",
            Self::CompartmentClosed => "this compartment is closed: seal into its next generation",
            Self::NoSearchVector => "a compartment in sealed mode has no search vectors",
            Self::WrongDimension => "the vector has the wrong number of dimensions",
            Self::NotFinite => "the vector holds a value that is not finite",
            Self::ZeroVector => "the zero vector has no direction and cannot be used with cosine",
            Self::VectorOutOfRange => "the vector's values are too large for this precision",
            Self::InvalidParameter => "a search parameter is out of its range",
            Self::TooLong => "the text or content is longer than the format allows",
            Self::InvalidPointId => "a point id is an unsigned 64-bit number or a UUID",
            Self::WrongAuthority => "this header belongs to another authority",
            Self::WrongModel(models) => return models.fmt(f),
            Self::RandomUnavailable => "the system's random source is not available",
        })
    }
}

impl core::error::Error for Error {}

/// Two embedding models whose vectors do not compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelMismatch {
    /// The model of the vectors that are there.
    pub expected: Box<str>,
    /// The model of those that were to join them.
    pub found: Box<str>,
}

impl fmt::Display for ModelMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "vectors of the model `{}` do not compare with those here, of `{}`", self.found, self.expected)
    }
}

/// What is wrong with a name, a text or a list, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputError {
    problem: Problem,
    span: Option<Range<usize>>,
    name: Option<Box<str>>,
}

impl InputError {
    /// Returns what is wrong.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.problem
    }

    /// Returns the same without the place, whose sentence does not count bytes.
    #[must_use]
    pub fn without_span(&self) -> Self {
        Self {
            span: None,
            ..self.clone()
        }
    }

    /// Returns the name at fault, as in `roles:admn`, where the problem is one of names.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = self.problem.sentence();
        // Without a name there is nothing for it to be in.
        let sentence = sentence.strip_suffix(" in").filter(|_| self.name.is_none()).unwrap_or(sentence);
        f.write_str(sentence)?;
        if let Some(name) = &self.name {
            write!(f, " `{name}`")?;
        }
        if let Some(span) = &self.span {
            write!(f, " at bytes {}..{}", span.start, span.end)?;
        }
        Ok(())
    }
}

/// The ways in which a name, a text or a list can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The text does not parse; this was expected instead.
    Syntax(Expected),
    /// The access structure has no such dimension.
    UnknownDimension,
    /// The dimension has no such attribute.
    UnknownAttribute,
    /// A dimension, attribute or key stands twice.
    Duplicate,
    /// A structure, dimension, policy or list has no members.
    Empty,
    /// A name is empty, too long, or holds control characters or outer white space.
    InvalidName,
    /// A dimension is called `any` or `all`, which the JSON form needs.
    ReservedName,
    /// One clause asks for two attributes of one set dimension, which nobody can be one of.
    ConflictingAttributes,
    /// More dimensions than the limit.
    TooManyDimensions,
    /// More attributes than the limit.
    TooManyAttributes,
    /// More clauses than the limit.
    TooManyClauses,
    /// Deeper nesting than the limit.
    TooDeep,
    /// A longer text than the limit.
    TooLong,
}

impl Problem {
    fn code(self) -> &'static str {
        match self {
            Self::Syntax(_) => "syntax",
            Self::UnknownDimension => "unknown_dimension",
            Self::UnknownAttribute => "unknown_attribute",
            Self::Duplicate => "duplicate",
            Self::Empty => "empty",
            Self::InvalidName => "invalid_name",
            Self::ReservedName => "reserved_name",
            Self::ConflictingAttributes => "conflicting_attributes",
            Self::TooManyDimensions => "too_many_dimensions",
            Self::TooManyAttributes => "too_many_attributes",
            Self::TooManyClauses => "too_many_clauses",
            Self::TooDeep => "too_deep",
            Self::TooLong => "too_long",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Syntax(expected) => expected.sentence(),
            Self::UnknownDimension => "unknown dimension",
            Self::UnknownAttribute => "unknown attribute",
            Self::Duplicate => "given twice:",
            Self::Empty => "at least one member is needed in",
            Self::InvalidName => "not a valid name:",
            Self::ReservedName => "a dimension cannot have the reserved name",
            Self::ConflictingAttributes => "one clause cannot ask for two attributes of one set:",
            Self::TooManyDimensions => "more than 16 dimensions",
            Self::TooManyAttributes => "more than 1,024 attributes in one dimension",
            Self::TooManyClauses => "the policy has more than 256 clauses",
            Self::TooDeep => "nested more than 64 deep",
            Self::TooLong => "the text is longer than 65,536 bytes",
        }
    }

    /// Makes the error of this problem about a name given by itself.
    pub(crate) fn of(self, name: impl Into<Box<str>>) -> Error {
        Error::Input(InputError {
            problem: self,
            span: None,
            name: Some(name.into()),
        })
    }

    /// Makes the error of this problem at a place in a text.
    pub(crate) fn at(self, span: &Range<usize>) -> Error {
        Error::Input(InputError {
            problem: self,
            span: Some(span.clone()),
            name: None,
        })
    }

    /// Makes the error of this problem about a name that stands in a text.
    pub(crate) fn of_at(self, name: impl Into<Box<str>>, span: &Range<usize>) -> Error {
        Error::Input(InputError {
            problem: self,
            span: Some(span.clone()),
            name: Some(name.into()),
        })
    }
}

impl Error {
    /// Adds the place in a text to an error that has none.
    pub(crate) fn or_at(self, span: &Range<usize>) -> Self {
        match self {
            Self::Input(InputError {
                problem,
                span: None,
                name,
            }) => Self::Input(InputError {
                problem,
                span: Some(span.clone()),
                name,
            }),
            other => other,
        }
    }
}

/// What a parser would have understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expected {
    /// An attribute, `*` or an opening parenthesis.
    Operand,
    /// `&&`, `||` or the end.
    Operator,
    /// `&&`, `||` or a closing parenthesis.
    OperatorOrClose,
    /// `:` after a dimension.
    Colon,
    /// The name of an attribute after `dimension:`.
    AttributeName,
    /// The closing quote of a name.
    ClosingQuote,
    /// JSON.
    Json,
    /// A JSON object.
    Object,
    /// A JSON object or `"*"`.
    JsonPolicy,
    /// A JSON array of names.
    Names,
    /// A JSON array of names or `{"ordered": [names]}`.
    NamesOrOrdered,
    /// A JSON array of policies.
    Policies,
}

impl Expected {
    fn sentence(self) -> &'static str {
        match self {
            Self::Operand => "expected an attribute such as roles:admin, `*` or `(`",
            Self::Operator => "expected `&&`, `||` or the end",
            Self::OperatorOrClose => "expected `&&`, `||` or `)`",
            Self::Colon => "expected `:` after the dimension",
            Self::AttributeName => "expected the name of an attribute after `:`",
            Self::ClosingQuote => "expected a closing `\"`",
            Self::Json => "expected well-formed JSON",
            Self::Object => "expected a JSON object",
            Self::JsonPolicy => "expected a JSON object, or the string \"*\"",
            Self::Names => "expected a JSON array of names",
            Self::NamesOrOrdered => "expected a JSON array of names, or {\"ordered\": [names]}",
            Self::Policies => "expected a JSON array of policies",
        }
    }
}
