//! Writes down what BERT's tokenizer asks of Unicode, a tenth of the tables that answer all questions: pages fetch it.

use std::fmt::{Error, Write as _};
use std::path::Path;
use std::{env, fs};

use unicode_normalization::char::{canonical_combining_class, decompose_canonical};
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?;
    let tables = kinds()? + &decompositions()?;
    Ok(fs::write(Path::new(&folder).join("characters.rs"), tables)?)
}

/// Where another kind of character begins.
fn kinds() -> Result<String, Error> {
    let mut all = Vec::new();
    for c in '\0'..=char::MAX {
        let kind = kind(c);
        if all.last().is_none_or(|(_, before)| *before != kind) {
            all.push((c, kind));
        }
    }
    let mut text = format!("static KINDS: [(char, Kind); {}] = [\n", all.len());
    for (start, kind) in all {
        writeln!(text, "    ('{}', Kind::{kind}),", start.escape_unicode())?;
    }
    Ok(text + "];\n")
}

fn kind(c: char) -> String {
    let (category, group) = (c.general_category(), c.general_category_group());
    let is_kept = category == GeneralCategory::Unassigned || matches!(c, '\t' | '\n' | '\r');
    if c == '\u{fffd}' || group == GeneralCategoryGroup::Other && !is_kept {
        "Unreadable".to_owned()
    } else if c.is_ascii_punctuation() || group == GeneralCategoryGroup::Punctuation {
        "Punctuation".to_owned()
    } else if category == GeneralCategory::NonspacingMark {
        let is_starter = decomposed(c).into_iter().any(|part| canonical_combining_class(part) == 0);
        if is_starter { "DroppedStarter" } else { "Dropped" }.to_owned()
    } else {
        match canonical_combining_class(c) {
            0 => "Starter".to_owned(),
            class => format!("Mark({class})"),
        }
    }
}

/// Characters in one list, beside each a part of what it decomposes to in another. Nonspacing marks are left out.
fn decompositions() -> Result<String, Error> {
    let is_dropped = |part: &char| part.general_category() == GeneralCategory::NonspacingMark;
    let (mut wholes, mut parts) = (Vec::new(), Vec::new());
    for c in ('\0'..=char::MAX).filter(|c| !is_syllable(*c)) {
        let own = decomposed(c);
        if own != [c] {
            for part in own.into_iter().filter(|part| !is_dropped(part)) {
                wholes.push(c);
                parts.push(part);
            }
        }
    }
    let mut text = String::new();
    for (name, list) in [("WHOLES", wholes), ("PARTS", parts)] {
        writeln!(text, "static {name}: [char; {}] = [", list.len())?;
        for c in list {
            writeln!(text, "    '{}',", c.escape_unicode())?;
        }
        text += "];\n";
    }
    Ok(text)
}

fn decomposed(c: char) -> Vec<char> {
    let mut parts = Vec::new();
    decompose_canonical(c, |part| parts.push(part));
    parts
}

/// Korean syllables decompose by arithmetic.
fn is_syllable(c: char) -> bool {
    ('\u{ac00}'..='\u{d7a3}').contains(&c)
}
