//! How many of the true neighbours are among the candidates that noisy search vectors give: brute force over a corpus of
//! real embeddings. `cargo xtask bench recall` makes the corpus and runs this.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark of a refusal measures nothing"
)]

use std::path::PathBuf;

use vecseal::{AccessStructure, Authority, CompartmentOptions, Document, Metric, Policy, Preset, SearchParameters};
use vecseal_tests::corpus::{Corpus, in_parallel};
use vecseal_tests::nearest::{nearest, normalised};
use vecseal_tests::random::seeded;

/// Results wanted.
const LIMIT: usize = 10;

/// Candidates fetched for each.
const OVERSAMPLING: [usize; 8] = [2, 4, 8, 10, 16, 24, 32, 48];

fn main() {
    let folder = std::env::args_os().skip(1).map(PathBuf::from).find(|argument| argument.is_dir());
    let corpus = Corpus::read(&folder.expect("give the corpus's folder")).unwrap();
    let documents: Vec<Vec<f32>> = corpus.documents.iter().map(normalised).collect();
    let queries: Vec<Vec<f32>> = corpus.queries.iter().map(normalised).collect();
    let documents: Vec<&[f32]> = documents.iter().map(Vec::as_slice).collect();
    let queries: Vec<&[f32]> = queries.iter().map(Vec::as_slice).collect();
    let truth = in_parallel(&queries, |query| nearest(query, &documents, LIMIT));

    println!(
        "\n{} documents, {} queries, {} dimensions: share of the true {LIMIT} among the candidates\n",
        documents.len(),
        queries.len(),
        corpus.documents.columns()
    );
    println!("| ρ, ρ_q |{} |", OVERSAMPLING.map(|m| format!(" ×{m} ")).join("|"));
    println!("| --- |{}", " ---: |".repeat(OVERSAMPLING.len()));
    let preset = |preset| SearchParameters::geometric(corpus.documents.columns(), Metric::Cosine, preset).unwrap();
    for (name, parameters) in [
        ("`balanced`", preset(Preset::Balanced)),
        ("`strong`", preset(Preset::Strong)),
        // What clients send when a reader asks for more noise than a compartment does.
        ("`off`, searched with noise", preset(Preset::Off).with_noise(0.0, 0.25).unwrap()),
        ("`strong` beside `balanced`", preset(Preset::Strong).with_noise(1.0, 0.5).unwrap()),
    ] {
        let what = format!("{}, {} ({name})", parameters.noise(), parameters.query_noise());
        let authority = Authority::from_secret(AccessStructure::from_json(r#"{"a": ["a"]}"#).unwrap(), &[1; 32]);
        let policy = Policy::parse("*", authority.structure()).unwrap();
        let options = CompartmentOptions::new(parameters);
        let (compartment, _) = authority.create_compartment(&policy, &options, &mut seeded(1)).unwrap();
        let numbered: Vec<(u64, &[f32])> = (0..).zip(documents.iter().copied()).collect();
        let stored = in_parallel(&numbered, |(id, vector)| {
            let sealed = compartment.seal(&(*id).into(), &Document::new(vector), &mut seeded(*id)).unwrap();
            sealed.search_vector.unwrap()
        });
        // As servers store them for the metric cosine.
        let stored: Vec<Vec<f32>> = stored.iter().map(|vector| normalised(vector)).collect();
        let stored: Vec<&[f32]> = stored.iter().map(Vec::as_slice).collect();
        let asked: Vec<(u64, &[f32])> = (0..).zip(queries.iter().copied()).collect();
        let found = in_parallel(&asked, |(number, query)| {
            let query = compartment.encrypt_query(query, &mut seeded(1 << 40 | number)).unwrap();
            nearest(&query, &stored, LIMIT * OVERSAMPLING.iter().max().unwrap())
        });
        let shares = OVERSAMPLING.map(|m| {
            let hits: usize = truth
                .iter()
                .zip(&found)
                .map(|(truth, found)| {
                    truth.iter().filter(|id| found.iter().take(LIMIT * m).any(|found| found == *id)).count()
                })
                .sum();
            #[expect(clippy::cast_precision_loss, reason = "some thousands")]
            let share = hits as f64 / (truth.len() * LIMIT) as f64;
            format!(" {share:.4} ")
        });
        println!("| {what} |{}|", shares.join("|"));
    }
}
