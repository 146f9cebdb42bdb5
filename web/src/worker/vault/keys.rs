//! User keys by number.

use std::ops::Deref;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use vecseal::{AccessStructure, Attributes, Authority, DimensionKind, Epochs, UserKey};
use vecseal_client::qdrant::Transport;

use super::Vault;
use crate::protocol::{Failure, KeyFacts, KeyId, Pairs, RightEpoch};

/// A user key with what it was issued for.
#[derive(Clone)]
pub(in crate::worker) struct Held {
    pub(in crate::worker) key: Arc<UserKey>,
    pairs: Pairs,
}

impl<T: Transport + Clone> Vault<T> {
    /// Issues a key.
    pub(in crate::worker) fn issue(&self, key: KeyId, pairs: &Pairs) -> Result<KeyFacts, Failure> {
        let authority = self.authority()?;
        let issued = issue(&authority, pairs)?;
        let pairs = in_order(pairs, authority.structure());
        Ok(self.hold(key, issued, pairs))
    }

    /// Derives a weaker key.
    pub(in crate::worker) fn attenuate(
        &self,
        key: KeyId,
        from: KeyId,
        pairs: &Pairs,
        not_after: Option<u64>,
    ) -> Result<KeyFacts, Failure> {
        let from = self.held(from)?.key;
        let structure = from.attributes().structure();
        let weaker = from.attenuate(&attributes(pairs, structure)?, not_after)?;
        Ok(self.hold(key, weaker, in_order(pairs, structure)))
    }

    /// Takes over a key from its file.
    pub(in crate::worker) fn import(&self, key: KeyId, file: &[u8]) -> Result<KeyFacts, Failure> {
        let imported = UserKey::from_bytes(file)?;
        let dimensions = imported.attributes().structure().dimensions().iter();
        let pairs = dimensions.flat_map(|dimension| {
            let lower = match dimension.kind() {
                // Its highest level says it all.
                DimensionKind::Hierarchy => dimension.attributes().len().saturating_sub(1),
                _ => 0,
            };
            dimension.attributes().skip(lower).map(|name| (dimension.name().to_owned(), name.to_owned()))
        });
        let pairs = pairs.collect();
        Ok(self.hold(key, imported, pairs))
    }

    /// The file of a key: it is the key.
    pub(in crate::worker) fn export(&self, key: KeyId) -> Result<impl Deref<Target = Vec<u8>> + use<T>, Failure> {
        Ok(self.held(key)?.key.to_bytes())
    }

    /// Forgets a key.
    pub(in crate::worker) fn forget(&self, key: KeyId) {
        let mut state = self.state.borrow_mut();
        state.keys.remove(&key);
        if let Some(collection) = &mut state.collection {
            collection.readers.remove(&key);
        }
    }

    pub(in crate::worker) fn held(&self, key: KeyId) -> Result<Held, Failure> {
        let held = self.state.borrow().keys.get(&key).cloned();
        held.ok_or_else(|| Failure::new("unknown_key", "there is no key of this number"))
    }

    /// What may be said about all keys.
    pub(in crate::worker) fn all_facts(&self) -> Vec<KeyFacts> {
        let state = self.state.borrow();
        let authority = state.authority.as_deref();
        state.keys.iter().map(|(number, held)| facts(*number, held, authority)).collect()
    }

    fn hold(&self, number: KeyId, key: UserKey, pairs: Pairs) -> KeyFacts {
        self.forget(number);
        let held = Held {
            key: Arc::new(key),
            pairs,
        };
        let mut state = self.state.borrow_mut();
        let facts = facts(number, &held, state.authority.as_deref());
        state.keys.insert(number, held);
        facts
    }
}

/// Issues a key for these pairs, at the current epochs.
pub(in crate::worker) fn issue(authority: &Authority, pairs: &Pairs) -> Result<UserKey, Failure> {
    Ok(authority.issue_user_key(&attributes(pairs, authority.structure())?, Epochs::Current)?)
}

fn attributes(pairs: &Pairs, structure: &AccessStructure) -> Result<Attributes, Failure> {
    let pairs = pairs.iter().map(|(dimension, name)| (dimension.as_str(), name.as_str()));
    Ok(Attributes::new(pairs, structure)?)
}

/// The same pairs as the structure has them, each once.
fn in_order(pairs: &Pairs, structure: &AccessStructure) -> Pairs {
    let all = structure
        .dimensions()
        .iter()
        .flat_map(|dimension| dimension.attributes().map(|name| (dimension.name().to_owned(), name.to_owned())));
    all.filter(|pair| pairs.contains(pair)).collect()
}

fn facts(number: KeyId, held: &Held, authority: Option<&Authority>) -> KeyFacts {
    let key = &held.key;
    let ours = authority.filter(|authority| authority.id() == key.authority_id());
    let epochs = key.rights().filter_map(|(right, held)| {
        // Of another authority's rights nobody here knows what is current.
        let current = ours.map_or(held, |authority| authority.epoch(&right));
        (held > 0 || current > 0).then(|| RightEpoch {
            right: right.to_string(),
            held,
            current,
        })
    });
    let file = key.to_bytes();
    let digest = Sha256::digest(&*file);
    KeyFacts {
        key: number,
        pairs: held.pairs.clone(),
        rights: key.rights().len(),
        epochs: epochs.collect(),
        is_ours: ours.is_some(),
        not_after: key.not_after(),
        bytes: file.len(),
        fingerprint: digest.first_chunk().map_or_else(String::new, |head| format!("{:08x}", u32::from_be_bytes(*head))),
    }
}

#[cfg(test)]
mod tests {
    use super::Vault;
    use crate::protocol::Pairs;
    use crate::worker::wire::Wire;

    fn pairs(of: &[(&str, &str)]) -> Pairs {
        of.iter().map(|(dimension, name)| ((*dimension).to_owned(), (*name).to_owned())).collect()
    }

    fn vault() -> Vault<Wire> {
        let vault = Vault::default();
        let structure =
            r#"{"roles": ["analyst", "admin"], "clearance": {"ordered": ["public", "internal", "secret"]}}"#;
        vault.new_authority(structure).unwrap();
        vault
    }

    #[test]
    fn facts_say_what_was_issued_in_the_order_of_the_structure() {
        let vault = vault();
        let facts = vault.issue(3, &pairs(&[("roles", "analyst"), ("clearance", "internal")])).unwrap();
        assert_eq!(facts.pairs, pairs(&[("clearance", "internal"), ("roles", "analyst")]));
        // Two levels or none, the role or none.
        assert_eq!((facts.key, facts.rights, facts.is_ours, facts.not_after), (3, 6, true, None));
        assert_eq!((facts.epochs.as_slice(), facts.fingerprint.len()), (&[][..], 8));
        let unknown = vault.issue(4, &pairs(&[("roles", "boss")])).unwrap_err();
        assert_eq!(unknown.code, "unknown_attribute");
    }

    #[test]
    fn a_key_comes_back_from_its_file_and_a_foreign_one_is_told() {
        let vault = vault();
        let issued = vault.issue(1, &pairs(&[("clearance", "secret")])).unwrap();
        let file = vault.export(1).unwrap().to_vec();
        assert_eq!(file.len(), issued.bytes);
        let imported = vault.import(2, &file).unwrap();
        assert_eq!((&imported.fingerprint, &imported.pairs), (&issued.fingerprint, &issued.pairs));
        vault.new_authority(r#"{"roles": ["admin"]}"#).unwrap();
        assert_eq!(vault.export(1).err().unwrap().code, "unknown_key");
        assert!(!vault.import(1, &file).unwrap().is_ours);
        assert_eq!(vault.import(1, &file[1..]).unwrap_err().code, "malformed");
    }

    #[test]
    fn a_weaker_key_holds_no_more_than_the_one_it_comes_from() {
        let vault = vault();
        vault.issue(1, &pairs(&[("clearance", "internal"), ("roles", "admin")])).unwrap();
        let weaker = vault.attenuate(2, 1, &pairs(&[("clearance", "public")]), Some(9)).unwrap();
        assert_eq!((weaker.rights, weaker.not_after), (2, Some(9)));
        assert_eq!(
            vault.attenuate(3, 1, &pairs(&[("clearance", "secret")]), None).unwrap_err().code,
            "unknown_attribute"
        );
        vault.forget(1);
        assert_eq!(vault.attenuate(3, 1, &pairs(&[]), None).unwrap_err().code, "unknown_key");
    }
}
