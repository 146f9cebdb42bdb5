//! A scenario as a part of a link: JSON, compressed (DEFLATE), in base64url. Everything after `#` stays in the browser.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::scenario::Scenario;
use crate::protocol::KeyId;

/// What a link holds at most; some programs cut longer ones.
pub const MAX_LINK_BYTES: usize = 256 << 10;
/// What it holds unpacked.
const MAX_BYTES: usize = 8 << 20;
const LEVEL: u8 = 9;
/// Who is in it at most: every key is issued when the page opens, and searches with each question.
const MAX_PEOPLE: usize = 100;
const MAX_KEYS: usize = 200;
const MAX_DOCUMENTS: usize = 10_000;
/// Tests, dimensions, attributes, those of keys, and questions: of each.
const MAX_OTHERS: usize = 5_000;
/// Numbers of keys go on from the highest.
const MAX_KEY_ID: KeyId = 1_000_000;

/// Why there is no link, or none that opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareError {
    /// More than a link holds.
    TooLong,
    /// More people, keys or documents than a page opens with.
    TooMany,
    /// The link was cut or changed.
    Broken,
}

impl ShareError {
    /// A stable name, for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "link_too_long",
            Self::TooMany => "link_too_many",
            Self::Broken => "link_broken",
        }
    }
}

impl fmt::Display for ShareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "this is more than fits into a link: share fewer documents",
            Self::TooMany => {
                "a link is of at most 100 people, 200 keys, 10,000 documents and 5,000 tests or attributes"
            }
            Self::Broken => "the link is cut or changed",
        })
    }
}

/// What follows `#s=` in a link to a scenario.
///
/// # Errors
///
/// [`ShareError::TooLong`], [`ShareError::TooMany`].
pub fn encode(scenario: &Scenario) -> Result<String, ShareError> {
    check(scenario)?;
    let json = serde_json::to_vec(scenario).map_err(|_| ShareError::TooLong)?;
    let text = URL_SAFE_NO_PAD.encode(compress_to_vec_zlib(&json, LEVEL));
    if json.len() > MAX_BYTES || text.len() > MAX_LINK_BYTES {
        return Err(ShareError::TooLong);
    }
    Ok(text)
}

/// The scenario of a link.
///
/// # Errors
///
/// [`ShareError::Broken`], [`ShareError::TooMany`].
pub fn decode(text: &str) -> Result<Scenario, ShareError> {
    if text.len() > MAX_LINK_BYTES {
        return Err(ShareError::Broken);
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ShareError::Broken)?;
    let json = decompress_to_vec_zlib_with_limit(&bytes, MAX_BYTES).map_err(|_| ShareError::Broken)?;
    let scenario = serde_json::from_slice(&json).map_err(|_| ShareError::Broken)?;
    check(&scenario)?;
    Ok(scenario)
}

/// Refuses what would keep the page busy, and numbers of keys that are no numbers of ours.
fn check(scenario: &Scenario) -> Result<(), ShareError> {
    let mut known: Vec<KeyId> = Vec::new();
    let mut pairs = 0;
    for (_, key) in scenario.keys() {
        if key.id > MAX_KEY_ID || known.contains(&key.id) {
            return Err(ShareError::Broken);
        }
        if known.len() == MAX_KEYS {
            return Err(ShareError::TooMany);
        }
        known.push(key.id);
        pairs += key.pairs.len();
    }
    let attributes: usize = scenario.dimensions.iter().map(|dimension| dimension.attributes.len()).sum();
    let others = [
        scenario.dimensions.len(),
        attributes,
        pairs,
        scenario.questions.len(),
        scenario.expectations.len(),
    ];
    let is_too_many = scenario.people.len() > MAX_PEOPLE
        || scenario.documents.len() > MAX_DOCUMENTS
        || others.iter().any(|count| *count > MAX_OTHERS);
    if is_too_many { Err(ShareError::TooMany) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use miniz_oxide::deflate::compress_to_vec_zlib;
    use vecseal_data::Organisation;

    use super::{ShareError, decode, encode};
    use crate::state::Scenario;

    #[test]
    fn a_link_gives_back_what_was_shared() {
        for organisation in Organisation::examples().unwrap() {
            let scenario = Scenario::of(&organisation);
            let link = encode(&scenario).unwrap();
            assert_eq!(decode(&link), Ok(scenario));
            assert!(link.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        }
    }

    #[test]
    fn broken_links_and_bombs_are_refused() {
        let link = encode(&Scenario::of(&Organisation::examples().unwrap()[2])).unwrap();
        for broken in [
            "",
            "a",
            "=",
            &link[1..],
            &link[..link.len() - 9],
            &link.repeat(2)[..link.len() + 3],
        ] {
            assert!(decode(broken).is_err() || decode(broken) == decode(&link), "{broken}");
        }
        let bomb = compress_to_vec_zlib(&vec![b' '; 64 << 20], 9);
        let bomb = URL_SAFE_NO_PAD.encode(bomb);
        assert_eq!(decode(&bomb), Err(ShareError::Broken));
    }

    #[test]
    fn links_to_crowds_and_numbers_that_are_no_keys_are_refused() {
        let tiny = Scenario::of(&Organisation::examples().unwrap()[2]);
        let pack = |scenario: &Scenario| {
            let json = serde_json::to_vec(scenario).unwrap();
            URL_SAFE_NO_PAD.encode(compress_to_vec_zlib(&json, 9))
        };
        let people = |count: u32| {
            let mut scenario = tiny.clone();
            let people = std::rc::Rc::make_mut(&mut scenario.people);
            let mut person = people[0].clone();
            people.clear();
            for id in 1..=count {
                person.keys[0].id = id;
                people.push(person.clone());
            }
            scenario
        };
        assert!(decode(&pack(&people(100))).is_ok());
        assert_eq!(decode(&pack(&people(101))), Err(ShareError::TooMany));
        assert_eq!(decode(&pack(&people(2_000))), Err(ShareError::TooMany));
        assert_eq!(encode(&people(101)), Err(ShareError::TooMany));
        for (one, other) in [(7, 7), (1, u32::MAX), (1_000_001, 1)] {
            let mut scenario = people(2);
            let people = std::rc::Rc::make_mut(&mut scenario.people);
            people[0].keys[0].id = one;
            people[1].keys[0].id = other;
            assert_eq!(decode(&pack(&scenario)), Err(ShareError::Broken), "{one} {other}");
        }
    }

    #[test]
    fn too_much_is_refused() {
        let mut scenario = Scenario::of(&Organisation::examples().unwrap()[2]);
        let mut noise = 1_u64;
        let document = scenario.documents[0].clone();
        let documents = std::rc::Rc::make_mut(&mut scenario.documents);
        for id in 0..9_000 {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let text = format!("{noise:x}{:x}", noise.rotate_left(17));
            documents.push(crate::protocol::Document {
                id: id.to_string(),
                text,
                ..document.clone()
            });
        }
        assert_eq!(encode(&scenario), Err(ShareError::TooLong));
    }
}
