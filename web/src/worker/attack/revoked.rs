//! A key that was revoked comes back, with all that its holder kept.

use std::collections::BTreeSet;
use std::sync::Arc;

use vecseal::{Authority, Document, PointId, Policy, Right};
use vecseal_client::qdrant::Transport;
use vecseal_client::{EncryptedCollection, Keys, NewPoint};

use super::copy::Copies;
use super::people::{Person, is_public};
use super::spoils::{Truth, fetch, headers, open_headers, try_all};
use super::tampered::open;
use super::{Outcome, Scene, allowed, finding, leak, note, points, unsuitable, verdict};
use crate::gather::gather;
use crate::protocol::{self, Failure, Tone};
use crate::state::words::{counted, grouped};
use crate::worker::recording::Recording;
use crate::worker::vault::{View, duplicate, from_qdrant, outcome, rewrap, upsert};

pub(super) async fn run<T: Transport + Clone>(
    scene: &Scene<'_, T>,
    copies: &Copies<Recording<T>>,
) -> Result<Outcome, Failure> {
    let (mallory, made) = scene.attacker()?;
    let name = &mallory.name;
    let own = scene.documents(|original| mallory.may_read(original));
    let (mut copy, records) = scene.copy(copies, &own).await?;
    let kept = headers(&copy.qdrant, &copy.keyring()).await?;
    let mut compartments = open_headers(&[&mallory.key], kept.values());
    let known = format!(
        "{}, {} of which {name}'s key opens.",
        counted(kept.len(), "header", "headers"),
        grouped(compartments.len())
    );
    let mut findings = vec![note(known)];
    if made {
        findings.push(note(format!("No key of this page suits, so one was issued for “{name}”.")));
    }
    scene
        .step(format!("Before the key is revoked, {name} keeps a copy of the keyring."), findings)
        .await;

    // The page's own authority goes on as it is.
    let mut authority = duplicate(&scene.authority)?;
    let rights = revocable(scene, &mallory);
    authority.rotate(&rights)?;
    let authority = Arc::new(authority);
    copy.made.generation += 1;
    let rewrapped = rewrap(&copy, Arc::clone(&authority)).await?;
    let said = format!(
        "{} rotated, {} re-wrapped; no record is touched.",
        counted(rights.len(), "right is", "rights are"),
        counted(rewrapped, "header", "headers")
    );
    scene.step(format!("{name}'s key is revoked: its rights are rotated."), vec![note(said)]).await;
    let new = seal_anew(scene, &copy, &mallory, &authority).await?;

    let copied = records.iter().filter_map(|record| from_qdrant(&record.id));
    let all: Vec<PointId> = copied.chain([new]).collect();
    let (denied, breached) = come_back(scene, &copy, &mallory, &authority, &all).await?;

    // With what was kept, and whatever lies there now.
    let fresh = headers(&copy.qdrant, &copy.keyring()).await?;
    compartments.extend(open_headers(&[&mallory.key], fresh.values()));
    let there = fetch(&copy.qdrant, &copy.made.name, &all).await?;
    let attributes = [mallory.key.attributes()];
    let truth = Truth {
        originals: &scene.view.originals,
        attributes: &attributes,
    };
    let spoils = try_all(&scene.plain.qdrant, &compartments, &there, truth).await;
    let new_opened = usize::from(spoils.has_opened(&new));
    let old = spoils.opened() - new_opened;
    let findings = vec![
        leak(format!(
            "{} from before open as before: what a key could read, its holder may have kept.",
            points(old)
        )),
        verdict(new_opened, format!("The new document {}.", if new_opened == 0 { "stays sealed" } else { "opens" })),
    ];
    scene
        .step(format!("{name} takes the headers that were kept, and tries them on all that is there."), findings)
        .await;
    let mut sum = Outcome {
        summary: format!(
            "By the headers that are on the server now, the old key was denied {}. By those that {name} kept from before it \
             opens {} sealed before, {} the new document.",
            points(denied),
            points(old),
            if new_opened == 0 { "and not" } else { "and" }
        ),
        gained: format!(
            "With headers kept from before, {name} still opens the records from before that the key could always read. To \
             take these away too, they have to be sealed anew."
        ),
        ..Outcome::default()
    };
    sum.add(&spoils);
    sum.breached += breached + new_opened;
    Ok(sum)
}

/// The rights of a key that documents were sealed for.
fn revocable<T>(scene: &Scene<'_, T>, mallory: &Person) -> Vec<Right> {
    let named = scene.view.originals.values().flat_map(|original| original.policy.clauses());
    let rights: BTreeSet<Right> = gather(named.filter(|right| mallory.key.attributes().own(right)).cloned());
    rights.into_iter().collect()
}

/// Seals a document that the key would have read, had it not been revoked; returns its id.
async fn seal_anew<T: Transport + Clone>(
    scene: &Scene<'_, T>,
    copy: &View<Recording<T>>,
    mallory: &Person,
    authority: &Arc<Authority>,
) -> Result<PointId, Failure> {
    let own = scene
        .view
        .originals
        .values()
        .find(|original| mallory.may_read(original) && !is_public(&original.policy));
    let own = own.ok_or_else(|| unsuitable("this key reads nothing that not everybody reads"))?;
    let policy = Policy::parse(&own.policy.to_string(), authority.structure())?;
    let id = scene.free_id();
    let keys = Keys::authority(Arc::clone(authority));
    let writing = EncryptedCollection::open(copy.qdrant.clone(), &copy.made.name, keys, copy.made.settings()?).await?;
    let document = Document::new(&own.vector).text("Sealed after the rotation.");
    let written = upsert(&writing, &[NewPoint::new(id, &policy, document)]).await?;
    if let Some(failure) = written.failures.into_iter().next() {
        return Err(failure.error.into());
    }
    let said = note(format!("Under {policy}, into {} new compartment, with a key of its own.", written.created));
    scene.step("A new document is sealed, which the key would have read.", vec![said]).await;
    Ok(id)
}

/// The old key reads on the server; one issued now, for comparison. Returns how much is denied to the old key, and how much
/// it opens.
async fn come_back<T: Transport + Clone>(
    scene: &Scene<'_, T>,
    copy: &View<Recording<T>>,
    mallory: &Person,
    authority: &Authority,
    all: &[PointId],
) -> Result<(usize, usize), Failure> {
    let count = |got: &[protocol::Outcome], which| got.iter().filter(|outcome| **outcome == which).count();
    let read = async |person: &Person| -> Result<Vec<protocol::Outcome>, Failure> {
        Ok(open(copy, person).await?.get(all).await?.iter().map(outcome).collect())
    };
    let old = read(mallory).await?;
    let (denied, opened) = (count(&old, protocol::Outcome::Denied), count(&old, protocol::Outcome::Opened));
    let name = &mallory.name;
    let known = all.iter().filter_map(|id| scene.view.originals.get(id));
    let before = known.filter(|original| mallory.may_read(original)).count();
    let said = format!("{name}'s old key: {denied} denied, {before} of which it read before; {opened} opened.");
    let mut findings = vec![verdict(opened, said)];
    let issued = Person::made(name, mallory.key.attributes(), authority)?;
    let new = read(&issued).await?;
    let opened_again = count(&new, protocol::Outcome::Opened);
    findings.push(if new.last() == Some(&protocol::Outcome::Opened) {
        allowed(format!(
            "For comparison, a key issued now with the same attributes: {opened_again} opened, the new one among them."
        ))
    } else {
        finding(Tone::Breach, "A key issued now does not open the new document: the attack proves nothing.")
    });
    scene
        .step(format!("{name} comes back with the old key, and reads what is on the server."), findings)
        .await;
    Ok((denied, opened))
}
