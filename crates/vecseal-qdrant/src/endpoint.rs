//! Where a Qdrant is, and what it wants to see before it answers.

use std::fmt;

use crate::error::{QdrantError, Result};

/// The address of a Qdrant and the credentials for it.
#[derive(Clone)]
pub struct Endpoint {
    base: String,
    credentials: Credentials,
}

/// What proves to Qdrant who asks. Never part of an address.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Credentials {
    /// Nothing: Qdrant runs without API keys.
    #[default]
    None,
    /// An API key or a token, in the header `api-key`.
    ApiKey(String),
    /// A token of Qdrant's role-based access control, in the header `Authorization: Bearer`.
    Bearer(String),
}

impl Endpoint {
    /// Takes the address of a Qdrant, as `http://localhost:6333`. A path in it stays, for a Qdrant behind a proxy.
    ///
    /// # Errors
    ///
    /// [`QdrantError::InvalidUrl`] unless it is `http` or `https` with a host, and without user, query and fragment:
    /// these get into logs. [`QdrantError::InvalidCredentials`] if a key has characters that a header cannot carry.
    pub fn new(url: &str, credentials: Credentials) -> Result<Self> {
        let (scheme, rest) = url.split_once("://").ok_or(QdrantError::InvalidUrl)?;
        let authority = rest.split('/').next().unwrap_or_default();
        let is_http = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
        let is_clean = url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains(['?', '#', '\\']);
        if !is_http || !is_clean || authority.is_empty() || authority.starts_with(':') || authority.contains('@') {
            return Err(QdrantError::InvalidUrl);
        }
        if let Credentials::ApiKey(secret) | Credentials::Bearer(secret) = &credentials
            && (secret.is_empty() || !secret.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return Err(QdrantError::InvalidCredentials);
        }
        Ok(Self {
            base: url.trim_end_matches('/').to_owned(),
            credentials,
        })
    }

    /// The address that a request's path is appended to, without a trailing slash.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The header that carries the credentials: its name and its value.
    #[cfg(any(
        all(feature = "http", not(target_arch = "wasm32")),
        all(feature = "fetch", target_arch = "wasm32")
    ))]
    pub(crate) fn header(&self) -> Option<(&'static str, String)> {
        match &self.credentials {
            Credentials::None => None,
            Credentials::ApiKey(key) => Some(("api-key", key.clone())),
            Credentials::Bearer(token) => Some(("authorization", format!("Bearer {token}"))),
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("base", &self.base)
            .field("credentials", &self.credentials)
            .finish()
    }
}

/// Shows which kind they are.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::ApiKey(_) => "ApiKey(..)",
            Self::Bearer(_) => "Bearer(..)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Credentials, Endpoint};
    use crate::error::QdrantError;

    #[test]
    fn addresses_are_http_with_a_host_and_nothing_secret() {
        for url in [
            "http://localhost:6333",
            "https://qdrant.example/path/",
            "HTTP://[::1]:6333/",
        ] {
            assert!(Endpoint::new(url, Credentials::None).is_ok(), "{url}");
        }
        for url in [
            "",
            "localhost:6333",
            "ftp://localhost",
            "http://",
            "http://:6333",
            "http:///path",
            "http://user:password@localhost",
            "http://localhost?api-key=secret",
            "http://localhost#part",
            "http://local host",
            "http://localhost\r\napi-key: x",
        ] {
            assert!(matches!(Endpoint::new(url, Credentials::None), Err(QdrantError::InvalidUrl)), "{url}");
        }
    }

    #[test]
    fn a_path_stays_and_the_last_slash_goes() {
        let endpoint = Endpoint::new("https://example.com/qdrant/", Credentials::None);
        assert_eq!(
            endpoint.map(|endpoint| endpoint.base().to_owned()).ok().as_deref(),
            Some("https://example.com/qdrant")
        );
    }

    #[test]
    fn keys_are_one_line_of_visible_characters_and_are_never_shown() {
        for key in ["", "two words", "line\nbreak", "ключ"] {
            let endpoint = Endpoint::new("http://localhost", Credentials::ApiKey(key.to_owned()));
            assert!(matches!(endpoint, Err(QdrantError::InvalidCredentials)), "{key:?}");
        }
        for credentials in [
            Credentials::ApiKey("s3cret".to_owned()),
            Credentials::Bearer("s3cret".to_owned()),
        ] {
            let shown = format!("{:?}", Endpoint::new("http://localhost", credentials));
            assert!(shown.contains("localhost") && !shown.contains("s3cret"), "{shown}");
        }
    }
}
