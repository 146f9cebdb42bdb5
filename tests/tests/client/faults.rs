//! A network and a server that fail: typed errors, nothing half-acknowledged, and running it again mends it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use vecseal::{Document, Metric, PointId, Preset, SearchParameters};
use vecseal_client::{EncryptedCollection, Got, Keys, NewPoint, Search, Settings};
use vecseal_qdrant::{NewCollection, Qdrant, Retry, Transport, VectorParams};

use crate::place::{Place, Server, balanced, client, fill, vector_of};
use crate::proxy::{Narrow, changes, nothing, proxy};

/// What a server does with one request.
#[derive(Clone, Copy)]
enum Fault {
    /// Answers with this status, and perhaps asks to wait for so many seconds.
    Status(u16, Option<u64>),
    /// Ends the connection without a word.
    Reset,
    /// Ends it within the answer.
    Cut,
    /// Never answers.
    Silence,
    /// Answers with what is no JSON.
    Nonsense,
}

/// A server that fails as it is told, then answers that a collection exists; it counts what it is asked.
struct Faulty {
    url: String,
    asked: Arc<AtomicUsize>,
}

impl Faulty {
    async fn start(faults: &[Fault]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let faults = Arc::new(Mutex::new(faults.iter().copied().collect::<VecDeque<_>>()));
        let counter = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let fault = faults.lock().unwrap().pop_front();
                tokio::spawn(answer(stream, fault));
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn answer(mut stream: TcpStream, fault: Option<Fault>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let reply = |status: u16, more: &str, body: &str| {
        let length = body.len();
        format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {length}\r\n{more}\r\n{body}")
    };
    let text = match fault {
        None => reply(200, "", r#"{"result": {"exists": true}, "status": "ok", "time": 0}"#),
        Some(Fault::Status(status, wait)) => {
            let wait = wait.map(|seconds| format!("retry-after: {seconds}\r\n")).unwrap_or_default();
            reply(status, &wait, r#"{"status": {"error": "Service internal error: why"}, "time": 0}"#)
        }
        Some(Fault::Nonsense) => reply(200, "", "<html>a login page</html>"),
        Some(Fault::Cut) => "HTTP/1.1 200 x\r\ncontent-length: 100\r\n\r\n{".to_owned(),
        Some(Fault::Silence) => return tokio::time::sleep(Duration::from_mins(1)).await,
        Some(Fault::Reset) => return,
    };
    let _ = stream.write_all(text.as_bytes()).await;
}

fn patient(url: &str) -> Qdrant<impl Transport> {
    client(url).timeout(Duration::from_millis(400)).retry(Retry {
        attempts: 3,
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_secs(2),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_survives_what_passes() {
    for fault in [
        Fault::Status(429, None),
        Fault::Status(502, None),
        Fault::Status(503, Some(1)),
        Fault::Status(504, None),
        Fault::Reset,
        Fault::Cut,
        Fault::Silence,
    ] {
        let server = Faulty::start(&[fault]).await;
        assert_eq!(patient(&server.url).collection_exists("x").await, Ok(true));
        assert_eq!(server.asked(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_pass_is_told_apart() {
    for (fault, code, asked, words) in [
        (Fault::Status(500, None), "http_status", 1, "qdrant answered 500: Service internal error: why"),
        (Fault::Status(400, None), "http_status", 1, "qdrant answered 400"),
        (Fault::Status(401, None), "unauthorized", 1, "qdrant answered 401"),
        (Fault::Status(403, None), "unauthorized", 1, "qdrant answered 403"),
        (Fault::Status(404, None), "not_found", 1, "qdrant answered 404"),
        (Fault::Status(429, None), "rate_limited", 3, "qdrant answered 429"),
        (Fault::Status(429, Some(60)), "rate_limited", 1, "(it asks to wait 60 s)"),
        (Fault::Status(503, None), "http_status", 3, "qdrant answered 503"),
        (Fault::Status(302, None), "http_status", 1, "qdrant answered 302"),
        (Fault::Reset, "interrupted", 3, "the connection to qdrant ended before the answer"),
        (Fault::Cut, "interrupted", 3, "the connection to qdrant ended before the answer"),
        (Fault::Silence, "timeout", 3, "qdrant did not answer in time"),
        (Fault::Nonsense, "unexpected_answer", 1, "is this the address of a Qdrant?"),
    ] {
        let server = Faulty::start(&[fault; 5]).await;
        let error = patient(&server.url).collection_exists("x").await.unwrap_err();
        assert_eq!((error.code(), server.asked()), (code, asked), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_been_carried_out_is_not_done_twice() {
    let collection = NewCollection::single(VectorParams::new(4, vecseal_qdrant::Distance::Dot));
    for (fault, asked) in [
        (Fault::Reset, 1),
        (Fault::Silence, 1),
        (Fault::Status(503, None), 1),
        // Refused, so not carried out.
        (Fault::Status(429, None), 3),
    ] {
        let server = Faulty::start(&[fault; 5]).await;
        patient(&server.url).create_collection("x", &collection).await.unwrap_err();
        assert_eq!(server.asked(), asked);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_error_shows_the_api_key() {
    use vecseal_qdrant::{Credentials, Endpoint, Http};
    for credentials in [
        Credentials::ApiKey("s3cret".to_owned()),
        Credentials::Bearer("s3cret".to_owned()),
    ] {
        for fault in [Fault::Status(401, None), Fault::Reset, Fault::Silence, Fault::Nonsense] {
            let server = Faulty::start(&[fault; 3]).await;
            let http = Http::new(Endpoint::new(&server.url, credentials.clone()).unwrap()).unwrap();
            let qdrant = Qdrant::new(http).timeout(Duration::from_millis(200)).retry(Retry::NEVER);
            let error = qdrant.version().await.unwrap_err();
            assert!(!format!("{error} {error:?} {qdrant:?}").contains("s3cret"));
        }
    }
}

/// The server dies while points are written: those that are reported as written are there, the others are named, and
/// writing them again makes it whole.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_amid_an_upsert_loses_nothing_it_acknowledged() {
    let folder = std::env::temp_dir().join(format!("vecseal-faults-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let mut server = Server::start(0, Some(&folder));
    let place = Place::new();
    let policy = place.policy("departments:hr");
    let parameters = SearchParameters::geometric(crate::place::DIMENSION, Metric::Cosine, Preset::Balanced).unwrap();
    let hurried = |url: &str| {
        client(url).retry(Retry {
            attempts: 2,
            ..Retry::default()
        })
    };
    let keys = || Keys::authority(Arc::clone(&place.authority)).and_user(place.key(&[("departments", "hr")]));
    let collection =
        EncryptedCollection::create(hurried(&server.url), "kept", keys(), Settings::new(parameters.clone()))
            .await
            .unwrap();
    let documents: Vec<_> = (0..6_000).map(|id| (id, vector_of(id))).collect();
    let points: Vec<_> = documents
        .iter()
        .map(|(id, vector)| NewPoint::new(*id, &policy, Document::new(vector).text("kept")))
        .collect();
    let mut killed = false;
    let upserted = collection
        .upsert(&points, |progress| {
            if progress.done > 1_000 && !killed {
                killed = true;
                server.kill();
            }
        })
        .await
        .unwrap();
    assert!(killed && upserted.written >= 1_000 && !upserted.failures.is_empty());
    assert_eq!(upserted.written + upserted.failures.len(), points.len());
    let codes: Vec<_> = upserted.failures.iter().map(|failure| failure.error.code()).collect();
    assert!(codes.iter().all(|code| ["unreachable", "interrupted"].contains(code)), "{codes:?}");

    let server = Server::start(0, Some(&folder));
    let collection = EncryptedCollection::open(client(&server.url), "kept", keys(), Settings::new(parameters))
        .await
        .unwrap();
    let failed: Vec<usize> = upserted.failures.iter().map(|failure| failure.index).collect();
    let acknowledged: Vec<PointId> = (0..points.len())
        .filter(|index| failed.binary_search(index).is_err())
        .map(|index| documents[index].0.into())
        .collect();
    let got = collection.get(&acknowledged).await.unwrap();
    assert!(got.iter().all(|got| matches!(got, Got::Opened(_))));
    let again: Vec<_> = failed.iter().map(|index| points[*index].clone()).collect();
    assert_eq!(collection.upsert(&again, |_| ()).await.unwrap().written, again.len());
    assert_eq!(collection.count(None).await.unwrap(), 6_000);
    assert_eq!(
        collection.search(&Search::new(&documents[5_999].1).limit(1)).await.unwrap().hits[0].id,
        5_999.into()
    );
    drop(server);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_header_erases_what_was_sealed_under_it_until_it_is_written_again() {
    let place = Place::new();
    let policy = place.policy("departments:hr");
    let collection = place.create(Settings::new(balanced())).await;
    fill(&collection, &policy, 0..5).await;
    let header = place.stored_headers().await.remove(0);
    let ids = [vecseal_qdrant::PointId::Uuid(crate::place::header_id(&header))];
    let reader = place.reader(&[("departments", "hr")]).await;
    place.qdrant.delete(&place.keyring(), &vecseal_qdrant::Selector::Points(&ids), None).await.unwrap();
    reader.refresh().await.unwrap();
    let got = reader.get(&[1.into()]).await.unwrap();
    assert!(matches!(got[..], [Got::Refused(vecseal_client::Refused::MissingHeader)]));
    assert_eq!(reader.search(&Search::new(&vector_of(1))).await.unwrap().cost.compartments, 0);
    // A writer that has the compartment open does not bring it back.
    fill(&collection, &policy, 5..10).await;
    reader.refresh().await.unwrap();
    assert_eq!(reader.count(None).await.unwrap(), 5);
    fill(&collection, &policy, 0..5).await;
    assert_eq!(reader.count(None).await.unwrap(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_that_failed_halfway_is_made_again() {
    let place = Place::new();
    let without_vectors = NewCollection::default();
    place.qdrant.create_collection(&place.keyring(), &without_vectors).await.unwrap();
    let collection = place.create(Settings::new(balanced())).await;
    fill(&collection, &place.policy("*"), 0..3).await;
    assert_eq!(place.reader(&[]).await.count(None).await.unwrap(), 3);
}

/// A collection whose index got lost between the two calls gets it from the next writer.
#[tokio::test(flavor = "multi_thread")]
async fn a_missing_index_is_made_by_the_next_writer() {
    let place = Place::new();
    place.qdrant.create_collection(&place.keyring(), &NewCollection::default()).await.unwrap();
    let vectors =
        NewCollection::single(VectorParams::new(crate::place::DIMENSION as u64, vecseal_qdrant::Distance::Cosine));
    place.qdrant.create_collection(&place.name, &vectors).await.unwrap();
    let has_index = || async {
        place.qdrant.collection_info(&place.name).await.unwrap().payload_schema.contains_key("vecseal.cid")
    };
    place.reader(&[]).await;
    assert!(!has_index().await);
    place.open_to_write(Settings::new(balanced())).await;
    assert!(has_index().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_taken_but_not_done_has_failed() {
    let place = Place::new();
    place.create(Settings::new(balanced())).await;
    let (policy, vector) = (place.policy("departments:hr"), vector_of(1));
    for status in ["acknowledged", "wait_timeout", "clock_rejected"] {
        let later = changes(move |path, body| {
            if path.contains("/points?") && !path.contains("keyring") {
                body["result"]["status"] = serde_json::json!(status);
            }
        });
        let keys = Keys::authority(Arc::clone(&place.authority));
        let qdrant = proxy(&place, nothing(), later);
        let collection = EncryptedCollection::open(qdrant, &place.name, keys, Settings::new(balanced())).await.unwrap();
        let upserted = collection.upsert(&[NewPoint::new(1, &policy, Document::new(&vector))], |_| ()).await.unwrap();
        assert_eq!((upserted.written, upserted.failures[0].error.code()), (0, "not_completed"), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_too_large_for_the_line_are_asked_for_in_parts() {
    let place = Place::new();
    let collection = place.create(Settings::new(balanced())).await;
    fill(&collection, &place.policy("departments:hr"), 0..40).await;
    let narrow = Qdrant::new(Narrow {
        http: place.qdrant.transport().clone(),
        bytes: 8_000,
    });
    let keys = Keys::user(place.key(&[("departments", "hr")]));
    let reader = EncryptedCollection::open(narrow, &place.name, keys, Settings::default()).await.unwrap();
    let found = reader.search(&Search::new(&vector_of(3)).limit(30)).await.unwrap();
    assert_eq!((found.hits.len(), found.hits[0].id), (30, 3.into()));
    assert!(found.cost.traffic.requests > 4, "{:?}", found.cost.traffic);
    let ids: Vec<PointId> = (0..40).map(PointId::from).collect();
    let got = reader.get(&ids).await.unwrap();
    assert!(got.iter().all(|got| matches!(got, Got::Opened(_))));
}
