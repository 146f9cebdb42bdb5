//! How much noise a query has, and what noise does to what the server finds.

use std::sync::Arc;

use vecseal::{Compartment, Metric, SearchParameters};

use super::Search;

/// The radius of a query's noise: one for all compartments, or those with less would show what it hides from the readers
/// of those with more. The most that one asks for, and at least so much, as a multiple of the query's norm.
pub(super) fn radius(metric: Metric, query: &[f32], least: f32, compartments: &[Arc<Compartment>]) -> f32 {
    let norm = match metric {
        Metric::Cosine => 1.0,
        Metric::Dot | Metric::Euclid => query.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt(),
    };
    #[expect(clippy::cast_possible_truncation, reason = "noise need not be exact")]
    let least = (f64::from(least) * norm) as f32;
    compartments.iter().map(|compartment| asked(compartment.parameters())).fold(least, f32::max)
}

fn asked(parameters: &SearchParameters) -> f32 {
    parameters.query_noise() * parameters.scale()
}

/// What scores compare within: search vectors with the same noise, cut alike. Scores of noisier ones are lower, or spread
/// further, so that those of the others would crowd them out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Class {
    noise: f32,
    scale: f32,
    search_dimensions: usize,
}

impl Class {
    pub(super) fn of(parameters: &SearchParameters) -> Self {
        Self {
            noise: parameters.noise(),
            scale: parameters.scale(),
            search_dimensions: parameters.search_dimensions(),
        }
    }
}

/// How many candidates compartments of one class give.
pub(super) fn candidates(search: &Search<'_>, radius: f32, class: &[&SearchParameters]) -> usize {
    let own = class.iter().map(|parameters| oversampling(parameters, radius)).max();
    let oversampling = search.oversampling.or(own).unwrap_or(1).max(1);
    let wanted = search.wanted();
    wanted.saturating_mul(usize::from(oversampling)).min(MAX_CANDIDATES.max(wanted))
}

/// How many points are fetched to rank, at most.
pub(super) const MAX_CANDIDATES: usize = 20_000;

/// What a header says for the noise it asks for; with more, what recall@10 of 0.99 took on 25,000 documents
/// (`docs/BENCHMARKS.md`).
fn oversampling(parameters: &SearchParameters, radius: f32) -> u16 {
    if radius <= asked(parameters) {
        return parameters.oversampling();
    }
    let noise = f64::from(parameters.noise()).powi(2);
    let query_noise = f64::from(radius / parameters.scale()).powi(2);
    let spread = (1.0 + noise) * (1.0 + query_noise) - 1.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 2 to 1,024")]
    let needed = (10.0 * (spread / 0.5625).powf(1.7)).ceil().clamp(2.0, 1_024.0) as u16;
    needed.max(parameters.oversampling())
}
