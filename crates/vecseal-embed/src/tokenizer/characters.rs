//! What BERT's tokenizer asks of Unicode.
//!
//! Source: the Unicode Standard, §3.11 (canonical ordering) and §3.12 (Korean syllables).

use std::collections::VecDeque;
use std::iter::from_fn;

// `KINDS`, `WHOLES` and `PARTS`: see `build.rs`.
include!(concat!(env!("OUT_DIR"), "/characters.rs"));

/// What a character is to the tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Control characters, and what stands for bytes that are no text.
    Unreadable,
    /// A word of its own.
    Punctuation,
    /// A nonspacing mark.
    Dropped,
    /// One that other marks do not move across.
    DroppedStarter,
    /// Another mark, with its combining class.
    Mark(u8),
    /// Anything else.
    Starter,
}

impl Kind {
    pub(super) fn of(c: char) -> Self {
        let next = KINDS.partition_point(|(start, _)| *start <= c);
        KINDS.get(next.wrapping_sub(1)).map_or(Self::Starter, |(_, kind)| *kind)
    }
}

/// Decomposes characters canonically (NFD) and leaves out nonspacing marks.
pub(super) fn decomposed(mut text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let mut ready = VecDeque::new();
    let mut marks = Vec::new();
    from_fn(move || {
        while ready.is_empty() {
            let Some(c) = text.next() else {
                in_order(&mut marks, &mut ready);
                break;
            };
            for_parts(c, |part| match Kind::of(part) {
                Kind::Dropped => (),
                Kind::Mark(class) => marks.push((class, part)),
                kind => {
                    in_order(&mut marks, &mut ready);
                    if kind != Kind::DroppedStarter {
                        ready.push_back(part);
                    }
                }
            });
        }
        ready.pop_front()
    })
}

/// Marks follow one another by class, those of one class as they were.
fn in_order(marks: &mut Vec<(u8, char)>, ready: &mut VecDeque<char>) {
    if let [(_, mark)] = marks.as_slice() {
        ready.push_back(*mark);
    } else if !marks.is_empty() {
        for wanted in 1..=u8::MAX {
            ready.extend(marks.iter().filter(|(class, _)| *class == wanted).map(|(_, mark)| *mark));
        }
    }
    marks.clear();
}

/// Hands over what a character decomposes to.
fn for_parts(c: char, mut each: impl FnMut(char)) {
    if c.is_ascii() {
        return each(c);
    }
    if let Some(syllable) = u32::from(c).checked_sub(FIRST_SYLLABLE).filter(|syllable| *syllable < SYLLABLES) {
        let parts = [
            FIRST_LEAD + syllable / (VOWELS * TAILS),
            FIRST_VOWEL + syllable / TAILS % VOWELS,
            BEFORE_TAILS + syllable % TAILS,
        ];
        let has_tail = syllable % TAILS > 0;
        return parts.into_iter().take(if has_tail { 3 } else { 2 }).filter_map(char::from_u32).for_each(each);
    }
    let start = WHOLES.partition_point(|whole| *whole < c);
    let mut parts = WHOLES.iter().zip(&PARTS).skip(start).take_while(|(whole, _)| **whole == c).peekable();
    if parts.peek().is_none() {
        each(c);
    }
    for (_, part) in parts {
        each(*part);
    }
}

/// Korean syllables: a lead, a vowel, and for most a tail.
const FIRST_SYLLABLE: u32 = 0xac00;
const SYLLABLES: u32 = 11_172;
const FIRST_LEAD: u32 = 0x1100;
const FIRST_VOWEL: u32 = 0x1161;
const BEFORE_TAILS: u32 = 0x11a7;
const VOWELS: u32 = 21;
const TAILS: u32 = 28;

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization as _;
    use unicode_normalization::char::canonical_combining_class;
    use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

    use super::{Kind, decomposed};

    fn expected(text: &str) -> String {
        text.nfd().filter(|c| c.general_category() != GeneralCategory::NonspacingMark).collect()
    }

    fn found(text: &str) -> String {
        decomposed(text.chars()).collect()
    }

    #[test]
    fn every_character_decomposes_as_unicode_has_it() {
        for c in '\0'..=char::MAX {
            // After another, since nothing moves before the first.
            let text = format!("a{c}b");
            assert_eq!(found(&text), expected(&text), "{c:?}");
        }
    }

    #[test]
    fn every_character_is_of_its_kind() {
        for c in '\0'..=char::MAX {
            let is_punctuation = c.general_category_group() == GeneralCategoryGroup::Punctuation;
            assert_eq!(Kind::of(c) == Kind::Punctuation, is_punctuation || c.is_ascii_punctuation(), "{c:?}");
            let is_other = c.general_category_group() == GeneralCategoryGroup::Other;
            let is_kept = c.general_category() == GeneralCategory::Unassigned || "\t\n\r".contains(c);
            assert_eq!(Kind::of(c) == Kind::Unreadable, c == '\u{fffd}' || is_other && !is_kept, "{c:?}");
        }
    }

    #[test]
    fn marks_are_ordered_as_unicode_has_it() {
        let marks = ('\0'..=char::MAX).filter(|c| matches!(Kind::of(*c), Kind::Mark(_) | Kind::DroppedStarter));
        let also = [
            '\u{301}',
            '\u{323}',
            '\u{344}',
            '\u{f73}',
            '\u{9cb}',
            '\u{1d15e}',
            'ế',
            '각',
            'a',
        ];
        let all: Vec<char> = marks.chain(also).collect();
        assert!(all.iter().filter(|c| canonical_combining_class(**c) > 0).count() > 20);
        let mut state = 1_u32;
        let mut draw = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        for _ in 0..20_000 {
            let text: String = (0..draw() % 12).map(|_| all[draw() as usize % all.len()]).collect();
            assert_eq!(found(&text), expected(&text), "{:x?}", text.chars().collect::<Vec<_>>());
        }
    }
}
