//! A scenario as a part of a link: JSON, compressed (DEFLATE), in base64url. Everything after `#` stays in the browser.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::scenario::Scenario;

/// What a link holds at most; some programs cut longer ones.
pub const MAX_LINK_BYTES: usize = 256 << 10;
/// What it holds unpacked.
const MAX_BYTES: usize = 8 << 20;
const LEVEL: u8 = 9;

/// Why there is no link, or none that opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareError {
    /// More than a link holds.
    TooLong,
    /// The link was cut or changed.
    Broken,
}

impl ShareError {
    /// A stable name, for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "link_too_long",
            Self::Broken => "link_broken",
        }
    }
}

impl fmt::Display for ShareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "this is more than fits into a link: share fewer documents",
            Self::Broken => "the link is cut or changed",
        })
    }
}

/// What follows `#s=` in a link to a scenario.
///
/// # Errors
///
/// [`ShareError::TooLong`].
pub fn encode(scenario: &Scenario) -> Result<String, ShareError> {
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
/// [`ShareError::Broken`].
pub fn decode(text: &str) -> Result<Scenario, ShareError> {
    if text.len() > MAX_LINK_BYTES {
        return Err(ShareError::Broken);
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ShareError::Broken)?;
    let json = decompress_to_vec_zlib_with_limit(&bytes, MAX_BYTES).map_err(|_| ShareError::Broken)?;
    serde_json::from_slice(&json).map_err(|_| ShareError::Broken)
}

#[cfg(test)]
mod tests {
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
        let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b' '; 64 << 20], 9);
        let bomb = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bomb);
        assert_eq!(decode(&bomb), Err(ShareError::Broken));
    }

    #[test]
    fn too_much_is_refused() {
        let mut scenario = Scenario::of(&Organisation::examples().unwrap()[2]);
        let mut noise = 1_u64;
        let document = scenario.documents[0].clone();
        let documents = std::rc::Rc::make_mut(&mut scenario.documents);
        for id in 0..10_000 {
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
