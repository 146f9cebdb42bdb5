//! Every error that a user of a collection can cause.

use std::sync::Arc;

use vecseal::{Document, Metric, Preset, SearchParameters};
use vecseal_client::{ClientError, EncryptedCollection, Keys, NewPoint, Search, Settings};
use vecseal_qdrant::{Credentials, Distance, Endpoint, Http, NewCollection, Qdrant, Retry, VectorParams};

use crate::place::{DIMENSION, Place, balanced, fill, vector_of};

async fn open(place: &Place, settings: Settings) -> vecseal_client::Result<EncryptedCollection<Http>> {
    let keys = Keys::authority(Arc::clone(&place.authority));
    EncryptedCollection::open(place.qdrant.clone(), &place.name, keys, settings).await
}

async fn plain_collection(place: &Place, size: u64, distance: Distance) {
    let collection = NewCollection::single(VectorParams::new(size, distance));
    place.qdrant.create_collection(&place.name, &collection).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn collections_that_are_not_there_or_are_others_are_named() {
    let place = Place::new();
    let error = open(&place, Settings::default()).await.unwrap_err();
    assert_eq!(error, ClientError::MissingCollection(place.name.clone()));
    assert_eq!(error.to_string(), format!("there is no collection `{}`: create it first", place.name));
    plain_collection(&place, DIMENSION as u64, Distance::Cosine).await;
    let error = open(&place, Settings::default()).await.unwrap_err();
    assert_eq!(error, ClientError::MissingKeyring(format!("{}.keyring", place.name)));
    let keys = Keys::authority(Arc::clone(&place.authority));
    let created = EncryptedCollection::create(place.qdrant.clone(), &place.name, keys, Settings::new(balanced())).await;
    assert_eq!(created.unwrap_err(), ClientError::CollectionExists(place.name.clone()));
}

#[tokio::test(flavor = "multi_thread")]
async fn vectors_that_do_not_fit_the_settings_are_told_apart() {
    let place = Place::new();
    place.create(Settings::new(balanced())).await;
    let parameters = |dimension, metric| SearchParameters::geometric(dimension, metric, Preset::Balanced).unwrap();
    let error = open(&place, Settings::new(parameters(16, Metric::Cosine))).await.unwrap_err();
    assert_eq!(
        error,
        ClientError::WrongDimension {
            expected: 16,
            found: DIMENSION as u64
        }
    );
    let error = open(&place, Settings::new(parameters(DIMENSION, Metric::Euclid))).await.unwrap_err();
    let expected = ClientError::WrongMetric {
        expected: Distance::Euclid,
        found: Distance::Cosine,
    };
    assert_eq!(error, expected);
    let fewer = parameters(64, Metric::Cosine).with_search_dimensions(DIMENSION).unwrap();
    assert!(open(&place, Settings::new(fewer)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_cannot_be_are_refused_before_anything_is_sent() {
    let place = Place::new();
    for name in ["", ".", "..", "a/b", "a:b", "line\nbreak", &"x".repeat(248)] {
        let keys = Keys::authority(Arc::clone(&place.authority));
        let created = EncryptedCollection::create(place.qdrant.clone(), name, keys, Settings::new(balanced())).await;
        assert_eq!(created.unwrap_err(), ClientError::InvalidName, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_said() {
    let place = Place::new();
    let none =
        EncryptedCollection::create(place.qdrant.clone(), &place.name, Keys::default(), Settings::default()).await;
    assert_eq!(none.unwrap_err(), ClientError::NoParameters);
    place.create(Settings::new(balanced())).await;
    let policy = place.policy("departments:hr");
    let vector = vector_of(1);
    let point = || [NewPoint::new(1, &policy, Document::new(&vector))];
    let nobody = place.open(Keys::default()).await;
    assert_eq!(nobody.search(&Search::new(&vector)).await.unwrap_err(), ClientError::NoReaderKey);
    assert_eq!(nobody.get(&[1.into()]).await.unwrap_err(), ClientError::NoReaderKey);
    assert_eq!(nobody.count(None).await.unwrap_err(), ClientError::NoReaderKey);
    assert_eq!(nobody.upsert(&point(), |_| ()).await.unwrap_err(), ClientError::NoWriterKey);
    let without = open(&place, Settings::default()).await.unwrap();
    assert_eq!(without.upsert(&point(), |_| ()).await.unwrap_err(), ClientError::NoParameters);
    let key = place.authority.issue_writer_key(std::slice::from_ref(&policy), None).unwrap();
    let settings = Settings::new(balanced()).collection_scope(0);
    let writer = EncryptedCollection::open(place.qdrant.clone(), &place.name, Keys::writer(key), settings)
        .await
        .unwrap();
    assert_eq!(writer.upsert(&point(), |_| ()).await.unwrap_err(), ClientError::NoCollectionKey);
    let reader = place.reader(&[("departments", "hr")]).await;
    let many = reader.search(&Search::new(&vector).limit(20_000)).await.unwrap_err();
    assert_eq!(many, ClientError::TooMany { limit: 10_000 });
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_of_another_dimension_or_model_are_refused() {
    let place = Place::new();
    let policy = place.policy("departments:hr");
    let collection = place.create(Settings::new(balanced()).model("one")).await;
    fill(&collection, &policy, 0..3).await;
    let reader = place.reader(&[("departments", "hr")]).await;
    assert_eq!(reader.search(&Search::new(&[1.0; 5])).await.unwrap_err().code(), "wrong_dimension");
    assert_eq!(reader.search(&Search::new(&[0.0; DIMENSION])).await.unwrap_err().code(), "zero_vector");
    let keys = || Keys::user(place.key(&[("departments", "hr")])).and_authority(Arc::clone(&place.authority));
    let other = Settings::new(balanced()).model("other");
    let other = EncryptedCollection::open(place.qdrant.clone(), &place.name, keys(), other).await.unwrap();
    let vector = vector_of(1);
    let error = other.search(&Search::new(&vector)).await.unwrap_err();
    assert_eq!(error.code(), "wrong_model");
    assert!(error.to_string().contains("one") && error.to_string().contains("other"), "{error}");
    for policy in ["departments:hr", "roles:manager"] {
        let policy = place.policy(policy);
        let point = NewPoint::new(9, &policy, Document::new(&vector));
        assert_eq!(other.upsert(&[point], |_| ()).await.unwrap_err().code(), "wrong_model");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_or_is_none_is_told_apart() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let http = Http::new(Endpoint::new(&url, Credentials::None).unwrap()).unwrap();
    let error = Qdrant::new(http).retry(Retry::NEVER).version().await.unwrap_err();
    assert_eq!(error.code(), "unreachable");
    assert!(error.to_string().starts_with("qdrant cannot be reached: "), "{error}");
}

/// All codes, so that none is without its sentence.
#[test]
fn every_error_has_a_code_and_a_sentence() {
    let errors = [
        ClientError::MissingCollection("x".to_owned()),
        ClientError::MissingKeyring("x.keyring".to_owned()),
        ClientError::CollectionExists("x".to_owned()),
        ClientError::InvalidName,
        ClientError::MissingVector("x".to_owned()),
        ClientError::WrongDimension { expected: 1, found: 2 },
        ClientError::WrongMetric {
            expected: Distance::Dot,
            found: Distance::Cosine,
        },
        ClientError::AmbiguousMetric,
        ClientError::NoReaderKey,
        ClientError::NoWriterKey,
        ClientError::NoParameters,
        ClientError::NoCollectionKey,
        ClientError::ReservedField,
        ClientError::TooMany { limit: 5 },
        ClientError::PointTooLarge,
    ];
    let mut codes: Vec<_> = errors.iter().map(ClientError::code).collect();
    assert!(errors.iter().all(|error| error.to_string().len() > 20 && !error.to_string().ends_with('.')));
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), errors.len());
}
