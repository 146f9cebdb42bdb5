//! Exact ranking over opened vectors (`docs/FORMAT.md` §9).

use alloc::vec::Vec;

use crate::compartment::point_id::PointId;
use crate::error::{Error, Result};
use crate::search::parameters::{Metric, check_finite};
use crate::search::{sum_of_products, sum_of_squared_differences};
use crate::sort::keep_smallest_by;

/// A point and its exact score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The point.
    pub id: PointId,
    /// Cosine similarity or dot product (higher is nearer), or Euclidean distance (lower is nearer).
    pub score: f64,
}

/// Returns the `limit` nearest of the candidates, nearest first; equal scores by id, numbers before UUIDs.
///
/// Vectors are `f32[d]`, as opened. Scores are computed in f64.
///
/// ```
/// use vecseal::{Metric, PointId, rerank};
///
/// let (a, b) = ([1.0, 0.0], [0.6, 0.8]);
/// let hits = rerank(Metric::Cosine, &[0.0, 1.0], [(PointId::Number(1), &a[..]), (PointId::Number(2), &b[..])], 1)?;
/// assert_eq!(hits[0].id, PointId::Number(2));
/// # Ok::<(), vecseal::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::WrongDimension`] if a candidate's length is not the query's, [`Error::NotFinite`], and for cosine
/// [`Error::ZeroVector`].
pub fn rerank<'v>(
    metric: Metric,
    query: &[f32],
    candidates: impl IntoIterator<Item = (PointId, &'v [f32])>,
    limit: usize,
) -> Result<Vec<Hit>> {
    check_finite(query)?;
    let query_norm = libm::sqrt(sum_of_products(query, query));
    let mut hits = Vec::new();
    for (id, vector) in candidates {
        if vector.len() != query.len() {
            return Err(Error::WrongDimension);
        }
        check_finite(vector)?;
        hits.push(Hit {
            id,
            score: score(metric, query, query_norm, vector)?,
        });
    }
    let nearer = |a: &Hit, b: &Hit| {
        let scores = match metric {
            Metric::Cosine | Metric::Dot => b.score.total_cmp(&a.score),
            Metric::Euclid => a.score.total_cmp(&b.score),
        };
        scores.then_with(|| a.id.cmp(&b.id))
    };
    keep_smallest_by(&mut hits, limit, nearer);
    Ok(hits)
}

fn score(metric: Metric, query: &[f32], query_norm: f64, vector: &[f32]) -> Result<f64> {
    let score = match metric {
        Metric::Cosine => {
            let norms = query_norm * libm::sqrt(sum_of_products(vector, vector));
            if norms == 0.0 {
                return Err(Error::ZeroVector);
            }
            sum_of_products(query, vector) / norms
        }
        Metric::Dot => sum_of_products(query, vector),
        Metric::Euclid => libm::sqrt(sum_of_squared_differences(query, vector)),
    };
    // Adding zero turns −0 into 0: the same score.
    Ok(score + 0.0)
}
