//! The example organisations, with real texts and embeddings: everybody finds what he may read, ranked as in plaintext.

use std::sync::Arc;

use vecseal::{Attributes, Document, Epochs, Metric, PointId, Preset, SearchParameters, rerank};
use vecseal_client::{Keys, NewPoint, Reach, Search, Settings};
use vecseal_data::Organisation;
use vecseal_embed::{Embedder, MINI_LM};

use crate::place::Place;

fn embedder() -> Embedder {
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/vecseal-embed/model/", "minilm-q4-v24k.bin");
    MINI_LM.load(std::fs::read(model).unwrap()).unwrap()
}

/// The ids of the nearest documents that somebody may read, with their scores, from plaintext alone.
fn plaintext(
    organisation: &Organisation,
    embeddings: &[Vec<f32>],
    attributes: &Attributes,
    query: &[f32],
    limit: usize,
) -> Vec<(PointId, f64)> {
    let readable = organisation.documents.iter().zip(embeddings);
    let readable = readable.filter(|(document, _)| document.policy.explain(attributes).is_satisfied());
    let vectors = readable.map(|(document, vector)| (PointId::Number(document.id), vector.as_slice()));
    let hits = rerank(Metric::Cosine, query, vectors, limit).unwrap();
    hits.iter().map(|hit| (hit.id, hit.score)).collect()
}

async fn everybody_finds_what_he_may_read(
    organisation: &Organisation,
    embedder: &Embedder,
    settings: Settings,
    reach: Reach,
) {
    let place = Place::with(organisation.structure.clone());
    let collection = place.create(settings.model(MINI_LM.name)).await;
    let embeddings: Vec<Vec<f32>> =
        organisation.documents.iter().map(|document| embedder.embed(&document.passage())).collect();
    let points: Vec<_> = organisation
        .documents
        .iter()
        .zip(&embeddings)
        .map(|(document, vector)| {
            NewPoint::new(document.id, &document.policy, Document::new(vector).text(&document.text))
        })
        .collect();
    let written = collection.upsert(&points, |_| ()).await.unwrap();
    assert_eq!((written.written, written.failures.len()), (points.len(), 0));
    for person in &organisation.people {
        let key = place.authority.issue_user_key(&person.attributes, Epochs::Current).unwrap();
        let reader = place.open(Keys::user(key)).await;
        for query in &organisation.queries {
            let query = embedder.embed(&query.text);
            let expected = plaintext(organisation, &embeddings, &person.attributes, &query, 5);
            let result = reader.search(&Search::new(&query).limit(5).reach(reach)).await.unwrap();
            let found: Vec<_> = result.hits.iter().map(|found| (found.id, found.score)).collect();
            assert_eq!(found, expected, "{} of {}", person.name, organisation.name);
            assert_eq!(result.cost.tampered, 0);
            for found in result.hits {
                let PointId::Number(id) = found.id else {
                    panic!("no number")
                };
                let document = organisation.document(id).unwrap();
                assert_eq!(found.record.content(), vecseal::Content::Text(&document.text));
            }
        }
        assert!(organisation.queries.len() > 1);
    }
}

fn company() -> Organisation {
    Organisation::examples().unwrap().swap_remove(0)
}

fn balanced() -> SearchParameters {
    SearchParameters::geometric(MINI_LM.dimension, Metric::Cosine, Preset::Balanced).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn in_all_example_organisations_everybody_finds_what_he_may_read() {
    let embedder = embedder();
    for organisation in Organisation::examples().unwrap() {
        everybody_finds_what_he_may_read(&organisation, &embedder, Settings::new(balanced()), Reach::Readable).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_one_search_key_for_all_everybody_finds_what_he_may_read() {
    let settings = Settings::new(balanced()).collection_scope(0);
    everybody_finds_what_he_may_read(&company(), &embedder(), settings, Reach::Readable).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_search_vectors_everybody_finds_what_he_may_read() {
    let settings = Settings::new(SearchParameters::sealed(MINI_LM.dimension, Metric::Cosine).unwrap());
    everybody_finds_what_he_may_read(&company(), &embedder(), settings, Reach::Readable).await;
}

/// HR, finance and legal, and three people: what the README shows.
#[tokio::test(flavor = "multi_thread")]
async fn three_departments_see_their_own_documents_and_the_shared_ones() {
    let place = Place::new();
    let embedder = embedder();
    let collection = place.create(Settings::new(balanced())).await;
    let documents = [
        (1, "departments:hr && roles:manager", "Salaries rise by three percent in April"),
        (2, "departments:finance", "The bank extends our credit line until June"),
        (3, "departments:legal", "The lawsuit over the lease was settled"),
        (4, "departments:hr || departments:legal", "New contracts need a notice period of two months"),
        (5, "*", "The canteen is closed on Friday"),
    ];
    let texts: Vec<_> = documents
        .iter()
        .map(|(id, policy, text)| (*id, place.policy(policy), embedder.embed(text), *text))
        .collect();
    let points: Vec<_> = texts
        .iter()
        .map(|(id, policy, vector, text)| NewPoint::new(*id, policy, Document::new(vector).text(text)))
        .collect();
    assert_eq!(collection.upsert(&points, |_| ()).await.unwrap().written, 5);
    let query = Arc::new(embedder.embed("how much do people earn"));
    for (attributes, expected) in [
        (&[("departments", "hr"), ("roles", "manager")][..], vec![1, 4, 5]),
        (&[("departments", "finance"), ("roles", "analyst")][..], vec![2, 5]),
        (&[("departments", "legal"), ("roles", "manager")][..], vec![3, 4, 5]),
    ] {
        let reader = place.reader(attributes).await;
        let result = reader.search(&Search::new(&query)).await.unwrap();
        let mut ids: Vec<_> = result.hits.iter().map(|found| found.id).collect();
        ids.sort();
        assert_eq!(ids, expected.iter().map(|id| PointId::Number(*id)).collect::<Vec<_>>());
        assert_eq!(reader.count(None).await.unwrap(), expected.len() as u64);
    }
}
