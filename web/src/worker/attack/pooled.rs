//! Keys put together, past all policy logic: right secrets, in any combination.

use vecseal::hazmat::{self, RightSecret};
use vecseal::{Attributes, Header, PointId, UserKey};
use vecseal_client::qdrant::Transport;

use super::people::{Person, clauses};
use super::spoils::{Truth, fetch, headers, try_all};
use super::{Outcome, Scene, allowed, held, note, points, unsuitable, verdict};
use crate::gather::gather;
use crate::protocol::{Failure, Finding};
use crate::worker::vault::{Original, text_of};

/// So many secrets of each are combined in pairs: of more, these show it.
const COMBINED: usize = 40;
/// So many secrets are renamed, for so many clauses.
const RENAMED: usize = 2_000;
const CLAUSES: usize = 4;

/// Two people, and a document that they may read only if one of them were both.
struct Plot {
    people: [Person; 2],
    target: PointId,
    made: bool,
}

pub(super) async fn run<T: Transport + Clone>(scene: &Scene<'_, T>) -> Result<Outcome, Failure> {
    let Plot { people, target, made } = plot(scene)?;
    let [a, b] = &people;
    let names = format!("{} and {}", a.name, b.name);
    let original = scene.view.originals.get(&target).ok_or_else(Failure::invalid_request)?;
    let points_there = fetch(&scene.view.qdrant, &scene.view.made.name, &[target]).await?;
    let headers = headers(&scene.view.qdrant, &scene.view.keyring()).await?;
    let cid = points_there.first().and_then(|record| text_of(record, "cid")).unwrap_or_default();
    let header = headers.get(cid).ok_or_else(|| unsuitable("the header of the document is not in the keyring"))?;
    let mut findings = vec![note(format!("{} asks for {}.", scene.title(&target), original.policy))];
    findings.extend(people.iter().map(|person| {
        let opens = person.key.open(header).is_ok();
        verdict(
            opens.into(),
            format!("{} has {}: {}.", person.name, person.key.attributes(), if opens { "opened" } else { "denied" }),
        )
    }));
    if made {
        findings.push(note("No two keys of this page suit, so these were issued for it."));
    }
    scene
        .step(format!("{names} fetch {} and its header, and each tries alone.", scene.title(&target)), findings)
        .await;

    let pooled = pooled(&people);
    let count = pooled.len();
    let (tries, opened) = combine(scene, header, original, &people, &pooled);
    let control = control(scene, original, &people, header)?;
    scene
        .step(
            format!("They pool their {count} right secrets, rename them, and combine them in pairs."),
            vec![
                verdict(opened, format!("{tries} tries, {opened} opened: the secret of a right is that of the whole combination, and is in neither key.")),
                control,
            ],
        )
        .await;

    // All that neither may read, with all that both have.
    let label_key = hazmat::label_key(&a.key);
    let compartments = headers.values().filter_map(|header| hazmat::open_header(header, &label_key, &pooled).ok());
    let compartments = gather(compartments.map(|compartment| (*compartment.cid(), compartment)));
    let denied = scene.documents(|original| !people.iter().any(|person| person.may_read(original)));
    let records = fetch(&scene.plain.qdrant, &scene.view.made.name, &denied).await?;
    let attributes: Vec<&Attributes> = people.iter().map(|person| person.key.attributes()).collect();
    let truth = Truth {
        originals: &scene.view.originals,
        attributes: &attributes,
    };
    let spoils = try_all(&scene.plain.qdrant, &compartments, &records, truth).await;
    let said = format!("{} that neither may read: {} opened.", points(spoils.returned), spoils.opened());
    scene
        .step(
            "The pooled secrets are tried on all that neither of them may read.",
            vec![verdict(spoils.breached(), said)],
        )
        .await;
    let mut outcome = Outcome {
        summary: format!("{names} together open what each of them opens alone, and nothing else: keys do not add up."),
        gained: "Both read what either of them may read: nothing keeps people from telling each other.".to_owned(),
        ..Outcome::default()
    };
    outcome.add(&spoils);
    outcome.breached += opened;
    Ok(outcome)
}

/// Two keys that suit, of the page's or issued for it.
fn plot<T: Transport + Clone>(scene: &Scene<'_, T>) -> Result<Plot, Failure> {
    for (target, original) in scene.view.originals.iter() {
        for (index, a) in scene.people.iter().enumerate() {
            for b in scene.people.iter().skip(index + 1) {
                if !a.may_read(original) && !b.may_read(original) && original.admits(&together(scene, a, b)?) {
                    let people = [a.clone(), b.clone()];
                    return Ok(Plot {
                        people,
                        target: *target,
                        made: false,
                    });
                }
            }
        }
    }
    for (target, original) in scene.view.originals.iter() {
        for clause in clauses(&original.policy, &scene.authority) {
            let clause = clause?;
            let pairs: Vec<(&str, &str)> = pairs(&clause).collect();
            let Some(((dimension, name), rest)) = pairs.split_first() else {
                continue;
            };
            let half = |name: &str, pairs: &[(&str, &str)]| {
                Person::made(
                    name,
                    &Attributes::new(pairs.iter().copied(), scene.authority.structure())?,
                    &scene.authority,
                )
            };
            let people = [half("Mallory", &[(*dimension, *name)])?, half("Trudy", rest)?];
            if !people.iter().any(|person| person.may_read(original)) {
                return Ok(Plot {
                    people,
                    target: *target,
                    made: true,
                });
            }
        }
    }
    Err(unsuitable("no document asks for two attributes at once: give one a policy with `&&`"))
}

fn pairs(attributes: &Attributes) -> impl Iterator<Item = (&str, &str)> {
    let dimensions = attributes.structure().dimensions().iter();
    dimensions.flat_map(|dimension| dimension.attributes().map(|name| (dimension.name(), name)))
}

/// What one person with the attributes of both would hold.
fn together<T>(scene: &Scene<'_, T>, a: &Person, b: &Person) -> Result<Attributes, Failure> {
    let both = pairs(a.key.attributes()).chain(pairs(b.key.attributes()));
    Ok(Attributes::new(both, scene.authority.structure())?)
}

fn pooled(people: &[Person; 2]) -> Vec<RightSecret> {
    people.iter().flat_map(|person| hazmat::right_secrets(&person.key)).collect()
}

/// Tries what two can make of their secrets on a header: as they are, each under the name of the right that is needed, and
/// each two combined. Returns how many tries there were and how many opened.
fn combine<T>(
    scene: &Scene<'_, T>,
    header: &Header,
    original: &Original,
    people: &[Person; 2],
    pooled: &[RightSecret],
) -> (usize, usize) {
    let label_keys: Vec<[u8; 32]> = people.iter().map(|person| hazmat::label_key(&person.key)).collect();
    let opens = |rights: &[RightSecret]| label_keys.iter().any(|key| hazmat::open_header(header, key, rights).is_ok());
    let (mut tries, mut opened) = (1, usize::from(opens(pooled)));
    for clause in original.policy.clauses().iter().take(CLAUSES) {
        let named = |secret: [u8; 32]| RightSecret {
            right: clause.clone(),
            epoch: scene.authority.epoch(clause),
            secret,
        };
        for held in pooled.iter().take(RENAMED) {
            tries += 1;
            opened += usize::from(opens(&[named(held.secret)]));
        }
        let [ours, theirs] = people;
        for a in hazmat::right_secrets(&ours.key).iter().take(COMBINED) {
            for b in hazmat::right_secrets(&theirs.key).iter().take(COMBINED) {
                let mut secret = a.secret;
                secret.iter_mut().zip(b.secret).for_each(|(byte, other)| *byte ^= other);
                tries += 1;
                opened += usize::from(opens(&[named(secret)]));
            }
        }
    }
    (tries, opened)
}

/// The same code with the secrets of one who holds both: that it opens shows that the tries are in earnest.
fn control<T>(
    scene: &Scene<'_, T>,
    original: &Original,
    people: &[Person; 2],
    header: &Header,
) -> Result<Finding, Failure> {
    let [a, b] = people;
    let both = Person::made("both", &together(scene, a, b)?, &scene.authority)?;
    let key: &UserKey = &both.key;
    let opens = hazmat::open_header(header, &hazmat::label_key(key), &hazmat::right_secrets(key)).is_ok();
    Ok(if opens && original.admits(key.attributes()) {
        allowed("For comparison: a key issued to one person with the attributes of both opens it, in the same way.")
    } else {
        held("A key with the attributes of both does not open it either: it was rotated since.")
    })
}
