//! Errors of the crates below, as the page gets them: a stable code and a sentence, nothing secret.

use vecseal_client::ClientError;
use vecseal_client::qdrant::QdrantError;

use crate::protocol::Failure;

impl From<vecseal::Error> for Failure {
    fn from(error: vecseal::Error) -> Self {
        Self::new(error.code(), &error.to_string())
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::new(error.code(), &error.to_string())
    }
}

impl From<QdrantError> for Failure {
    fn from(error: QdrantError) -> Self {
        Self::new(error.code(), &error.to_string())
    }
}
