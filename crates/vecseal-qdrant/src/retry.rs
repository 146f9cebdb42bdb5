//! When and how often a call is tried again.

use std::time::Duration;

use crate::error::QdrantError;
use crate::transport::TransportProblem;

/// Tries again with waits that grow and are drawn at random, so that many clients do not come back at once.
///
/// What is tried again: anything that Qdrant refused for now (429) or that never got to it; and, if carrying it out
/// twice changes nothing, what a connection, a timeout or a gateway (502, 503, 504) kept from being answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How often a call is tried in all; 1 means never again.
    pub attempts: u32,
    /// The longest first wait; it doubles with each further one.
    pub first_wait: Duration,
    /// No wait is longer. If Qdrant asks for more, the call fails at once with what it asked for.
    pub longest_wait: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(10),
        }
    }
}

impl Retry {
    /// Fails with the first error.
    pub const NEVER: Self = Self {
        attempts: 1,
        first_wait: Duration::ZERO,
        longest_wait: Duration::ZERO,
    };

    /// How long to wait before the next try after so many, or `None` if the error stays. `random` is uniform in 0..1.
    pub(crate) fn wait(self, tried: u32, error: &QdrantError, twice: Twice, random: f64) -> Option<Duration> {
        if tried >= self.attempts || !is_worth_it(error, twice) {
            return None;
        }
        let doubled = self.first_wait.saturating_mul(2_u32.saturating_pow(tried.saturating_sub(1)));
        let drawn = doubled.min(self.longest_wait).mul_f64(random.clamp(0.0, 1.0));
        let asked = match error {
            QdrantError::Status { retry_after, .. } => retry_after.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        (asked <= self.longest_wait).then(|| asked + drawn)
    }
}

/// What carrying a call out a second time does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Twice {
    /// Nothing: it reads, or writes the same again.
    SameAsOnce,
    /// Something else than the first time.
    Differs,
}

fn is_worth_it(error: &QdrantError, twice: Twice) -> bool {
    match error {
        QdrantError::Transport(error) => match error.problem {
            TransportProblem::Unreachable => true,
            TransportProblem::Interrupted | TransportProblem::Timeout => twice == Twice::SameAsOnce,
            TransportProblem::TooLarge => false,
        },
        QdrantError::Status { status, .. } => match status {
            429 => true,
            502..=504 => twice == Twice::SameAsOnce,
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Retry, Twice};
    use crate::error::QdrantError;
    use crate::transport::{TransportError, TransportProblem};

    fn lost(problem: TransportProblem) -> QdrantError {
        QdrantError::Transport(TransportError {
            problem,
            detail: String::new(),
        })
    }

    fn status(status: u16, retry_after: Option<u64>) -> QdrantError {
        QdrantError::Status {
            status,
            message: String::new(),
            retry_after: retry_after.map(Duration::from_secs),
        }
    }

    #[test]
    fn what_was_perhaps_carried_out_is_repeated_only_if_that_changes_nothing() {
        let retry = Retry::default();
        let again = |error: &QdrantError, twice| retry.wait(1, error, twice, 0.5).is_some();
        for error in [
            lost(TransportProblem::Interrupted),
            lost(TransportProblem::Timeout),
            status(502, None),
            status(503, None),
            status(504, None),
        ] {
            assert!(again(&error, Twice::SameAsOnce) && !again(&error, Twice::Differs), "{error}");
        }
        for error in [lost(TransportProblem::Unreachable), status(429, None)] {
            assert!(again(&error, Twice::SameAsOnce) && again(&error, Twice::Differs), "{error}");
        }
        for error in [
            lost(TransportProblem::TooLarge),
            status(400, None),
            status(404, None),
            status(500, None),
            QdrantError::UnexpectedAnswer("JSON"),
        ] {
            assert!(!again(&error, Twice::SameAsOnce), "{error}");
        }
    }

    #[test]
    fn waits_double_are_drawn_and_end() {
        let retry = Retry {
            attempts: 6,
            first_wait: Duration::from_millis(100),
            longest_wait: Duration::from_millis(500),
        };
        let error = status(503, None);
        let waits: Vec<_> = (1..=6).map(|tried| retry.wait(tried, &error, Twice::SameAsOnce, 1.0)).collect();
        let expected = [100, 200, 400, 500, 500].map(|wait| Some(Duration::from_millis(wait)));
        assert_eq!(waits.get(..5), Some(&expected[..]));
        assert_eq!(waits.last(), Some(&None));
        assert_eq!(retry.wait(1, &error, Twice::SameAsOnce, 0.0), Some(Duration::ZERO));
        assert_eq!(Retry::NEVER.wait(1, &error, Twice::SameAsOnce, 0.5), None);
    }

    #[test]
    fn what_qdrant_asks_for_is_waited_for_or_reported() {
        let retry = Retry::default();
        assert_eq!(retry.wait(1, &status(429, Some(3)), Twice::Differs, 0.5), Some(Duration::from_millis(3_100)),);
        assert_eq!(retry.wait(1, &status(429, Some(3_600)), Twice::Differs, 0.5), None);
    }
}
