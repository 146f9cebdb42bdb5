//! Sorting through indices. The standard library's sort is compiled anew for each type, six kilobytes of wasm each
//! time; here it is compiled for one.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// Sorts, equal items in the order they had.
pub(crate) fn sort_by<T>(items: &mut Vec<T>, order: impl Fn(&T, &T) -> Ordering) {
    keep_smallest_by(items, items.len(), order);
}

/// Keeps the `count` smallest, sorted, equal items in the order they had.
pub(crate) fn keep_smallest_by<T>(items: &mut Vec<T>, count: usize, order: impl Fn(&T, &T) -> Ordering) {
    let between = |a: usize, b: usize| match (items.get(a), items.get(b)) {
        (Some(first), Some(second)) => order(first, second).then(a.cmp(&b)),
        _ => Ordering::Equal,
    };
    let indices = sorted(items.len(), count, &between);
    let mut all: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(indices.iter().filter_map(|index| all.get_mut(*index)?.take()));
}

/// The indices of the `count` smallest of `length` items, sorted.
fn sorted(length: usize, count: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut indices: Vec<usize> = (0..length).collect();
    if count < length {
        if count > 0 {
            indices.select_nth_unstable_by(count - 1, |a, b| order(*a, *b));
        }
        indices.truncate(count);
    }
    indices.sort_unstable_by(|a, b| order(*a, *b));
    indices
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{keep_smallest_by, sort_by};

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        let mut state = 1u32;
        let mut draw = |bound: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % bound
        };
        for length in [0, 1, 2, 20, 21, 500] {
            let items: Vec<(u32, u32)> = (0..length).map(|place| (draw(40), place)).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            let mut sorted = items.clone();
            sort_by(&mut sorted, |a, b| a.0.cmp(&b.0));
            assert_eq!(sorted, expected);
            for count in [0, 1, 10, 499, 600] {
                let mut kept = items.clone();
                keep_smallest_by(&mut kept, count, |a, b| a.0.cmp(&b.0));
                assert_eq!(kept.as_slice(), &expected[..count.min(expected.len())]);
            }
        }
    }
}
