//! Embedding, in turns of some milliseconds, so that several jobs advance together and can be cancelled.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Float32Array};

use super::clock::now;
use super::{model, post};
use crate::protocol::{Failure, MAX_TEXTS, Message, Progress};

/// Milliseconds until another job may go on: some times the four that browsers take to come back.
pub(super) const TURN: f64 = 40.0;

/// More texts are not kept: of 384 dimensions, 15 MB and the texts.
const MAX_KEPT: usize = MAX_TEXTS;

thread_local! {
    /// Texts that were embedded before: a document is embedded once, however often it is sealed.
    static KEPT: RefCell<HashMap<String, Rc<[f32]>>> = RefCell::default();
}

pub(super) async fn embed(job: u32, texts: &[String]) -> Result<Message, Failure> {
    if texts.len() > MAX_TEXTS {
        return Err(Failure::new(
            "too_many_texts",
            &format!("a job embeds at most {MAX_TEXTS} texts: give several jobs"),
        ));
    }
    let tell = |done| {
        let progress = Progress {
            done,
            total: texts.len(),
        };
        post(&Message::Progress { job, progress }, &Array::new());
    };
    let vectors = vectors(texts, tell).await?.concat();
    Ok(Message::Embedded {
        job,
        vectors: Float32Array::from(vectors.as_slice()),
        dimension: model::MODEL.dimension,
        model: model::MODEL.name.to_owned(),
    })
}

/// Embeds texts, as far as they were not before. `tell` learns how many are done, after each turn.
pub(super) async fn vectors(texts: &[String], tell: impl Fn(usize)) -> Result<Vec<Rc<[f32]>>, Failure> {
    let mut embedder = None;
    let mut vectors = Vec::with_capacity(texts.len());
    let mut turn = now();
    for (done, text) in texts.iter().enumerate() {
        if now() - turn > TURN {
            tell(done);
            TimeoutFuture::new(0).await;
            turn = now();
        }
        if let Some(known) = KEPT.with_borrow(|kept| kept.get(text).cloned()) {
            vectors.push(known);
            continue;
        }
        let embedder = if let Some(embedder) = &embedder {
            embedder
        } else {
            let loaded = model::get().await?;
            turn = now();
            embedder.insert(loaded)
        };
        let vector: Rc<[f32]> = embedder.embed(text).into();
        keep(text, &vector);
        vectors.push(vector);
    }
    Ok(vectors)
}

fn keep(text: &str, vector: &Rc<[f32]>) {
    KEPT.with_borrow_mut(|kept| {
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(text.to_owned(), Rc::clone(vector));
    });
}
