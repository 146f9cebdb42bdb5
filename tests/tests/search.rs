//! Search encryption: distances survive, noise is what it is said to be, exact ranking mends what noise blurs.

#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "statistics of small counts"
)]

use proptest::prelude::*;
use vecseal::{Error, Metric, PerturbedQuery, PointId, Preset, SearchKey, SearchParameters, hazmat, rerank};
use vecseal_tests::random::{bytes, seeded, vector};

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rotations_preserve_inner_products(dimension in 2usize..2_000, seed: u64) {
        let mut rng = seeded(seed);
        let key = bytes(&mut rng);
        let (a, b) = (vector(dimension, &mut rng), vector(dimension, &mut rng));
        let (ra, rb) = (hazmat::rotate(&key, &a), hazmat::rotate(&key, &b));
        let scale = (dot(&a, &a) * dot(&b, &b)).sqrt();
        prop_assert!((dot(&a, &b) - dot(&ra, &rb)).abs() <= 1e-5 * scale);
        prop_assert!((dot(&a, &a) - dot(&ra, &ra)).abs() <= 1e-5 * dot(&a, &a));
    }

    #[test]
    fn plain_vectors_decrypt(dimension in 2usize..600, seed: u64, metric in 0usize..3, preset in 0usize..3) {
        let mut rng = seeded(seed);
        let metric = [Metric::Cosine, Metric::Dot, Metric::Euclid][metric];
        let preset = [Preset::Off, Preset::Balanced, Preset::Strong][preset];
        let parameters = SearchParameters::geometric(dimension, metric, preset).unwrap();
        let key = SearchKey::generate(parameters, &mut rng).unwrap();
        let x = vector(dimension, &mut rng);
        let point = PointId::Number(seed);
        let encrypted = key.encrypt(&x, &point, &mut rng).unwrap();
        let decrypted = key.decrypt(&encrypted, &point).unwrap();
        let norm = if metric == Metric::Cosine { dot(&x, &x).sqrt() } else { 1.0 };
        for (a, b) in decrypted.iter().zip(&x) {
            prop_assert!((f64::from(*a) - f64::from(*b) / norm).abs() < 2e-5);
        }
    }

    #[test]
    fn ranking_is_the_order_of_plaintext_scores(dimension in 2usize..100, seed: u64, metric in 0usize..3, limit in 0usize..40) {
        let mut rng = seeded(seed);
        let metric = [Metric::Cosine, Metric::Dot, Metric::Euclid][metric];
        let query = vector(dimension, &mut rng);
        let candidates: Vec<_> = (0..30u64).map(|id| (PointId::Number(id % 25), vector(dimension, &mut rng))).collect();
        let hits = rerank(metric, &query, candidates.iter().map(|(id, vector)| (*id, vector.as_slice())), limit).unwrap();
        let score = |vector: &[f32]| match metric {
            Metric::Cosine => dot(&query, vector) / (dot(&query, &query) * dot(vector, vector)).sqrt(),
            Metric::Dot => dot(&query, vector),
            Metric::Euclid => query.iter().zip(vector).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>().sqrt(),
        };
        let mut expected: Vec<f64> = candidates.iter().map(|(_, vector)| score(vector)).collect();
        expected.sort_by(|a, b| if metric == Metric::Euclid { a.total_cmp(b) } else { b.total_cmp(a) });
        prop_assert_eq!(hits.len(), limit.min(30));
        for (hit, expected) in hits.iter().zip(expected) {
            prop_assert!((hit.score - expected).abs() < 1e-9);
        }
    }
}

/// Radius: `|noise| / ρ` is distributed as the `d`-th root of a uniform value. Kolmogorov and Smirnov, 1 in 1,000 by
/// chance.
#[test]
fn noise_radii_are_those_of_a_uniform_ball() {
    for dimension in [2usize, 3, 48, 384] {
        const COUNT: usize = 4_000;
        let mut uniform: Vec<f64> = (0..COUNT)
            .map(|i| {
                let noise = hazmat::noise(&bytes(&mut seeded(i as u64)), dimension, 0.5);
                (dot(&noise, &noise).sqrt() / 0.5).powi(i32::try_from(dimension).unwrap())
            })
            .collect();
        assert!(uniform.iter().all(|value| (0.0..=1.000_1).contains(value)));
        uniform.sort_by(f64::total_cmp);
        let distance = uniform
            .iter()
            .enumerate()
            .map(|(i, value)| (value - (i as f64 + 0.5) / COUNT as f64).abs())
            .fold(0.0, f64::max);
        assert!(distance < 1.95 / (COUNT as f64).sqrt(), "d = {dimension}: {distance}");
    }
}

/// Direction: no coordinate, no pair of coordinates, and no octant is preferred.
#[test]
fn noise_directions_are_uniform() {
    const COUNT: usize = 6_000;
    const DIMENSION: usize = 40;
    let directions: Vec<Vec<f64>> = (0..COUNT)
        .map(|i| {
            let noise = hazmat::noise(&bytes(&mut seeded(90_000 + i as u64)), DIMENSION, 1.0);
            let norm = dot(&noise, &noise).sqrt();
            noise.iter().map(|value| f64::from(*value) / norm).collect()
        })
        .collect();
    // On a sphere: mean 0 with variance 1/d each, and uncorrelated; 5 standard errors over 40 · 41 / 2 tests.
    let error = 5.0 / (COUNT as f64).sqrt();
    for i in 0..DIMENSION {
        let mean = directions.iter().map(|direction| direction[i]).sum::<f64>() / COUNT as f64;
        assert!((mean * (DIMENSION as f64).sqrt()).abs() < error, "{i}: {mean}");
        for j in 0..i {
            let product = directions.iter().map(|direction| direction[i] * direction[j]).sum::<f64>() / COUNT as f64;
            assert!((product * DIMENSION as f64).abs() < error, "{i} {j}: {product}");
        }
        let fourth = directions.iter().map(|direction| direction[i].powi(4)).sum::<f64>() / COUNT as f64;
        let expected = 3.0 / (DIMENSION * (DIMENSION + 2)) as f64;
        assert!((fourth / expected - 1.0).abs() < 0.2, "{i}: {fourth}");
    }
    let octants = directions.iter().fold([0usize; 8], |mut counts, direction| {
        let octant = (0..3).fold(0, |octant, i| octant * 2 + usize::from(direction[i * 16] > 0.0));
        counts[octant] += 1;
        counts
    });
    let expected = COUNT as f64 / 8.0;
    let chi_squared: f64 = octants.iter().map(|count| (*count as f64 - expected).powi(2) / expected).sum();
    assert!(chi_squared < 24.3, "{octants:?}"); // 7 degrees of freedom, 1 in 1,000
}

#[test]
fn rotations_of_different_keys_and_dimensions_are_unrelated() {
    let x = vector(512, &mut seeded(1));
    let a = hazmat::rotate(&[1; 32], &x);
    let b = hazmat::rotate(&[2; 32], &x);
    assert!((dot(&a, &b) / dot(&x, &x)).abs() < 0.25);
    assert!((dot(&a, &x) / dot(&x, &x)).abs() < 0.25);
}

/// What `docs/SECURITY.md` says of known pairs: without noise, `d` of them give the rotation away.
#[test]
fn a_rotation_alone_falls_to_as_many_known_pairs_as_dimensions() {
    let dimension = 32;
    let mut rng = seeded(3);
    let key = bytes(&mut rng);
    let known: Vec<Vec<f64>> = (0..dimension).map(|_| wide(&vector(dimension, &mut rng))).collect();
    let seen: Vec<Vec<f64>> = known.iter().map(|x| wide(&hazmat::rotate(&key, &narrow(x)))).collect();
    let secret = vector(dimension, &mut rng);
    let target = wide(&hazmat::rotate(&key, &secret));
    // A rotation is linear: write the target as a combination of seen vectors, and combine the known ones.
    let weights = solve(&seen, &target);
    let recovered: Vec<f64> = (0..dimension).map(|i| known.iter().zip(&weights).map(|(x, w)| x[i] * w).sum()).collect();
    let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let inner: f64 = recovered.iter().zip(wide(&secret)).map(|(a, b)| a * b).sum();
    assert!(inner / (norm(&recovered) * norm(&wide(&secret))) > 0.999);
}

#[test]
fn presets_keep_the_true_neighbours_among_the_candidates() {
    let (dimension, count, queries) = (96, 1_500, 20);
    let mut rng = seeded(4);
    // Clustered, as embeddings are: a centre, and a little of one's own.
    let centres: Vec<Vec<f32>> = (0..30).map(|_| vector(dimension, &mut rng)).collect();
    let mut draw = |i: usize| -> Vec<f32> {
        let own = vector(dimension, &mut rng);
        centres[i % 30].iter().zip(own).map(|(centre, own)| centre + 0.8 * own).collect()
    };
    let stored: Vec<Vec<f32>> = (0..count).map(&mut draw).collect();
    let asked: Vec<Vec<f32>> = (0..queries).map(&mut draw).collect();
    for preset in [Preset::Off, Preset::Balanced, Preset::Strong] {
        let parameters = SearchParameters::geometric(dimension, Metric::Cosine, preset).unwrap();
        let oversampling = usize::from(parameters.oversampling());
        let key = SearchKey::generate(parameters, &mut seeded(5)).unwrap();
        let mut rng = seeded(6);
        let encrypted: Vec<_> =
            stored.iter().map(|x| key.encrypt(x, &PointId::Number(0), &mut rng).unwrap().ciphertext).collect();
        let mut found = 0;
        for query in &asked {
            let top = |query: &[f32], vectors: &[Vec<f32>], limit| {
                let candidates = vectors.iter().enumerate().map(|(i, x)| (PointId::Number(i as u64), x.as_slice()));
                rerank(Metric::Cosine, query, candidates, limit).unwrap()
            };
            let truth = top(query, &stored, 10);
            let candidates = top(&key.encrypt_query(query, &mut rng).unwrap(), &encrypted, 10 * oversampling);
            found += truth.iter().filter(|hit| candidates.iter().any(|candidate| candidate.id == hit.id)).count();
        }
        assert!(found as f64 >= 0.99 * 10.0 * f64::from(20), "{preset:?}: {found}");
    }
}

/// Somebody who reads many of the compartments that one query goes to knows their search keys, and sees the traffic.
#[test]
fn noise_of_a_query_does_not_average_out_over_compartments() {
    let (dimension, radius) = (64, 0.5);
    let mut rng = seeded(21);
    let parameters = SearchParameters::geometric(dimension, Metric::Cosine, Preset::Off).unwrap();
    let with_noise = parameters.clone().with_noise(0.0, radius).unwrap();
    let query = vecseal_tests::nearest::normalised(&vector(dimension, &mut rng));
    let perturbed = PerturbedQuery::new(Metric::Cosine, &query, radius, &mut rng).unwrap();
    let (mut shared, mut drawn_anew) = (vec![0.0; dimension], vec![0.0; dimension]);
    let keys = 50;
    for number in 0..keys {
        let rotation = SearchKey::from_secret(parameters.clone(), &[number; 32]).unwrap();
        let key = SearchKey::from_secret(with_noise.clone(), &[number; 32]).unwrap();
        let sent = (key.rotate_query(&perturbed, &mut rng).unwrap(), key.encrypt_query(&query, &mut rng).unwrap());
        for axis in 0..dimension {
            // With the key, rotated axes give the coordinates back.
            let axis_alone: Vec<f32> = (0..dimension).map(|i| f32::from(u8::from(i == axis))).collect();
            let rotated = rotation.encrypt_query(&axis_alone, &mut rng).unwrap();
            shared[axis] += dot(&sent.0, &rotated) / f64::from(keys);
            drawn_anew[axis] += dot(&sent.1, &rotated) / f64::from(keys);
        }
    }
    let error = |guess: &[f64]| dot(&narrow(&subtracted(guess, &query)), &narrow(&subtracted(guess, &query))).sqrt();
    assert!(error(&drawn_anew) < 0.15 * f64::from(radius), "drawn for each key, it does: {}", error(&drawn_anew));
    assert!(error(&shared) > 0.6 * f64::from(radius), "{}", error(&shared));
}

/// The server sees a query in two compartments. Were its noise the same, the two would be one vector under two rotations.
#[test]
fn queries_to_two_compartments_are_not_one_vector_rotated() {
    let (dimension, radius) = (256, 0.5);
    let mut rng = seeded(23);
    let parameters = SearchParameters::geometric(dimension, Metric::Cosine, Preset::Off).unwrap();
    let keys = [1, 2].map(|number| SearchKey::from_secret(parameters.clone(), &[number; 32]).unwrap());
    let query = vector(dimension, &mut rng);
    let mut differences = Vec::new();
    for _ in 0..50 {
        let perturbed = PerturbedQuery::new(Metric::Cosine, &query, radius, &mut rng).unwrap();
        // Lengths survive rotations, so that they tell without a key.
        let [a, b] = [0, 1].map(|i| keys[i].rotate_query(&perturbed, &mut rng).unwrap());
        differences.push((dot(&a, &a).sqrt() - dot(&b, &b).sqrt()).abs());
    }
    let mean = differences.iter().sum::<f64>() / differences.len() as f64;
    // Of noise of radius r / √2 about r / √(2 d) points along the vector.
    let expected = f64::from(radius) / (2.0 * dimension as f64).sqrt();
    assert!(mean > 0.5 * expected, "{mean} {expected}");
}

fn subtracted(a: &[f64], b: &[f32]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - f64::from(*b)).collect()
}

#[test]
fn a_perturbed_query_is_for_its_metric_dimension_and_mode() {
    let mut rng = seeded(22);
    let parameters = SearchParameters::geometric(8, Metric::Euclid, Preset::Off).unwrap();
    let key = SearchKey::from_secret(parameters.clone(), &[1; 32]).unwrap();
    let query = vector(8, &mut rng);
    let plain = PerturbedQuery::new(Metric::Euclid, &query, 0.0, &mut rng).unwrap();
    assert_eq!(key.rotate_query(&plain, &mut rng).unwrap(), key.encrypt_query(&query, &mut rng).unwrap());
    let cut = SearchKey::from_secret(parameters.with_search_dimensions(3).unwrap(), &[1; 32]).unwrap();
    assert_eq!(cut.rotate_query(&plain, &mut rng).unwrap(), key.rotate_query(&plain, &mut rng).unwrap()[..3]);
    let other_metric = PerturbedQuery::new(Metric::Cosine, &query, 0.0, &mut rng).unwrap();
    assert_eq!(key.rotate_query(&other_metric, &mut rng).unwrap_err(), Error::InvalidParameter);
    let shorter = PerturbedQuery::new(Metric::Euclid, &query[1..], 0.0, &mut rng).unwrap();
    assert_eq!(key.rotate_query(&shorter, &mut rng).unwrap_err(), Error::WrongDimension);
    for radius in [-0.5, f32::NAN, f32::INFINITY, f32::MAX] {
        let refused = PerturbedQuery::new(Metric::Euclid, &query, radius, &mut rng).unwrap_err();
        assert_eq!(refused, Error::InvalidParameter, "{radius}");
    }
    assert!(!format!("{plain:?}").contains(&query[0].to_string()));
}

#[test]
fn vectors_that_cannot_be_searched_are_refused_at_the_door() {
    let mut rng = seeded(7);
    let key = SearchKey::generate(SearchParameters::geometric(3, Metric::Cosine, Preset::Balanced).unwrap(), &mut rng)
        .unwrap();
    let refused = [
        (vec![1.0, 2.0], Error::WrongDimension),
        (vec![1.0, f32::NAN, 0.0], Error::NotFinite),
        (vec![f32::INFINITY, 0.0, 0.0], Error::NotFinite),
        (vec![0.0, 0.0, 0.0], Error::ZeroVector),
        (vec![f32::MAX, 0.0, 0.0], Error::VectorOutOfRange),
    ];
    for (vector, error) in refused {
        assert_eq!(key.encrypt(&vector, &PointId::Number(1), &mut rng).unwrap_err(), error);
        assert_eq!(key.encrypt_query(&vector, &mut rng).unwrap_err(), error);
        if error != Error::WrongDimension {
            assert_eq!(PerturbedQuery::new(Metric::Cosine, &vector, 0.5, &mut rng).unwrap_err(), error);
        }
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|value| f64::from(*value)).collect()
}

fn narrow(x: &[f64]) -> Vec<f32> {
    x.iter().map(|value| *value as f32).collect()
}

/// Solves `Σ w_i rows_i = target` by elimination with pivots.
fn solve(rows: &[Vec<f64>], target: &[f64]) -> Vec<f64> {
    let n = target.len();
    let mut system: Vec<Vec<f64>> =
        (0..n).map(|i| rows.iter().map(|row| row[i]).chain([target[i]]).collect()).collect();
    for column in 0..n {
        let pivot = (column..n).max_by(|a, b| system[*a][column].abs().total_cmp(&system[*b][column].abs())).unwrap();
        system.swap(column, pivot);
        let pivot_row = system[column].clone();
        for (i, row) in system.iter_mut().enumerate() {
            if i != column {
                let factor = row[column] / pivot_row[column];
                row.iter_mut().zip(&pivot_row).for_each(|(value, pivot)| *value -= factor * pivot);
            }
        }
    }
    (0..n).map(|i| system[i][n] / system[i][i]).collect()
}
