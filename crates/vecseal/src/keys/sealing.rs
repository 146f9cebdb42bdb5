//! Which compartments of a server are safe to seal into (`docs/SECURITY.md`, "Who may write").

use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::authority::Authority;
use super::user::UserKey;
use crate::access::policy::Policy;
use crate::compartment::Compartment;
use crate::compartment::header::{Candidate, Header, Suite};
use crate::crypto::secret::Secret;
use crate::error::{Error, Result};

impl Authority {
    /// Opens a header to seal more into its compartment, if it is one that only readers of the policy can have made:
    /// suite 1, slots for exactly the policy's rights at their current epochs, a search key of its own or one of this
    /// authority's for a collection, and not closed. `None` otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::WrongAuthority`], [`Error::Input`] if the structure lacks an attribute of the policy, or
    /// [`Error::Tampered`] if the header claims to be of another policy, opens otherwise for some of its rights, or does
    /// not verify.
    ///
    /// # Security
    ///
    /// Whoever makes a header knows the compartment's key, and anybody may have put it where headers are kept. A header of
    /// suite 2 can come from a writer, who is to read nothing; one of an earlier epoch from a revoked reader.
    pub fn open_to_seal(&self, header: &Header, policy: &Policy) -> Result<Option<Compartment>> {
        if header.authority_id() != self.id() {
            return Err(Error::WrongAuthority);
        }
        policy.clauses().iter().try_for_each(|right| self.check(right))?;
        let secrets: Vec<Secret<32>> =
            policy.clauses().iter().map(|right| self.right_secret(right, self.epoch(right))).collect();
        if header.suite() != Suite::Symmetric || !header.is_labelled_for(&secrets) {
            return Ok(None);
        }
        let compartment = header.open_for_all(&secrets)?;
        if compartment.policy() != policy.to_string() {
            return Err(Error::Tampered);
        }
        let is_ours = match compartment.collection_key() {
            Some(key) => {
                let own = self.collection_key(key.name(), key.generation())?;
                own.secret().matches(key.secret().expose())
            }
            None => true,
        };
        Ok((is_ours && !compartment.is_closed()).then_some(compartment))
    }
}

impl UserKey {
    /// Opens a header to seal more into its compartment, if it is one that only readers of the policy can have made:
    /// suite 1, as many slots as the policy has clauses, one of them for a right that the policy names and this key owns,
    /// claiming that policy, and not closed. `None` otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::Tampered`] if the header does not verify.
    ///
    /// # Security
    ///
    /// [`open`](Self::open) would not do: whoever shares *some* right with this key's holder can make a header that this
    /// key opens, and claim any policy in it. What is sealed under it he would read.
    pub fn open_to_seal(&self, header: &Header, policy: &Policy) -> Result<Option<Compartment>> {
        let is_ours = header.authority_id() == &self.authority;
        if !is_ours || header.suite() != Suite::Symmetric || header.slots() != policy.clauses().len() {
            return Ok(None);
        }
        let structure = self.attributes.structure();
        let candidates = policy.clauses().iter().filter_map(|right| {
            let coordinates = right.coordinates(structure).ok()?;
            let secrets = self.rights.get(structure.index(&coordinates))?;
            Some(Candidate {
                secret: secrets.secrets.first()?,
                epoch: secrets.epoch,
                right: move || right.clone(),
            })
        });
        match header.open(&self.label_key, candidates) {
            Ok(compartment) => {
                let fits = compartment.policy() == policy.to_string() && !compartment.is_closed();
                Ok(fits.then_some(compartment))
            }
            Err(Error::AccessDenied) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
