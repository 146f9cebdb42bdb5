//! Rotating rights.

use std::collections::BTreeMap;
use std::sync::Arc;

use vecseal::{Attribute, Authority, Policy, Right};
use vecseal_client::qdrant::Transport;
use vecseal_client::{EncryptedCollection, Keys};

use super::{Vault, View, duplicate};
use crate::gather::gather;
use crate::protocol::{Failure, Pairs};

impl<T: Transport + Clone> Vault<T> {
    /// Rotates a right and re-wraps the headers that name it; returns how many. If that fails, the right is rotated
    /// nevertheless: the next rotation, of any right, re-wraps what is left.
    pub(in crate::worker) async fn rotate(&self, right: &Pairs) -> Result<usize, Failure> {
        let _turn = self.writing.lock().await;
        let mut authority = duplicate(&*self.authority()?)?;
        let right = right_of(right, &authority)?;
        authority.rotate([&right])?;
        self.replace_authority(authority);
        if let Some(collection) = &mut self.state.borrow_mut().collection {
            // Revoked readers hold the search key of this generation.
            collection.made.generation += 1;
            collection.readers.clear();
        }
        let Ok(view) = self.view() else { return Ok(0) };
        let rewrapped = rewrap(&view, self.authority()?).await?;
        Ok(rewrapped)
    }
}

/// Re-wraps the headers of a collection for the policies that documents were uploaded with.
pub(in crate::worker) async fn rewrap<T: Transport + Clone>(
    view: &View<T>,
    authority: Arc<Authority>,
) -> Result<usize, Failure> {
    let settings = view.made.settings()?;
    let writing = EncryptedCollection::open(view.qdrant.clone(), &view.made.name, Keys::authority(authority), settings);
    let policies = view.originals.values().map(|original| (original.policy.to_string(), original.policy.clone()));
    let policies: BTreeMap<String, Policy> = gather(policies);
    let policies: Vec<Policy> = policies.into_values().collect();
    Ok(writing.await?.rewrap(&policies).await?.rewrapped)
}

/// The right of these attributes, at most one of a dimension.
pub(in crate::worker) fn right_of(pairs: &Pairs, authority: &Authority) -> Result<Right, Failure> {
    let attributes = pairs.iter().map(|(dimension, name)| Attribute::new(dimension, name).to_string());
    let text = attributes.collect::<Vec<_>>().join(" && ");
    let policy = Policy::parse(if text.is_empty() { "*" } else { &text }, authority.structure())?;
    policy.clauses().first().cloned().ok_or_else(Failure::invalid_request)
}
