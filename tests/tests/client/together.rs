//! Calls that run at once on one collection: what one of them knew is not taken for what another has done since.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use vecseal::{Document, PointId};
use vecseal_client::{EncryptedCollection, Keys, NewPoint, Search, Settings};
use vecseal_qdrant::Qdrant;

use crate::place::{Place, balanced, fill, sealed, vector_of};
use crate::proxy::Gate;

/// The collection as somebody who reads and writes it uses it, behind a gate.
async fn behind(gate: &Gate, place: &Place, settings: Settings) -> Arc<EncryptedCollection<Gate>> {
    let keys = Keys::user(place.key(&[("departments", "hr"), ("departments", "finance")]))
        .and_authority(Arc::clone(&place.authority));
    let settings = settings.refresh_every(Duration::from_hours(1));
    Arc::new(EncryptedCollection::open(Qdrant::new(gate.clone()), &place.name, keys, settings).await.unwrap())
}

/// A look at the keyring, under way.
fn looking(collection: &Arc<EncryptedCollection<Gate>>) -> JoinHandle<vecseal_client::Result<()>> {
    let collection = Arc::clone(collection);
    tokio::spawn(async move { collection.refresh().await })
}

async fn write(collection: &EncryptedCollection<Gate>, place: &Place, policy: &str, number: u64) -> usize {
    let (policy, vector) = (place.policy(policy), vector_of(number));
    let point = NewPoint::new(number, &policy, Document::new(&vector));
    let upserted = collection.upsert(&[point], |_| ()).await.unwrap();
    assert_eq!(upserted.written, 1);
    upserted.created
}

async fn ids(collection: &EncryptedCollection<Gate>) -> Vec<PointId> {
    let found = collection.search(&Search::new(&vector_of(1)).limit(50)).await.unwrap();
    let mut ids: Vec<_> = found.hits.iter().map(|found| found.id).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn upserts_at_once_share_their_compartments() {
    let place = Place::new();
    place.create(Settings::new(balanced())).await;
    let collection = behind(&Gate::before(&place), &place, Settings::new(balanced())).await;
    let write = |number| write(&collection, &place, "departments:hr", number);
    let created = tokio::join!(write(1), write(2), write(3), write(4));
    assert_eq!(created.0 + created.1 + created.2 + created.3, 1);
    assert_eq!(place.stored_headers().await.len(), 1);
    assert_eq!(ids(&collection).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_began_before_a_write_does_not_forget_it() {
    let place = Place::new();
    place.create(Settings::new(balanced())).await;
    let gate = Gate::before(&place);
    let collection = behind(&gate, &place, Settings::new(balanced())).await;
    let held = gate.hold("keyring/points/scroll");
    let look = looking(&collection);
    held.arrived().await;
    write(&collection, &place, "departments:hr", 1).await;
    held.let_through();
    look.await.unwrap().unwrap();
    assert_eq!(collection.compartments().len(), 1);
    assert_eq!(ids(&collection).await, [1.into()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_took_longer_than_a_later_one_changes_nothing() {
    let place = Place::new();
    let writer = place.create(Settings::new(balanced())).await;
    let gate = Gate::before(&place);
    let collection = behind(&gate, &place, Settings::new(balanced())).await;
    fill(&writer, &place.policy("departments:hr"), 0..3).await;
    collection.refresh().await.unwrap();
    let held = gate.hold("keyring/points/scroll");
    let look = looking(&collection);
    held.arrived().await;
    fill(&writer, &place.policy("departments:finance"), 3..6).await;
    collection.refresh().await.unwrap();
    assert_eq!(collection.compartments().len(), 2);
    held.let_through();
    look.await.unwrap().unwrap();
    assert_eq!(collection.compartments().len(), 2);
    assert_eq!(ids(&collection).await.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_mode_sealed_that_began_before_a_write_is_not_taken_for_new() {
    let place = Place::new();
    place.create(Settings::new(sealed())).await;
    let gate = Gate::before(&place);
    let collection = behind(&gate, &place, Settings::new(sealed())).await;
    write(&collection, &place, "departments:hr", 1).await;
    for number in 2..4 {
        collection.refresh().await.unwrap();
        let held = gate.hold(&format!("{}/points/scroll", place.name));
        let search = tokio::spawn({
            let collection = Arc::clone(&collection);
            async move { collection.search(&Search::new(&vector_of(1))).await.map(|found| found.hits.len()) }
        });
        held.arrived().await;
        write(&collection, &place, "departments:hr", number).await;
        held.let_through();
        search.await.unwrap().unwrap();
        let expected: Vec<PointId> = (1..=number).map(PointId::from).collect();
        assert_eq!(ids(&collection).await, expected);
    }
    // The same for what is deleted.
    let held = gate.hold("/points/delete");
    let delete = tokio::spawn({
        let collection = Arc::clone(&collection);
        async move { collection.delete(&[1.into()]).await }
    });
    held.arrived().await;
    ids(&collection).await;
    held.let_through();
    delete.await.unwrap().unwrap();
    assert_eq!(ids(&collection).await, [2.into(), 3.into()]);
}

/// Another client moves a point from a compartment of mode sealed, which is cached here, to one that the server searches.
#[tokio::test(flavor = "multi_thread")]
async fn a_point_that_has_moved_is_what_was_read_last() {
    let place = Place::new();
    let geometric = place.create(Settings::new(balanced())).await;
    let writer = place.open_to_write(Settings::new(sealed())).await;
    fill(&writer, &place.policy("departments:finance"), 1..4).await;
    fill(&geometric, &place.policy("departments:hr"), 10..13).await;
    let collection = behind(&Gate::before(&place), &place, Settings::default()).await;
    let query = vector_of(99);
    collection.search(&Search::new(&query)).await.unwrap();
    let policy = place.policy("departments:hr");
    let point = NewPoint::new(3, &policy, Document::new(&query).text("moved"));
    assert_eq!(geometric.upsert(&[point], |_| ()).await.unwrap().written, 1);
    let found = collection.search(&Search::new(&query)).await.unwrap();
    assert_eq!((found.hits[0].id, found.hits[0].record.content()), (3.into(), vecseal::Content::Text("moved")));
}
