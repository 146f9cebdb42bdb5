//! Exact search by brute force, to hold other searches against.

/// Returns the numbers of the vectors with the largest scalar products, best first.
#[must_use]
pub fn nearest(query: &[f32], vectors: &[&[f32]], limit: usize) -> Vec<usize> {
    let mut scored: Vec<(f32, usize)> =
        vectors.iter().enumerate().map(|(id, vector)| (product(query, vector), id)).collect();
    let limit = limit.min(scored.len());
    scored.select_nth_unstable_by(limit.saturating_sub(1), |a, b| b.0.total_cmp(&a.0));
    scored.truncate(limit);
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().map(|(_, id)| id).collect()
}

fn product(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut lanes = [0.0_f32; 8];
    for (a, b) in a.iter().zip(b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f32>() + rest
}

/// Returns the vector at length 1, as the cosine compares.
#[must_use]
pub fn normalised(vector: &[f32]) -> Vec<f32> {
    let norm = product(vector, vector).sqrt();
    vector.iter().map(|value| value / norm).collect()
}
