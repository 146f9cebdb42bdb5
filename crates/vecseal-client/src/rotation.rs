//! Re-wrapping headers after a rotation (`docs/SECURITY.md`, "Rotation and revocation").

use std::collections::BTreeMap;
use std::sync::Arc;

use vecseal::{Attributes, Authority, Cid, Epochs, Header, Policy};
use vecseal_qdrant::Transport;

use crate::collection::EncryptedCollection;
use crate::error::{ClientError, Result};
use crate::gather::gather;
use crate::keyring;
use crate::keys::Writer;

/// What re-wrapping a collection's headers came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RewrapSummary {
    /// How many headers were re-wrapped: they open for keys of the current epochs alone, and nothing more is sealed under
    /// them.
    pub rewrapped: usize,
    /// Headers that name a rotated right and were left as they are: they do not verify, claim a policy that is none of
    /// those given, or one that would let others in than could open them before.
    pub left: Vec<Cid>,
}

impl<T: Transport> EncryptedCollection<T> {
    /// Re-wraps the headers that name a right which the authority has rotated, those of these policies. Headers that need
    /// nothing, and other authorities', are not touched. What is there already is found again, so a call that failed
    /// halfway can be made again.
    ///
    /// # Errors
    ///
    /// [`ClientError::NoWriterKey`] without an authority among the keys, or a keyring that cannot be read or written.
    ///
    /// # Security
    ///
    /// The policies are the caller's own, of what it had sealed. A header is re-wrapped for the one that it claims, and that
    /// somebody who could open it may have put there: so only if each clause of that policy opened the header before. Nobody
    /// gets to read what they could not; the keys to read on are issued by the authority.
    pub async fn rewrap(&self, policies: &[Policy]) -> Result<RewrapSummary> {
        let Some(Writer::Authority(authority)) = self.keys.writes() else {
            return Err(ClientError::NoWriterKey);
        };
        // Of a policy whose attributes the structure no longer has, nobody can get a key.
        let is_known = |text: &str| Policy::parse(text, authority.structure()).is_ok();
        let policies = policies.iter().map(|policy| (policy.to_string(), policy)).filter(|(text, _)| is_known(text));
        let by_text: BTreeMap<String, &Policy> = gather(policies);
        let Some(any) = by_text.values().next() else {
            return Ok(RewrapSummary::default());
        };
        // Nothing is sealed under a header while it changes.
        let _preparing = self.preparing.lock().await;
        self.refresh().await?;
        let headers: Vec<Arc<Header>> =
            self.state().keyring.entries().map(|(_, entry)| Arc::clone(&entry.header)).collect();
        let mut summary = RewrapSummary::default();
        let mut new = Vec::new();
        let mut rng = vecseal::system_rng()?;
        for header in headers.iter().filter(|header| header.authority_id() == authority.id()) {
            // What it claims shows only once it is open, whatever policy that was for.
            let claimed = match authority.rewrap(header, any, &mut rng) {
                Ok(None) => continue,
                Ok(Some(rewrapped)) => by_text.get(&*rewrapped.claimed_policy),
                Err(_) => None,
            };
            let admitted = claimed.filter(|policy| opened_for_all(authority, header, policy));
            match admitted.map(|policy| authority.rewrap(header, policy, &mut rng)) {
                Some(Ok(Some(rewrapped))) => new.push(rewrapped.header),
                _ => summary.left.push(*header.cid()),
            }
        }
        keyring::put(&self.qdrant, &self.keyring_name, &new.iter().collect::<Vec<_>>()).await?;
        let mut state = self.state();
        for header in &new {
            state.keyring.add(header, self.keys.reader());
        }
        summary.rewrapped = new.len();
        Ok(summary)
    }
}

/// Whether holders of each of the policy's clauses, at whatever epoch, could open the header before.
fn opened_for_all(authority: &Authority, header: &Header, policy: &Policy) -> bool {
    policy.clauses().iter().all(|clause| {
        let pairs = clause.attributes().iter().map(|attribute| (attribute.dimension(), attribute.name()));
        let attributes = Attributes::new(pairs, authority.structure());
        let key = attributes.and_then(|attributes| authority.issue_user_key(&attributes, Epochs::All));
        key.is_ok_and(|key| key.open(header).is_ok())
    })
}
