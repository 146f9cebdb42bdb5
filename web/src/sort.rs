//! Sorting through indices, by a heap: the standard library's sort is 4 KB of wasm for each type.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Sorts, equal items in the order they had.
pub(crate) fn sort_by<T>(items: &mut Vec<T>, order: impl Fn(&T, &T) -> Ordering) {
    let between = |a: usize, b: usize| match (items.get(a), items.get(b)) {
        (Some(first), Some(second)) => order(first, second),
        _ => Ordering::Equal,
    };
    let indices = sorted(items.len(), &between);
    let mut all: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(indices.iter().filter_map(|index| all.get_mut(*index)?.take()));
}

/// The numbers below this one in an order, equal ones as they were.
fn sorted(length: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let heap: BinaryHeap<Place<'_>> = (0..length).map(|index| Place { index, order }).collect();
    heap.into_sorted_vec().into_iter().map(|place| place.index).collect()
}

/// A number in an order.
struct Place<'a> {
    index: usize,
    order: &'a dyn Fn(usize, usize) -> Ordering,
}

impl Ord for Place<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.order)(self.index, other.index).then(self.index.cmp(&other.index))
    }
}

impl PartialOrd for Place<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Place<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Place<'_> {}

#[cfg(test)]
mod tests {
    use super::sort_by;

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        let items: Vec<(usize, usize)> = (0..100).map(|place| (place * 37 % 11, place)).collect();
        let mut expected = items.clone();
        expected.sort_by_key(|item| item.0);
        let mut sorted = items;
        sort_by(&mut sorted, |a, b| a.0.cmp(&b.0));
        assert_eq!(sorted, expected);
    }
}
