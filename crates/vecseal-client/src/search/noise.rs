//! How much noise a query has, and what noise does to what the server finds.

use std::sync::Arc;

use vecseal::{Compartment, Metric, SearchParameters};

use super::Search;

/// How much noise a query has, as a multiple of its norm: the most that a compartment asks for, but no less than the
/// client's own setting, and no more than that or 1. What headers say is advice, and may come from anybody.
pub(super) fn query_noise(least: f32, compartments: &[Arc<Compartment>]) -> f32 {
    let asked = compartments.iter().map(|compartment| compartment.parameters().query_noise());
    asked.fold(least, f32::max).min(least.max(MAX_ADVISED_NOISE))
}

const MAX_ADVISED_NOISE: f32 = 1.0;

/// The radius of so much noise.
pub(super) fn radius(metric: Metric, query: &[f32], noise: f32) -> f32 {
    let norm = match metric {
        Metric::Cosine => 1.0,
        Metric::Dot | Metric::Euclid => query.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt(),
    };
    #[expect(clippy::cast_possible_truncation, reason = "noise need not be exact")]
    let radius = (f64::from(noise) * norm).min(MAX_RADIUS) as f32;
    radius
}

/// 2^100, the largest norm of a vector.
const MAX_RADIUS: f64 = 1_267_650_600_228_229_401_496_703_205_376.0;

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
pub(super) fn candidates(search: &Search<'_>, query_noise: f32, class: &[&SearchParameters]) -> usize {
    let own = class.iter().map(|parameters| oversampling(parameters, query_noise)).max();
    let oversampling = search.oversampling.or(own).unwrap_or(1).max(1);
    let wanted = search.wanted();
    wanted.saturating_mul(usize::from(oversampling)).min(MAX_CANDIDATES.max(wanted))
}

/// How many points are fetched to rank, at most, but for as many as are wanted.
pub(super) const MAX_CANDIDATES: usize = 20_000;

/// What a header says for the noise it asks for, within reason; with more, what that needs.
fn oversampling(parameters: &SearchParameters, query_noise: f32) -> u16 {
    let needed = needed(parameters.noise(), query_noise);
    let least = if query_noise > parameters.query_noise() {
        needed
    } else {
        1
    };
    parameters.oversampling().clamp(least, needed * MAX_ADVISED_FACTOR)
}

const MAX_ADVISED_FACTOR: u16 = 4;

/// What recall@10 of 0.99 took on 25,000 documents (`docs/BENCHMARKS.md`): 2 to 1,024.
fn needed(noise: f32, query_noise: f32) -> u16 {
    let square = |noise: f32| f64::from(noise).powi(2);
    let spread = (1.0 + square(noise)) * (1.0 + square(query_noise)) - 1.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 2 to 1,024")]
    let needed = (10.0 * (spread / 0.5625).powf(1.7)).ceil().clamp(2.0, 1_024.0) as u16;
    needed
}
