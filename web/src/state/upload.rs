//! The way of documents to the server, and what is there then.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use vecseal::AccessStructure;

use super::action::Effect;
use super::places::{Mood, Place, Running, StoredDocuments};
use super::words::counted;
use super::{Purpose, State};
use crate::gather::gather;
use crate::protocol::{Document, Failure, Sealing, Uploaded, Vectors, Work};

/// What is being uploaded.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sent {
    documents: Rc<Vec<Document>>,
    structure: Rc<AccessStructure>,
    sealing: Sealing,
    vectors: Vectors,
    collection: String,
}

impl State {
    /// What can be searched and looked at: what was uploaded, unless an upload changes it.
    #[must_use]
    pub fn readable(&self) -> Option<&Rc<StoredDocuments>> {
        self.data.stored.as_ref().filter(|_| self.data.upload.is_none())
    }

    /// Whether documents, policies or settings are others than what was uploaded.
    #[must_use]
    pub fn is_stored_old(&self) -> bool {
        let scenario = self.scenario();
        self.data
            .stored
            .as_ref()
            .is_some_and(|stored| stored.sealing != scenario.sealing || stored.documents != scenario.documents)
    }

    /// How many documents of the last upload are no longer here; they are still on the server.
    #[must_use]
    pub fn left_behind(&self) -> usize {
        let Some(stored) = &self.data.stored else { return 0 };
        if Rc::ptr_eq(&stored.documents, &self.scenario().documents) {
            return 0;
        }
        let here: BTreeSet<&str> = gather(self.scenario().documents.iter().map(|document| document.id.as_str()));
        stored.documents.iter().filter(|document| !here.contains(document.id.as_str())).count()
    }

    pub(super) fn upload(&mut self, now: f64, effects: &mut Vec<Effect>) {
        let Ok(structure) = self.checked.structure.clone() else {
            return;
        };
        if self.data.upload.is_some() {
            return;
        }
        let scenario = self.scenario();
        let (documents, sealing) = (Rc::clone(&scenario.documents), scenario.sealing);
        // Compartments of other settings, and documents that are gone, would stay beside the new ones: these go to a new
        // collection, and the old one when they are there.
        let dimension = self.vector_dimension();
        let is_other = self
            .data
            .stored
            .as_ref()
            .is_some_and(|stored| stored.sealing != sealing || stored.uploaded.dimension != dimension);
        let collection = if (is_other || self.left_behind() > 0) && self.data.collection.is_none() {
            self.collections += 1;
            self.next_collection()
        } else {
            self.collection()
        };
        let vectors = self.given_vectors().map_or(Vectors::Embedded, |_| Vectors::Kept);
        let work = Work::Upload {
            collection: collection.clone(),
            sealing,
            documents: documents.iter().map(|document| self.in_text_form(document)).collect(),
            vectors,
        };
        let total = documents.len() * 2;
        let job = self.number(Purpose::Upload(Box::new(Sent {
            documents,
            structure,
            sealing,
            vectors,
            collection,
        })));
        effects.push(Effect::Work(job, work));
        self.stop_reading(effects);
        self.data.failure = None;
        self.data.upload = Some(Running::new(job, total, now));
    }

    /// What was uploaded is about to change: what comes of reading it meanwhile would be of neither.
    fn stop_reading(&mut self, effects: &mut Vec<Effect>) {
        self.attacks.waiting.clear();
        let reading = [
            self.search.job,
            self.search.matrix.job.map(|running| running.job),
            self.attacks.running.map(|(_, job)| job),
        ];
        for job in reading.into_iter().flatten() {
            effects.push(Effect::Work(job, Work::Cancel));
        }
    }

    /// Policies may be edited as JSON; the worker takes their text form.
    fn in_text_form(&self, document: &Document) -> Document {
        let mut document = document.clone();
        if let Some(Ok(policy)) = self.checked.policies.get(&document.policy) {
            document.policy = policy.to_string();
        }
        document
    }

    pub(super) fn uploaded(&mut self, job: u32, uploaded: Uploaded, effects: &mut Vec<Effect>) {
        let Some(Purpose::Upload(sent)) = self.jobs.remove(&job) else {
            return;
        };
        self.data.upload = None;
        self.data.failure = None;
        let before = self.data.stored.take();
        let (same, other) = match before {
            Some(stored) if stored.collection == sent.collection => (Some(stored), None),
            other => (None, other),
        };
        if uploaded.written == 0 && same.is_none() {
            // No collection was made.
            self.data.stored = other;
            self.data.failure = Some(nothing_written(&uploaded));
            self.story = None;
            return self.drop_unfinished(&sent.collection, effects);
        }
        let (text, mood) = told(&uploaded);
        self.is_there(&sent.collection);
        let documents = on_the_server(sent.documents, same.as_deref(), &uploaded.missing);
        self.data.stored = Some(Rc::new(StoredDocuments {
            collection: sent.collection,
            documents,
            structure: sent.structure,
            sealing: sent.sealing,
            vectors: sent.vectors,
            uploaded,
        }));
        self.unsee();
        if let Some(other) = other.filter(|other| self.is_ours(&other.collection)) {
            self.delete(Purpose::DeleteOld(other.collection.clone()), other.collection.clone(), effects);
        }
        self.say(mood, text, effects);
        self.story_goes_on(effects);
    }

    /// An upload came to nothing, or was stopped before it could take the place of what is there: that stays.
    pub(super) fn not_uploaded(&mut self, sent: &Sent, failure: Failure, effects: &mut Vec<Effect>) {
        self.data.upload = None;
        // Elsewhere nothing else would tell.
        if self.place != Place::Data && failure.code != "cancelled" {
            self.say(Mood::Bad, format!("Not uploaded: {}.", failure.message), effects);
        }
        self.data.failure = Some(failure);
        self.drop_unfinished(&sent.collection, effects);
    }

    /// Deletes what an upload made that came to nothing, unless it is the user's own or what was there before.
    fn drop_unfinished(&mut self, collection: &str, effects: &mut Vec<Effect>) {
        let is_stored = self.data.stored.as_ref().is_some_and(|stored| stored.collection == collection);
        if self.is_ours(collection) && !is_stored && self.is_connected() {
            self.delete(Purpose::DeleteOld(collection.to_owned()), collection.to_owned(), effects);
        }
    }

    pub(super) fn delete_stored(&mut self, effects: &mut Vec<Effect>) {
        if let Some(stored) = self.data.stored.clone() {
            self.delete(Purpose::Delete(stored.collection.clone()), stored.collection.clone(), effects);
        }
    }

    pub(super) fn delete(&mut self, purpose: Purpose, collection: String, effects: &mut Vec<Effect>) {
        self.start(purpose, Work::DeleteCollection { collection }, effects);
    }

    pub(super) fn deleted(&mut self, collection: &str, effects: &mut Vec<Effect>) {
        self.is_gone(collection);
        self.data.failure = None;
        if self.data.stored.as_ref().is_some_and(|stored| stored.collection == collection) {
            self.data.stored = None;
            self.unsee();
        }
        self.say(Mood::Good, "The collection and its keyring are deleted.".to_owned(), effects);
    }

    /// Whether this tab named a collection, not the user.
    pub(super) fn is_ours(&self, collection: &str) -> bool {
        collection.starts_with(&format!("playground-{}-", self.tab))
    }
}

impl StoredDocuments {
    /// The documents that the last upload failed for, as far as it was not cancelled before them.
    pub fn failed(&self) -> impl Iterator<Item = &str> {
        let uploaded = &self.uploaded;
        let all = uploaded.missing.iter().map(String::as_str).filter(|_| !uploaded.is_cancelled);
        let named = uploaded.failures.iter().map(|failure| failure.document.as_str());
        all.chain(named.filter(|_| uploaded.is_cancelled))
    }
}

/// What is there after an upload: what was sent, and what was there before in place of what is missing.
fn on_the_server(sent: Rc<Vec<Document>>, before: Option<&StoredDocuments>, missing: &[String]) -> Rc<Vec<Document>> {
    if missing.is_empty() {
        return sent;
    }
    let missing: BTreeSet<&str> = gather(missing.iter().map(String::as_str));
    let before = before.map(|stored| stored.documents.iter()).unwrap_or_default();
    let before: BTreeMap<&str, &Document> = gather(before.map(|document| (document.id.as_str(), document)));
    let there = sent.iter().filter_map(|document| {
        let is_missing = missing.contains(document.id.as_str());
        if is_missing {
            before.get(document.id.as_str()).copied()
        } else {
            Some(document)
        }
    });
    Rc::new(there.cloned().collect())
}

/// How an upload went, in a line.
fn told(uploaded: &Uploaded) -> (String, Mood) {
    let written = counted(uploaded.written, "document is", "documents are");
    let missing = counted(uploaded.missing.len(), "is", "are");
    let text = format!("{written} sealed and uploaded.");
    if uploaded.missing.is_empty() {
        (text, Mood::Good)
    } else if uploaded.is_cancelled {
        (format!("{text} Cancelled: {missing} not."), Mood::Good)
    } else {
        (format!("{text} {missing} not: see below."), Mood::Bad)
    }
}

fn nothing_written(uploaded: &Uploaded) -> Failure {
    let first = uploaded.failures.first();
    let code = first.map_or("nothing_written", |failure| failure.code.as_str());
    let why = first.map_or(String::new(), |first| format!(" Of document {}: {}", first.document, first.message));
    Failure::new(code, &format!("none of the documents could be written.{why}"))
}
