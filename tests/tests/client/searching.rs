//! Searching: limits, offsets, thresholds, what it costs, what is cached, what is inspected.

use std::time::Duration;

use vecseal::{Document, Metric, Mode, PointId, Preset, SearchParameters, rerank};
use vecseal_client::{ClientError, EncryptedCollection, Keys, NewPoint, Refused, Search, Settings};
use vecseal_qdrant::Http;

use crate::place::{DIMENSION, Place, balanced, fill, sealed, vector_of};

const HR: &[(&str, &str)] = &[("departments", "hr")];
const BOTH: &[(&str, &str)] = &[("departments", "hr"), ("departments", "finance")];

fn ids(result: &vecseal_client::SearchResult) -> Vec<PointId> {
    result.hits.iter().map(|found| found.id).collect()
}

/// The ids of the nearest of these numbers' vectors.
fn nearest(metric: Metric, query: &[f32], numbers: std::ops::Range<u64>, limit: usize) -> Vec<(PointId, f64)> {
    let vectors: Vec<_> = numbers.map(|number| (PointId::Number(number), vector_of(number))).collect();
    let candidates = vectors.iter().map(|(id, vector)| (*id, vector.as_slice()));
    rerank(metric, query, candidates, limit).unwrap().iter().map(|hit| (hit.id, hit.score)).collect()
}

/// Two compartments of 40 points each.
async fn two(settings: Settings) -> (Place, EncryptedCollection<Http>) {
    let place = Place::new();
    let collection = place.create(settings).await;
    fill(&collection, &place.policy("departments:hr"), 0..40).await;
    fill(&collection, &place.policy("departments:finance"), 40..80).await;
    let reader = place.reader(BOTH).await;
    (place, reader)
}

#[tokio::test(flavor = "multi_thread")]
async fn offset_limit_and_threshold_are_of_exact_scores() {
    for metric in [Metric::Cosine, Metric::Dot, Metric::Euclid] {
        let parameters = SearchParameters::geometric(DIMENSION, metric, Preset::Balanced).unwrap();
        for parameters in [parameters, SearchParameters::sealed(DIMENSION, metric).unwrap()] {
            let mode = parameters.mode();
            let (_place, reader) = two(Settings::new(parameters)).await;
            let query = vector_of(1_000);
            let all = nearest(metric, &query, 0..80, 80);
            let found = reader.search(&Search::new(&query).limit(7)).await.unwrap();
            let scores: Vec<_> = found.hits.iter().map(|hit| (hit.id, hit.score)).collect();
            assert_eq!(scores, all[..7], "{metric:?} {mode:?}");
            let page = reader.search(&Search::new(&query).limit(5).offset(3)).await.unwrap();
            let expected: Vec<_> = all[3..8].iter().map(|(id, _)| *id).collect();
            assert_eq!(ids(&page), expected, "{metric:?} {mode:?}");
            let near = reader.search(&Search::new(&query).limit(50).score_threshold(all[4].1)).await.unwrap();
            assert_eq!(near.hits.len(), 5, "{metric:?} {mode:?}");
            assert!(reader.search(&Search::new(&query).limit(0)).await.unwrap().hits.is_empty());
            let beyond = reader.search(&Search::new(&query).limit(5).offset(200)).await.unwrap();
            assert!(beyond.hits.is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_search_costs_is_told() {
    let (place, reader) = two(Settings::new(balanced())).await;
    let query = vector_of(2);
    let result = reader.search(&Search::new(&query).limit(2)).await.unwrap();
    let cost = result.cost;
    assert_eq!((cost.compartments, cost.candidates, cost.opened), (2, 20, 20));
    assert_eq!((cost.denied, cost.tampered, cost.traffic.requests), (0, 0, 2));
    assert!(cost.traffic.sent > 100 && cost.traffic.received > 20 * 100);
    let times = cost.times;
    let parts = times.keyring + times.encrypt + times.search + times.fetch + times.open + times.rank;
    assert!(times.search > 0.0 && times.open > 0.0 && parts <= times.total);
    // One compartment needs one request.
    let alone = place.reader(HR).await;
    let result = alone.search(&Search::new(&query).limit(2)).await.unwrap();
    assert_eq!((result.cost.compartments, result.cost.traffic.requests), (1, 1));
    let more = alone.search(&Search::new(&query).limit(2).oversampling(3).hnsw_ef(64)).await.unwrap();
    assert_eq!(more.cost.candidates, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_mode_sealed_are_fetched_once_and_their_changes_after() {
    let (place, _) = two(Settings::new(sealed())).await;
    let eager = Settings::default().refresh_every(Duration::ZERO);
    let keys = || Keys::user(place.key(BOTH));
    let reader = EncryptedCollection::open(place.qdrant.clone(), &place.name, keys(), eager).await.unwrap();
    let query = vector_of(1_000);
    let first = reader.search(&Search::new(&query)).await.unwrap();
    let second = reader.search(&Search::new(&query)).await.unwrap();
    assert_eq!(ids(&first), ids(&second));
    assert_eq!((first.cost.opened, second.cost.opened), (80, 0));
    assert!(second.cost.traffic.received * 3 < first.cost.traffic.received, "{:?} {:?}", first.cost, second.cost);
    // Somebody replaces one, adds one, deletes one.
    let hr = place.policy("departments:hr");
    let writer = place.reader(HR).await;
    let changed = [
        NewPoint::new(5, &hr, Document::new(&query)),
        NewPoint::new(500, &hr, Document::new(&query)),
    ];
    assert_eq!(writer.upsert(&changed, |_| ()).await.unwrap().written, 2);
    writer.delete(&[6.into()]).await.unwrap();
    let third = reader.search(&Search::new(&query).limit(100)).await.unwrap();
    assert_eq!((third.cost.opened, third.hits.len()), (2, 80));
    assert_eq!(ids(&third)[..2], [5.into(), 500.into()]);
    assert!(!ids(&third).contains(&6.into()));
    // What is known well enough is not asked for at all, but for what one has written oneself.
    let lazy = place.reader(BOTH).await;
    assert_eq!(ids(&lazy.search(&Search::new(&query)).await.unwrap()), ids(&third)[..10]);
    let again = lazy.search(&Search::new(&query)).await.unwrap();
    assert_eq!((again.cost.traffic.requests, ids(&again)), (0, ids(&third)[..10].to_vec()));
    lazy.delete(&[500.into()]).await.unwrap();
    assert!(!ids(&lazy.search(&Search::new(&query)).await.unwrap()).contains(&500.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_holds_no_vector_in_mode_sealed() {
    let (place, reader) = two(Settings::new(sealed())).await;
    let info = place.qdrant.collection_info(&place.name).await.unwrap();
    assert_eq!(info.config.params.vectors, vecseal_qdrant::Vectors::default());
    let inspection = reader.inspect(&1.into(), &[], None).await.unwrap().unwrap();
    assert_eq!(inspection.search_vector, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn compartments_created_meanwhile_are_seen_when_it_is_time() {
    let place = Place::new();
    let collection = place.create(Settings::new(balanced())).await;
    let keys = || Keys::user(place.key(HR));
    let open = |settings| EncryptedCollection::open(place.qdrant.clone(), &place.name, keys(), settings);
    let eager = open(Settings::default().refresh_every(Duration::ZERO)).await.unwrap();
    let lazy = open(Settings::default().refresh_every(Duration::from_hours(1))).await.unwrap();
    fill(&collection, &place.policy("departments:hr"), 0..5).await;
    let query = vector_of(1);
    assert_eq!(eager.search(&Search::new(&query)).await.unwrap().hits.len(), 5);
    assert_eq!(lazy.search(&Search::new(&query)).await.unwrap().hits.len(), 0);
    lazy.refresh().await.unwrap();
    assert_eq!(lazy.search(&Search::new(&query)).await.unwrap().hits.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inspection_says_for_every_key_what_it_opens_and_why_not() {
    let (place, reader) = two(Settings::new(balanced())).await;
    let (hr, finance) = (place.key(HR), place.key(&[("departments", "finance"), ("roles", "manager")]));
    let structure = place.authority.structure();
    let inspection = reader.inspect(&50.into(), &[&hr, &finance], Some(structure)).await.unwrap().unwrap();
    assert_eq!(inspection.attempts[0].outcome, Err(Refused::AccessDenied));
    let explanation = inspection.attempts[0].explanation.as_ref().unwrap();
    assert_eq!(explanation.clauses()[0].missing()[0].to_string(), "needs departments:finance; this key has hr");
    assert_eq!(inspection.attempts[1].outcome.as_deref(), Ok("departments:finance"));
    assert!(inspection.attempts[1].explanation.is_none());
    assert_eq!(inspection.header.unwrap().slots, 1);
    assert_eq!(inspection.search_vector.unwrap().len(), DIMENSION);
    assert!(inspection.record_bytes > DIMENSION * 4);
    let alone = reader.inspect(&50.into(), &[&hr], Some(structure)).await.unwrap().unwrap();
    assert!(alone.attempts[0].explanation.is_none(), "nobody there knows the policy");
    assert!(reader.inspect(&5_000.into(), &[&hr], None).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn compartments_are_described_to_those_who_open_them() {
    let (place, _) = two(Settings::new(balanced()).model("a model")).await;
    let reader = place.reader(HR).await;
    let compartments = reader.compartments();
    assert_eq!(compartments.len(), 2);
    let denied = compartments.iter().filter(|summary| summary.state == Err(Refused::AccessDenied)).count();
    assert_eq!(denied, 1);
    let open = compartments.into_iter().find_map(|summary| summary.state.ok()).unwrap();
    assert_eq!(
        (open.parameters.mode(), open.model.as_deref(), open.is_closed),
        (Mode::Geometric, Some("a model"), false)
    );
    assert!(open.created_at > 1_700_000_000);
}

/// What native programs do: many searches at once, from tasks of their own.
#[tokio::test(flavor = "multi_thread")]
async fn searches_run_at_once_and_between_threads() {
    let (place, reader) = two(Settings::new(balanced())).await;
    let reader = std::sync::Arc::new(reader);
    let (policy, writer) = (place.policy("departments:hr"), place.open_to_write(Settings::new(balanced())).await);
    tokio::spawn(async move { fill(&writer, &policy, 0..5).await }).await.unwrap();
    let searches = (0..20).map(|number| {
        let reader = std::sync::Arc::clone(&reader);
        tokio::spawn(async move {
            let query = vector_of(number);
            reader.search(&Search::new(&query).limit(1)).await.unwrap().hits[0].id
        })
    });
    for (number, search) in searches.collect::<Vec<_>>().into_iter().enumerate() {
        assert_eq!(search.await.unwrap(), PointId::Number(number as u64));
    }
}

/// Scores of vectors with noise and of those without do not compare: neither compartment crowds the other out.
#[tokio::test(flavor = "multi_thread")]
async fn compartments_with_and_without_noise_give_what_each_gives_alone() {
    for metric in [Metric::Cosine, Metric::Euclid] {
        let place = Place::new();
        let preset = |preset| SearchParameters::geometric(DIMENSION, metric, preset).unwrap();
        let noisy = preset(Preset::Off).with_noise(1.5, 0.0).unwrap().with_scale(scale(metric)).unwrap();
        let writer = place.create(Settings::new(preset(Preset::Off))).await;
        fill(&writer, &place.policy("departments:hr"), 0..100).await;
        let writer = place.open_to_write(Settings::new(noisy)).await;
        fill(&writer, &place.policy("departments:finance"), 100..200).await;
        // Without noise of its own a query finds the same every time.
        let open = |attributes| {
            let settings = Settings::default().query_noise(0.0).unwrap();
            EncryptedCollection::open(place.qdrant.clone(), &place.name, Keys::user(place.key(attributes)), settings)
        };
        let readers = [HR, &[("departments", "finance")], BOTH];
        for number in 500..510 {
            let query = vector_of(number);
            let mut hits = Vec::new();
            for attributes in readers {
                let found = open(attributes).await.unwrap().search(&Search::new(&query).oversampling(3)).await.unwrap();
                hits.push(found.hits.into_iter().map(|found| (found.id, found.score)).collect::<Vec<_>>());
            }
            let both = hits.pop().unwrap();
            let mut each = hits.concat();
            each.sort_by(|a, b| {
                if metric == Metric::Euclid {
                    a.1.total_cmp(&b.1)
                } else {
                    b.1.total_cmp(&a.1)
                }
            });
            assert_eq!(both, each[..10], "{metric:?}");
        }
    }
}

/// The usual norm of the tests' vectors.
fn scale(metric: Metric) -> f32 {
    match metric {
        Metric::Cosine => 1.0,
        Metric::Dot | Metric::Euclid => vector_of(1).iter().map(|x| x * x).sum::<f32>().sqrt(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_the_wrong_vectors_is_told() {
    let place = Place::new();
    let collection = place.create(Settings::new(balanced()).vector_name("text")).await;
    fill(&collection, &place.policy("departments:hr"), 0..3).await;
    let error = place.reader(HR).await.search(&Search::new(&vector_of(1))).await.unwrap_err();
    assert_eq!(error, ClientError::MissingVector(String::new()));
}
