//! Where the tests run: a Qdrant, a collection that no other test has, and who there is.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::json;
use vecseal::{
    AccessStructure, Attributes, Authority, Document, Epochs, Header, Metric, Policy, Preset, SearchParameters, UserKey,
};
use vecseal_client::{EncryptedCollection, Keys, NewPoint, Settings};
use vecseal_qdrant::{
    Credentials, Endpoint, Http, PointId, PointStruct, Qdrant, Record, ScrollRequest, Vector, WithPayload,
};
use vecseal_tests::random::{seeded, vector};

/// An embedded engine that runs as long as this lives.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts one on a port, 0 for a free one, that keeps what it has in a folder or nowhere.
    pub(crate) fn start(port: u16, folder: Option<&Path>) -> Self {
        let program = std::env::var_os("VECSEAL_SERVER").expect("VECSEAL_SERVER is not set: run `cargo xtask test`");
        let mut command = Command::new(program);
        command.args(["--port", &port.to_string()]).stdout(Stdio::piped());
        if let Some(folder) = folder {
            command.arg("--storage").arg(folder);
        }
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").expect("the server does not start").to_owned();
        Self { child, url }
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A Qdrant with an authority and a collection name of this test's own.
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) qdrant: Qdrant<Http>,
    pub(crate) name: String,
    pub(crate) authority: Arc<Authority>,
    server: Option<Server>,
}

/// The dimension of most tests' vectors.
pub(crate) const DIMENSION: usize = 32;

impl Place {
    pub(crate) fn new() -> Self {
        let structure = r#"{"departments": ["finance", "hr", "legal"], "roles": ["analyst", "manager"]}"#;
        Self::with(AccessStructure::from_json(structure).unwrap())
    }

    pub(crate) fn with(structure: AccessStructure) -> Self {
        let given = std::env::var("QDRANT_URL").ok();
        let server = given.is_none().then(|| Server::start(0, None));
        let url = server.as_ref().map_or_else(|| given.unwrap(), |server| server.url.clone());
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self {
            qdrant: client(&url),
            url,
            name: format!("vecseal-test-{}-{number}", std::process::id()),
            authority: Arc::new(Authority::generate(structure, &mut seeded(number))),
            server,
        }
    }

    pub(crate) fn policy(&self, text: &str) -> Policy {
        Policy::parse(text, self.authority.structure()).unwrap()
    }

    pub(crate) fn key(&self, pairs: &[(&str, &str)]) -> UserKey {
        let attributes = Attributes::new(pairs.iter().copied(), self.authority.structure()).unwrap();
        self.authority.issue_user_key(&attributes, Epochs::Current).unwrap()
    }

    /// The collection as the authority writes it, new.
    pub(crate) async fn create(&self, settings: Settings) -> EncryptedCollection<Http> {
        let keys = Keys::authority(Arc::clone(&self.authority));
        EncryptedCollection::create(self.qdrant.clone(), &self.name, keys, settings).await.unwrap()
    }

    /// The collection as the authority writes it in another session.
    pub(crate) async fn open_to_write(&self, settings: Settings) -> EncryptedCollection<Http> {
        let keys = Keys::authority(Arc::clone(&self.authority));
        EncryptedCollection::open(self.qdrant.clone(), &self.name, keys, settings).await.unwrap()
    }

    /// The collection as somebody with these keys sees it.
    pub(crate) async fn open(&self, keys: Keys) -> EncryptedCollection<Http> {
        EncryptedCollection::open(self.qdrant.clone(), &self.name, keys, Settings::default()).await.unwrap()
    }

    /// The headers in the keyring, as anybody who reaches the server can read them.
    pub(crate) async fn stored_headers(&self) -> Vec<Header> {
        let request = ScrollRequest {
            offset: None,
            limit: 100,
            filter: None,
            with_payload: WithPayload::All(true),
            with_vector: false,
            shard_key: None,
        };
        let page = self.qdrant.scroll(&self.keyring(), &request).await.unwrap();
        let header = |record: Record| {
            let payload = record.payload.unwrap();
            let text = payload["vecseal"]["header"].as_str().unwrap().to_owned();
            Header::from_bytes(&Base64UrlUnpadded::decode_vec(&text).unwrap()).unwrap()
        };
        page.points.into_iter().map(header).collect()
    }

    /// Puts a header into the keyring, as anybody who may write there can.
    pub(crate) async fn store_header(&self, header: &Header) {
        let text = Base64UrlUnpadded::encode_string(&header.to_bytes());
        self.store_raw(header, json!({"header": text, "tag": "another one"})).await;
    }

    /// Puts anything in a header's place.
    pub(crate) async fn store_raw(&self, header: &Header, ours: serde_json::Value) {
        let point = PointStruct {
            id: PointId::Uuid(header_id(header)),
            vector: Vector::Named(BTreeMap::new()),
            payload: json!({"vecseal": ours}).as_object().unwrap().clone(),
        };
        self.qdrant.upsert(&self.keyring(), &[point], None).await.unwrap();
    }

    pub(crate) fn keyring(&self) -> String {
        format!("{}.keyring", self.name)
    }

    /// The collection as somebody with these attributes reads it.
    pub(crate) async fn reader(&self, pairs: &[(&str, &str)]) -> EncryptedCollection<Http> {
        self.open(Keys::user(self.key(pairs))).await
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.server.is_some() {
            return;
        }
        // A Qdrant of somebody else's keeps nothing of ours.
        let (qdrant, name) = (self.qdrant.clone(), self.name.clone());
        let cleanup = async move {
            let _ = qdrant.delete_collection(&name).await;
            let _ = qdrant.delete_collection(&format!("{name}.keyring")).await;
        };
        // Within a runtime none can be waited for.
        let wait = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(cleanup);
        };
        let _ = std::thread::spawn(wait).join();
    }
}

static NEXT: AtomicU64 = AtomicU64::new(1);

pub(crate) fn client(url: &str) -> Qdrant<Http> {
    Qdrant::new(Http::new(Endpoint::new(url, Credentials::None).unwrap()).unwrap())
}

/// The point of a header: the compartment's id as a UUID.
pub(crate) fn header_id(header: &Header) -> String {
    vecseal::PointId::Uuid(*header.cid().as_bytes()).to_string()
}

pub(crate) fn balanced() -> SearchParameters {
    SearchParameters::geometric(DIMENSION, Metric::Cosine, Preset::Balanced).unwrap()
}

pub(crate) fn sealed() -> SearchParameters {
    SearchParameters::sealed(DIMENSION, Metric::Cosine).unwrap()
}

/// A vector that is always the same for a number.
pub(crate) fn vector_of(number: u64) -> Vec<f32> {
    vector(DIMENSION, &mut seeded(number))
}

/// Points of these numbers under one policy, each with its number as text.
pub(crate) async fn fill(collection: &EncryptedCollection<Http>, policy: &Policy, numbers: std::ops::Range<u64>) {
    let documents: Vec<_> = numbers.map(|number| (number, vector_of(number), format!("document {number}"))).collect();
    let points: Vec<_> = documents
        .iter()
        .map(|(number, vector, text)| NewPoint::new(*number, policy, Document::new(vector).text(text)))
        .collect();
    let upserted = collection.upsert(&points, |_| ()).await.unwrap();
    assert_eq!((upserted.written, upserted.failures.as_slice()), (points.len(), &[][..]));
}
