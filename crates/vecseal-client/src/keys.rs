//! The keys that a collection is used with.

use std::fmt;
use std::sync::Arc;

use vecseal::{Authority, UserKey, WriterKey};

/// What reads, what writes, or both. Clones share the keys.
#[derive(Clone, Default)]
pub struct Keys {
    reader: Option<Arc<UserKey>>,
    writer: Option<Writer>,
}

#[derive(Clone)]
pub(crate) enum Writer {
    Authority(Arc<Authority>),
    Key(Arc<WriterKey>),
}

impl Keys {
    /// A user key: reads what it satisfies, and adds to compartments of suite 1 that it reads.
    #[must_use]
    pub fn user(key: impl Into<Arc<UserKey>>) -> Self {
        Self::default().and_user(key)
    }

    /// A writer key: writes under its policies, reads nothing.
    #[must_use]
    pub fn writer(key: impl Into<Arc<WriterKey>>) -> Self {
        Self::default().and_writer(key)
    }

    /// An authority: writes under any policy of its structure. To read, it issues itself a user key.
    #[must_use]
    pub fn authority(authority: impl Into<Arc<Authority>>) -> Self {
        Self::default().and_authority(authority)
    }

    /// The same with this user key to read with.
    #[must_use]
    pub fn and_user(self, key: impl Into<Arc<UserKey>>) -> Self {
        Self {
            reader: Some(key.into()),
            ..self
        }
    }

    /// The same with this writer key to write with.
    #[must_use]
    pub fn and_writer(self, key: impl Into<Arc<WriterKey>>) -> Self {
        Self {
            writer: Some(Writer::Key(key.into())),
            ..self
        }
    }

    /// The same with this authority to write with.
    #[must_use]
    pub fn and_authority(self, authority: impl Into<Arc<Authority>>) -> Self {
        Self {
            writer: Some(Writer::Authority(authority.into())),
            ..self
        }
    }

    pub(crate) fn reader(&self) -> Option<&UserKey> {
        self.reader.as_deref()
    }

    pub(crate) fn writes(&self) -> Option<&Writer> {
        self.writer.as_ref()
    }
}

/// Shows which kinds there are.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let writer = self.writer.as_ref().map(|writer| match writer {
            Writer::Authority(_) => "authority",
            Writer::Key(_) => "writer key",
        });
        f.debug_struct("Keys")
            .field("reader", &self.reader.as_ref().map(|_| "user key"))
            .field("writer", &writer)
            .finish()
    }
}
