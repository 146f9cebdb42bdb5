//! HKDF-SHA256 (RFC 5869) under the labels of `docs/FORMAT.md` §2.

use hkdf::{Hkdf, HkdfExtract};
use sha2::Sha256;

use super::secret::Secret;

/// The name of one derivation.
#[derive(Clone, Copy)]
pub(crate) struct Label(&'static str);

macro_rules! labels {
    ($($constant:ident = $name:literal;)*) => {
        impl Label {
            $(pub(crate) const $constant: Self = Self($name);)*

            /// All labels, as in the table of `docs/FORMAT.md` §2.
            #[cfg(any(test, feature = "hazmat"))]
            pub(crate) const ALL: &[Self] = &[$(Self::$constant),*];
        }
    };
}

labels! {
    AUTHORITY = "authority";
    RIGHT = "right";
    XWING = "xwing";
    PUBLIC_KEY = "public/key";
    PUBLIC_LABEL = "public/label";
    LABEL = "label";
    SLOT = "slot";
    CID = "cid";
    COMMIT = "commit";
    BODY = "body";
    SEARCH = "search";
    COLLECTION = "collection";
    RECORD = "record";
    NOISE = "noise";
    ROTATION = "rotation";
    PLAIN_NOISE = "plain/noise";
    PLAIN_TAG = "plain/tag";
    CHECK = "check";
}

#[cfg(any(test, feature = "hazmat"))]
impl Label {
    pub(crate) fn name(self) -> &'static str {
        self.0
    }
}

const PREFIX: &[u8] = b"vecseal/v1/";

/// Returns `kdf(ikm, salt, label ‖ context, N)`.
pub(crate) fn kdf<const N: usize>(ikm: &[u8], salt: &[u8], label: Label, context: &[u8]) -> Secret<N> {
    Kdf::new(ikm, salt).expand(label, context)
}

/// One extraction, for several outputs of the same key and salt.
pub(crate) struct Kdf(Hkdf<Sha256>);

impl Kdf {
    pub(crate) fn new(ikm: &[u8], salt: &[u8]) -> Self {
        SaltedKdf::new(salt).key(ikm)
    }

    pub(crate) fn expand<const N: usize>(&self, label: Label, context: &[u8]) -> Secret<N> {
        const { assert!(N <= 255 * 32, "the longest output of HKDF-SHA256") };
        Secret::filled(|bytes| {
            // INVARIANT: expansion fails only beyond 255 blocks, which the assertion above excludes.
            let _ = self.0.expand_multi_info(&[PREFIX, label.0.as_bytes(), context], bytes);
        })
    }
}

/// One salt, for many keys: saves hashing the salt for each.
pub(crate) struct SaltedKdf(HkdfExtract<Sha256>);

impl SaltedKdf {
    pub(crate) fn new(salt: &[u8]) -> Self {
        Self(HkdfExtract::new(Some(salt)))
    }

    pub(crate) fn key(&self, ikm: &[u8]) -> Kdf {
        let mut extract = self.0.clone();
        extract.input_ikm(ikm);
        let (mut prk, kdf) = extract.finalize();
        zeroize::Zeroize::zeroize(prk.as_mut_slice());
        Kdf(kdf)
    }
}

#[cfg(test)]
mod tests {
    use super::Label;

    #[test]
    fn no_label_is_a_prefix_of_another() {
        for (i, a) in Label::ALL.iter().enumerate() {
            for (j, b) in Label::ALL.iter().enumerate() {
                assert!(i == j || !b.name().starts_with(a.name()), "{} {}", a.name(), b.name());
            }
        }
    }
}
