//! The way to Qdrant.

use std::collections::BTreeSet;
use std::time::Duration;

use vecseal_client::qdrant::{Qdrant, Retry, Transport};

use super::{State, Vault};
use crate::gather::gather;
use crate::protocol::Failure;
use crate::worker::clock::now;

/// A Qdrant that has answered.
pub(super) struct Connection<T> {
    /// Its address.
    base: String,
    pub(super) qdrant: Qdrant<T>,
}

/// What a Qdrant says of itself.
pub(in crate::worker) struct Found {
    pub(in crate::worker) version: String,
    pub(in crate::worker) embedded: bool,
    pub(in crate::worker) latency: f64,
    pub(in crate::worker) collections: Vec<String>,
}

/// Somebody waits for it: a Qdrant that is there answers sooner.
const PATIENCE: Duration = Duration::from_secs(5);

impl<T: Transport + Clone> Vault<T> {
    /// Asks the Qdrant at an address who it is, and goes on with it. Another one that does not answer changes nothing.
    pub(in crate::worker) async fn connect(&self, base: &str, transport: T) -> Result<Found, Failure> {
        let asking = Qdrant::new(transport.clone()).timeout(PATIENCE).retry(Retry::NEVER);
        let qdrant = Qdrant::new(transport);
        self.reach_by(base, &qdrant);
        let version = asking.version().await?;
        // The version anybody may ask for; this shows whether the API key is right.
        let collections = asking.list_collections().await?.into_iter().filter(|name| !name.ends_with(".keyring"));
        let collections: BTreeSet<String> = gather(collections);
        let start = now();
        asking.version().await?;
        let latency = now() - start;
        let mut state = self.state.borrow_mut();
        if state.connection.as_ref().is_none_or(|connection| connection.base != base) {
            state.collection = None;
            state.serial += 1;
            state.connection = Some(Connection {
                base: base.to_owned(),
                qdrant,
            });
        }
        Ok(Found {
            embedded: version.title.contains("embedded"),
            version: version.version,
            latency,
            collections: collections.into_iter().collect(),
        })
    }

    /// At the same address credentials count at once: those that the user forgets are not used again, whatever answers.
    fn reach_by(&self, base: &str, qdrant: &Qdrant<T>) {
        let mut state = self.state.borrow_mut();
        let State {
            connection, collection, ..
        } = &mut *state;
        if let Some(connection) = connection.as_mut().filter(|connection| connection.base == base) {
            connection.qdrant = qdrant.clone();
            if let Some(collection) = collection {
                collection.reach_by(qdrant.clone());
            }
        }
    }
}
