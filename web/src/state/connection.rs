//! The way to the Qdrant: its address, its API key, how it is, and what is wrong in plain words.

use std::fmt;
use std::rc::Rc;

use super::State;
use super::action::Effect;
use crate::protocol::Failure;

/// The Qdrant that is used.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// Its address.
    pub url: String,
    /// Its API key, if the user gave one. It is in memory, and in requests to that address.
    pub api_key: Option<ApiKey>,
    /// How it is.
    pub status: ConnectionStatus,
}

/// How a Qdrant is.
#[derive(Debug, Clone, PartialEq)]
pub enum ConnectionStatus {
    /// Not known yet.
    Connecting,
    /// It answers.
    Up {
        /// Its version.
        version: String,
        /// Whether it is the embedded engine.
        embedded: bool,
        /// Milliseconds there and back.
        latency: f64,
        /// Its collections.
        collections: Vec<String>,
    },
    /// It does not, or refuses.
    Down(Failure),
}

/// An API key, which is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(pub Rc<str>);

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(..)")
    }
}

/// What is wrong with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It wants an API key, and none was given.
    NeedsKey,
    /// The API key that was given is none that it knows, or may not do this.
    KeyRefused,
    /// The API key that was given can be none.
    NoKey,
    /// The address can be none.
    NoAddress(&'static str),
    /// Something else answers.
    NoQdrant,
    /// It answers with an error.
    Fails,
    /// No answer comes.
    Silent,
}

impl Connection {
    /// What is wrong, unless it is up or not known yet.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        let ConnectionStatus::Down(failure) = &self.status else {
            return None;
        };
        Some(match failure.code.as_str() {
            "unauthorized" if self.api_key.is_some() => Trouble::KeyRefused,
            "unauthorized" => Trouble::NeedsKey,
            "invalid_credentials" => Trouble::NoKey,
            "invalid_url" => Trouble::NoAddress(address(&self.url).err().unwrap_or(NO_HOST)),
            "unexpected_answer" | "not_found" => Trouble::NoQdrant,
            "unreachable" | "interrupted" | "timeout" => Trouble::Silent,
            _ => Trouble::Fails,
        })
    }
}

impl Trouble {
    /// In a few words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NeedsKey => "Needs an API key",
            Self::KeyRefused => "API key not accepted",
            Self::NoKey => "Not an API key",
            Self::NoAddress(_) => "Not an address",
            Self::NoQdrant | Self::Silent => "No Qdrant",
            Self::Fails => "Qdrant fails",
        }
    }

    /// In a sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NeedsKey => "The Qdrant answers, and wants an API key.",
            Self::KeyRefused => "The Qdrant answers, and did not accept the API key that was given.",
            Self::NoKey => "That cannot be an API key: one is a line of visible characters without spaces.",
            Self::NoAddress(why) => why,
            Self::NoQdrant => "Something answers at this address, but it is no Qdrant.",
            Self::Fails => "The Qdrant answers with an error.",
            Self::Silent => "No Qdrant answers at this address.",
        }
    }
}

/// The address of a Qdrant as it is used: the page's security policy and the worker both take it.
///
/// # Errors
///
/// A sentence that says what is wrong.
pub fn address(text: &str) -> Result<&str, &'static str> {
    let text = text.trim().trim_end_matches('/');
    let scheme = ["http:", "https:"].into_iter().find_map(|scheme| {
        let start = text.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme))?;
        text.get(start.len()..)
    });
    let rest = scheme.ok_or("An address begins with http:// or https://.")?;
    let rest = rest.strip_prefix("//").unwrap_or_default();
    if text.contains(['?', '#']) {
        return Err("An address is without ? and #: give an API key in its field below.");
    }
    if rest.contains('@') {
        return Err("An address is without user and password: give an API key in its field below.");
    }
    if rest.starts_with('[') {
        return Err("The page's security policy has no words for IPv6 addresses: use a name.");
    }
    let host = rest.split('/').next().unwrap_or_default();
    let (host, port) = host.split_once(':').unwrap_or((host, "80"));
    if host.is_empty() {
        return Err(NO_HOST);
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if !host.bytes().all(is_name) || !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return Err("An address is of Latin letters, digits, dots and dashes, without spaces.");
    }
    if !port.bytes().all(|byte| byte.is_ascii_digit()) || port.parse::<u16>().is_err() {
        return Err("A port is a number up to 65535.");
    }
    Ok(text)
}

const NO_HOST: &str = "The address names no host: one is like http://localhost:6333.";

impl State {
    /// Gives the Qdrant this API key, or goes on with the one in use.
    pub(super) fn connect_with(&mut self, key: Option<String>, effects: &mut Vec<Effect>) {
        if let Some(key) = key.filter(|key| !key.is_empty()) {
            self.connection.api_key = Some(ApiKey(key.into()));
        }
        self.connection.status = ConnectionStatus::Connecting;
        self.connect(effects);
    }

    /// Asks the Qdrant without an API key.
    pub(super) fn forget_api_key(&mut self, effects: &mut Vec<Effect>) {
        self.connection.api_key = None;
        self.connect_with(None, effects);
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiKey, Connection, ConnectionStatus, Trouble, address};
    use crate::protocol::Failure;

    #[test]
    fn what_is_wrong_with_an_address_is_said() {
        let good = [
            "http://localhost:6333",
            "HTTPS://qdrant.example/a/b/",
            " http://127.0.0.1/ ",
        ];
        let good = good.map(|text| address(text).ok());
        assert_eq!(
            good,
            [
                "http://localhost:6333",
                "HTTPS://qdrant.example/a/b",
                "http://127.0.0.1"
            ]
            .map(Some)
        );
        for (wrong, word) in [
            ("", "begins with http"),
            ("localhost:6333", "begins with http"),
            ("ftp://localhost", "begins with http"),
            ("javascript:alert(1)", "begins with http"),
            ("http", "begins with http"),
            ("http:", "no host"),
            ("http:localhost", "no host"),
            ("https://", "no host"),
            ("http://:6333", "no host"),
            ("http:///collections", "no host"),
            ("http://me:secret@localhost", "user and password"),
            ("http://localhost?api-key=x", "without ?"),
            ("http://localhost#x", "without ?"),
            ("http://[::1]:6333", "IPv6"),
            ("http://local host", "without spaces"),
            ("http://bücher.example", "Latin letters"),
            ("http://localhost/\\", "Latin letters"),
            ("http://localhost:port", "port"),
            ("http://localhost:70000", "port"),
            ("http://localhost:", "port"),
            ("http://localhost:+80", "port"),
        ] {
            let why = address(wrong).unwrap_err();
            assert!(why.contains(word) && !why.contains("secret"), "{wrong}: {why}");
        }
    }

    #[test]
    fn a_key_that_is_refused_is_not_a_key_that_is_missing() {
        let down = |code: &str, key: Option<&str>| {
            let connection = Connection {
                url: "ftp://here".to_owned(),
                api_key: key.map(|key| ApiKey(key.into())),
                status: ConnectionStatus::Down(Failure::new(code, "in a developer's words")),
            };
            connection.trouble().unwrap()
        };
        assert_eq!(down("unauthorized", None), Trouble::NeedsKey);
        assert_eq!(down("unauthorized", Some("x")), Trouble::KeyRefused);
        assert!(Trouble::KeyRefused.sentence().contains("did not accept"));
        assert_eq!(down("interrupted", None), Trouble::Silent);
        assert_eq!(down("unexpected_answer", None), Trouble::NoQdrant);
        assert_eq!(down("http_status", None), Trouble::Fails);
        assert!(down("invalid_url", None).sentence().contains("http://"));
    }
}
