//! The worker: embeds texts, imports files and holds the keys, off the page's thread. What leaves it are answers, and
//! requests to the Qdrant that the user names; what it fetches else is the model's file, from beside its own.

mod attack;
mod clock;
mod embed;
mod failure;
mod import;
mod jobs;
mod model;
mod projection;
mod recording;
mod shorten;
mod vault;
mod wire;
mod work;

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::protocol::{Failure, Message, Request, Work};

/// Listens to the page.
pub fn start() {
    let listen = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| receive(event.data()));
    scope().set_onmessage(Some(listen.as_ref().unchecked_ref()));
    listen.forget();
    post(&Message::Ready {}, &Array::new());
}

fn receive(message: JsValue) {
    // What has no number is not from our page; there is nobody to answer.
    let number = Reflect::get(&message, &"job".into()).unwrap_or_default();
    let Ok(Request { job, work }) = serde_wasm_bindgen::from_value(message) else {
        if let Ok(job) = serde_wasm_bindgen::from_value(number) {
            answer(job, Err(Failure::invalid_request()));
        }
        return;
    };
    match work {
        Work::Cancel => jobs::cancel(job),
        work => spawn_local(async move { answer(job, Box::pin(work::run(job, work)).await) }),
    }
}

fn answer(job: u32, outcome: Result<Message, Failure>) {
    let message = outcome.unwrap_or_else(|failure| Message::Failed { job, failure });
    let vectors = match &message {
        Message::Embedded { vectors, .. } | Message::Imported { vectors, .. } => Some(vectors),
        _ => None,
    };
    // Handed over instead of copied.
    let buffers: Array = vectors.iter().map(|vectors| vectors.buffer()).collect();
    post(&message, &buffers);
}

/// Tells the page.
fn post(message: &Message, handed_over: &Array) {
    if let Ok(value) = serde_wasm_bindgen::to_value(message) {
        // A message that cannot be cloned would be a mistake of ours; plain objects can.
        drop(scope().post_message_with_transfer(&value, handed_over));
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
