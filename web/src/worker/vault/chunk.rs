//! Sealing and writing some documents together.

use std::collections::BTreeSet;
use std::rc::Rc;

use vecseal::{Document as NewDocument, PointId};
use vecseal_client::qdrant::Transport;
use vecseal_client::{ClientError, EncryptedCollection, NewPoint, Upserted};

use super::collection::Original;
use crate::gather::gather;
use crate::protocol::{Failure, Unwritten};

/// More failures are counted, not named.
const NAMED_FAILURES: usize = 20;

/// Documents that are not written.
#[derive(Default)]
pub(super) struct Failures {
    pub(super) named: Vec<Unwritten>,
    pub(super) all: Vec<String>,
}

impl Failures {
    pub(super) fn add(&mut self, document: String, why: &Failure) {
        if self.named.len() < NAMED_FAILURES {
            self.named.push(Unwritten {
                document: document.clone(),
                code: why.code.clone(),
                message: why.message.clone(),
            });
        }
        self.all.push(document);
    }
}

/// What was written.
pub(super) type Landed = Vec<(PointId, Rc<Original>)>;

/// Seals and writes documents; says what was written, and how many compartments were created.
pub(super) async fn write_chunk<T: Transport>(
    writer: &EncryptedCollection<T>,
    chunk: &[(PointId, Rc<Original>)],
    failures: &mut Failures,
) -> Result<(Landed, usize), Failure> {
    let passages: Vec<String> = chunk.iter().map(|(_, original)| original.document.passage()).collect();
    let points: Vec<NewPoint<'_>> = chunk
        .iter()
        .zip(&passages)
        .map(|((id, original), passage)| {
            NewPoint::new(*id, &original.policy, NewDocument::new(&original.vector).text(passage))
        })
        .collect();
    let upserted = upsert(writer, &points).await?;
    let failed: BTreeSet<PointId> = gather(upserted.failures.iter().map(|failure| failure.id));
    for failure in upserted.failures {
        failures.add(failure.id.to_string(), &failure.error.into());
    }
    let landed = chunk.iter().filter(|(id, _)| !failed.contains(id)).cloned();
    Ok((landed.collect(), upserted.created))
}

/// Writes points. The client's own is compiled anew for each caller's way to be told how far it is: 20 KB of wasm.
pub(in crate::worker) async fn upsert<T: Transport>(
    writer: &EncryptedCollection<T>,
    points: &[NewPoint<'_>],
) -> Result<Upserted, ClientError> {
    writer.upsert(points, |_| ()).await
}
