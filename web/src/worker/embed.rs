//! Embedding, in turns of some milliseconds, so that several jobs advance together and can be cancelled.

use std::cell::RefCell;
use std::collections::HashSet;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Date, Float32Array};

use super::{model, post};
use crate::protocol::{Failure, Message, Progress};

/// Milliseconds until another job may go on: some times the four that browsers take to come back.
const TURN: f64 = 40.0;

thread_local! {
    static RUNNING: RefCell<HashSet<u32>> = RefCell::default();
}

/// Lets a job stop at its next turn.
pub(super) fn cancel(job: u32) {
    RUNNING.with_borrow_mut(|running| running.remove(&job));
}

pub(super) async fn embed(job: u32, texts: &[String]) -> Result<Message, Failure> {
    RUNNING.with_borrow_mut(|running| running.insert(job));
    let outcome = embed_in_turns(job, texts).await;
    cancel(job);
    outcome
}

async fn embed_in_turns(job: u32, texts: &[String]) -> Result<Message, Failure> {
    let embedder = model::get().await?;
    let mut vectors = Vec::with_capacity(texts.len() * embedder.dimension());
    let mut turn = Date::now();
    for (done, text) in texts.iter().enumerate() {
        if Date::now() - turn > TURN {
            let progress = Progress {
                done,
                total: texts.len(),
            };
            post(&Message::Progress { job, progress }, &Array::new());
            TimeoutFuture::new(0).await;
            turn = Date::now();
        }
        if !RUNNING.with_borrow(|running| running.contains(&job)) {
            return Err(Failure::new("cancelled", "the embedding was cancelled"));
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
