//! Maps and sets without the standard library's sorting.

/// Gathers items into a map or a set, one by one. Collecting would sort them first, and each type's sorting is 4 KB of
/// wasm.
pub(crate) fn gather<C: Default + Extend<I>, I>(items: impl IntoIterator<Item = I>) -> C {
    let mut gathered = C::default();
    gathered.extend(items);
    gathered
}
