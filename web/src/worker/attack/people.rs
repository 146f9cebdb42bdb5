//! Who attacks, and whom: chosen so that there is something to see.

use std::sync::Arc;

use vecseal::{Attributes, Authority, Epochs, PointId, Policy, UserKey};
use vecseal_client::qdrant::Transport;

use super::{Scene, unsuitable};
use crate::protocol::Failure;
use crate::worker::vault::Original;

/// Somebody with a key.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) key: Arc<UserKey>,
}

impl Person {
    pub(super) fn may_read(&self, original: &Original) -> bool {
        original.admits(self.key.attributes())
    }

    pub(super) fn is_current(&self, authority: &Authority) -> bool {
        let is_ours = self.key.authority_id() == authority.id();
        is_ours && self.key.rights().all(|(right, held)| held >= authority.epoch(&right))
    }

    /// Somebody who holds these attributes, and no more, by a key issued now.
    pub(super) fn made(name: &str, attributes: &Attributes, authority: &Authority) -> Result<Self, Failure> {
        Ok(Self {
            name: name.to_owned(),
            key: Arc::new(authority.issue_user_key(attributes, Epochs::Current)?),
        })
    }
}

/// The attributes of a policy's clauses, clause by clause.
pub(super) fn clauses<'p>(
    policy: &'p Policy,
    authority: &'p Authority,
) -> impl Iterator<Item = Result<Attributes, Failure>> + 'p {
    policy.clauses().iter().map(|clause| {
        let pairs = clause.attributes().iter().map(|attribute| (attribute.dimension(), attribute.name()));
        Ok(Attributes::new(pairs, authority.structure())?)
    })
}

impl<T: Transport + Clone> Scene<'_, T> {
    /// Somebody who reads something that not everybody reads, and is denied the most; and whether the key was issued for
    /// this attack.
    pub(super) fn attacker(&self) -> Result<(Person, bool), Failure> {
        let count = |person: &Person| {
            let reads = self.view.originals.values().filter(|original| person.may_read(original));
            let own = reads.clone().filter(|original| !is_public(&original.policy)).count();
            (reads.count(), own)
        };
        let all = self.view.originals.len();
        let suits = |person: &&Person| {
            let (reads, own) = count(person);
            own > 0 && reads < all
        };
        let of_the_page = self.people.iter().filter(suits).min_by_key(|person| count(person));
        if let Some(person) = of_the_page {
            return Ok((person.clone(), false));
        }
        let made = self.made("Mallory")?;
        let best = made.into_iter().filter(|person| suits(&person)).min_by_key(|person| count(person));
        best.map(|person| (person, true)).ok_or_else(|| {
            unsuitable(
                "whoever reads one of these documents reads all: there is nothing to attack. Give them policies.",
            )
        })
    }

    /// Somebody who reads the most.
    pub(super) fn best_reader(&self) -> Result<Option<Person>, Failure> {
        let reads = |person: &Person| self.view.originals.values().filter(|original| person.may_read(original)).count();
        let people = self.people.iter().filter(|person| reads(person) > 1).cloned().max_by_key(reads);
        Ok(match people {
            Some(person) => Some(person),
            None => self.made("Victor")?.into_iter().max_by_key(reads),
        })
    }

    /// Somebody for each clause of the policies, as far as there are not too many.
    fn made(&self, name: &str) -> Result<Vec<Person>, Failure> {
        let mut made = Vec::new();
        for original in self.view.originals.values() {
            for attributes in clauses(&original.policy, &self.authority) {
                made.push(Person::made(name, &attributes?, &self.authority)?);
            }
            if made.len() > CANDIDATES {
                break;
            }
        }
        Ok(made)
    }

    /// Somebody who may read a document; and whether the key was issued for this attack.
    pub(super) fn reader_of(&self, original: &Original) -> Result<(Person, bool), Failure> {
        if let Some(person) = self.people.iter().find(|person| person.may_read(original)) {
            return Ok((person.clone(), false));
        }
        let attributes = clauses(&original.policy, &self.authority).next().ok_or_else(Failure::invalid_request)??;
        Ok((Person::made("Victor", &attributes, &self.authority)?, true))
    }

    /// The documents that somebody may not read, or may.
    pub(super) fn documents(&self, wanted: impl Fn(&Original) -> bool) -> Vec<PointId> {
        let wanted = self.view.originals.iter().filter(|(_, original)| wanted(original));
        wanted.map(|(id, _)| *id).collect()
    }
}

/// Whether any key of the authority satisfies it.
pub(super) fn is_public(policy: &Policy) -> bool {
    policy.clauses().iter().any(|clause| clause.attributes().is_empty())
}

/// Keys tried out as the attacker's; more would take long to issue.
const CANDIDATES: usize = 40;
