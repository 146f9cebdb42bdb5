//! BERT's uncased tokenizer: a text is cleaned, cut into words, and each word into the longest pieces that the
//! vocabulary has (WordPiece). Same ids as Hugging Face's `tokenizers` with this vocabulary.
//!
//! Source: Devlin et al., *BERT* (2019), `tokenization.py` of its release.

mod characters;
mod vocabulary;
mod words;

use vocabulary::Vocabulary;
use words::words;

use crate::error::ModelError;

/// Turns texts into token ids.
#[derive(Debug)]
pub(crate) struct Tokenizer {
    vocabulary: Vocabulary,
    start: u32,
    end: u32,
    unknown: u32,
}

/// Longer words, in characters, are one unknown token.
const MAX_WORD: usize = 100;

/// Characters of a text that are looked at: many times what 128 tokens hold, however many spaces are between.
const MAX_TEXT: usize = 1 << 16;

impl Tokenizer {
    /// Takes a vocabulary of one token a line; a token's id is the number of its line.
    ///
    /// # Errors
    ///
    /// [`ModelError::Malformed`] unless it has as many tokens as asked for, with `[CLS]`, `[SEP]` and `[UNK]` among them.
    pub(crate) fn new(vocabulary: &str, tokens: usize) -> Result<Self, ModelError> {
        if vocabulary.split('\n').count() != tokens {
            return Err(ModelError::Malformed);
        }
        let vocabulary = Vocabulary::new(vocabulary);
        let special = |token| vocabulary.id(token).ok_or(ModelError::Malformed);
        let (start, end, unknown) = (special("[CLS]")?, special("[SEP]")?, special("[UNK]")?);
        Ok(Self {
            vocabulary,
            start,
            end,
            unknown,
        })
    }

    /// Returns the ids of a text's tokens between `[CLS]` and `[SEP]`, cut to at most `limit` (2 or more) in all.
    pub(crate) fn encode(&self, text: &str, limit: usize) -> Vec<u32> {
        let mut ids = vec![self.start];
        let mut words = words(text.chars().take(MAX_TEXT));
        while ids.len() < limit
            && let Some(word) = words.next()
        {
            self.push_pieces(&word, &mut ids);
        }
        ids.truncate(limit.saturating_sub(1));
        ids.push(self.end);
        ids
    }

    /// Appends the longest known pieces from the left on, or one `[UNK]` if some part is not known.
    fn push_pieces(&self, word: &str, ids: &mut Vec<u32>) {
        let before = ids.len();
        let mut rest = word;
        if word.chars().count() > MAX_WORD {
            return ids.push(self.unknown);
        }
        while !rest.is_empty() {
            let inside = ids.len() > before;
            let Some((id, length)) = self.vocabulary.longest_piece(rest, inside) else {
                ids.truncate(before);
                return ids.push(self.unknown);
            };
            ids.push(id);
            rest = rest.get(length..).unwrap_or_default();
        }
    }
}
