//! What stands between a client and its Qdrant.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::sync::Notify;
use vecseal::UserKey;
use vecseal_client::{EncryptedCollection, Keys, Settings};
use vecseal_qdrant::{Http, Qdrant, Request, Response, Transport, TransportError, TransportProblem};

use crate::place::Place;

/// A proxy that changes the JSON of what passes.
#[derive(Clone)]
pub(crate) struct Proxy {
    http: Http,
    request: Change,
    answer: Change,
}

/// What is done to the body of a request or an answer, given the path.
pub(crate) type Change = Arc<dyn Fn(&str, &mut Value) + Send + Sync>;

impl Transport for Proxy {
    async fn send(&self, mut request: Request) -> Result<Response, TransportError> {
        let path = request.path.clone();
        if let Some(body) = request.body.take() {
            request.body = Some(changed(&self.request, &path, &body));
        }
        let mut response = self.http.send(request).await?;
        response.body = changed(&self.answer, &path, &response.body);
        Ok(response)
    }

    async fn sleep(&self, duration: std::time::Duration) {
        self.http.sleep(duration).await;
    }
}

fn changed(change: &Change, path: &str, body: &[u8]) -> Vec<u8> {
    let mut value = serde_json::from_slice(body).unwrap();
    change(path, &mut value);
    serde_json::to_vec(&value).unwrap()
}

pub(crate) fn nothing() -> Change {
    Arc::new(|_, _| ())
}

pub(crate) fn changes(change: impl Fn(&str, &mut Value) + Send + Sync + 'static) -> Change {
    Arc::new(change)
}

pub(crate) fn proxy(place: &Place, request: Change, answer: Change) -> Qdrant<Proxy> {
    Qdrant::new(Proxy {
        http: place.qdrant.transport().clone(),
        request,
        answer,
    })
}

/// The collection as somebody sees it through a proxy.
pub(crate) async fn through(
    place: &Place,
    key: UserKey,
    request: Change,
    answer: Change,
) -> EncryptedCollection<Proxy> {
    let qdrant = proxy(place, request, answer);
    EncryptedCollection::open(qdrant, &place.name, Keys::user(key), Settings::default()).await.unwrap()
}

/// Does something to each search of a request.
pub(crate) fn each_search(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Change {
    changes(move |_, body| {
        body.get_mut("searches").and_then(Value::as_array_mut).into_iter().flatten().for_each(&change);
    })
}

/// Does something to each point of an answer.
pub(crate) fn each_point(value: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    match value {
        Value::Object(fields) if fields.contains_key("id") && fields.contains_key("payload") => change(value),
        Value::Object(fields) => fields.values_mut().for_each(|value| each_point(value, change)),
        Value::Array(values) => values.iter_mut().for_each(|value| each_point(value, change)),
        _ => (),
    }
}

/// A gate that holds back one answer until it is let through.
#[derive(Clone)]
pub(crate) struct Gate {
    http: Http,
    held: Arc<Mutex<Option<Held>>>,
}

/// The answer that a gate holds back: the next one of a path.
#[derive(Clone)]
pub(crate) struct Held {
    path: String,
    arrived: Arc<Notify>,
    open: Arc<Notify>,
}

impl Gate {
    pub(crate) fn before(place: &Place) -> Self {
        Self {
            http: place.qdrant.transport().clone(),
            held: Arc::default(),
        }
    }

    /// Holds back the next answer from a path that has this in it.
    pub(crate) fn hold(&self, path: &str) -> Held {
        let held = Held {
            path: path.to_owned(),
            arrived: Arc::default(),
            open: Arc::default(),
        };
        *self.held.lock().unwrap() = Some(held.clone());
        held
    }
}

impl Held {
    /// Waits until the answer is there.
    pub(crate) async fn arrived(&self) {
        let arrived = tokio::time::timeout(std::time::Duration::from_secs(30), self.arrived.notified());
        arrived.await.expect("nothing was asked for that the gate holds back");
    }

    pub(crate) fn let_through(&self) {
        self.open.notify_one();
    }
}

impl Transport for Gate {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let path = request.path.clone();
        let response = self.http.send(request).await;
        let held = self.held.lock().unwrap().take_if(|held| path.contains(&held.path));
        if let Some(held) = held {
            held.arrived.notify_one();
            held.open.notified().await;
        }
        response
    }

    async fn sleep(&self, duration: std::time::Duration) {
        self.http.sleep(duration).await;
    }
}

/// A line that no answer longer than this passes.
#[derive(Clone)]
pub(crate) struct Narrow {
    pub(crate) http: Http,
    pub(crate) bytes: usize,
}

impl Transport for Narrow {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let response = self.http.send(request).await?;
        if response.body.len() > self.bytes {
            return Err(TransportError {
                problem: TransportProblem::TooLarge,
                detail: String::new(),
            });
        }
        Ok(response)
    }

    async fn sleep(&self, duration: std::time::Duration) {
        self.http.sleep(duration).await;
    }
}
