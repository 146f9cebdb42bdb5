//! The system's random source, for those who have one (feature `getrandom`).

use chacha20::ChaCha20Rng;
use rand_core::SeedableRng as _;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Returns a generator (ChaCha20) seeded with 32 bytes from the operating system or the browser.
///
/// # Errors
///
/// [`Error::RandomUnavailable`].
///
/// # Security
///
/// A process that forks must make a new one in the child, or both draw the same bytes.
///
/// ```
/// # use vecseal::{AccessStructure, Authority};
/// let mut rng = vecseal::system_rng()?;
/// let authority = Authority::generate(AccessStructure::from_json(r#"{"roles": ["admin"]}"#)?, &mut rng);
/// # Ok::<(), vecseal::Error>(())
/// ```
pub fn system_rng() -> Result<ChaCha20Rng> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|_| Error::RandomUnavailable)?;
    Ok(ChaCha20Rng::from_seed(*seed))
}
