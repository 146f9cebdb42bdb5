//! Filters that are dropped or rewritten on their way: the database answers, keys decide.

use std::collections::BTreeMap;

use vecseal::{Cid, Compartment, PointId};
use vecseal_client::qdrant::{Condition, Filter, QueryRequest, Record, ScrollRequest, Transport, WithPayload};

use super::people::{Person, is_public};
use super::spoils::{Truth, headers, open_headers, scroll, try_all, within};
use super::{Outcome, Scene, allowed, leak, note, unsuitable, verdict};
use crate::protocol::{Failure, Finding, Mode, Scope};
use crate::state::words::counted;
use crate::worker::vault::from_qdrant;

/// What an application would show.
const RESULTS: usize = 10;
/// What an attacker asks for.
const MANY: usize = 40;

/// Who asks, for what, and what the key opens.
struct Session {
    mallory: Person,
    made: bool,
    wanted: PointId,
    own: BTreeMap<Cid, Compartment>,
}

/// The application forgets its filter.
pub(super) async fn dropped<T: Transport + Clone>(scene: &Scene<'_, T>) -> Result<Outcome, Failure> {
    let session = session(scene).await?;
    let name = &session.mallory.name;
    let as_meant = ask(scene, &session, Some(among(session.own.keys())), RESULTS).await?;
    let what = match scene.view.made.sealing.mode {
        Mode::Geometric => format!("asks for {name} what is near to {}", scene.title(&session.wanted)),
        Mode::Sealed => format!("fetches records for {name}, to rank them in the browser"),
    };
    let said = format!(
        "{} back, all of compartments that {name}'s key opens.",
        counted(as_meant.len(), "point comes", "points come")
    );
    let what = format!("The application {what}, among {name}'s compartments.");
    scene.step(what, vec![note(said)]).await;
    let found = ask(scene, &session, None, MANY).await?;
    let mut findings = vec![strangers(&found, &session)];
    findings.extend(order(scene, &found, &session));
    scene.step("The filter is dropped: the same request, without it.", findings).await;
    let mut outcome = finish(scene, &session, &found).await;
    outcome.summary = format!(
        "Without the filter the database handed out everybody's points. {name}'s key opened what it opens anyway, and \
         nothing else: the filter saves work, it protects nothing."
    );
    Ok(outcome)
}

/// An injected prompt names other compartments.
pub(super) async fn injected<T: Transport + Clone>(scene: &Scene<'_, T>) -> Result<Outcome, Failure> {
    let session = session(scene).await?;
    let name = &session.mallory.name;
    let ids = scene.view.qdrant.scroll_all(&scene.view.keyring(), scroll(256), 20_000).await?;
    let others: Vec<Cid> = ids
        .iter()
        .filter_map(|record| match from_qdrant(&record.id)? {
            PointId::Uuid(bytes) => Some(Cid::from_bytes(bytes)),
            PointId::Number(_) => None,
        })
        .filter(|cid| !session.own.contains_key(cid))
        .collect();
    let known = format!(
        "{} that {name}'s key does not open are named there.",
        counted(others.len(), "compartment", "compartments")
    );
    scene
        .step("The keyring is listed: the ids of all compartments are no secret.", vec![leak(known)])
        .await;
    let found = ask(scene, &session, Some(among(&others)), MANY).await?;
    let mut findings = vec![strangers(&found, &session)];
    findings.extend(order(scene, &found, &session));
    let what = format!("A text that {name}'s agent has read makes it rewrite the filter: to the others' compartments.");
    scene.step(what, findings).await;
    let mut outcome = finish(scene, &session, &found).await;
    outcome.summary = format!(
        "The rewritten filter was obeyed, and what came back stayed sealed: an agent holds {name}'s key, so it can be \
         talked into reading what {name} may read, and no more."
    );
    Ok(outcome)
}

async fn session<T: Transport + Clone>(scene: &Scene<'_, T>) -> Result<Session, Failure> {
    let (mallory, made) = scene.attacker()?;
    let denied = scene.documents(|original| !mallory.may_read(original));
    let wanted = *denied.first().ok_or_else(|| unsuitable("there is nothing that this key may not read"))?;
    let headers = headers(&scene.plain.qdrant, &scene.view.keyring()).await?;
    let own = open_headers(&[&mallory.key], headers.values());
    Ok(Session {
        mallory,
        made,
        wanted,
        own,
    })
}

/// Tries the key on all that came back.
async fn finish<T: Transport + Clone>(scene: &Scene<'_, T>, session: &Session, found: &[Record]) -> Outcome {
    let attributes = [session.mallory.key.attributes()];
    let truth = Truth {
        originals: &scene.view.originals,
        attributes: &attributes,
    };
    let spoils = try_all(&scene.plain.qdrant, &session.own, found, truth).await;
    let name = &session.mallory.name;
    let mut findings = Vec::new();
    if spoils.opened() > 0 {
        findings.push(allowed(format!(
            "{}: {name} may read these.",
            counted(spoils.opened(), "point opens", "points open")
        )));
    }
    let sealed = spoils.returned - spoils.opened();
    findings.push(verdict(
        spoils.breached(),
        format!(
            "{} sealed. Every compartment that the key opens was tried on each; {} opened that should not.",
            counted(sealed, "point stays", "points stay"),
            spoils.breached()
        ),
    ));
    if session.made {
        findings.push(note(format!(
            "No key of this page suits, so one was issued for “{name}”: {}.",
            session.mallory.key.attributes()
        )));
    }
    scene.step(format!("{name}'s key is tried on all that came back."), findings).await;
    let mut outcome = Outcome {
        gained: match scene.view.made.sealing.mode {
            Mode::Geometric => {
                "Ids, compartment ids, sizes and scores of others' points; their search vectors, if asked for. No text, no \
                 exact vector, no policy."
            }
            Mode::Sealed => "Ids, compartment ids and sizes of others' points. No text, no vector, no policy.",
        }
        .to_owned(),
        ..Outcome::default()
    };
    outcome.add(&spoils);
    outcome
}

/// Asks as the application does: with a query encrypted for a compartment of one's own, or in mode sealed for records.
async fn ask<T: Transport + Clone>(
    scene: &Scene<'_, T>,
    session: &Session,
    filter: Option<Filter>,
    limit: usize,
) -> Result<Vec<Record>, Failure> {
    let (qdrant, name) = (&scene.view.qdrant, &scene.view.made.name);
    if scene.view.made.sealing.mode == Mode::Sealed {
        let request = ScrollRequest {
            filter,
            with_payload: WithPayload::All(true),
            ..scroll(limit)
        };
        return Ok(qdrant.scroll(name, &request).await?.points);
    }
    let nobody = || unsuitable("the attacker's key opens nothing on the server");
    let own = session
        .own
        .values()
        .find(|compartment| compartment.policy() != "*")
        .or_else(|| session.own.values().next());
    let vector = scene.view.originals.get(&session.wanted).map(|original| &*original.vector).unwrap_or_default();
    let query = own.ok_or_else(nobody)?.encrypt_query(vector, &mut vecseal::system_rng()?)?;
    let request = QueryRequest {
        filter,
        with_payload: WithPayload::All(true),
        ..QueryRequest::nearest(query, limit)
    };
    let found = qdrant.query(name, &request).await?.points.into_iter().map(|point| Record {
        id: point.id,
        payload: point.payload,
        vector: point.vector,
    });
    Ok(found.collect())
}

fn among<'c>(cids: impl IntoIterator<Item = &'c Cid>) -> Filter {
    Filter::must([Condition::any_of(
        "vecseal.cid",
        cids.into_iter().map(ToString::to_string),
    )])
}

fn strangers(found: &[Record], session: &Session) -> Finding {
    let strange = found.len() - within(found, &session.own);
    let name = &session.mallory.name;
    leak(format!(
        "{} back, {strange} of them of compartments that {name}'s key does not open.",
        counted(found.len(), "point comes", "points come")
    ))
}

/// What the order of the answer gives away.
fn order<T: Transport + Clone>(scene: &Scene<'_, T>, found: &[Record], session: &Session) -> Option<Finding> {
    if scene.view.made.sealing.mode == Mode::Sealed {
        return None;
    }
    let place = found.iter().position(|record| from_qdrant(&record.id) == Some(session.wanted));
    let place = place.map_or("not among them".to_owned(), |place| format!("at place {}", place + 1));
    let title = scene.title(&session.wanted);
    Some(if scene.view.made.sealing.scope == Scope::Collection {
        leak(format!(
            "{title}, which the question is about, is {place}: in scope collection all share a search key, so the order tells \
             what is near, also of what is sealed."
        ))
    } else if scene.view.originals.get(&session.wanted).is_some_and(|original| is_public(&original.policy)) {
        note(format!("{title} is {place}."))
    } else {
        note(format!(
            "{title}, which the question is about, is {place}: others' search vectors are rotated with other keys, so the order \
             among them means nothing."
        ))
    })
}
