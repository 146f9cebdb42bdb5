//! How well embeddings find the one document that answers a query, on small sets of our own.

use vecseal_data::{Document, Organisation};
use vecseal_embed::Embedder;

/// Documents, and queries with the number of the document that answers each.
pub struct RetrievalSet {
    /// As `docs/BENCHMARKS.md` calls it.
    pub name: &'static str,
    /// Texts to find.
    pub documents: Vec<String>,
    /// Texts to search by, with places in `documents`.
    pub queries: Vec<(String, usize)>,
}

/// Averages over the queries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Share whose answer comes first.
    pub hit_at_1: f64,
    /// Normalised discounted cumulative gain of the first ten: 1 / log2(1 + rank).
    pub ndcg_at_10: f64,
}

impl RetrievalSet {
    /// Returns 48 unrelated short documents with a query each, and the example organisations together.
    ///
    /// # Panics
    ///
    /// If the example organisations do not read.
    #[must_use]
    #[expect(clippy::unwrap_used, reason = "a benchmark of nothing measures nothing")]
    pub fn all() -> [Self; 2] {
        let pairs = include_str!("../retrieval.tsv").lines().filter_map(|line| line.split_once('\t'));
        let (documents, queries): (Vec<String>, Vec<String>) =
            pairs.map(|(document, query)| (document.to_owned(), query.to_owned())).unzip();
        let pairs = Self {
            name: "48 pairs",
            documents,
            queries: queries.into_iter().zip(0..).collect(),
        };
        let mut organisations = Self {
            name: "organisations",
            documents: Vec::new(),
            queries: Vec::new(),
        };
        for organisation in Organisation::examples().unwrap() {
            let before = organisations.documents.len();
            for query in &organisation.queries {
                let place = organisation.documents.iter().position(|document| document.id == query.answer).unwrap();
                organisations.queries.push((query.text.clone(), before + place));
            }
            organisations.documents.extend(organisation.documents.iter().map(Document::passage));
        }
        [pairs, organisations]
    }

    /// Ranks all documents for each query by cosine.
    #[must_use]
    pub fn quality(&self, embedder: &Embedder) -> Quality {
        let documents: Vec<Vec<f32>> = self.documents.iter().map(|text| embedder.embed(text)).collect();
        let ranks: Vec<usize> = self
            .queries
            .iter()
            .filter_map(|(text, answer)| {
                let query = embedder.embed(text);
                let score = |document: &Vec<f32>| query.iter().zip(document).map(|(a, b)| a * b).sum::<f32>();
                let right = score(documents.get(*answer)?);
                Some(1 + documents.iter().filter(|document| score(document) > right).count())
            })
            .collect();
        let average = |gain: fn(usize) -> f64| {
            #[expect(clippy::cast_precision_loss, reason = "some dozens")]
            let count = ranks.len() as f64;
            ranks.iter().map(|rank| gain(*rank)).sum::<f64>() / count
        };
        #[expect(clippy::cast_precision_loss, reason = "at most eleven")]
        let discounted = |rank: usize| {
            if rank <= 10 {
                1.0 / (1.0 + rank as f64).log2()
            } else {
                0.0
            }
        };
        Quality {
            hit_at_1: average(|rank| if rank == 1 { 1.0 } else { 0.0 }),
            ndcg_at_10: average(discounted),
        }
    }
}
