//! What a whole story comes to.

use super::leakage;
use super::{State, Tally};
use crate::protocol::{Document, Outcome, Query, Ranked, Searched};
use crate::state::Person;

/// What a whole story comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Documents that are sealed and uploaded.
    pub documents: usize,
    /// In so many compartments.
    pub compartments: usize,
    /// Users.
    pub people: usize,
    /// Their keys.
    pub keys: usize,
    /// What was asked.
    pub question: Option<String>,
    /// How many of the nearest documents, compared in the clear, are counted in `readers`.
    pub nearest: usize,
    /// What each user makes of those.
    pub readers: Vec<Reader>,
    /// How the attacks went.
    pub attacks: Tally,
    /// What the server learned, in a line; nothing without an upload.
    pub learned: String,
}

/// What somebody makes of some documents with all their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Who.
    pub name: String,
    /// How many open.
    pub opened: usize,
    /// How many no key opens.
    pub denied: usize,
    /// How many are gone, or not what was sealed.
    pub other: usize,
}

impl Summary {
    /// What it comes to as it is now.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let scenario = state.scenario();
        let stored = state.stored_facts();
        let found = state.search.found.as_deref();
        let nearest: &[Ranked] =
            found.map(|found| found.plain.get(..NEAREST).unwrap_or(&found.plain)).unwrap_or_default();
        let readers = found.into_iter().flat_map(|found| {
            let people = scenario.people.iter();
            people.map(|person| Reader::of(person, nearest, found))
        });
        let question = found.and(state.search.asked.as_ref()).map(|query| match query {
            Query::Text(text) => text.clone(),
            Query::Document(id) => {
                let document = scenario.document(id);
                format!("near to {}", document.map_or_else(|| id.clone(), Document::short_title))
            }
        });
        Self {
            documents: state.data.stored.as_ref().map_or(0, |stored| stored.uploaded.written),
            compartments: stored.as_ref().map_or(0, |(_, facts)| facts.compartments()),
            people: scenario.people.len(),
            keys: state.ready_keys().len(),
            question,
            nearest: nearest.len(),
            readers: readers.collect(),
            attacks: state.attacks.tally(),
            learned: stored.map(|(sealing, facts)| leakage::in_one_line(&sealing, &facts)).unwrap_or_default(),
        }
    }
}

impl Reader {
    fn of(person: &Person, documents: &[Ranked], found: &Searched) -> Self {
        let mut reader = Self {
            name: person.name.clone(),
            opened: 0,
            denied: 0,
            other: 0,
        };
        for ranked in documents {
            let outcomes: Vec<Outcome> = found
                .accesses
                .iter()
                .filter(|access| person.keys.iter().any(|key| key.id == access.key))
                .flat_map(|access| &access.outcomes)
                .filter(|(document, _)| *document == ranked.document)
                .map(|(_, outcome)| *outcome)
                .collect();
            if outcomes.contains(&Outcome::Opened) {
                reader.opened += 1;
            } else if outcomes.iter().all(|outcome| *outcome == Outcome::Denied) {
                reader.denied += 1;
            } else {
                reader.other += 1;
            }
        }
        reader
    }
}

/// Documents that are counted.
const NEAREST: usize = 10;

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use vecseal_data::Organisation;

    use super::Summary;
    use crate::protocol::{Access, Outcome, Query, Ranked, Searched};
    use crate::state::{Place, Scenario, State, StoredDocuments, Theme};

    fn state() -> State {
        let scenario = Scenario::of(&Organisation::examples().unwrap()[0]);
        State::new(scenario, String::new(), "t".to_owned(), Theme::System, Place::Policy)
    }

    fn stored(state: &State) -> StoredDocuments {
        let documents = Rc::clone(&state.scenario().documents);
        let uploaded = crate::protocol::Uploaded {
            written: documents.len(),
            failures: Vec::new(),
            missing: Vec::new(),
            is_cancelled: false,
            created: 13,
            embedding: 0.0,
            writing: 0.0,
            model: None,
            dimension: 384,
        };
        StoredDocuments {
            collection: "c".to_owned(),
            documents,
            structure: Rc::clone(state.checked.structure.as_ref().unwrap()),
            sealing: state.scenario().sealing,
            vectors: crate::protocol::Vectors::Embedded,
            uploaded,
        }
    }

    #[test]
    fn an_empty_page_comes_to_nothing() {
        let summary = Summary::of(&state());
        assert_eq!((summary.documents, summary.compartments, summary.keys), (0, 0, 0));
        assert!(summary.question.is_none() && summary.readers.is_empty() && summary.learned.is_empty());
    }

    #[test]
    fn what_is_there_is_counted() {
        let mut state = state();
        state.data.stored = Some(Rc::new(stored(&state)));
        let ids: Vec<String> = state.scenario().documents.iter().map(|document| document.id.clone()).collect();
        let plain = ids.iter().take(12).map(|id| Ranked {
            document: id.clone(),
            score: 0.5,
        });
        let outcome = |index| match index {
            0..3 => Outcome::Opened,
            3 => Outcome::Tampered,
            _ => Outcome::Denied,
        };
        let first = state.scenario().keys().next().unwrap().1.id;
        let access = Access {
            key: first,
            outcomes: ids.iter().enumerate().map(|(index, id)| (id.clone(), outcome(index))).collect(),
        };
        state.search.asked = Some(Query::Document(ids[0].clone()));
        state.search.found = Some(Rc::new(Searched {
            embedding: 0.0,
            plain: plain.collect(),
            plain_time: 0.0,
            keys: Vec::new(),
            accesses: vec![access],
        }));
        let summary = Summary::of(&state);
        assert_eq!((summary.documents, summary.compartments, summary.nearest), (60, 13, 10));
        let reader = &summary.readers[0];
        assert_eq!((reader.opened, reader.denied, reader.other), (3, 6, 1));
        assert!(summary.question.unwrap().starts_with("near to "));
        assert!(summary.learned.contains("ρ = 0.5"));
    }

    #[test]
    fn the_view_begins_with_what_was_found() {
        let mut state = state();
        assert_eq!(state.looked_at(), None);
        state.data.stored = Some(Rc::new(stored(&state)));
        let documents = Rc::clone(&state.scenario().documents);
        assert_eq!(state.looked_at(), Some(documents[0].id.as_str()));
        state.search.found = Some(Rc::new(Searched {
            embedding: 0.0,
            plain: vec![Ranked {
                document: documents[7].id.clone(),
                score: 1.0,
            }],
            plain_time: 0.0,
            keys: Vec::new(),
            accesses: Vec::new(),
        }));
        assert_eq!(state.looked_at(), Some(documents[7].id.as_str()));
        assert_eq!(state.found_documents(), [documents[7].id.clone()]);
        state.server.document = Some("gone".to_owned());
        assert_eq!(state.looked_at(), Some(documents[7].id.as_str()));
        state.server.document = Some(documents[3].id.clone());
        assert_eq!(state.looked_at(), Some(documents[3].id.as_str()));
        assert!(state.needs_projection(&documents[3].id));
    }
}
