//! Compartments that somebody else has put into the keyring: an insider with a key and write access to the database.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use vecseal::{
    Authority, Compartment, CompartmentOptions, Document, Metric, PointId, Preset, SearchParameters, UserKey, hazmat,
    rerank,
};
use vecseal_client::{EncryptedCollection, Got, Keys, NewPoint, Refused, Search, Settings};
use vecseal_tests::nearest::normalised;
use vecseal_tests::random::seeded;

use crate::place::{DIMENSION, Place, balanced, fill, sealed, vector_of};
use crate::proxy::{changes, nothing, proxy};

const HR: &[(&str, &str)] = &[("departments", "hr")];

/// An insider with a key for HR and write access to the database, before somebody who reads and writes HR and finance.
#[tokio::test(flavor = "multi_thread")]
async fn a_planted_compartment_is_not_written_to() {
    let place = Place::new();
    let (hr, finance) = (place.policy("departments:hr"), place.policy("departments:finance"));
    let collection = place.create(Settings::new(balanced())).await;
    fill(&collection, &hr, 0..3).await;
    let insider = place.key(HR);
    let header = place.stored_headers().await.remove(0);
    let key = hazmat::header_key(&header, &hazmat::label_key(&insider), &hazmat::right_secrets(&insider)).unwrap();
    let claimed = hazmat::with_policy(&insider.open(&header).unwrap(), "departments:finance");
    place.store_header(&hazmat::forge_body(&header, &claimed, &key)).await;
    fill(&place.open_to_write(Settings::new(balanced())).await, &finance, 10..13).await;
    let both = place.reader(&[("departments", "hr"), ("departments", "finance")]).await;
    fill(&both, &finance, 20..23).await;
    let insider = place.open(Keys::user(insider)).await;
    let got = insider.get(&[10.into(), 20.into()]).await.unwrap();
    assert!(
        matches!(got[..], [Got::Refused(Refused::AccessDenied), Got::Refused(Refused::AccessDenied)]),
        "{got:?}"
    );
    assert_eq!(place.reader(&[("departments", "finance")]).await.count(None).await.unwrap(), 6);
}

/// Puts a compartment into the keyring that readers of HR can have made, as they like it.
async fn plant(place: &Place, options: CompartmentOptions, seed: u64) -> Compartment {
    let policy = place.policy("departments:hr");
    let (compartment, header) = place.authority.create_compartment(&policy, &options, &mut seeded(seed)).unwrap();
    place.store_header(&header).await;
    compartment
}

/// What somebody who knows search keys makes of the queries that go by: the mean of what each tells.
fn told(queries: &[Vec<f32>], keys: &[Compartment]) -> Vec<f32> {
    let mut sum = vec![0.0; DIMENSION];
    for (query, key) in queries.iter().zip(keys) {
        for (axis, sum) in sum.iter_mut().enumerate() {
            let axis: Vec<f32> = (0..DIMENSION).map(|i| f32::from(u8::from(i == axis))).collect();
            let rotated = key.encrypt_query(&axis, &mut seeded(0)).unwrap();
            *sum += query.iter().zip(&rotated).map(|(a, b)| a * b).sum::<f32>();
        }
    }
    normalised(&sum)
}

/// How far a guess is from the direction of a vector.
fn error(guess: &[f32], vector: &[f32]) -> f32 {
    guess.iter().zip(normalised(vector)).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
}

/// The vectors that are searched with, as they go by, by the compartment that is searched.
async fn watched(
    place: &Place,
    key: UserKey,
    settings: Settings,
    query: &[f32],
    planted: &[Compartment],
) -> Vec<Vec<f32>> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let watch = {
        let seen = Arc::clone(&seen);
        changes(move |_, body| {
            seen.lock().unwrap().extend(body["searches"].as_array().into_iter().flatten().cloned());
        })
    };
    let qdrant = proxy(place, watch, nothing());
    let victim = EncryptedCollection::open(qdrant, &place.name, Keys::user(key), settings).await.unwrap();
    victim.search(&Search::new(query)).await.unwrap();
    let seen = seen.lock().unwrap().clone();
    let of = |compartment: &Compartment| {
        let cid = json!(compartment.cid().to_string());
        let search = seen.iter().find(|search| search["filter"]["must"][0]["match"]["value"] == cid).unwrap();
        serde_json::from_value(search["query"].clone()).unwrap()
    };
    planted.iter().map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn planted_compartments_that_ask_for_no_noise_learn_no_query() {
    let place = Place::new();
    place.create(Settings::new(balanced())).await;
    let off = || CompartmentOptions::new(SearchParameters::geometric(DIMENSION, Metric::Cosine, Preset::Off).unwrap());
    let mut planted = Vec::new();
    for seed in 0..20 {
        planted.push(plant(&place, off(), seed).await);
    }
    let query = vector_of(7);
    let seen = watched(&place, place.key(HR), Settings::default(), &query, &planted).await;
    assert!(error(&told(&seen[..1], &planted[..1]), &query) > 0.15, "one");
    assert!(error(&told(&seen, &planted), &query) > 0.1, "twenty tell half of it, and not more");
    // As much as the honest compartments ask for, once there are some.
    let collection = place.open_to_write(Settings::new(balanced())).await;
    fill(&collection, &place.policy("departments:hr"), 0..3).await;
    let seen = watched(&place, place.key(HR), Settings::default(), &query, &planted).await;
    assert!(error(&told(&seen, &planted), &query) > 0.2);
    // What hides it is that noise: a client that is told to send none sends the query.
    let place = Place::new();
    place.create(Settings::new(balanced())).await;
    let planted = [plant(&place, off(), 1).await];
    let none = Settings::default().query_noise(0.0).unwrap();
    let seen = watched(&place, place.key(HR), none, &query, &planted).await;
    assert!(error(&told(&seen, &planted), &query) < 1e-3);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_do_not_fit_are_left_out_and_named() {
    let place = Place::new();
    let collection = place.create(Settings::new(balanced()).model("ours")).await;
    let policy = place.policy("departments:hr");
    fill(&collection, &policy, 0..5).await;
    let geometric = |dimension, metric| SearchParameters::geometric(dimension, metric, Preset::Balanced).unwrap();
    for (seed, (parameters, model)) in [
        (SearchParameters::sealed(3, Metric::Cosine).unwrap(), "ours"),
        (SearchParameters::sealed(DIMENSION, Metric::Euclid).unwrap(), "ours"),
        (geometric(DIMENSION, Metric::Dot), "ours"),
        (geometric(DIMENSION, Metric::Cosine).with_search_dimensions(8).unwrap(), "ours"),
        (sealed(), "theirs"),
    ]
    .into_iter()
    .enumerate()
    {
        plant(&place, CompartmentOptions::new(parameters).model(model).unwrap(), seed as u64).await;
    }
    let keys = || Keys::user(place.key(HR)).and_authority(Arc::clone(&place.authority));
    let open = |settings| EncryptedCollection::open(place.qdrant.clone(), &place.name, keys(), settings);
    let reader = open(Settings::default().model("ours")).await.unwrap();
    let query = vector_of(3);
    let result = reader.search(&Search::new(&query)).await.unwrap();
    assert_eq!((result.hits.len(), result.hits[0].id, result.cost.compartments), (5, 3.into(), 1));
    let mut why: Vec<_> = result.skipped.iter().map(|skipped| skipped.error.code()).collect();
    why.sort_unstable();
    assert_eq!(
        why,
        [
            "wrong_collection_dimension",
            "wrong_dimension",
            "wrong_metric",
            "wrong_metric",
            "wrong_model"
        ]
    );
    assert_eq!(reader.count(None).await.unwrap(), 5);
    // Nor do they stop new compartments, or decide what those are like.
    let finance = place.policy("departments:finance");
    let writer = open(Settings::new(balanced())).await.unwrap();
    let upserted = writer.upsert(&[NewPoint::new(9, &finance, Document::new(&query))], |_| ()).await.unwrap();
    assert_eq!((upserted.written, upserted.created), (1, 1));
    let theirs = place.reader(&[("departments", "finance")]).await.compartments();
    let made = theirs.into_iter().find_map(|summary| summary.state.ok()).unwrap();
    assert_eq!((made.model, made.parameters), (None, balanced()));
    // Where nothing fits, that is said.
    let error = open(Settings::default().model("nobody's")).await.unwrap().search(&Search::new(&query)).await;
    assert_eq!(error.unwrap_err().code(), "wrong_model");
}

/// In scope collection, one that claims the collection's name with a key of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_planted_collection_key_steers_nobody_elses_query() {
    let place = Place::new();
    let collection = place.create(Settings::new(balanced()).collection_scope(0)).await;
    let theirs = Authority::from_secret(place.authority.structure().clone(), &[9; 32]);
    let newest = |key| CompartmentOptions::new(balanced()).collection(&key).unwrap().created_at(u64::MAX >> 12);
    let planted = [
        plant(&place, newest(theirs.collection_key(&place.name, 0).unwrap()), 1).await,
        // The authority's own, of a collection whose readers hold it.
        plant(&place, newest(place.authority.collection_key("another", 0).unwrap()), 2).await,
    ];
    fill(&collection, &place.policy("departments:hr"), 0..30).await;
    fill(&collection, &place.policy("*"), 30..60).await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let watch = {
        let seen = Arc::clone(&seen);
        changes(move |_, body| seen.lock().unwrap().extend(body["searches"].as_array().into_iter().flatten().cloned()))
    };
    let keys = Keys::user(place.key(HR));
    let reader = EncryptedCollection::open(proxy(&place, watch, nothing()), &place.name, keys, Settings::default());
    let result = reader.await.unwrap().search(&Search::new(&vector_of(3)).limit(60)).await.unwrap();
    assert_eq!((result.hits.len(), result.hits[0].id, result.cost.compartments), (60, 3.into(), 4));
    // Nothing was sealed into them, though they are the newest.
    assert!(result.hits.iter().all(|found| planted.iter().all(|planted| found.cid != *planted.cid())));
    // Each is asked by a query of its own, the honest two together.
    let searches = seen.lock().unwrap().clone();
    let asked = |search: &Value| search["filter"]["must"][0]["match"].clone();
    let together: Vec<_> = searches.iter().map(|search| asked(search)["any"].as_array().map_or(1, Vec::len)).collect();
    assert_eq!((searches.len(), together.iter().max()), (3, Some(&2)));
    for compartment in &planted {
        assert!(searches.iter().any(|search| asked(search)["value"] == compartment.cid().to_string()));
    }
}

/// Headers whose numbers are extreme, but fit.
#[tokio::test(flavor = "multi_thread")]
async fn a_planted_header_that_asks_for_much_spoils_no_search() {
    for metric in [Metric::Cosine, Metric::Dot, Metric::Euclid] {
        let place = Place::new();
        let preset = || SearchParameters::geometric(DIMENSION, metric, Preset::Balanced).unwrap();
        let collection = place.create(Settings::new(preset())).await;
        fill(&collection, &place.policy("departments:hr"), 0..400).await;
        let extreme = preset().with_noise(16.0, 16.0).unwrap().with_oversampling(1_024, u16::MAX).unwrap();
        let extreme = match metric {
            Metric::Cosine => extreme,
            Metric::Dot | Metric::Euclid => extreme.with_scale(18_446_744_073_709_551_616.0).unwrap(),
        };
        plant(&place, CompartmentOptions::new(extreme), 1).await;
        // One of the honest ones' class.
        plant(&place, CompartmentOptions::new(preset().with_oversampling(1_024, u16::MAX).unwrap()), 2).await;
        let reader = place.reader(HR).await;
        let mut found = 0;
        for number in 500..510 {
            let query = vector_of(number);
            let vectors: Vec<_> = (0..400).map(|number| (PointId::from(number), vector_of(number))).collect();
            let truth =
                rerank(metric, &query, vectors.iter().map(|(id, vector)| (*id, vector.as_slice())), 10).unwrap();
            let result = reader.search(&Search::new(&query)).await.unwrap();
            assert!(result.cost.candidates <= 10 * 4 * 53, "{:?}", result.cost);
            found += truth.iter().filter(|truth| result.hits.iter().any(|hit| hit.id == truth.id)).count();
        }
        assert!(found >= 95, "{metric:?}: {found} of 100");
    }
}

/// The insider's compartment gives all the candidates it can, of its own points.
#[tokio::test(flavor = "multi_thread")]
async fn candidates_of_one_noise_leave_room_for_those_of_another() {
    let place = Place::new();
    let loud = balanced().with_oversampling(1_024, 0).unwrap();
    let finance = place.policy("departments:finance");
    let many = place.create(Settings::new(loud.with_noise(0.6, 0.5).unwrap())).await;
    fill(&many, &place.policy("departments:hr"), 0..2_000).await;
    let few = place.open_to_write(Settings::new(balanced())).await;
    fill(&few, &finance, 5_000..5_005).await;
    let reader = place.reader(&[("departments", "hr"), ("departments", "finance")]).await;
    for limit in [5, 2_000] {
        let result = reader.search(&Search::new(&vector_of(5_001)).limit(limit)).await.unwrap();
        assert_eq!(result.hits[0].id, 5_001.into(), "{limit}");
    }
}

/// What is in the keyring does not decide which embedding model new compartments have.
#[tokio::test(flavor = "multi_thread")]
async fn a_planted_model_stops_and_steers_no_writing() {
    let place = Place::new();
    let (hr, finance) = (place.policy("departments:hr"), place.policy("departments:finance"));
    let ours = || Settings::new(balanced()).model("ours");
    fill(&place.create(ours()).await, &hr, 0..3).await;
    let theirs = CompartmentOptions::new(balanced()).model("theirs").unwrap().created_at(u64::MAX >> 12);
    plant(&place, theirs, 1).await;
    let authority = || Keys::authority(Arc::clone(&place.authority));
    let open = |keys, settings| EncryptedCollection::open(place.qdrant.clone(), &place.name, keys, settings);
    fill(&open(authority(), ours()).await.unwrap(), &hr, 3..6).await;
    fill(&open(authority().and_user(place.key(HR)), ours()).await.unwrap(), &finance, 6..9).await;
    fill(
        &open(authority().and_user(place.key(HR)), Settings::new(balanced())).await.unwrap(),
        &place.policy("*"),
        9..12,
    )
    .await;
    let both = place.key(&[("departments", "hr"), ("departments", "finance")]);
    let reader = open(Keys::user(both), Settings::default().model("ours")).await.unwrap();
    let result = reader.search(&Search::new(&vector_of(1)).limit(50)).await.unwrap();
    assert_eq!((result.hits.len(), result.skipped.len()), (12, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn planted_metrics_where_nothing_else_tells_are_an_error_and_not_an_empty_result() {
    let place = Place::new();
    let collection = place.create(Settings::new(sealed())).await;
    fill(&collection, &place.policy("departments:hr"), 0..5).await;
    for seed in [1, 2] {
        let euclid = SearchParameters::sealed(DIMENSION, Metric::Euclid).unwrap();
        plant(&place, CompartmentOptions::new(euclid), seed).await;
    }
    let query = vector_of(3);
    let error = place.reader(HR).await.search(&Search::new(&query)).await.unwrap_err();
    assert_eq!(error.code(), "ambiguous_metric");
    let keys = Keys::user(place.key(HR));
    let told = EncryptedCollection::open(place.qdrant.clone(), &place.name, keys, Settings::new(sealed()));
    let result = told.await.unwrap().search(&Search::new(&query)).await.unwrap();
    assert_eq!((result.hits.len(), result.hits[0].id, result.skipped.len()), (5, 3.into(), 2));
}
