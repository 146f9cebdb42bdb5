//! Secret bytes: on the heap, filled in place, wiped on drop, never printed.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::ops::{Deref, DerefMut};

use rand_core::CryptoRng;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

/// `N` secret bytes.
pub(crate) struct Secret<const N: usize>(Box<[u8; N]>);

impl<const N: usize> Secret<N> {
    pub(crate) fn random(rng: &mut impl CryptoRng) -> Self {
        Self::filled(|bytes| rng.fill_bytes(bytes))
    }

    /// Lets `fill` write the bytes where they will stay.
    pub(crate) fn filled(fill: impl FnOnce(&mut [u8; N])) -> Self {
        let mut secret = Self(Box::new([0; N]));
        fill(&mut secret.0);
        secret
    }

    pub(crate) fn copy_of(bytes: &[u8; N]) -> Self {
        Self::filled(|target| target.copy_from_slice(bytes))
    }

    pub(crate) fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// Compares in constant time.
    pub(crate) fn matches(&self, bytes: &[u8; N]) -> bool {
        self.0.ct_eq(bytes).into()
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A buffer that is wiped when dropped. `Zeroizing` does the same one element at a time, which shows beside these
/// ciphers.
pub(crate) struct Wiped<T: Copy + Default>(pub(crate) Vec<T>);

impl<T: Copy + Default> Drop for Wiped<T> {
    fn drop(&mut self) {
        self.0.fill(T::default());
        zeroize::optimization_barrier(self.0.as_slice());
    }
}

impl<T: Copy + Default> Deref for Wiped<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T: Copy + Default> DerefMut for Wiped<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}
