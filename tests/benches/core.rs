//! The core's operations: criterion natively, its port of wasm-bindgen-test under Node. `cargo xtask bench` runs both.

use std::time::Duration;

use vecseal_tests::operations::operations;

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    let mut criterion = criterion::Criterion::default()
        .configure_from_args()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .sample_size(50)
        .without_plots();
    for mut operation in operations() {
        criterion.bench_function(&operation.name, |bencher| bencher.iter(&mut operation.run));
    }
}

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::Criterion;

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test::wasm_bindgen_bench]
fn core(criterion: &mut Criterion) {
    let settings = std::mem::take(criterion);
    let mut criterion = settings
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .sample_size(50);
    for mut operation in operations() {
        criterion.bench_function(&operation.name, |bencher| bencher.iter(&mut operation.run));
    }
}
