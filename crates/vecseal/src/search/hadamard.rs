//! The Walsh–Hadamard transform of `docs/FORMAT.md` §7.3, in place and in f32.
//!
//! The bits of the result are part of the format, so the additions happen in one fixed order: stages of stride 1, 2, 4,
//! … `p / 2`. The passes below take several stages at a time, in registers; they add in the same order.

/// Multiplies `x` by the orthogonal Walsh–Hadamard matrix of its length, a power of two.
pub(crate) fn hadamard(x: &mut [f32]) {
    debug_assert!(x.len().is_power_of_two());
    let scale = inverse_sqrt_of_power_of_two(x.len());
    let (blocks, rest) = x.as_chunks_mut::<16>();
    for block in blocks {
        block_of_16(block, scale);
    }
    for value in rest.iter_mut() {
        *value *= scale;
    }
    // A transform shorter than 16 has no block: all of it is in the rest.
    let mut stride = if rest.is_empty() { 16 } else { 1 };
    while stride < x.len() {
        let left = (x.len() / stride).ilog2();
        // Three stages at a time, but never so that one is left over by itself where two and two would do.
        let stages = if stride >= 4 && (left == 3 || left > 4) {
            3
        } else {
            left.min(2)
        };
        for group in x.chunks_exact_mut(stride << stages) {
            match stages {
                3 => three_stages(group, stride),
                2 => two_stages(group, stride),
                _ => one_stage(group, stride),
            }
        }
        stride <<= stages;
    }
}

/// Stages of stride 1, 2, 4 and 8 over sixteen values, as four rows of four lanes.
fn block_of_16(x: &mut [f32; 16], scale: f32) {
    let mut rows = [[0.0f32; 4]; 4];
    for (row, source) in rows.iter_mut().zip(x.as_chunks::<4>().0) {
        *row = source.map(|value| value * scale);
    }
    let rows = butterfly_4(transpose(rows));
    let rows = butterfly_4(transpose(rows));
    for (target, row) in x.as_chunks_mut::<4>().0.iter_mut().zip(rows) {
        *target = row;
    }
}

/// Two stages across four rows: first between neighbours, then between pairs.
#[inline]
fn butterfly_4([a, b, c, d]: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    let (ab, a_b) = (add(a, b), sub(a, b));
    let (cd, c_d) = (add(c, d), sub(c, d));
    [add(ab, cd), add(a_b, c_d), sub(ab, cd), sub(a_b, c_d)]
}

#[inline]
fn add(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
    let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (a, b);
    [a0 + b0, a1 + b1, a2 + b2, a3 + b3]
}

#[inline]
fn sub(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
    let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (a, b);
    [a0 - b0, a1 - b1, a2 - b2, a3 - b3]
}

#[inline]
fn transpose(rows: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    let [[a0, a1, a2, a3], [b0, b1, b2, b3], [c0, c1, c2, c3], [d0, d1, d2, d3]] = rows;
    [[a0, b0, c0, d0], [a1, b1, c1, d1], [a2, b2, c2, d2], [a3, b3, c3, d3]]
}

fn one_stage(group: &mut [f32], stride: usize) {
    let (low, high) = group.split_at_mut(stride);
    for (a, b) in low.iter_mut().zip(high) {
        (*a, *b) = (*a + *b, *a - *b);
    }
}

fn two_stages(group: &mut [f32], stride: usize) {
    let (low, high) = group.split_at_mut(stride * 2);
    let (a, b) = low.split_at_mut(stride);
    let (c, d) = high.split_at_mut(stride);
    for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
        let (ab, a_b) = (*a + *b, *a - *b);
        let (cd, c_d) = (*c + *d, *c - *d);
        (*a, *b, *c, *d) = (ab + cd, a_b + c_d, ab - cd, a_b - c_d);
    }
}

/// Three stages over a group of `8 * stride` values, `stride` a multiple of 4.
fn three_stages(group: &mut [f32], stride: usize) {
    let (low, high) = rows_of_4(group).split_at_mut(stride);
    let (low, high) = (quarters(low), quarters(high));
    for ((((a, b), c), d), (((e, f), g), h)) in low.zip(high) {
        let [w0, w1, w2, w3] = butterfly_4([*a, *b, *c, *d]);
        let [x0, x1, x2, x3] = butterfly_4([*e, *f, *g, *h]);
        (*a, *b, *c, *d) = (add(w0, x0), add(w1, x1), add(w2, x2), add(w3, x3));
        (*e, *f, *g, *h) = (sub(w0, x0), sub(w1, x1), sub(w2, x2), sub(w3, x3));
    }
}

fn rows_of_4(values: &mut [f32]) -> &mut [[f32; 4]] {
    values.as_chunks_mut().0
}

type Rows<'r> = (((&'r mut [f32; 4], &'r mut [f32; 4]), &'r mut [f32; 4]), &'r mut [f32; 4]);

/// The rows of the four quarters, side by side.
fn quarters(rows: &mut [[f32; 4]]) -> impl Iterator<Item = Rows<'_>> {
    let quarter = rows.len() / 4;
    let (low, high) = rows.split_at_mut(quarter * 2);
    let (a, b) = low.split_at_mut(quarter);
    let (c, d) = high.split_at_mut(quarter);
    a.iter_mut().zip(b).zip(c).zip(d)
}

/// `1 / sqrt(p)` as the nearest f32, for `p` a power of two.
fn inverse_sqrt_of_power_of_two(p: usize) -> f32 {
    let exponent = p.trailing_zeros();
    let half = 1.0 / f32::from(1u16 << (exponent / 2));
    if exponent.is_multiple_of(2) {
        half
    } else {
        half * core::f32::consts::FRAC_1_SQRT_2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_definition() {
        for exponent in 1..=12 {
            let p = 1usize << exponent;
            let mut x: alloc::vec::Vec<f32> =
                (0..p).map(|i| f32::from(u8::try_from(i * 37 % 101).unwrap()) - 50.0).collect();
            let mut expected = x.clone();
            #[expect(clippy::cast_possible_truncation, reason = "the nearest f32 is meant")]
            let scale = 2f64.powf(-f64::from(exponent) / 2.0) as f32;
            for value in &mut expected {
                *value *= scale;
            }
            let mut stride = 1;
            while stride < p {
                for i in (0..p).filter(|i| i & stride == 0) {
                    let (a, b) = (expected[i], expected[i + stride]);
                    (expected[i], expected[i + stride]) = (a + b, a - b);
                }
                stride *= 2;
            }
            hadamard(&mut x);
            assert_eq!(x, expected, "{p}");
        }
    }
}
