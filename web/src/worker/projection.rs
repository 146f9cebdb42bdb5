//! Vectors in a plane, by their two principal components, and which neighbours they keep.

/// Enough for a picture: components of embeddings differ by a few per cent, and then either will do.
const ITERATIONS: usize = 48;

/// The cosine between two vectors, over the coordinates that both have; 0 with a zero vector.
pub(super) fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let norms = (dot(a, a) * dot(b, b)).sqrt();
    if norms > 0.0 { dot(a, b) / norms } else { 0.0 }
}

/// Projects vectors of one dimension to the plane of their two principal components, within -1 to 1. The same vectors
/// give the same picture.
pub(super) fn project(vectors: &[&[f32]]) -> Vec<[f32; 2]> {
    let dimension = vectors.first().map_or(0, |vector| vector.len());
    let mut mean = vec![0.0; dimension];
    #[expect(clippy::cast_precision_loss, reason = "some thousand are exact")]
    let share = 1.0 / vectors.len().max(1) as f32;
    for vector in vectors {
        add(&mut mean, share, vector);
    }
    let centred: Vec<Vec<f32>> = vectors
        .iter()
        .map(|vector| vector.iter().zip(&mean).map(|(value, mean)| value - mean).collect())
        .collect();
    let first = component(&centred, &[], dimension);
    let second = component(&centred, &first, dimension);
    let points: Vec<[f32; 2]> = centred.iter().map(|vector| [dot(vector, &first), dot(vector, &second)]).collect();
    let largest = points.iter().flatten().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let scale = if largest > 0.0 { 1.0 / largest } else { 0.0 };
    points.iter().map(|point| point.map(|value| value * scale)).collect()
}

/// For each of these vectors, its `count` nearest by cosine, nearest first, among those that `are_wanted` for it, by number.
pub(super) fn neighbours(
    vectors: &[&[f32]],
    of: usize,
    count: usize,
    are_wanted: impl Fn(usize) -> bool,
) -> Vec<usize> {
    let Some(own) = vectors.get(of) else { return Vec::new() };
    let others = vectors.iter().enumerate().filter(|(other, _)| *other != of && are_wanted(*other));
    let mut near: Vec<(f32, usize)> = Vec::with_capacity(count + 1);
    for (other, vector) in others {
        let cosine = cosine(own, vector);
        // Of equal ones the first stays.
        let place = near.iter().position(|(known, _)| *known < cosine).unwrap_or(near.len());
        if place < count {
            near.insert(place, (cosine, other));
            near.truncate(count);
        }
    }
    near.into_iter().map(|(_, other)| other).collect()
}

/// The direction of most variance that is orthogonal to another, by power iteration.
fn component(centred: &[Vec<f32>], orthogonal_to: &[f32], dimension: usize) -> Vec<f32> {
    let mut direction = start(dimension);
    for _ in 0..ITERATIONS {
        let mut next = vec![0.0; dimension];
        for vector in centred {
            add(&mut next, dot(vector, &direction), vector);
        }
        let along = dot(&next, orthogonal_to);
        add(&mut next, -along, orthogonal_to);
        let norm = dot(&next, &next).sqrt();
        if norm <= f32::MIN_POSITIVE {
            // No variance is left.
            return vec![0.0; dimension];
        }
        scale(&mut next, 1.0 / norm);
        direction = next;
    }
    // Of two opposite directions, one and the same.
    let largest = direction.iter().copied().fold(0.0_f32, |a, b| if b.abs() > a.abs() { b } else { a });
    if largest < 0.0 {
        scale(&mut direction, -1.0);
    }
    direction
}

/// A vector that no data is orthogonal to but by chance: small numbers of a linear congruential generator.
fn start(dimension: usize) -> Vec<f32> {
    let mut state = 1_u32;
    let numbers = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from(u16::try_from(state >> 16).unwrap_or_default()) / 32_768.0 - 1.0
    });
    numbers.take(dimension).collect()
}

fn scale(vector: &mut [f32], factor: f32) {
    for value in vector {
        *value *= factor;
    }
}

fn add(sum: &mut [f32], factor: f32, vector: &[f32]) {
    for (sum, value) in sum.iter_mut().zip(vector) {
        *sum += factor * value;
    }
}

/// With several sums at once, which SIMD can take over.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, rest_a), (b, rest_b)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() + rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::{cosine, neighbours, project};

    #[test]
    fn the_axes_are_those_of_most_variance() {
        // A flat ellipse, tilted in three dimensions and moved.
        let vectors: Vec<Vec<f32>> = (0..64_u8)
            .map(|step| {
                let angle = f32::from(step) * std::f32::consts::TAU / 64.0;
                let (x, y) = (3.0 * angle.cos(), angle.sin());
                vec![5.0 + 0.6 * x - 0.8 * y, -2.0 + 0.8 * x + 0.6 * y, 1.0]
            })
            .collect();
        let vectors: Vec<&[f32]> = vectors.iter().map(Vec::as_slice).collect();
        let points = project(&vectors);
        assert!((points[0][0].abs() - 1.0).abs() < 1e-3 && points[0][1].abs() < 1e-2, "{:?}", points[0]);
        assert!(points[16][0].abs() < 1e-2 && (points[16][1].abs() - 1.0 / 3.0).abs() < 1e-3, "{:?}", points[16]);
        assert_eq!(points, project(&vectors));
    }

    #[test]
    fn few_or_equal_vectors_have_a_picture_too() {
        assert!(project(&[]).is_empty());
        assert_eq!(project(&[&[1.0, 2.0]]), [[0.0, 0.0]]);
        assert_eq!(project(&[&[1.0, 2.0], &[1.0, 2.0]]), [[0.0, 0.0], [0.0, 0.0]]);
        let two = project(&[&[1.0, 0.0], &[0.0, 1.0]]);
        assert!((two[0][0] + two[1][0]).abs() < 1e-6 && (two[0][0].abs() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn neighbours_are_the_nearest_of_those_that_are_wanted() {
        let vectors: [&[f32]; 4] = [&[1.0, 0.0], &[0.9, 0.1], &[0.0, 1.0], &[0.5, 0.5]];
        assert_eq!(neighbours(&vectors, 0, 2, |_| true), [1, 3]);
        assert_eq!(neighbours(&vectors, 0, 2, |other| other == 2), [2]);
        assert!(neighbours(&vectors, 9, 2, |_| true).is_empty());
        assert_eq!(cosine(&[0.0; 3], &[1.0; 3]), 0.0);
        let long: Vec<f32> = (0..384_u16).map(f32::from).collect();
        assert!((cosine(&long, &long) - 1.0).abs() < 1e-6);
    }
}
