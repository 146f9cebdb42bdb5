//! JSON as a flat list of values with their places. Nothing recurses, so nesting costs no stack.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::ops::Range;

use hifijson::SliceLexer;
use hifijson::num::Lex as _;
use hifijson::str::LexAlloc as _;
use hifijson::token::Lex as _;

use crate::error::{Error, Expected, Problem, Result};
use crate::limits::{MAX_DIMENSIONS, MAX_TEXT_BYTES};

/// A text that is JSON.
pub(super) struct Document {
    /// Each container before what is in it; of an object, key and value in turn.
    entries: Vec<Entry>,
}

struct Entry {
    kind: Kind,
    span: Range<usize>,
    /// The index of the entry after this one and all that is in it.
    next: usize,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    String(String),
    Array,
    Object,
    /// A number, `true`, `false` or `null`.
    Other,
}

impl Document {
    pub(super) fn parse(text: &str) -> Result<Self> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(Problem::TooLong.at(&(0..text.len())));
        }
        let mut parser = Parser {
            text,
            lexer: SliceLexer::new(text.as_bytes()),
            entries: Vec::new(),
            open: Vec::new(),
        };
        if parser.parse().is_none() {
            let offset = text.floor_char_boundary(parser.offset());
            return Err(Problem::Syntax(Expected::Json).at(&(offset..offset)));
        }
        Ok(Self {
            entries: parser.entries,
        })
    }

    pub(super) fn root(&self) -> Value<'_> {
        Value {
            document: self,
            index: 0,
        }
    }
}

/// Each function returns `None` where the text stops being JSON; the lexer stands there.
struct Parser<'t> {
    text: &'t str,
    lexer: SliceLexer<'t>,
    entries: Vec<Entry>,
    /// The containers around the place of the lexer.
    open: Vec<usize>,
}

impl Parser<'_> {
    fn parse(&mut self) -> Option<()> {
        loop {
            let opened = self.value()?;
            if opened && !self.closes() {
                self.key()?;
                continue;
            }
            // A value is complete: the containers that end with it, too.
            loop {
                if self.open.is_empty() {
                    return self.lexer.ws_peek().is_none().then_some(());
                }
                if self.lexer.ws_peek()? == b',' {
                    self.lexer.discarded();
                    self.key()?;
                    break;
                }
                if !self.closes() {
                    return None;
                }
            }
        }
    }

    /// Reads a value, of a container the opening bracket; then returns true.
    fn value(&mut self) -> Option<bool> {
        let next = self.lexer.ws_peek()?;
        let start = self.offset();
        let kind = match next {
            b'"' => Kind::String(self.lexer.discarded().str_string().ok()?.to_string()),
            b'[' | b'{' => {
                self.lexer.discarded();
                self.open.push(self.entries.len());
                if next == b'[' { Kind::Array } else { Kind::Object }
            }
            b'-' | b'0'..=b'9' => self.lexer.num_ignore().validate().ok().map(|_| Kind::Other)?,
            b'a'..=b'z' => self.lexer.null_or_bool().map(|_| Kind::Other)?,
            _ => return None,
        };
        let opened = matches!(kind, Kind::Array | Kind::Object);
        self.entries.push(Entry {
            kind,
            span: start..self.offset(),
            next: self.entries.len() + 1,
        });
        Some(opened)
    }

    /// Reads a key and its colon, if the innermost container is an object.
    fn key(&mut self) -> Option<()> {
        let container = self.entries.get(*self.open.last()?)?;
        if container.kind == Kind::Array {
            return Some(());
        }
        if self.lexer.ws_peek()? != b'"' {
            return None;
        }
        self.value()?;
        self.lexer.expect(SliceLexer::ws_peek, b':')
    }

    /// Reads the closing bracket of the innermost container, if it comes now.
    fn closes(&mut self) -> bool {
        let end = self.entries.len();
        let next = self.lexer.ws_peek();
        let Some(container) = self.open.last().and_then(|index| self.entries.get_mut(*index)) else {
            return false;
        };
        let closing = if container.kind == Kind::Array { b']' } else { b'}' };
        if next != Some(closing) {
            return false;
        }
        self.lexer.discarded();
        container.span.end = self.text.len() - self.lexer.as_slice().len();
        container.next = end;
        self.open.pop();
        true
    }

    fn offset(&self) -> usize {
        self.text.len() - self.lexer.as_slice().len()
    }
}

/// A value and its place.
#[derive(Clone, Copy)]
pub(super) struct Value<'d> {
    document: &'d Document,
    index: usize,
}

impl<'d> Value<'d> {
    pub(super) fn span(self) -> Range<usize> {
        self.entry().map_or(0..0, |entry| entry.span.clone())
    }

    pub(super) fn expected(self, expected: Expected) -> Error {
        Problem::Syntax(expected).at(&self.span())
    }

    pub(super) fn is_object(self) -> bool {
        self.entry().is_some_and(|entry| entry.kind == Kind::Object)
    }

    pub(super) fn as_str(self) -> Option<&'d str> {
        match &self.entry()?.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn string(self) -> Result<&'d str> {
        self.as_str().ok_or_else(|| self.expected(Expected::Names))
    }

    /// The items of an array that has some.
    pub(super) fn array(self, expected: Expected) -> Result<Vec<Self>> {
        self.inside(&Kind::Array, expected)
    }

    /// The members of an object that has some, in the order written; a key given twice is an error.
    pub(super) fn object(self, expected: Expected) -> Result<Vec<(&'d str, Self, Self)>> {
        let inside = self.inside(&Kind::Object, expected)?;
        let mut members: Vec<(&str, Self, Self)> = Vec::new();
        for pair in inside.chunks_exact(2) {
            if let [key, value] = *pair {
                let name = key.string()?;
                // No valid object has more distinct keys than these, so what comes later is an error anyway.
                if members.iter().take(MAX_DIMENSIONS + 2).any(|(other, ..)| *other == name) {
                    return Err(Problem::Duplicate.of_at(name, &key.span()));
                }
                members.push((name, key, value));
            }
        }
        Ok(members)
    }

    fn inside(self, kind: &Kind, expected: Expected) -> Result<Vec<Self>> {
        let entry = self.entry().filter(|entry| entry.kind == *kind).ok_or_else(|| self.expected(expected))?;
        let mut values = Vec::new();
        let mut index = self.index + 1;
        while index < entry.next {
            let value = Self { index, ..self };
            values.push(value);
            index = value.entry().map_or(entry.next, |entry| entry.next);
        }
        if values.is_empty() {
            return Err(Problem::Empty.at(&self.span()));
        }
        Ok(values)
    }

    fn entry(self) -> Option<&'d Entry> {
        self.document.entries.get(self.index)
    }
}
