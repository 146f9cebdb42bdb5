//! The tokens that the model knows, found by their text.

use std::ops::Range;

/// Tokens in one text, with their ids in the order of the tokens' bytes. Half a megabyte for 24,000, instead of a
/// string and a hash entry each.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    text: Box<str>,
    sorted: Vec<Token>,
    longest: usize,
}

#[derive(Debug)]
struct Token {
    place: Range<u32>,
    id: u32,
}

/// What marks a piece that continues a word.
const INSIDE: &str = "##";

impl Vocabulary {
    /// Takes one token a line; a token's id is the number of its line.
    pub(crate) fn new(text: &str) -> Self {
        let mut start = 0;
        let place = |(id, line): (u32, &str)| {
            let end = start + u32::try_from(line.len()).unwrap_or(u32::MAX);
            let place = start..end;
            start = end + 1;
            Token { place, id }
        };
        let mut vocabulary = Self {
            text: text.into(),
            sorted: (0..).zip(text.split('\n')).map(place).collect(),
            longest: text.split('\n').map(str::len).max().unwrap_or_default(),
        };
        let text = &vocabulary.text;
        vocabulary.sorted.sort_by_key(|token| token.in_text(text));
        vocabulary
    }

    /// Returns the id of a token.
    pub(crate) fn id(&self, token: &str) -> Option<u32> {
        self.find(&[token])
    }

    /// Returns the longest token that the text begins with: its id, and how many bytes of the text it takes. Inside of
    /// a word only tokens marked so count.
    pub(crate) fn longest_piece(&self, text: &str, inside: bool) -> Option<(u32, usize)> {
        let mark = if inside { INSIDE } else { "" };
        let longest = text.len().min(self.longest);
        let mut pieces = (1..=longest).rev().filter_map(|end| text.get(..end));
        pieces.find_map(|piece| Some((self.find(&[mark, piece])?, piece.len())))
    }

    /// Finds a token by its parts.
    fn find(&self, parts: &[&str]) -> Option<u32> {
        let wanted = || parts.iter().flat_map(|part| part.bytes());
        let found = self.sorted.binary_search_by(|token| token.in_text(&self.text).bytes().cmp(wanted()));
        found.ok().and_then(|place| self.sorted.get(place)).map(|token| token.id)
    }
}

impl Token {
    fn in_text<'text>(&self, text: &'text str) -> &'text str {
        text.get(self.place.start as usize..self.place.end as usize).unwrap_or_default()
    }
}
