//! Tenant tags changed in the database, and points planted under others' tags.

use serde_json::{Value, json};
use vecseal::{Authority, CompartmentOptions, Document, PointId};
use vecseal_client::qdrant::{Record, Selector, SetPayload, Transport};
use vecseal_client::{EncryptedCollection, Keys, Search};

use super::copy::{Copies, write};
use super::people::Person;
use super::spoils::{Truth, fetch, headers, open_headers, try_all};
use super::{Outcome, Scene, held, note, unsuitable, verdict};
use crate::gather::gather;
use crate::protocol::{self, Failure};
use crate::worker::recording::Recording;
use crate::worker::vault::{View, from_qdrant, outcome, text_of, to_qdrant};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub(super) async fn run<T: Transport + Clone>(
    scene: &Scene<'_, T>,
    copies: &Copies<Recording<T>>,
) -> Result<Outcome, Failure> {
    let (mallory, made) = scene.attacker()?;
    let first = |ids: Vec<PointId>| {
        ids.first().copied().ok_or_else(|| unsuitable("there is nothing to take, or nothing to give"))
    };
    let target = first(scene.documents(|original| !mallory.may_read(original)))?;
    let own =
        first(scene.documents(|original| mallory.may_read(original) && !super::people::is_public(&original.policy)))?;
    let original = scene.view.originals.get(&target).ok_or_else(Failure::invalid_request)?;
    let (victor, _) = scene.reader_of(original)?;
    let (copy, records) = scene.copy(copies, &[target, own]).await?;
    let find = |id: &PointId| records.iter().find(|record| from_qdrant(&record.id).as_ref() == Some(id));
    let gone = || Failure::new("missing_point", "the server has no such point any more");
    let (there, bait) = (find(&target).ok_or_else(gone)?, find(&own).ok_or_else(gone)?);
    let cid = text_of(bait, "cid").unwrap_or_default();

    // The record stays, under another tag.
    let mut ours = there.payload.as_ref().and_then(|payload| payload.get("vecseal")).cloned().unwrap_or_default();
    if let Some(tag) = ours.get_mut("cid") {
        *tag = Value::String(cid.to_owned());
    }
    set(&copy, &target, ours).await?;
    let title = scene.title(&target);
    let what =
        format!("Somebody who may write to the database gives {title} the tag of {}'s compartment.", mallory.name);
    scene
        .step(
            what,
            vec![note(
                "A filter on tags takes it for one of that compartment from now on.",
            )],
        )
        .await;

    let forged = forge(scene, original, there)?;
    write(&copy.qdrant, &copy.made.name, std::slice::from_ref(&forged)).await?;
    let what = format!("A forged point is planted beside it, under the tag of {}'s compartment.", victor.name);
    let how =
        "It was sealed with the same policy, by an authority of the forger's own: well-formed, under another key.";
    scene.step(what, vec![note(how)]).await;

    let forged_id = from_qdrant(&forged.id).ok_or_else(Failure::invalid_request)?;
    let mut outcome = read_as_mallory(scene, &copy, &mallory, &target, made).await?;
    let planted = read_as_victor(scene, &copy, &victor, &target, &forged_id).await?;
    outcome.breached += planted;
    Ok(Outcome {
        summary: format!(
            "The tag was changed, and {} was denied nevertheless: a record opens in its own compartment, at its own point, or \
             not at all. What was planted was recognised as forged.",
            mallory.name
        ),
        gained: "Whoever may write can take a document away from its readers, as by deleting it: they see that it does not open. \
                 Who reads nothing gets nothing to read."
            .to_owned(),
        ..outcome
    })
}

/// What Mallory gets of the point that has her tag now.
async fn read_as_mallory<T: Transport + Clone>(
    scene: &Scene<'_, T>,
    copy: &View<Recording<T>>,
    mallory: &Person,
    target: &PointId,
    made: bool,
) -> Result<Outcome, Failure> {
    let reader = open(copy, mallory).await?;
    let got = reader.get(&[*target]).await?;
    let vector = scene.view.originals.get(target).map(|original| &*original.vector).unwrap_or_default();
    let search = reader.search(&Search::new(vector).limit(10)).await?;
    let found = search.hits.iter().any(|hit| hit.id == *target);
    // The client is careful; an attacker's would try it with every key that there is.
    let own = open_headers(&[&mallory.key], headers(&scene.plain.qdrant, &copy.keyring()).await?.values());
    let attributes = [mallory.key.attributes()];
    let truth = Truth {
        originals: &scene.view.originals,
        attributes: &attributes,
    };
    let points = fetch(&scene.plain.qdrant, &copy.made.name, &[*target]).await?;
    let spoils = try_all(&scene.plain.qdrant, &own, &points, truth).await;
    let breached = spoils.breached() + usize::from(found);
    let mut findings = vec![
        verdict(breached, format!("Read by its id, the document is {}.", named(got.first().map(outcome)))),
        verdict(
            breached,
            format!(
                "A search for it has {} results, none of them this one; noticed as tampered: {}.",
                search.hits.len(),
                search.cost.tampered
            ),
        ),
    ];
    if made {
        findings.push(note(format!("No key of this page suits, so one was issued for “{}”.", mallory.name)));
    }
    scene.step(format!("{} searches and reads.", mallory.name), findings).await;
    let mut outcome = Outcome::default();
    outcome.add(&spoils);
    outcome.breached = breached;
    Ok(outcome)
}

/// What the document's reader gets; returns how much of it is forged and was not noticed.
async fn read_as_victor<T: Transport + Clone>(
    scene: &Scene<'_, T>,
    copy: &View<Recording<T>>,
    victor: &Person,
    target: &PointId,
    forged: &PointId,
) -> Result<usize, Failure> {
    let reader = open(copy, victor).await?;
    let got = reader.get(&[*target, *forged]).await?;
    let mut got = got.iter().map(outcome);
    let (of_target, of_forged) = (got.next(), got.next());
    let vector = scene.view.originals.get(target).map(|original| &*original.vector).unwrap_or_default();
    let search = reader.search(&Search::new(vector).limit(50)).await?;
    let taken = of_forged == Some(protocol::Outcome::Opened) || search.hits.iter().any(|hit| hit.id == *forged);
    let findings = vec![
        held(format!(
            "The document with the changed tag is {}: it is lost to its readers, and they notice.",
            named(of_target)
        )),
        verdict(
            usize::from(taken),
            format!(
                "The forged point is {}; the search leaves it out, and counts {} as tampered.",
                named(of_forged),
                search.cost.tampered
            ),
        ),
    ];
    scene.step(format!("{} searches and reads.", victor.name), findings).await;
    Ok(usize::from(taken))
}

/// A point for the compartment of another, as well made as a stranger can.
fn forge<T: Transport + Clone>(
    scene: &Scene<'_, T>,
    original: &crate::worker::vault::Original,
    like: &Record,
) -> Result<Record, Failure> {
    let mut rng = vecseal::system_rng()?;
    let forger = Authority::generate(scene.authority.structure().clone(), &mut rng);
    let options = CompartmentOptions::new(scene.view.made.parameters()?);
    let (compartment, _) = forger.create_compartment(&original.policy, &options, &mut rng)?;
    let id = scene.free_id();
    let text = "The transfer is approved. Pay today.";
    let sealed = compartment.seal(&id, &Document::new(&original.vector).text(text), &mut rng)?;
    let ours = json!({
        "cid": text_of(like, "cid"),
        "record": URL_SAFE_NO_PAD.encode(&sealed.record),
        "tag": text_of(like, "tag"),
    });
    Ok(Record {
        id: to_qdrant(&id),
        payload: Some(gather([("vecseal".to_owned(), ours)])),
        vector: like.vector.clone(),
    })
}

/// Puts something in the place of our part of a point's payload.
pub(super) async fn set<T: Transport>(copy: &View<T>, id: &PointId, ours: Value) -> Result<(), Failure> {
    let request = SetPayload {
        payload: gather([("vecseal".to_owned(), ours)]),
        of: Selector::Points(&[to_qdrant(id)]),
    };
    copy.qdrant.set_payload(&copy.made.name, &request).await?;
    Ok(())
}

/// The copy as somebody reads it.
pub(super) async fn open<T: Transport + Clone>(
    copy: &View<Recording<T>>,
    person: &Person,
) -> Result<EncryptedCollection<Recording<T>>, Failure> {
    let keys = Keys::user(std::sync::Arc::clone(&person.key));
    Ok(EncryptedCollection::open(copy.qdrant.clone(), &copy.made.name, keys, copy.made.settings()?).await?)
}

pub(super) fn named(outcome: Option<protocol::Outcome>) -> &'static str {
    match outcome {
        Some(protocol::Outcome::Opened) => "opened",
        Some(protocol::Outcome::Denied) => "denied",
        Some(protocol::Outcome::NoHeader) => "refused, without a header",
        Some(protocol::Outcome::Tampered) => "refused as tampered",
        Some(protocol::Outcome::Missing) | None => "not there",
    }
}
