//! A leaked API key: everything is read, by somebody without any key of the authority.

use std::collections::BTreeMap;

use vecseal::hazmat::{self, RightSecret};
use vecseal::{AccessStructure, Attributes, Authority, Epochs, Header};
use vecseal_client::qdrant::{Record, ScrollRequest, Transport, WithPayload};

use super::spoils::{Truth, scroll, try_all};
use super::{Outcome, Scene, held, leak, points, verdict};
use crate::gather::gather;
use crate::protocol::{Failure, Finding};
use crate::state::words::counted;
use crate::worker::projection::{cosine, neighbours};
use crate::worker::vault::{decoded, from_qdrant, text_of, vector_of};

/// More points are not read; an attacker would go on.
const MANY: usize = 200;
/// The neighbours that are compared.
const NEIGHBOURS: usize = 5;
/// A beginning of a text, long enough not to be met by chance.
const BEGINNING: usize = 12;
/// More rights are not made up: issuing them would take long.
const RIGHTS: usize = 2_000;

pub(super) async fn run<T: Transport + Clone>(scene: &Scene<'_, T>) -> Result<Outcome, Failure> {
    let everything = |limit| ScrollRequest {
        with_payload: WithPayload::All(true),
        with_vector: true,
        ..scroll(limit)
    };
    let (qdrant, made) = (&scene.view.qdrant, &scene.view.made);
    let records = qdrant.scroll(&made.name, &everything(MANY)).await?.points;
    let headers = qdrant.scroll(&scene.view.keyring(), &everything(MANY)).await?.points;
    let said = format!(
        "{} and {}, with all that lies in them.",
        points(records.len()),
        counted(headers.len(), "header", "headers")
    );
    scene
        .step("With the API key, collection and keyring are read from beginning to end.", vec![leak(said)])
        .await;

    let found = plaintexts(scene, records.iter().chain(&headers));
    let said = format!("Of titles, texts, policies and names of attributes, {found} were found in the bytes.");
    scene
        .step("The bytes are searched for what was sealed, as they are and decoded.", vec![verdict(found, said)])
        .await;

    scene.step("Vectors are compared with what they were made of.", geometry(scene, &records)).await;

    // Who has no key makes some: of an authority of one's own. Past the check whose they are, which is only politeness.
    let secrets = made_up(scene.authority.structure())?;
    let parsed = headers.iter().filter_map(|header| Header::from_bytes(&decoded(header, "header")).ok());
    let opened = parsed.filter_map(|header| hazmat::open_header(&header, &secrets.0, &secrets.1).ok());
    let opened: BTreeMap<_, _> = gather(opened.map(|compartment| (*compartment.cid(), compartment)));
    let truth = Truth {
        originals: &scene.view.originals,
        attributes: &[],
    };
    let spoils = try_all(&scene.plain.qdrant, &opened, &records, truth).await;
    let said = format!("{}, {}.", counted(opened.len(), "header opens", "headers open"), points(spoils.opened()));
    scene
        .step(
            "Right secrets are made up, for the attributes of the structure, and tried on all.",
            vec![verdict(spoils.breached() + opened.len(), said)],
        )
        .await;
    let mut outcome = Outcome {
        summary: "Everything in the database was read, and none of it opened: an API key gives bytes, not documents.".to_owned(),
        gained: "How many records each compartment has and how large they are, how many clauses each policy has, and, in mode \
                 geometric, which records of one compartment are near to each other, blurred by noise."
            .to_owned(),
        ..Outcome::default()
    };
    outcome.add(&spoils);
    outcome.breached += found;
    Ok(outcome)
}

/// The label key and the right secrets of somebody whom another authority of the same structure trusts.
fn made_up(structure: &AccessStructure) -> Result<([u8; 32], Vec<RightSecret>), Failure> {
    let theirs = Authority::generate(structure.clone(), &mut vecseal::system_rng()?);
    // One attribute of each dimension, where all would be very many rights.
    let few = if structure.rights().is_some_and(|rights| rights <= RIGHTS) {
        usize::MAX
    } else {
        1
    };
    let pairs = structure
        .dimensions()
        .iter()
        .flat_map(|dimension| dimension.attributes().take(few).map(|name| (dimension.name(), name)));
    let key = theirs.issue_user_key(&Attributes::new(pairs, structure)?, Epochs::Current)?;
    Ok((hazmat::label_key(&key), hazmat::right_secrets(&key)))
}

/// How many of the things that were sealed are met in the bytes.
fn plaintexts<'r, T>(scene: &Scene<'_, T>, records: impl Iterator<Item = &'r Record>) -> usize {
    let mut bytes = String::new();
    for record in records {
        bytes.push_str(&serde_json::to_string(record).unwrap_or_default());
        for field in ["record", "header"] {
            bytes.push_str(&String::from_utf8_lossy(&decoded(record, field)));
        }
    }
    let names = scene
        .authority
        .structure()
        .dimensions()
        .iter()
        .flat_map(|dimension| dimension.attributes().map(|name| format!("{}:{name}", dimension.name())));
    let mut needles: Vec<String> = names.collect();
    for original in scene.view.originals.values().take(MANY) {
        let document = &original.document;
        let policy = original.policy.to_string();
        needles.extend([document.title.clone(), document.text.chars().take(40).collect(), policy]);
    }
    needles.retain(|needle| needle.len() >= BEGINNING);
    needles.iter().filter(|needle| bytes.contains(needle.as_str())).count()
}

/// A vector as it is stored, and what it was made of.
type Pair<'v> = (&'v [f32], &'v [f32]);

/// What the stored vectors tell.
fn geometry<T>(scene: &Scene<'_, T>, records: &[Record]) -> Vec<Finding> {
    let mut compartments: BTreeMap<&str, Vec<Pair<'_>>> = BTreeMap::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for record in records {
        let cid = text_of(record, "cid").unwrap_or_default();
        *counts.entry(cid).or_default() += 1;
        let original = from_qdrant(&record.id).and_then(|id| scene.view.originals.get(&id));
        if let (Some(original), Some(vector)) = (original, vector_of(record)) {
            compartments.entry(cid).or_default().push((vector, &original.vector));
        }
    }
    let largest = counts.values().max().copied().unwrap_or_default();
    let mut findings = vec![leak(format!(
        "{} compartments; the largest has {} here.",
        counts.len(),
        points(largest)
    ))];
    let pairs: Vec<f32> = compartments.values().flatten().map(|(stored, plain)| cosine(stored, plain)).collect();
    let Some(most) = pairs.iter().map(|cosine| cosine.abs()).max_by(f32::total_cmp) else {
        findings.push(held("There is no search vector: in mode sealed the server compares nothing."));
        return findings;
    };
    let mean = pairs.iter().sum::<f32>() / f32::from(u16::try_from(pairs.len()).unwrap_or(u16::MAX));
    findings.push(held(format!(
        "The cosine of a stored vector and what it was made of is {mean:.2} on average, at most {most:.2} either way: as of \
         unrelated vectors."
    )));
    if let Some(pairs) =
        compartments.values().max_by_key(|pairs| pairs.len()).filter(|pairs| pairs.len() > NEIGHBOURS + 1)
    {
        let (stored, plain): (Vec<&[f32]>, Vec<&[f32]>) = pairs.iter().copied().unzip();
        let (mut kept, mut all) = (0, 0);
        for own in 0..pairs.len() {
            let before = neighbours(&plain, own, NEIGHBOURS, |_| true);
            let after = neighbours(&stored, own, NEIGHBOURS, |_| true);
            all += before.len();
            kept += before.iter().filter(|other| after.contains(other)).count();
        }
        findings.push(leak(format!(
            "Within the largest compartment, {kept} of {all} nearest neighbours are nearest as stored too: its geometry shows, \
             blurred. More noise shows less, mode sealed nothing."
        )));
    }
    findings
}
