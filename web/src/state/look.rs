//! What the place that shows the server's view wants to look at by itself.

use super::leakage::Facts;
use super::{State, parse};
use crate::protocol::{Mode, Sealing};

impl State {
    /// The document that the server's view shows, or begins with: the one that was looked at, if it is still there, the best
    /// of the last search, or the first.
    #[must_use]
    pub fn looked_at(&self) -> Option<&str> {
        let stored = self.readable()?;
        let is_there = |id: &&str| stored.documents.iter().any(|document| document.id == **id);
        let before = self.server.document.as_deref().filter(is_there);
        let best = self.search.found.as_ref().and_then(|found| found.plain.first());
        let best = best.map(|ranked| ranked.document.as_str()).filter(is_there);
        let first = stored.documents.first().map(|document| document.id.as_str());
        before.or(best).or(first)
    }

    /// Whether another picture is needed, to show the compartment of this document.
    #[must_use]
    pub fn needs_projection(&self, document: &str) -> bool {
        let is_geometric = self.data.stored.as_ref().is_some_and(|stored| stored.sealing.mode == Mode::Geometric);
        let Some(projected) = &self.server.projected else {
            return true;
        };
        let number = projected.documents.iter().position(|known| known == document);
        let is_shown = number.is_some_and(|number| projected.one.iter().any(|(of, _)| *of == number));
        is_geometric && !is_shown
    }

    /// The documents that the last search found, in the clear or by a key, the best first.
    #[must_use]
    pub fn found_documents(&self) -> Vec<String> {
        let Some(found) = &self.search.found else {
            return Vec::new();
        };
        let plain = found.plain.iter().map(|ranked| &ranked.document);
        let hits = found.keys.iter().flat_map(|key| &key.hits).map(|hit| &hit.document);
        let mut documents: Vec<String> = Vec::new();
        for document in plain.chain(hits) {
            if !documents.contains(document) {
                documents.push(document.clone());
            }
        }
        documents
    }

    /// The settings of the upload, with what matters of it to what others learn.
    #[must_use]
    pub fn stored_facts(&self) -> Option<(Sealing, Facts)> {
        let stored = self.data.stored.as_ref()?;
        let parsed = |text: &str| parse(text, &stored.structure).ok().map(|policy| policy.to_string());
        Some((stored.sealing, Facts::of(&stored.documents, parsed, stored.uploaded.dimension)))
    }

    /// The same of what would be uploaded now.
    #[must_use]
    pub fn facts(&self) -> (Sealing, Facts) {
        let scenario = self.scenario();
        let dimension = self.vector_dimension();
        let parsed = |text: &str| self.checked.policies.get(text)?.as_ref().ok().map(ToString::to_string);
        (scenario.sealing, Facts::of(&scenario.documents, parsed, dimension))
    }
}
