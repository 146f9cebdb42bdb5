//! What the worker says.

use std::rc::Rc;

use super::action::{Action, Change, Effect};
use super::connection::ConnectionStatus;
use super::places::{GivenVectors, HeldStatus, Matrix, Mood, Running};
use super::words::counted;
use super::{Purpose, State};
use crate::protocol::{Document, Failure, KeyFacts, Message, Progress, Row, Searched};

impl State {
    pub(super) fn hear(&mut self, message: Message, now: f64, effects: &mut Vec<Effect>) {
        match message {
            Message::Ready {} | Message::Embedded { .. } => (),
            Message::Model(progress) => self.model = Some(progress).filter(|progress| progress.done < progress.total),
            Message::Progress { job, progress } => self.advance(job, progress, now),
            Message::Done { job } => self.done(job, effects),
            Message::Key { job, facts } => match self.jobs.remove(&job) {
                Some(Purpose::ImportKey(person, _)) => self.take_key(person, facts, effects),
                Some(_) => self.key_is(facts),
                None => (),
            },
            Message::KeyFile { job, key, file } => {
                if self.jobs.remove(&job).is_some() {
                    let name = self.scenario().key_name(key).to_lowercase();
                    let name: String =
                        name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
                    effects.push(Effect::SaveFile(format!("{name}.vecseal-key"), file));
                    let text = format!("Saved {name}.vecseal-key: whoever has the file has the key.");
                    self.say(Mood::Good, text, effects);
                }
            }
            Message::Rotated { job, keys, rewrapped } => {
                if self.jobs.remove(&job).is_some() {
                    for facts in keys {
                        self.key_is(facts);
                    }
                    let headers = match (rewrapped, &self.data.stored) {
                        (_, None) => "Nothing is uploaded yet, so no header was re-wrapped.".to_owned(),
                        (count, _) => {
                            format!("{} re-wrapped; no record was.", counted(count, "header was", "headers were"))
                        }
                    };
                    self.say(Mood::Good, format!("The right is rotated. {headers}"), effects);
                }
            }
            Message::Connected {
                job,
                version,
                embedded,
                latency,
                collections,
            } => {
                if self.jobs.remove(&job).is_some() {
                    self.connection.status = ConnectionStatus::Up {
                        version,
                        embedded,
                        latency,
                        collections,
                    };
                    self.ask_later(effects);
                }
            }
            Message::Imported {
                job,
                rows,
                dimension,
                ignored,
                ..
            } => self.imported(job, rows, dimension, &ignored, effects),
            Message::Uploaded { job, uploaded } => self.uploaded(job, uploaded, effects),
            Message::Searched { job, searched } => self.searched(job, searched, effects),
            Message::Accesses { job, accesses, .. } => {
                if let Some(Purpose::Matrix(basis)) = self.jobs.remove(&job) {
                    self.search.matrix = Matrix {
                        accesses: Some(Rc::new(accesses)),
                        basis: Some(basis),
                        ..Matrix::default()
                    };
                }
            }
            Message::Inspected { job, inspected } => {
                self.jobs.remove(&job);
                if self.server.inspecting == Some(job) {
                    self.server.inspecting = None;
                    self.server.inspected = Some(Rc::new(*inspected));
                    self.story_goes_on(effects);
                }
            }
            Message::Projected { job, projected } => {
                self.jobs.remove(&job);
                if self.server.projecting == Some(job) {
                    self.server.projecting = None;
                    self.server.projected = Some(Rc::new(projected));
                    self.story_goes_on(effects);
                }
            }
            Message::Attacked { job, report } => {
                if self.jobs.remove(&job).is_some() {
                    self.attacks.running = None;
                    self.attacks.outcomes.insert(report.attack, Ok(Rc::new(report)));
                    self.next_attack(effects);
                    self.story_goes_on(effects);
                }
            }
            Message::Failed { job, failure } => self.failed(job, failure, effects),
        }
    }

    fn advance(&mut self, job: u32, progress: Progress, now: f64) {
        let upload = self.data.upload.map_or(0, |upload| upload.job);
        let running = [
            &mut self.data.upload,
            &mut self.data.import,
            &mut self.search.matrix.job,
        ];
        for running in running.into_iter().flatten().filter(|running| running.job == job) {
            *running = if running.job == upload {
                running.further(progress, now)
            } else {
                Running {
                    progress,
                    now,
                    ..*running
                }
            };
        }
    }

    fn done(&mut self, job: u32, effects: &mut Vec<Effect>) {
        match self.jobs.remove(&job) {
            Some(Purpose::Delete(collection)) => self.deleted(&collection, effects),
            Some(Purpose::DeleteOld(collection)) => self.is_gone(&collection),
            _ => (),
        }
    }

    /// What was seen of an upload is not true of the next.
    pub(super) fn unsee(&mut self) {
        self.search.found = None;
        self.search.basis = None;
        self.search.failure = None;
        self.search.matrix = Matrix::default();
        self.server = super::ServerPlace {
            document: self.server.document.take(),
            ..super::ServerPlace::default()
        };
        self.attacks = super::AttackPlace::default();
    }

    pub(super) fn key_is(&mut self, facts: KeyFacts) {
        if let Some(held) = self.keys.get_mut(&facts.key) {
            held.status = HeldStatus::Ready(Box::new(facts));
        }
    }

    pub(super) fn imported(
        &mut self,
        job: u32,
        rows: Vec<Row>,
        dimension: usize,
        ignored: &[String],
        effects: &mut Vec<Effect>,
    ) {
        if self.jobs.remove(&job).is_none() {
            return;
        }
        self.data.import = None;
        let documents: Vec<Document> = rows.into_iter().map(document).collect();
        let count = documents.len();
        self.apply(Action::Change(Change::ReplaceDocuments(documents)), 0.0, effects);
        if dimension > 0 {
            self.data.given_vectors = Some(GivenVectors {
                import: job,
                documents: count,
                dimension,
            });
            self.scenario.amend(|scenario| scenario.vectors = job);
        }
        let vectors = if dimension > 0 {
            format!(" with vectors of {}", counted(dimension, "dimension", "dimensions"))
        } else {
            String::new()
        };
        let unused = if ignored.is_empty() {
            String::new()
        } else {
            format!(" Not used: {}.", ignored.join(", "))
        };
        self.say(
            Mood::Good,
            format!("{} imported{vectors}.{unused}", counted(count, "document is", "documents are")),
            effects,
        );
    }

    fn searched(&mut self, job: u32, searched: Searched, effects: &mut Vec<Effect>) {
        let purpose = self.jobs.remove(&job);
        if let (Some(Purpose::Search(query, basis)), true) = (purpose, self.search.job == Some(job)) {
            self.search.job = None;
            self.search.found = Some(Rc::new(searched));
            self.search.basis = Some(basis);
            self.search.asked = Some(*query);
            self.story_goes_on(effects);
        }
    }

    fn failed(&mut self, job: u32, failure: Failure, effects: &mut Vec<Effect>) {
        let Some(purpose) = self.jobs.remove(&job) else { return };
        let is_cancelled = failure.code == "cancelled";
        if purpose != Purpose::Connect && self.story.take().is_some() && !is_cancelled {
            self.say(Mood::Bad, format!("The story stopped: {}", failure.message), effects);
        }
        // What the connection says is then as old as the last question.
        if purpose != Purpose::Connect && is_silent(&failure) {
            self.ask_now(effects);
        }
        match purpose {
            Purpose::Quiet | Purpose::Delete(_) | Purpose::DeleteOld(_) | Purpose::Export(_) | Purpose::Rotate => {
                self.say(Mood::Bad, failure.message, effects);
            }
            Purpose::ImportKey(..) => {
                self.say(Mood::Bad, format!("That file is no user key: {}.", failure.message), effects);
            }
            Purpose::Key(key) => {
                if let Some(held) = self.keys.get_mut(&key) {
                    held.status = HeldStatus::Failed(failure);
                }
            }
            Purpose::Connect => {
                self.connection.status = ConnectionStatus::Down(failure);
                self.ask_later(effects);
            }
            Purpose::Upload(sent) => self.not_uploaded(&sent, failure, effects),
            Purpose::Import => {
                self.data.import = None;
                self.say(Mood::Bad, format!("Nothing was imported: {}.", failure.message), effects);
                self.data.import_failure = Some(failure);
            }
            Purpose::Search(..) if self.search.job != Some(job) => (),
            Purpose::Inspect if self.server.inspecting != Some(job) => (),
            Purpose::Project if self.server.projecting != Some(job) => (),
            Purpose::Search(..) => {
                self.search.job = None;
                self.search.failure = Some(failure).filter(|_| !is_cancelled);
            }
            Purpose::Matrix(_) => {
                self.search.matrix.job = None;
                self.search.matrix.failure = Some(failure).filter(|_| !is_cancelled);
            }
            Purpose::Inspect => {
                self.server.inspecting = None;
                self.server.failure = Some(failure);
            }
            Purpose::Project => {
                self.server.projecting = None;
                self.server.failure = Some(failure);
            }
            Purpose::Attack(attack) => {
                self.attacks.running = None;
                self.attacks.outcomes.insert(attack, Err(failure));
                self.next_attack(effects);
            }
        }
    }
}

impl State {
    /// Asks how the Qdrant is, unless that is being asked.
    pub(super) fn ask_now(&mut self, effects: &mut Vec<Effect>) {
        if !self.jobs.values().any(|purpose| *purpose == Purpose::Connect) {
            self.connect(effects);
        }
    }

    /// Asks how the Qdrant is in some time, unless it is asked before that.
    fn ask_later(&mut self, effects: &mut Vec<Effect>) {
        self.pings += 1;
        effects.push(Effect::After(PING, Action::Ping(self.pings)));
    }
}

fn is_silent(failure: &Failure) -> bool {
    ["unreachable", "interrupted", "timeout"].contains(&failure.code.as_str())
}

fn document(row: Row) -> Document {
    // Of a text beside a content, the text is only embedded.
    let embedded = row.text.clone().filter(|text| row.content.as_ref().is_some_and(|content| content != text));
    Document {
        title: String::new(),
        text: row.content.or(row.text).unwrap_or_default(),
        policy: row.policy.unwrap_or_else(|| "*".to_owned()),
        id: row.id,
        embedded,
    }
}

/// Milliseconds between two questions how the Qdrant is.
const PING: u32 = 10_000;
