//! Which compartments new records are sealed into.

use std::collections::BTreeMap;
use std::sync::Arc;

use vecseal::{Cid, CollectionKey, Compartment, CompartmentOptions, Header, Policy};
use vecseal_qdrant::Transport;
use web_time::{SystemTime, UNIX_EPOCH};

use crate::collection::EncryptedCollection;
use crate::error::{ClientError, Result};
use crate::gather::gather;
use crate::keys::Writer;
use crate::settings::{Settings, search_vectors};
use crate::{keyring, stored};

/// What new records are sealed into, by the policy's text.
pub(crate) type Sealing = BTreeMap<String, SealedInto>;

/// A compartment to seal into, and the tag that its header has in the keyring.
#[derive(Clone)]
pub(crate) struct SealedInto {
    compartment: Arc<Compartment>,
    tag: String,
}

impl<T: Transport> EncryptedCollection<T> {
    /// The compartment to seal into for each of these policies, created if need be, with its header in the keyring; and
    /// how many were created.
    pub(crate) async fn compartments_for<'p>(
        &self,
        policies: impl Iterator<Item = &'p Policy>,
    ) -> Result<(BTreeMap<String, Arc<Compartment>>, usize)> {
        let policies: BTreeMap<String, &Policy> = gather(policies.map(|policy| (policy.to_string(), policy)));
        let _preparing = self.preparing.lock().await;
        self.check_known(&policies).await?;
        if policies.keys().any(|text| !self.state().sealing.contains_key(text)) {
            self.refresh().await?;
        }
        let mut found = BTreeMap::new();
        let mut new = Vec::new();
        for (text, policy) in policies {
            let known = self.state().sealing.get(&text).cloned();
            let known = match known {
                Some(known) => Some(known),
                None => self.existing(policy)?,
            };
            let into = if let Some(known) = known {
                known
            } else {
                let (compartment, header) = self.created(policy)?;
                let tag = stored::header_tag(&header);
                new.push((text.clone(), header));
                SealedInto {
                    compartment: Arc::new(compartment),
                    tag,
                }
            };
            found.insert(text, into);
        }
        let headers: Vec<&Header> = new.iter().map(|(_, header)| header).collect();
        keyring::put(&self.qdrant, &self.keyring_name, &headers).await?;
        let mut state = self.state();
        for (_, header) in &new {
            state.keyring.add(header, self.keys.reader());
        }
        state.sealing.extend(found.clone());
        drop(state);
        let compartments = found.into_iter().map(|(text, into)| (text, into.compartment));
        Ok((gather(compartments), new.len()))
    }

    /// Looks at the headers of what was sealed into before. Nothing more is sealed under one that is another now, since it
    /// was re-wrapped after a rotation, or that is gone, since that is how a compartment is erased.
    async fn check_known(&self, policies: &BTreeMap<String, &Policy>) -> Result<()> {
        let known: Vec<(String, SealedInto)> = {
            let state = self.state();
            policies.keys().filter_map(|text| Some((text.clone(), state.sealing.get(text)?.clone()))).collect()
        };
        if known.is_empty() {
            return Ok(());
        }
        let cids: Vec<Cid> = known.iter().map(|(_, into)| *into.compartment.cid()).collect();
        let tags = keyring::tags(&self.qdrant, &self.keyring_name, &cids).await?;
        for (text, into) in known {
            if tags.get(into.compartment.cid()) != Some(&into.tag) {
                self.state().sealing.remove(&text);
            }
        }
        Ok(())
    }

    /// A compartment of the keyring that is safe to seal into, the newest.
    fn existing(&self, policy: &Policy) -> Result<Option<SealedInto>> {
        let entries: Vec<_> = self.state().keyring.entries().map(|(_, entry)| entry.clone()).collect();
        let mut newest: Option<(Compartment, String)> = None;
        let mut of_other_model = None;
        for entry in entries {
            let opened = match (self.keys.writes(), self.keys.reader()) {
                (Some(Writer::Authority(authority)), _) => authority.open_to_seal(&entry.header, policy),
                // What a writer key creates, it cannot open again; and what it writes, others are not to read.
                (Some(Writer::Key(_)), _) | (None, None) => Ok(None),
                (None, Some(reader)) => reader.open_to_seal(&entry.header, policy),
            };
            // A header that is not what it should be is no reason not to write: there will be another.
            let Ok(Some(compartment)) = opened else { continue };
            if let Some(model) = &self.settings.model
                && let Err(error) = compartment.require_model(model)
            {
                of_other_model = Some(error);
                continue;
            }
            let order =
                |compartment: &Compartment| (compartment.generation(), compartment.created_at(), *compartment.cid());
            if self.fits(&compartment) && newest.as_ref().is_none_or(|(other, _)| order(other) < order(&compartment)) {
                newest = Some((compartment, entry.tag));
            }
        }
        match (newest, of_other_model) {
            (Some((compartment, tag)), _) => Ok(Some(SealedInto {
                compartment: Arc::new(compartment),
                tag,
            })),
            // Where there is one of the right model, others are somebody's mistake or malice.
            (None, Some(error)) if !self.has_model() => Err(error.into()),
            (None, _) => Ok(None),
        }
    }

    /// Whether a compartment that opens has the settings' embedding model.
    fn has_model(&self) -> bool {
        self.state()
            .keyring
            .opened()
            .any(|compartment| compartment.model() == self.settings.model.as_deref())
    }

    /// Whether a compartment is like the settings ask for; without parameters there, whatever the collection takes.
    fn fits(&self, compartment: &Compartment) -> bool {
        let found = compartment.parameters();
        let Some(wanted) = &self.settings.parameters else {
            return search_vectors(found).is_none_or(|wanted| self.require_vectors(wanted).is_ok());
        };
        let same_search = wanted.mode() == found.mode()
            && wanted.dimension() == found.dimension()
            && wanted.search_dimensions() == found.search_dimensions()
            && wanted.metric() == found.metric()
            && wanted.noise() == found.noise()
            && wanted.scale() == found.scale();
        let key = compartment.collection_key();
        same_search
            && key.is_none_or(|key| key.name() == self.name)
            && key.map(CollectionKey::generation) == self.settings.collection_scope
    }

    fn created(&self, policy: &Policy) -> Result<(Compartment, Header)> {
        let writer = self.keys.writes().ok_or(ClientError::NoWriterKey)?;
        let options = options(&self.settings)?;
        let mut generation = self.settings.collection_scope.unwrap_or(0);
        let text = policy.to_string();
        let mut of_other_model = None;
        for compartment in self.state().keyring.opened() {
            if let Some(model) = &self.settings.model {
                of_other_model = of_other_model.or(compartment.require_model(model).err());
            }
            if compartment.policy() == text {
                generation = generation.max(compartment.generation().saturating_add(1));
            }
        }
        if let Some(error) = of_other_model.filter(|_| !self.has_model()) {
            return Err(error.into());
        }
        let options = options.generation(generation);
        let mut rng = vecseal::system_rng()?;
        Ok(match writer {
            Writer::Authority(authority) => {
                let generation = self.settings.collection_scope;
                let key = generation.map(|generation| authority.collection_key(&self.name, generation)).transpose()?;
                authority.create_compartment(policy, &with_key(options, key.as_ref())?, &mut rng)?
            }
            Writer::Key(writer) => {
                let fits = |key: &&CollectionKey, generation| key.name() == self.name && key.generation() == generation;
                let key = match self.settings.collection_scope {
                    // An old one, which revoked readers hold, would do as well otherwise.
                    Some(generation) => {
                        let key = writer.collection_key().filter(|key| fits(key, generation));
                        Some(key.ok_or(ClientError::NoCollectionKey)?)
                    }
                    None => None,
                };
                writer.create_compartment(policy, &with_key(options, key)?, &mut rng)?
            }
        })
    }
}

fn options(settings: &Settings) -> Result<CompartmentOptions> {
    let parameters = settings.parameters.clone().ok_or(ClientError::NoParameters)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let options = CompartmentOptions::new(parameters).cipher(settings.cipher).created_at(now);
    Ok(options.model(settings.model.as_deref().unwrap_or_default())?)
}

fn with_key(options: CompartmentOptions, key: Option<&CollectionKey>) -> Result<CompartmentOptions> {
    Ok(match key {
        Some(key) => options.collection(key)?,
        None => options,
    })
}
