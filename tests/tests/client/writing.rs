//! Writing: who creates what, what is sealed into what, and what happens between two writers.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use vecseal::{Authority, Document, PointId, Suite, WriterKey};
use vecseal_client::{ClientError, EncryptedCollection, Got, Keys, NewPoint, Search, Settings};
use vecseal_qdrant::{Condition, Filter};
use vecseal_tests::random::seeded;

use crate::place::{DIMENSION, Place, balanced, fill, sealed, vector_of};

const HR: &[(&str, &str)] = &[("departments", "hr"), ("roles", "manager")];

fn text(got: &Got) -> &str {
    match got {
        Got::Opened(opened) => match opened.record.content() {
            vecseal::Content::Text(text) => text,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn writer_key(place: &Place, policy: &str) -> WriterKey {
    place.authority.issue_writer_key(&[place.policy(policy)], None).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_read_replaced_and_deleted() {
    let place = Place::new();
    let policy = place.policy("departments:hr");
    let collection = place.create(Settings::new(balanced())).await;
    fill(&collection, &policy, 0..1_300).await;
    let reader = place.reader(HR).await;
    assert_eq!(reader.count(None).await.unwrap(), 1_300);
    let uuid: PointId = "5c56c793-69f3-4fbf-87e6-c4bf54c28c26".parse().unwrap();
    let vector = vector_of(9_999);
    let points = [
        NewPoint::new(7, &policy, Document::new(&vector).text("replaced")),
        NewPoint::new(uuid, &policy, Document::new(&vector).text("a UUID").source("file").expires_at(5)),
    ];
    assert_eq!(collection.upsert(&points, |_| ()).await.unwrap().written, 2);
    let got = reader.get(&[uuid, 7.into(), 8.into(), 5_000.into()]).await.unwrap();
    assert_eq!([text(&got[0]), text(&got[1]), text(&got[2])], ["a UUID", "replaced", "document 8"]);
    assert!(matches!(got[3], Got::Missing));
    let Got::Opened(opened) = &got[0] else {
        panic!("not opened")
    };
    assert_eq!(
        (opened.record.vector(), opened.record.source(), opened.record.expires_at()),
        (&vector[..], Some("file"), Some(5))
    );
    assert_eq!(&*opened.policy, "departments:hr");
    reader.delete(&[uuid, 7.into()]).await.unwrap();
    assert!(matches!(reader.get(&[7.into()]).await.unwrap()[..], [Got::Missing]));
    assert_eq!(reader.count(None).await.unwrap(), 1_299);
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_counts_every_point() {
    let place = Place::new();
    let policy = place.policy("departments:hr");
    let collection = place.create(Settings::new(balanced())).await;
    let vectors: Vec<_> = (0..1_200).map(vector_of).collect();
    let points: Vec<_> = (0..1_200)
        .zip(&vectors)
        .map(|(id, vector)| NewPoint::new(id, &policy, Document::new(vector)))
        .collect();
    let mut seen = Vec::new();
    collection.upsert(&points, |progress| seen.push((progress.done, progress.total))).await.unwrap();
    assert!(seen.len() > 1 && seen.is_sorted());
    assert_eq!(seen.last(), Some(&(1_200, 1_200)));
}

/// Batches overtake each other on the way.
#[tokio::test(flavor = "multi_thread")]
async fn of_several_points_with_one_id_the_last_is_written() {
    let place = Place::new();
    let (hr, all) = (place.policy("departments:hr"), place.policy("*"));
    let collection = place.create(Settings::new(balanced())).await;
    let vector = vector_of(1);
    let texts: Vec<String> = (0..3_000).map(|number| format!("version {number}")).collect();
    let points: Vec<_> = (0_u64..)
        .zip(&texts)
        .map(|(number, text)| {
            let policy = if number % 2 == 0 { &hr } else { &all };
            NewPoint::new(number % 7, policy, Document::new(&vector).text(text))
        })
        .collect();
    let upserted = collection.upsert(&points, |_| ()).await.unwrap();
    assert_eq!((upserted.written, upserted.failures.len()), (7, 0));
    let reader = place.reader(HR).await;
    for got in reader.get(&[0.into(), 3.into(), 6.into()]).await.unwrap() {
        let number: u64 = text(&got).strip_prefix("version ").unwrap().parse().unwrap();
        assert!(number >= 2_993, "{number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_that_cannot_be_sealed_fails_alone() {
    let place = Place::new();
    let policy = place.policy("departments:hr");
    let collection = place.create(Settings::new(balanced())).await;
    let (good, short, infinite) = (vector_of(1), [1.0; 3], [f32::INFINITY; DIMENSION]);
    let taken = json!({"vecseal": 1}).as_object().unwrap().clone();
    let long = "x".repeat(vecseal::limits::MAX_CONTENT_BYTES + 1);
    let points = [
        NewPoint::new(1, &policy, Document::new(&good)),
        NewPoint::new(2, &policy, Document::new(&short)),
        NewPoint::new(3, &policy, Document::new(&infinite)),
        NewPoint::new(4, &policy, Document::new(&good)).public(taken),
        NewPoint::new(5, &policy, Document::new(&good).text(&long)),
        NewPoint::new(6, &policy, Document::new(&good)),
    ];
    let upserted = collection.upsert(&points, |_| ()).await.unwrap();
    let failures: Vec<_> =
        upserted.failures.iter().map(|failure| (failure.index, failure.id, failure.error.code())).collect();
    assert_eq!(
        failures,
        [
            (1, 2.into(), "wrong_dimension"),
            (2, 3.into(), "not_finite"),
            (3, 4.into(), "reserved_field"),
            (4, 5.into(), "too_long"),
        ]
    );
    assert_eq!(upserted.written, 2);
    assert_eq!(place.reader(HR).await.count(None).await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_writers_that_create_the_same_policy_at_once_both_succeed() {
    let place = Place::new();
    let policy = place.policy("departments:hr");
    place.create(Settings::new(balanced())).await;
    let settings = || Settings::new(balanced());
    let open = || async {
        let keys = Keys::authority(Arc::clone(&place.authority));
        EncryptedCollection::open(place.qdrant.clone(), &place.name, keys, settings()).await.unwrap()
    };
    let (one, other) = (open().await, open().await);
    tokio::join!(fill(&one, &policy, 0..50), fill(&other, &policy, 50..100));
    let reader = place.reader(HR).await;
    let query = vector_of(3);
    let found = reader.search(&Search::new(&query).limit(100)).await.unwrap();
    assert_eq!(found.hits.len(), 100);
    assert!(found.cost.compartments <= 2);
    // Whoever comes later adds to what is there.
    let before = reader.compartments().len();
    fill(&open().await, &policy, 100..110).await;
    reader.refresh().await.unwrap();
    assert_eq!(reader.compartments().len(), before);
    assert_eq!(reader.count(None).await.unwrap(), 110);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_key_writes_what_readers_read_and_it_does_not() {
    let place = Place::new();
    place.create(Settings::new(balanced())).await;
    let policy = place.policy("departments:hr");
    let open = |keys| EncryptedCollection::open(place.qdrant.clone(), &place.name, keys, Settings::new(balanced()));
    let writer = open(Keys::writer(writer_key(&place, "departments:hr"))).await.unwrap();
    fill(&writer, &policy, 0..10).await;
    fill(&writer, &policy, 10..20).await;
    assert_eq!(writer.search(&Search::new(&vector_of(1))).await.unwrap_err(), ClientError::NoReaderKey);
    assert_eq!(writer.get(&[1.into()]).await.unwrap_err(), ClientError::NoReaderKey);
    let other = place.policy("departments:finance");
    let vector = vector_of(1);
    let error = writer.upsert(&[NewPoint::new(99, &other, Document::new(&vector))], |_| ()).await.unwrap_err();
    assert_eq!(error.code(), "right_not_covered");
    let reader = place.reader(HR).await;
    assert_eq!(reader.compartments().len(), 1, "one session of a writer is one compartment");
    assert_eq!(reader.compartments()[0].suite, Suite::PublicKey);
    assert_eq!(reader.count(None).await.unwrap(), 20);
    // The next session has its own, and neither a reader nor the authority adds to a writer's.
    let again = open(Keys::writer(writer_key(&place, "departments:hr"))).await.unwrap();
    fill(&again, &policy, 20..30).await;
    fill(&open(Keys::authority(Arc::clone(&place.authority))).await.unwrap(), &policy, 30..40).await;
    let reader = place.reader(HR).await;
    assert_eq!(reader.compartments().len(), 3);
    assert_eq!(reader.search(&Search::new(&vector_of(25)).limit(40)).await.unwrap().hits.len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_key_adds_to_what_it_reads_and_creates_nothing() {
    let place = Place::new();
    let collection = place.create(Settings::new(balanced())).await;
    let (hr, finance) = (place.policy("departments:hr"), place.policy("departments:finance"));
    fill(&collection, &hr, 0..5).await;
    fill(&collection, &finance, 5..10).await;
    let user = place.reader(HR).await;
    fill(&user, &hr, 10..15).await;
    assert_eq!(place.reader(HR).await.count(None).await.unwrap(), 10);
    assert_eq!(user.compartments().len(), 2);
    let vector = vector_of(1);
    for policy in [&finance, &place.policy("roles:manager")] {
        let refused = user.upsert(&[NewPoint::new(50, policy, Document::new(&vector))], |_| ()).await;
        assert_eq!(refused.unwrap_err(), ClientError::NoWriterKey);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rotation_new_records_are_closed_to_old_keys() {
    let place = Place::new();
    let hr = place.policy("departments:hr");
    let collection = place.create(Settings::new(balanced())).await;
    fill(&collection, &hr, 0..5).await;
    let revoked = place.reader(HR).await;
    assert_eq!(revoked.count(None).await.unwrap(), 5);
    let mut authority = Authority::from_bytes(&place.authority.to_bytes()).unwrap();
    authority.rotate(hr.clauses()).unwrap();
    let authority = Arc::new(authority);
    let keys = Keys::authority(Arc::clone(&authority));
    let writer = EncryptedCollection::open(place.qdrant.clone(), &place.name, keys, Settings::new(balanced()));
    fill(&writer.await.unwrap(), &hr, 5..10).await;
    revoked.refresh().await.unwrap();
    assert_eq!(revoked.count(None).await.unwrap(), 5);
    let attributes = vecseal::Attributes::new([("departments", "hr")], authority.structure()).unwrap();
    let key = authority.issue_user_key(&attributes, vecseal::Epochs::All).unwrap();
    assert_eq!(place.open(Keys::user(key)).await.count(None).await.unwrap(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compartment_whose_header_was_rewrapped_is_not_sealed_into_any_more() {
    let place = Place::new();
    let hr = place.policy("departments:hr");
    let collection = place.create(Settings::new(balanced())).await;
    fill(&collection, &hr, 0..3).await;
    let before = place.reader(HR).await.compartments();
    // Somebody else rotates and re-wraps; this writer's session goes on.
    let mut authority = Authority::from_bytes(&place.authority.to_bytes()).unwrap();
    authority.rotate(hr.clauses()).unwrap();
    let headers = place.stored_headers().await;
    let rewrapped = authority.rewrap(&headers[0], &hr, &mut seeded(1)).unwrap().unwrap();
    place.store_header(&rewrapped.header).await;
    fill(&collection, &hr, 3..6).await;
    let attributes = vecseal::Attributes::new([("departments", "hr")], authority.structure()).unwrap();
    let key = authority.issue_user_key(&attributes, vecseal::Epochs::All).unwrap();
    let reader = place.open(Keys::user(key)).await;
    assert_eq!(reader.compartments().len(), 2);
    let in_old = reader.get(&[3.into(), 4.into(), 5.into()]).await.unwrap();
    for got in in_old {
        let Got::Opened(opened) = got else { panic!("not opened") };
        assert_ne!(opened.cid, before[0].cid);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn vectors_with_a_name_leave_room_for_others() {
    let place = Place::new();
    let hr = place.policy("departments:hr");
    let settings = || Settings::new(balanced()).vector_name("text");
    let collection = place.create(settings()).await;
    fill(&collection, &hr, 0..20).await;
    let keys = || Keys::user(place.key(HR));
    let open = |settings| EncryptedCollection::open(place.qdrant.clone(), &place.name, keys(), settings);
    let reader = open(settings()).await.unwrap();
    let found = reader.search(&Search::new(&vector_of(4)).limit(1).verify_vectors()).await.unwrap();
    assert_eq!(found.hits[0].id, 4.into());
    assert!(matches!(reader.get(&[4.into()]).await.unwrap()[..], [Got::Opened(_)]));
    let unnamed = open(Settings::new(balanced())).await.unwrap_err();
    assert_eq!(unnamed, ClientError::MissingVector(String::new()));
    let other = open(Settings::new(balanced()).vector_name("picture")).await.unwrap_err();
    assert_eq!(other, ClientError::MissingVector("picture".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn public_payload_stays_in_clear_and_is_filtered_by() {
    for parameters in [balanced(), sealed()] {
        let place = Place::new();
        let hr = place.policy("departments:hr");
        let collection = place.create(Settings::new(parameters)).await;
        let documents: Vec<_> = (0..20).map(|id| (id, vector_of(id))).collect();
        let points: Vec<_> = documents
            .iter()
            .map(|(id, vector)| {
                let public = json!({"even": id % 2 == 0, "number": id}).as_object().unwrap().clone();
                NewPoint::new(*id, &hr, Document::new(vector).text("secret")).public(public)
            })
            .collect();
        assert_eq!(collection.upsert(&points, |_| ()).await.unwrap().written, 20);
        let reader = place.reader(HR).await;
        let even = Filter::must([Condition::matches("even", true)]);
        let query = vector_of(3);
        let found = reader.search(&Search::new(&query).filter(even.clone()).limit(20)).await.unwrap();
        let ids: BTreeSet<_> = found.hits.iter().map(|found| found.id).collect();
        assert_eq!(ids, (0..10).map(|half| PointId::Number(half * 2)).collect());
        assert!(found.hits.iter().all(|found| found.public["even"] == true && found.public.len() == 2));
        assert_eq!(reader.count(Some(even)).await.unwrap(), 10);
        let bare = reader.search(&Search::new(&query).without_public()).await.unwrap();
        assert!(bare.hits.iter().all(|found| found.public.is_empty()));
    }
}
