//! Sorting through indices. The standard library's sort is compiled anew for each type, 4 KB of wasm each time; here it
//! is compiled for one.

use std::cmp::Ordering;

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
    let mut indices: Vec<usize> = (0..length).collect();
    indices.sort_by(|a, b| order(*a, *b));
    indices
}

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
