//! Records that the server swaps: each is bound to its point and its compartment.

use std::collections::BTreeMap;

use serde_json::Value;
use vecseal::{Content, PointId};
use vecseal_client::qdrant::{Record, Transport};
use vecseal_client::{EncryptedCollection, Got, Search};

use super::copy::{Copies, write};
use super::people::Person;
use super::tampered::{named, open, set};
use super::{Outcome, Scene, note, unsuitable, verdict};
use crate::protocol::Failure;
use crate::worker::recording::Recording;
use crate::worker::vault::{from_qdrant, outcome, text_of, vector_of};

pub(super) async fn run<T: Transport + Clone>(
    scene: &Scene<'_, T>,
    copies: &Copies<Recording<T>>,
) -> Result<Outcome, Failure> {
    let few = || unsuitable("nobody reads two documents: there is nothing to swap");
    let victor = scene.best_reader()?.ok_or_else(few)?;
    let own = scene.documents(|original| victor.may_read(original));
    if own.len() < 2 {
        return Err(few());
    }
    let (copy, records) = scene.copy(copies, &own).await?;
    let readable: Vec<&Record> = records
        .iter()
        .filter(|record| from_qdrant(&record.id).is_some_and(|id| own.contains(&id)))
        .collect();
    let (within, across) = pairs_of(&readable);
    let reader = open(&copy, &victor).await?;
    let mut sum = Outcome::default();
    for (pair, where_) in [(within, "of one compartment"), (across, "of two compartments")] {
        let Some(pair) = pair else {
            scene
                .step(format!("Two records {where_}: there are none that one key opens."), vec![note("Left out.")])
                .await;
            continue;
        };
        let [a, b] = pair;
        let ids = [a, b].map(|record| from_qdrant(&record.id).unwrap_or(PointId::Number(0)));
        let [first, second] = &ids;
        set(&copy, first, ours(b)).await?;
        set(&copy, second, ours(a)).await?;
        let what =
            format!("The server swaps two records {where_}: {} and {}.", scene.title(first), scene.title(second));
        check(scene, &reader, &victor, &ids, what, &mut sum).await?;
        // As they were, for what comes.
        write(&copy.qdrant, &copy.made.name, &[a.clone(), b.clone()]).await?;
        scene.recording.take();
    }
    if let Some([a, b]) = within.filter(|[a, _]| vector_of(a).is_some()) {
        let swap = |record: &Record, vector: &Record| Record {
            vector: vector.vector.clone(),
            ..record.clone()
        };
        write(&copy.qdrant, &copy.made.name, &[swap(a, b), swap(b, a)]).await?;
        let ids = [a, b].map(|record| from_qdrant(&record.id).unwrap_or(PointId::Number(0)));
        let what = "The server leaves the records and swaps the search vectors.".to_owned();
        check(scene, &reader, &victor, &ids, what, &mut sum).await?;
    }
    Ok(Outcome {
        summary: format!("{} got no text under another's name: what was swapped was refused as tampered.", victor.name),
        gained: "A server can keep records back, or bring back older ones of the same point: that is not noticed. A search that \
                 does not fetch vectors to check them ranks candidates by whatever vectors are there, and then exactly by what \
                 was sealed."
            .to_owned(),
        ..sum
    })
}

/// Reads two points that were swapped, and searches for them.
async fn check<T: Transport + Clone>(
    scene: &Scene<'_, T>,
    reader: &EncryptedCollection<Recording<T>>,
    victor: &Person,
    ids: &[PointId; 2],
    what: String,
    sum: &mut Outcome,
) -> Result<(), Failure> {
    let got = reader.get(ids).await?;
    let mut findings = Vec::new();
    for (id, got) in ids.iter().zip(&got) {
        let wrong = match got {
            Got::Opened(opened) => is_wrong(scene, id, opened.record.content()),
            _ => false,
        };
        // Whatever opens here was swapped: its record or its vector is not its own.
        let opened = matches!(got, Got::Opened(_));
        sum.returned += 1;
        sum.opened += usize::from(opened);
        sum.breached += usize::from(opened || wrong);
        findings
            .push(verdict((opened || wrong).into(), format!("{}: {}.", scene.title(id), named(Some(outcome(got))))));
    }
    let [first, _] = ids;
    let vector = scene.view.originals.get(first).map(|original| &*original.vector).unwrap_or_default();
    let search = reader.search(&Search::new(vector).limit(10).verify_vectors()).await?;
    let wrong = search.hits.iter().filter(|hit| is_wrong(scene, &hit.id, hit.record.content())).count();
    sum.breached += wrong;
    findings.push(verdict(
        wrong,
        format!(
            "{} searches: {} results, {wrong} with a text that is not theirs; refused as tampered: {}.",
            victor.name,
            search.hits.len(),
            search.cost.tampered
        ),
    ));
    scene.step(what, findings).await;
    Ok(())
}

/// Whether what opened at a point is not what was sealed for it.
fn is_wrong<T>(scene: &Scene<'_, T>, id: &PointId, content: Content<'_>) -> bool {
    let original = scene.view.originals.get(id);
    original.is_some_and(|original| content != Content::Text(&original.document.passage()))
}

/// Two points of one compartment, and two of two.
fn pairs_of<'r>(records: &[&'r Record]) -> (Option<[&'r Record; 2]>, Option<[&'r Record; 2]>) {
    let mut by_cid: BTreeMap<&str, Vec<&'r Record>> = BTreeMap::new();
    for record in records {
        by_cid.entry(text_of(record, "cid").unwrap_or_default()).or_default().push(record);
    }
    let within = by_cid.values().find_map(|records| records.first_chunk::<2>().copied());
    let firsts: Vec<&Record> = by_cid.values().filter_map(|records| records.last().copied()).collect();
    (within, firsts.first_chunk::<2>().copied())
}

fn ours(record: &Record) -> Value {
    record.payload.as_ref().and_then(|payload| payload.get("vecseal")).cloned().unwrap_or_default()
}
