//! Embedding, in turns of some milliseconds, so that several jobs advance together and can be cancelled.

use std::cell::RefCell;
use std::collections::HashMap;

use futures_util::future::{AbortHandle, abortable};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Float32Array};

use super::{model, post, scope};
use crate::protocol::{Failure, MAX_TEXTS, Message, Progress};

/// Milliseconds until another job may go on: some times the four that browsers take to come back.
const TURN: f64 = 40.0;

thread_local! {
    static RUNNING: RefCell<HashMap<u32, AbortHandle>> = RefCell::default();
}

/// Stops a job, whatever it waits for.
pub(super) fn cancel(job: u32) {
    if let Some(running) = RUNNING.with_borrow_mut(|running| running.remove(&job)) {
        running.abort();
    }
}

pub(super) async fn embed(job: u32, texts: &[String]) -> Result<Message, Failure> {
    let (work, handle) = abortable(embed_in_turns(job, texts));
    RUNNING.with_borrow_mut(|running| running.insert(job, handle));
    let outcome = work.await;
    RUNNING.with_borrow_mut(|running| running.remove(&job));
    outcome.unwrap_or_else(|_| Err(Failure::new("cancelled", "the embedding was cancelled")))
}

async fn embed_in_turns(job: u32, texts: &[String]) -> Result<Message, Failure> {
    if texts.len() > MAX_TEXTS {
        return Err(Failure::new(
            "too_many_texts",
            &format!("a job embeds at most {MAX_TEXTS} texts: give several jobs"),
        ));
    }
    let embedder = model::get().await?;
    let mut vectors = Vec::new();
    let mut turn = now();
    for (done, text) in texts.iter().enumerate() {
        if now() - turn > TURN {
            let progress = Progress {
                done,
                total: texts.len(),
            };
            post(&Message::Progress { job, progress }, &Array::new());
            TimeoutFuture::new(0).await;
            turn = now();
        }
        vectors.extend(embedder.embed(text));
    }
    Ok(Message::Embedded {
        job,
        vectors: Float32Array::from(vectors.as_slice()),
        dimension: embedder.dimension(),
        model: model::MODEL.name.to_owned(),
    })
}

/// Milliseconds on a clock that is not set back.
fn now() -> f64 {
    scope().performance().map_or(0.0, |clock| clock.now())
}
