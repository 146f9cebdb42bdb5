//! Rotations: headers are re-wrapped, old keys are locked out, new ones read what was and what will be.

use std::sync::Arc;

use vecseal::{Authority, CompartmentOptions, Document, Error, UserKey, hazmat};
use vecseal_client::{EncryptedCollection, Got, Keys, NewPoint, Refused, Settings};
use vecseal_qdrant::Http;
use vecseal_tests::random::seeded;

use crate::place::{Place, balanced, fill, vector_of};

const HR: &[(&str, &str)] = &[("departments", "hr")];

/// The same authority after a rotation of what a policy names, and the collection as it writes it.
async fn rotated(place: &mut Place, policy: &str) -> EncryptedCollection<Http> {
    let mut authority = Authority::from_bytes(&place.authority.to_bytes()).unwrap();
    authority.rotate(place.policy(policy).clauses()).unwrap();
    place.authority = Arc::new(authority);
    place.open_to_write(Settings::new(balanced())).await
}

/// What somebody with a key gets of these points.
async fn got(place: &Place, key: UserKey, ids: &[u64]) -> Vec<Result<(), Refused>> {
    let ids: Vec<_> = ids.iter().map(|id| (*id).into()).collect();
    let got = place.open(Keys::user(key)).await.get(&ids).await.unwrap();
    got.into_iter()
        .map(|got| match got {
            Got::Opened(_) => Ok(()),
            Got::Refused(refused) => Err(refused),
            _ => panic!("a point is missing"),
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rotation_new_keys_read_old_and_new_and_old_keys_neither() {
    let mut place = Place::new();
    let (hr, finance) = (place.policy("departments:hr"), place.policy("departments:finance"));
    let policies = [
        hr.clone(),
        finance.clone(),
        place.policy("departments:legal && roles:manager"),
    ];
    let collection = place.create(Settings::new(balanced())).await;
    fill(&collection, &hr, 0..2).await;
    fill(&collection, &finance, 10..12).await;
    let revoked = || UserKey::from_bytes(&place.key(HR).to_bytes()).unwrap();
    let (before, after) = (revoked(), revoked());
    let kept = place.stored_headers().await;
    assert_eq!(got(&place, before, &[0, 10]).await, [Ok(()), Err(Refused::AccessDenied)]);

    let writing = rotated(&mut place, "departments:hr").await;
    // Until the headers are re-wrapped, whoever holds the epoch that they name reads them.
    assert_eq!(got(&place, place.key(HR), &[0]).await, [Err(Refused::AccessDenied)]);
    let summary = writing.rewrap(&policies).await.unwrap();
    assert_eq!((summary.rewrapped, summary.left.as_slice()), (1, &[][..]));
    fill(&writing, &hr, 20..22).await;
    assert_eq!(place.stored_headers().await.len(), 3, "new records go into a new generation");

    assert_eq!(got(&place, place.key(HR), &[0, 1, 20, 21]).await, [Ok(()); 4]);
    assert_eq!(got(&place, place.key(&[("departments", "finance")]), &[10, 11]).await, [Ok(()); 2]);
    // With the header that it kept it reads what it could; what is sealed since is in none of those.
    let old: Vec<_> = kept.iter().filter_map(|header| after.open(header).ok()).collect();
    assert_eq!(old.len(), 1);
    assert!(
        place
            .stored_headers()
            .await
            .iter()
            .all(|header| after.open(header).unwrap_err() == Error::AccessDenied)
    );
    assert_eq!(got(&place, after, &[0, 20]).await, [Err(Refused::AccessDenied); 2]);
    // What is done needs nothing more.
    assert_eq!(writing.rewrap(&policies).await.unwrap(), vecseal_client::RewrapSummary::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_of_others_and_of_no_policy_given_do_not_stop_it() {
    let mut place = Place::new();
    let hr = place.policy("departments:hr");
    let collection = place.create(Settings::new(balanced())).await;
    fill(&collection, &hr, 0..2).await;
    // Another authority's, one of a policy that the caller never sealed under, and one whose body was broken.
    let options = || CompartmentOptions::new(balanced());
    let theirs = Authority::from_secret(place.authority.structure().clone(), &[9; 32]);
    let (_, foreign) = theirs.create_compartment(&hr, &options(), &mut seeded(1)).unwrap();
    let unknown = place.policy("departments:hr && roles:manager || departments:legal");
    let (_, planted) = place.authority.create_compartment(&unknown, &options(), &mut seeded(2)).unwrap();
    let (_, broken) = place.authority.create_compartment(&hr, &options(), &mut seeded(3)).unwrap();
    let mut bytes = broken.to_bytes();
    *bytes.last_mut().unwrap() ^= 1;
    let broken = vecseal::Header::from_bytes(&bytes).unwrap();
    for header in [&foreign, &planted, &broken] {
        place.store_header(header).await;
    }
    place
        .store_raw(&theirs.create_compartment(&hr, &options(), &mut seeded(4)).unwrap().1, "nonsense".into())
        .await;

    let writing = rotated(&mut place, "departments:hr").await;
    let mut left = writing.rewrap(std::slice::from_ref(&hr)).await.unwrap();
    assert_eq!(left.rewrapped, 1);
    assert_eq!(left.left, [*broken.cid()], "the planted one names no rotated right");
    let mut authority = Authority::from_bytes(&place.authority.to_bytes()).unwrap();
    authority.rotate(unknown.clauses()).unwrap();
    place.authority = Arc::new(authority);
    let writing = place.open_to_write(Settings::new(balanced())).await;
    left = writing.rewrap(std::slice::from_ref(&hr)).await.unwrap();
    left.left.sort_unstable();
    let mut expected = [*broken.cid(), *planted.cid()];
    expected.sort_unstable();
    assert_eq!((left.rewrapped, left.left.as_slice()), (0, &expected[..]));
    assert_eq!(got(&place, place.key(HR), &[0, 1]).await, [Ok(()); 2]);
    // Without an authority, without policies.
    let reading = place.open(Keys::user(place.key(HR))).await;
    assert_eq!(reading.rewrap(&[hr]).await.unwrap_err().code(), "no_writer_key");
    assert_eq!(writing.rewrap(&[]).await.unwrap().rewrapped, 0);
}

/// A manager about to be demoted, who stays in HR, has the header of the managers claim to be of HR.
#[tokio::test(flavor = "multi_thread")]
async fn a_claimed_policy_lets_nobody_in_that_was_not() {
    let mut place = Place::new();
    let policies = [place.policy("departments:hr"), place.policy("roles:manager")];
    let collection = place.create(Settings::new(balanced())).await;
    fill(&collection, &policies[1], 0..2).await;
    let header = place.stored_headers().await.remove(0);
    let manager = place.key(&[("roles", "manager"), ("departments", "hr")]);
    let key = hazmat::header_key(&header, &hazmat::label_key(&manager), &hazmat::right_secrets(&manager)).unwrap();
    let claimed = hazmat::with_policy(&manager.open(&header).unwrap(), "departments:hr");
    let forged = hazmat::forge_body(&header, &claimed, &key);
    place.store_header(&forged).await;
    let writing = rotated(&mut place, "roles:manager").await;
    let summary = writing.rewrap(&policies).await.unwrap();
    assert_eq!((summary.rewrapped, summary.left), (0, vec![*header.cid()]));
    assert_eq!(got(&place, place.key(HR), &[0]).await, [Err(Refused::AccessDenied)]);
    // Nor is the one that claims it taken for the managers' when they write.
    let point = vector_of(5);
    let upserted = writing.upsert(&[NewPoint::new(5, &policies[1], Document::new(&point))], |_| ()).await.unwrap();
    assert_eq!((upserted.written, upserted.created), (1, 1));
}
