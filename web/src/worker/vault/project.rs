//! Vectors in a plane: as they were, and as the server has them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use vecseal::PointId;
use vecseal_client::qdrant::{Record, RetrieveRequest, Transport, WithPayload};

use super::inspect::{text_of, to_qdrant, vector_of};
use super::{Original, Vault, View};
use crate::gather::gather;
use crate::protocol::{Failure, MAX_PROJECTED, Mode, Projected};
use crate::worker::clock::now;
use crate::worker::embed::TURN;
use crate::worker::projection::{neighbours, project};

/// How many neighbours are looked for.
const NEIGHBOURS: usize = 5;
/// Whose neighbours are looked for: of more documents, these suffice for a share.
const SAMPLE: usize = 250;

/// A document that is shown.
struct Shown {
    id: PointId,
    original: Rc<Original>,
    /// The compartment and the search vector that the server has.
    stored: Option<(String, Vec<f32>)>,
}

impl<T: Transport + Clone> Vault<T> {
    /// Projects vectors, with the compartment of a document on its own.
    pub(in crate::worker) async fn project(&self, document: &str) -> Result<Projected, Failure> {
        let view = self.view()?;
        let (id, original) = view.original(document)?;
        let mut shown = chosen(&view, original);
        if view.made.sealing.mode == Mode::Geometric {
            fetch(&view, &mut shown).await?;
            // Each has both, so that the pictures can be compared.
            shown.retain(|shown| shown.stored.is_some());
        }
        let own = shown.iter().find(|shown| shown.id == id).and_then(|shown| Some(&shown.stored.as_ref()?.0));
        let in_one = |shown: &Shown| shown.stored.as_ref().map(|(cid, _)| cid) == own && own.is_some();
        let one: Vec<usize> = (0..shown.len()).filter(|index| shown.get(*index).is_some_and(in_one)).collect();
        let plain: Vec<&[f32]> = shown.iter().map(|shown| &*shown.original.vector).collect();
        let stored: Vec<&[f32]> = shown
            .iter()
            .filter_map(|shown| shown.stored.as_ref())
            .map(|(_, vector)| vector.as_slice())
            .collect();
        let of_one: Vec<&[f32]> = one.iter().filter_map(|index| stored.get(*index)).copied().collect();

        let plane = project(&plain);
        Self::yield_over(&view.qdrant).await;
        let all = project(&stored);
        Self::yield_over(&view.qdrant).await;
        let one_plane = project(&of_one);
        let cids: Vec<&str> =
            shown.iter().map(|shown| shown.stored.as_ref().map_or("", |(cid, _)| cid.as_str())).collect();
        let same = |a: usize, b: usize| cids.get(a) == cids.get(b);
        let kept_in_one = self.kept(&view, &plain, &stored, &one, same).await;
        let everyone: Vec<usize> = (0..stored.len()).collect();
        let kept_in_all = self.kept(&view, &plain, &stored, &everyone, |a, b| !same(a, b)).await;

        let policies: BTreeSet<String> = gather(shown.iter().map(|shown| shown.original.policy.to_string()));
        let policies: Vec<String> = policies.into_iter().collect();
        let group = |shown: &Shown| policies.binary_search(&shown.original.policy.to_string()).unwrap_or_default();
        Ok(Projected {
            documents: shown.iter().map(|shown| shown.id.to_string()).collect(),
            groups: shown.iter().map(group).collect(),
            policies,
            plain: plane,
            one: one.into_iter().zip(one_plane).collect(),
            all,
            kept_in_one,
            kept_in_all,
        })
    }

    /// The share of nearest neighbours that are nearest among the stored vectors too, among those that `pair` with each.
    async fn kept(
        &self,
        view: &View<T>,
        plain: &[&[f32]],
        stored: &[&[f32]],
        of: &[usize],
        pair: impl Fn(usize, usize) -> bool,
    ) -> f32 {
        let (mut kept, mut all) = (0_u16, 0_u16);
        let mut turn = now();
        for own in of.iter().step_by(of.len().div_ceil(SAMPLE).max(1)) {
            let before = neighbours(plain, *own, NEIGHBOURS, |other| pair(*own, other));
            let after = neighbours(stored, *own, NEIGHBOURS, |other| pair(*own, other));
            all += u16::try_from(before.len()).unwrap_or_default();
            kept += u16::try_from(before.iter().filter(|other| after.contains(other)).count()).unwrap_or_default();
            if now() - turn > TURN {
                Self::yield_over(&view.qdrant).await;
                turn = now();
            }
        }
        if all == 0 {
            0.0
        } else {
            f32::from(kept) / f32::from(all)
        }
    }
}

/// The documents that are shown, by id: all, or those of the document's policy first.
fn chosen<T>(view: &View<T>, own: &Original) -> Vec<Shown> {
    let (same, others): (Vec<_>, Vec<_>) =
        view.originals.iter().partition(|(_, original)| original.policy == own.policy);
    let first = same.into_iter().chain(others).take(MAX_PROJECTED);
    let by_id: BTreeMap<_, _> = gather(first);
    let shown = by_id.into_iter().map(|(id, original)| Shown {
        id: *id,
        original: Rc::clone(original),
        stored: None,
    });
    shown.collect()
}

async fn fetch<T: Transport>(view: &View<T>, shown: &mut [Shown]) -> Result<(), Failure> {
    let ids: Vec<_> = shown.iter().map(|shown| to_qdrant(&shown.id)).collect();
    let request = RetrieveRequest {
        ids: &[],
        with_payload: WithPayload::Only(vec!["vecseal.cid".into()]),
        with_vector: true,
        shard_key: None,
    };
    let found = view.qdrant.retrieve_all(&view.made.name, &ids, &request).await?;
    for (shown, id) in shown.iter_mut().zip(&ids) {
        shown.stored = found.get(id).and_then(stored);
    }
    Ok(())
}

fn stored(record: &Record) -> Option<(String, Vec<f32>)> {
    Some((text_of(record, "cid")?.to_owned(), vector_of(record)?.to_vec()))
}
