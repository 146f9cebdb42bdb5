//! Cuts a text into words as BERT does: without control characters and accents, in lower case, punctuation and Chinese
//! characters each a word of their own.

use super::characters::{Kind, decomposed};

/// Returns the words one after another.
pub(crate) fn words(text: impl Iterator<Item = char>) -> impl Iterator<Item = String> {
    let mut characters = normalised(text).peekable();
    std::iter::from_fn(move || {
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        let mut word = String::from(characters.next()?);
        if !word.starts_with(is_punctuation) {
            while let Some(next) = characters.next_if(|&c| !c.is_whitespace() && !is_punctuation(c)) {
                word.push(next);
            }
        }
        Some(word)
    })
}

fn normalised(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let readable = text.filter(|&c| Kind::of(c) != Kind::Unreadable);
    let spaced = readable.flat_map(|c| {
        let space = is_chinese(c).then_some(' ');
        space.into_iter().chain([c]).chain(space)
    });
    decomposed(spaced).flat_map(char::to_lowercase)
}

fn is_punctuation(c: char) -> bool {
    Kind::of(c) == Kind::Punctuation
}

/// The blocks of CJK unified and compatibility ideographs that BERT names.
fn is_chinese(c: char) -> bool {
    matches!(u32::from(c),
        0x4e00..=0x9fff
        | 0x3400..=0x4dbf
        | 0x2_0000..=0x2_a6df
        | 0x2_a700..=0x2_b73f
        | 0x2_b740..=0x2_b81f
        | 0x2_b920..=0x2_ceaf
        | 0xf900..=0xfaff
        | 0x2_f800..=0x2_fa1f)
}
