//! Encrypted search beside plain search on one server, with the same data, in one run: recall, candidates, bytes, and
//! milliseconds. `cargo xtask bench search` makes the corpus and runs this on the embedded engine, or on `QDRANT_URL`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark of a refusal measures nothing"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use vecseal::{
    AccessStructure, Attributes, Authority, Document, Epochs, Metric, PointId, Policy, Preset, SearchParameters,
};
use vecseal_client::{EncryptedCollection, Keys, NewPoint, Search, Settings};
use vecseal_qdrant::{
    Credentials, Distance, Endpoint, Http, Int8, NewCollection, OptimizersConfig, PointStruct, Qdrant, Quantization,
    QueryRequest, ScalarQuantization, Vector, VectorParams, WithPayload,
};
use vecseal_tests::corpus::{Corpus, in_parallel};
use vecseal_tests::nearest::{nearest, normalised};

/// Results wanted.
const LIMIT: usize = 10;
/// Documents.
const POINTS: usize = 20_000;
/// Queries each is timed with.
const TIMED: usize = 400;

struct Bench {
    qdrant: Qdrant<Http>,
    documents: Vec<Vec<f32>>,
    texts: Vec<String>,
    queries: Vec<Vec<f32>>,
    truth: Vec<Vec<usize>>,
}

/// One way to keep and search the documents.
struct Way {
    name: String,
    kind: Kind,
}

enum Kind {
    Plain(String),
    Encrypted(Box<EncryptedCollection<Http>>, Option<u16>, Option<u16>),
}

/// What one way came to.
#[derive(Default)]
struct Measured {
    found: usize,
    wanted: usize,
    candidates: usize,
    sent: u64,
    received: u64,
    times: Vec<f64>,
    of_which: [f64; 4],
}

#[tokio::main]
async fn main() {
    let folder = std::env::args_os().skip(1).map(PathBuf::from).find(|argument| argument.is_dir());
    let url = std::env::var("QDRANT_URL").expect("give the address of a Qdrant as QDRANT_URL");
    let sweep = std::env::args().any(|argument| argument == "sweep");
    let bench = Bench::new(&folder.expect("give the corpus's folder"), &url);
    println!(
        "\n{POINTS} documents, {} dimensions, {} queries; recall@{LIMIT} against exact plaintext search\n",
        bench.documents[0].len(),
        bench.queries.len()
    );
    if sweep {
        bench.sweep().await;
    } else {
        bench.all().await;
    }
}

impl Bench {
    fn new(folder: &std::path::Path, url: &str) -> Self {
        let corpus = Corpus::read(folder).unwrap();
        let documents: Vec<Vec<f32>> = corpus.documents.iter().take(POINTS).map(normalised).collect();
        let queries: Vec<Vec<f32>> = corpus.queries.iter().map(normalised).collect();
        let texts = std::fs::read_to_string(folder.join("documents.txt")).unwrap_or_default();
        let slices: Vec<&[f32]> = documents.iter().map(Vec::as_slice).collect();
        let truth = in_parallel(&queries, |query| nearest(query, &slices, LIMIT));
        Self {
            qdrant: Qdrant::new(Http::new(Endpoint::new(url, Credentials::None).unwrap()).unwrap()),
            texts: texts.lines().map(ToOwned::to_owned).take(POINTS).collect(),
            documents,
            queries,
            truth,
        }
    }

    async fn all(&self) {
        let balanced = || self.parameters(Preset::Balanced);
        let strong = || self.parameters(Preset::Strong);
        let mut ways = vec![
            self.plain("plain", None).await,
            self.encrypted("balanced", Settings::new(balanced()), 1).await,
            self.encrypted("strong", Settings::new(strong()), 1).await,
            self.encrypted("balanced, one key for all", Settings::new(balanced()).collection_scope(0), 10).await,
            self.encrypted("strong, one key for all", Settings::new(strong()).collection_scope(0), 10).await,
            self.encrypted("balanced, 10 compartments", Settings::new(balanced()), 10).await,
            self.encrypted("balanced, 100 compartments", Settings::new(balanced()), 100).await,
        ];
        self.measure(&mut ways).await;
        let mut ways = vec![
            self.plain("plain, int8", Some(int8())).await,
            self.encrypted("balanced, int8", Settings::new(balanced()).quantization(int8()), 1).await,
            self.encrypted("strong, int8", Settings::new(strong()).quantization(int8()), 1).await,
        ];
        self.measure(&mut ways).await;
        let sealed = SearchParameters::sealed(self.documents[0].len(), Metric::Cosine).unwrap();
        let mut ways = vec![
            self.plain("plain", None).await,
            self.encrypted("sealed", Settings::new(sealed), 1).await,
        ];
        self.measure(&mut ways).await;
    }

    /// How recall follows from candidates and `hnsw_ef`.
    async fn sweep(&self) {
        for (name, preset, oversampling) in [
            ("balanced", Preset::Balanced, [4, 6, 8, 12]),
            ("strong", Preset::Strong, [12, 16, 24, 32]),
        ] {
            for hnsw_ef in [1, 256, 512] {
                let mut ways = Vec::new();
                for oversampling in oversampling {
                    let mut way = self
                        .encrypted(
                            &format!("{name} ×{oversampling}, ef {hnsw_ef}"),
                            Settings::new(self.parameters(preset)),
                            1,
                        )
                        .await;
                    if let Kind::Encrypted(_, own, ef) = &mut way.kind {
                        (*own, *ef) = (Some(oversampling), Some(hnsw_ef));
                    }
                    ways.push(way);
                }
                self.measure(&mut ways).await;
            }
        }
    }

    fn parameters(&self, preset: Preset) -> SearchParameters {
        SearchParameters::geometric(self.documents[0].len(), Metric::Cosine, preset).unwrap()
    }

    /// The documents as they are.
    async fn plain(&self, name: &str, quantization: Option<Quantization>) -> Way {
        let collection = format!("bench {name}");
        if !self.qdrant.collection_exists(&collection).await.unwrap() {
            let vectors = VectorParams::new(self.documents[0].len() as u64, Distance::Cosine);
            let settings = NewCollection {
                quantization_config: quantization,
                optimizers_config: Some(OPTIMIZERS),
                ..NewCollection::single(vectors)
            };
            self.qdrant.create_collection(&collection, &settings).await.unwrap();
            let points: Vec<PointStruct> = (0..)
                .zip(self.documents.iter().zip(&self.texts))
                .map(|(id, (vector, text))| PointStruct {
                    id: vecseal_qdrant::PointId::Number(id),
                    vector: Vector::Single(vector.clone()),
                    payload: json!({ "text": text }).as_object().unwrap().clone(),
                })
                .collect();
            for chunk in points.chunks(500) {
                self.qdrant.upsert(&collection, chunk, None).await.unwrap();
            }
        }
        self.indexed(&collection).await;
        Way {
            name: name.to_owned(),
            kind: Kind::Plain(collection),
        }
    }

    /// The documents sealed, spread over so many compartments, and somebody who reads all.
    async fn encrypted(&self, name: &str, settings: Settings, compartments: usize) -> Way {
        let collection = format!("bench {}", name.split('×').next().unwrap_or(name));
        let names: Vec<String> = (0..compartments).map(|number| format!("t{number}")).collect();
        let structure = AccessStructure::from_json(&json!({ "tenants": names }).to_string()).unwrap();
        let authority = Arc::new(Authority::from_secret(structure, &[7; 32]));
        let attributes = names.iter().map(|name| ("tenants", name.as_str()));
        let attributes = Attributes::new(attributes, authority.structure()).unwrap();
        let key = authority.issue_user_key(&attributes, Epochs::Current).unwrap();
        let keys = Keys::authority(Arc::clone(&authority)).and_user(key);
        let settings = settings.optimizers(OPTIMIZERS).refresh_every(Duration::from_hours(1));
        let is_there = self.qdrant.collection_exists(&collection).await.unwrap();
        let opened = if is_there {
            EncryptedCollection::open(self.qdrant.clone(), &collection, keys, settings).await.unwrap()
        } else {
            let created = EncryptedCollection::create(self.qdrant.clone(), &collection, keys, settings).await.unwrap();
            let policies: Vec<Policy> = names
                .iter()
                .map(|name| Policy::parse(&format!("tenants:{name}"), authority.structure()).unwrap())
                .collect();
            let points: Vec<_> = (0..)
                .zip(self.documents.iter().zip(&self.texts))
                .map(|(id, (vector, text))| {
                    let policy = &policies[usize::try_from(id).unwrap() % policies.len()];
                    NewPoint::new(id, policy, Document::new(vector).text(text))
                })
                .collect();
            assert_eq!(created.upsert(&points, |_| ()).await.unwrap().written, points.len());
            created
        };
        opened.refresh().await.unwrap();
        self.indexed(&collection).await;
        Way {
            name: name.to_owned(),
            kind: Kind::Encrypted(Box::new(opened), None, None),
        }
    }

    /// Waits until the collection has its graph index; one without vectors has none.
    async fn indexed(&self, collection: &str) {
        let start = Instant::now();
        loop {
            let info = self.qdrant.collection_info(collection).await.unwrap();
            let has_vectors = info.config.params.vectors.get("").is_some();
            let is_indexed = info.indexed_vectors_count.is_some_and(|count| count >= POINTS as u64 * 9 / 10);
            if info.status == "green" && (is_indexed || !has_vectors) {
                return;
            }
            assert!(start.elapsed() < Duration::from_mins(10), "no graph index: {info:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Asks each way and the first in turn, query by query, so that a slow moment of the machine slows both.
    async fn measure(&self, ways: &mut [Way]) {
        println!(
            "| way | recall@{LIMIT} | candidates | KB sent | KB received | p50 ms | p95 ms | × plain | search, fetch, open, rank ms |"
        );
        println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        for (index, way) in ways.iter().enumerate() {
            // The first beside the second: beside itself it would find everything in the processor's cache.
            let other = &ways[usize::from(index == 0)];
            let (mut beside, mut measured) = (Measured::default(), Measured::default());
            for (number, (query, truth)) in self.queries.iter().zip(&self.truth).enumerate() {
                for (way, measured) in [(other, &mut beside), (way, &mut measured)] {
                    let start = Instant::now();
                    let found = self.ask(way, query, measured).await;
                    if number >= self.queries.len().saturating_sub(TIMED) {
                        measured.times.push(start.elapsed().as_secs_f64() * 1_000.0);
                    }
                    measured.found += truth.iter().filter(|id| found.contains(id)).count();
                    measured.wanted += truth.len();
                }
            }
            let plain = if index == 0 {
                measured.quantile(0.5)
            } else {
                beside.quantile(0.5)
            };
            self.print(&way.name, &mut measured, plain);
        }
        println!();
    }

    fn print(&self, name: &str, measured: &mut Measured, plain: f64) {
        let queries = self.queries.len() as f64;
        let stages = measured.of_which.map(|time| format!("{:.2}", time / queries)).join(", ");
        println!(
            "| {name} | {:.4} | {} | {:.1} | {:.1} | {:.2} | {:.2} | {:.2} | {stages} |",
            measured.found as f64 / measured.wanted as f64,
            measured.candidates / self.queries.len(),
            measured.sent as f64 / queries / 1_000.0,
            measured.received as f64 / queries / 1_000.0,
            measured.quantile(0.5),
            measured.quantile(0.95),
            measured.quantile(0.5) / plain,
        );
    }

    async fn ask(&self, way: &Way, query: &[f32], measured: &mut Measured) -> BTreeSet<usize> {
        match &way.kind {
            Kind::Plain(collection) => {
                let mut request = QueryRequest::nearest(query.to_vec(), LIMIT);
                request.with_payload = WithPayload::All(true);
                measured.sent += serde_json::to_vec(&request).unwrap().len() as u64;
                let found = self.qdrant.query(collection, &request).await.unwrap();
                measured.received += serde_json::to_vec(&found).unwrap().len() as u64;
                measured.candidates += found.points.len();
                let number = |id: &vecseal_qdrant::PointId| match id {
                    vecseal_qdrant::PointId::Number(number) => usize::try_from(*number).unwrap(),
                    vecseal_qdrant::PointId::Uuid(_) => usize::MAX,
                };
                found.points.iter().map(|point| number(&point.id)).collect()
            }
            Kind::Encrypted(collection, oversampling, hnsw_ef) => {
                let mut search = Search::new(query).limit(LIMIT);
                if let (Some(oversampling), Some(hnsw_ef)) = (oversampling, hnsw_ef) {
                    search = search.oversampling(*oversampling).hnsw_ef(*hnsw_ef);
                }
                let result = collection.search(&search).await.unwrap();
                let cost = result.cost;
                measured.sent += cost.traffic.sent;
                measured.received += cost.traffic.received;
                measured.candidates += cost.candidates;
                let stages = [cost.times.search, cost.times.fetch, cost.times.open, cost.times.rank];
                measured.of_which.iter_mut().zip(stages).for_each(|(sum, time)| *sum += time);
                let number = |id: PointId| match id {
                    PointId::Number(number) => usize::try_from(number).unwrap(),
                    PointId::Uuid(_) => usize::MAX,
                };
                result.hits.iter().map(|found| number(found.id)).collect()
            }
        }
    }
}

impl Measured {
    fn quantile(&mut self, share: f64) -> f64 {
        self.times.sort_by(f64::total_cmp);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundreds")]
        let place = (self.times.len() as f64 * share) as usize;
        self.times.get(place).copied().unwrap_or_default()
    }
}

const OPTIMIZERS: OptimizersConfig = OptimizersConfig {
    indexing_threshold: Some(1_000),
    default_segment_number: None,
};

fn int8() -> Quantization {
    Quantization::Scalar {
        scalar: ScalarQuantization {
            kind: Int8::Int8,
            quantile: Some(0.99),
            always_ram: Some(true),
        },
    }
}
