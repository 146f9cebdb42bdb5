//! Encrypted collections over the browser's `fetch`, in wasm: what the playground is made of. `cargo xtask test client`
//! compiles this with the address of an embedded engine.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::time::Duration;

use vecseal::{
    AccessStructure, Attributes, Authority, Document, Epochs, Metric, Policy, Preset, SearchParameters, UserKey,
};
use vecseal_client::{EncryptedCollection, Got, Keys, NewPoint, Search, Settings};
use vecseal_qdrant::{Credentials, Endpoint, Fetch, Qdrant, Retry};
use vecseal_tests::random::{seeded, vector};
use wasm_bindgen_test::wasm_bindgen_test;

const DIMENSION: usize = 32;

fn qdrant(url: &str) -> Qdrant<Fetch> {
    let retry = Retry {
        attempts: 2,
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(1),
    };
    Qdrant::new(Fetch::new(Endpoint::new(url, Credentials::None).unwrap())).retry(retry)
}

fn key(authority: &Authority, department: &str) -> UserKey {
    let attributes = Attributes::new([("departments", department)], authority.structure()).unwrap();
    authority.issue_user_key(&attributes, Epochs::Current).unwrap()
}

#[wasm_bindgen_test]
async fn what_is_written_is_found_by_who_may_read_it() {
    let url = option_env!("VECSEAL_TEST_QDRANT").unwrap();
    let structure = AccessStructure::from_json(r#"{"departments": ["hr", "finance"]}"#).unwrap();
    let authority = Authority::generate(structure, &mut vecseal::system_rng().unwrap());
    let name = format!("fetch {}", authority.id());
    let policy = Policy::parse("departments:hr", authority.structure()).unwrap();
    let (hr, finance) = (key(&authority, "hr"), key(&authority, "finance"));
    let parameters = SearchParameters::geometric(DIMENSION, Metric::Cosine, Preset::Balanced).unwrap();
    let keys = Keys::authority(authority);
    let collection = EncryptedCollection::create(qdrant(url), &name, keys, Settings::new(parameters)).await.unwrap();
    let vectors: Vec<Vec<f32>> = (0..300).map(|id| vector(DIMENSION, &mut seeded(id))).collect();
    let points: Vec<_> = (0..)
        .zip(&vectors)
        .map(|(id, vector)| NewPoint::new(id, &policy, Document::new(vector).text("from a page")))
        .collect();
    assert_eq!(collection.upsert(&points, |_| ()).await.unwrap().written, 300);
    let reader = EncryptedCollection::open(qdrant(url), &name, Keys::user(hr), Settings::default()).await.unwrap();
    let query = vectors.get(7).unwrap();
    let found = reader.search(&Search::new(query).limit(3).verify_vectors()).await.unwrap();
    assert_eq!(found.hits.first().unwrap().id, 7.into());
    assert!(found.cost.times.total > 0.0 && found.cost.traffic.received > 1_000);
    assert!(matches!(reader.get(&[299.into()]).await.unwrap().as_slice(), [Got::Opened(_)]));
    reader.delete(&[7.into()]).await.unwrap();
    assert_eq!(reader.count(None).await.unwrap(), 299);
    let other = EncryptedCollection::open(qdrant(url), &name, Keys::user(finance), Settings::default())
        .await
        .unwrap();
    assert!(other.search(&Search::new(query)).await.unwrap().hits.is_empty());
    assert!(matches!(other.get(&[1.into()]).await.unwrap().as_slice(), [Got::Refused(_)]));
}

#[wasm_bindgen_test]
async fn what_is_no_qdrant_is_told_apart() {
    let nobody = qdrant("http://127.0.0.1:9").version().await.unwrap_err();
    assert_eq!(nobody.code(), "interrupted");
    let url = option_env!("VECSEAL_TEST_QDRANT").unwrap();
    let missing = qdrant(url).collection_info("not there").await.unwrap_err();
    assert_eq!((missing.code(), missing.status()), ("not_found", Some(404)));
    let hurried = qdrant(url).timeout(Duration::ZERO).version().await.unwrap_err();
    assert_eq!(hurried.code(), "timeout");
}
