//! Time, in the worker and natively.

/// Milliseconds on a clock that is not set back.
#[cfg(target_arch = "wasm32")]
pub(super) fn now() -> f64 {
    super::scope().performance().map_or(0.0, |clock| clock.now())
}

/// The same for tests.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn now() -> f64 {
    use std::sync::OnceLock;
    use std::time::Instant;

    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1_000.0
}
