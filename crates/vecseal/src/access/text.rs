//! The text form of policies (`docs/FORMAT.md` §4.3): a recursive descent over bytes.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::expression::{Expression, Node};
use super::right::Attribute;
use crate::error::{Expected, Problem, Result};
use crate::limits::{MAX_DEPTH, MAX_TEXT_BYTES};

/// Parses a policy's text.
pub(crate) fn parse(text: &str) -> Result<Expression> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(Problem::TooLong.at(&(0..text.len())));
    }
    let mut parser = Parser {
        text,
        position: 0,
        depth: 0,
    };
    if parser.peek().is_none() {
        return Err(Problem::Empty.at(&(0..text.len())));
    }
    let policy = parser.or()?;
    match parser.peek() {
        None => Ok(policy),
        Some(_) => Err(parser.expected(Expected::Operator)),
    }
}

/// Writes a name, quoted if it has to be.
pub(crate) fn write_name(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    use fmt::Write as _;
    if !name.is_empty() && name.bytes().all(is_bare) {
        return f.write_str(name);
    }
    f.write_char('"')?;
    for character in name.chars() {
        if matches!(character, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(character)?;
    }
    f.write_char('"')
}

fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

struct Parser<'t> {
    text: &'t str,
    position: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn or(&mut self) -> Result<Expression> {
        self.joined("||", Self::and, Expression::any)
    }

    fn and(&mut self) -> Result<Expression> {
        self.joined("&&", Self::unary, Expression::all)
    }

    fn joined(
        &mut self,
        operator: &str,
        operand: impl Fn(&mut Self) -> Result<Expression>,
        join: impl Fn(Vec<Expression>, Range<usize>) -> Expression,
    ) -> Result<Expression> {
        let first = operand(self)?;
        let start = first.span.start;
        let mut parts = alloc::vec![first];
        while self.take(operator) {
            parts.push(operand(self)?);
        }
        Ok(join(parts, start..self.position))
    }

    fn unary(&mut self) -> Result<Expression> {
        self.skip_space();
        let start = self.position;
        if self.take("(") {
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return Err(Problem::TooDeep.at(&(start..self.position)));
            }
            let inner = self.or()?;
            if !self.take(")") {
                return Err(self.expected(Expected::OperatorOrClose));
            }
            self.depth -= 1;
            return Ok(Expression {
                node: inner.node,
                span: start..self.position,
            });
        }
        if self.take("*") {
            return Ok(Expression {
                node: Node::Anyone,
                span: start..self.position,
            });
        }
        let dimension = self.name(Expected::Operand)?;
        let dimension_span = start..self.position;
        if !self.take(":") {
            return Err(self.expected(Expected::Colon));
        }
        let name = self.name(Expected::AttributeName)?;
        Ok(Expression::attribute(Attribute::new(&dimension, &name), dimension_span, start..self.position))
    }

    fn name(&mut self, expected: Expected) -> Result<Cow<'t, str>> {
        if self.peek() == Some('"') {
            return self.quoted().map(Cow::Owned);
        }
        let rest = self.rest();
        let length = rest.bytes().take_while(|byte| is_bare(*byte)).count();
        let (name, _) = rest.split_at(length);
        if name.is_empty() {
            return Err(self.expected(expected));
        }
        self.position += length;
        Ok(Cow::Borrowed(name))
    }

    fn quoted(&mut self) -> Result<String> {
        let start = self.position;
        let mut name = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((offset, character)) = characters.next() {
            match character {
                '"' if name.is_empty() => return Err(Problem::InvalidName.of_at("", &(start..start + offset + 1))),
                '"' => {
                    self.position = start + offset + 1;
                    return Ok(name);
                }
                '\\' => match characters.next() {
                    Some((_, escaped @ ('"' | '\\'))) => name.push(escaped),
                    _ => break,
                },
                control if control.is_control() => break,
                other => name.push(other),
            }
        }
        Err(Problem::Syntax(Expected::ClosingQuote).at(&(start..self.text.len())))
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(token);
        if found {
            self.position += token.len();
        }
        found
    }

    fn peek(&mut self) -> Option<char> {
        self.skip_space();
        self.rest().chars().next()
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or_default()
    }

    /// The error at the next token, or after the end.
    fn expected(&mut self, expected: Expected) -> crate::Error {
        self.skip_space();
        let rest = self.rest();
        let name = rest.bytes().take_while(|byte| is_bare(*byte)).count();
        let length = match rest.chars().next() {
            _ if name > 0 => name,
            Some('&' | '|') if rest.starts_with("&&") || rest.starts_with("||") => 2,
            first => first.map_or(0, char::len_utf8),
        };
        Problem::Syntax(expected).at(&(self.position..self.position + length))
    }
}
