//! Attacks in words, and how they went.

use super::places::AttackPlace;
use crate::protocol::{Attack, Report, Tone};

/// How an attack went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody tried yet.
    Untried,
    /// Others run before it.
    Waiting,
    /// It runs.
    Running,
    /// Nothing opened that should not.
    Held,
    /// Something did.
    Breached,
    /// The user stopped it.
    Stopped,
    /// It could not be run.
    Failed,
}

/// How all attacks went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Those with a report.
    pub tried: usize,
    /// Those of them that opened what they should not.
    pub breached: usize,
    /// Those that could not be run, or not to the end.
    pub failed: usize,
}

impl AttackPlace {
    /// How an attack went.
    #[must_use]
    pub fn verdict(&self, attack: Attack) -> Verdict {
        if self.running.is_some_and(|(running, _)| running == attack) {
            return Verdict::Running;
        }
        if self.waiting.contains(&attack) {
            return Verdict::Waiting;
        }
        match self.outcomes.get(&attack) {
            None => Verdict::Untried,
            Some(Ok(report)) if report.has_held() => Verdict::Held,
            Some(Ok(_)) => Verdict::Breached,
            Some(Err(failure)) if failure.code == "cancelled" => Verdict::Stopped,
            Some(Err(_)) => Verdict::Failed,
        }
    }

    /// How all attacks went so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for outcome in self.outcomes.values() {
            match outcome {
                Ok(report) => {
                    tally.tried += 1;
                    tally.breached += usize::from(!report.has_held());
                }
                Err(_) => tally.failed += 1,
            }
        }
        tally
    }
}

impl Report {
    /// Whether nothing happened that should not: nothing opened against its policy, and no step says otherwise.
    #[must_use]
    pub fn has_held(&self) -> bool {
        let mut findings = self.steps.iter().flat_map(|step| &step.findings);
        self.breached == 0 && findings.all(|finding| finding.tone != Tone::Breach)
    }
}

impl Tone {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "Denied",
            Self::Allowed => "Allowed",
            Self::Leak => "Learns",
            Self::Breach => "Breach",
            Self::Note => "Note",
        }
    }
}

impl Attack {
    /// What happens, as a heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::DroppedFilter => "The application drops its filter",
            Self::InjectedFilter => "An injected prompt rewrites the filter",
            Self::TamperedTags => "Tags are changed at ingestion",
            Self::LeakedApiKey => "A leaked API key reads the database",
            Self::PooledKeys => "Two users pool their keys",
            Self::SwappedRecords => "The server swaps two records",
            Self::RevokedKey => "A revoked key comes back",
        }
    }

    /// What is attacked, and how it succeeds where access control is a query filter.
    #[must_use]
    pub fn elsewhere(self) -> &'static str {
        match self {
            Self::DroppedFilter => {
                "A bug sends the query without its tenant filter. In a plain vector database the answer then holds everybody's documents."
            }
            Self::InjectedFilter => {
                "A prompt gets the application's model to write a filter that names other tenants. A plain vector database answers any filter that it is given."
            }
            Self::TamperedTags => {
                "Somebody with write access puts other tenants' tags on points. Where tags decide, documents change hands."
            }
            Self::LeakedApiKey => {
                "The database's API key stands in a log or a repository. It reads every vector, text and tag; no filter is in the way."
            }
            Self::PooledKeys => {
                "An admin of one department and a member of another put together what they hold. Where attributes are checked one by one, together they pass as admin of the other."
            }
            Self::SwappedRecords => {
                "Whoever runs the server exchanges two stored texts. Where nothing binds a text to its point, the reader gets one under the other's name."
            }
            Self::RevokedKey => {
                "Somebody who left uses a key that was revoked. Where revocation is a list to look at, a server that does not look lets the key in."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::{Tally, Verdict};
    use crate::protocol::{Attack, Failure, Finding, Report, Step, Tone};
    use crate::state::AttackPlace;

    fn report(attack: Attack, breached: usize, tone: Tone) -> Report {
        let text = String::new();
        let step = Step {
            what: String::new(),
            calls: Vec::new(),
            findings: vec![Finding { tone, text }],
        };
        Report {
            attack,
            steps: vec![step],
            returned: 10,
            opened: 2,
            breached,
            summary: String::new(),
            gained: String::new(),
        }
    }

    #[test]
    fn a_breach_is_never_called_held() {
        let mut place = AttackPlace::default();
        let attacks = [Attack::DroppedFilter, Attack::InjectedFilter, Attack::TamperedTags];
        let reports = [(0, Tone::Held), (1, Tone::Held), (0, Tone::Breach)];
        for (attack, (breached, tone)) in attacks.into_iter().zip(reports) {
            place.outcomes.insert(attack, Ok(Rc::new(report(attack, breached, tone))));
        }
        place.outcomes.insert(Attack::LeakedApiKey, Err(Failure::new("timeout", "no answer")));
        place.outcomes.insert(Attack::PooledKeys, Err(Failure::new("cancelled", "stopped")));
        place.outcomes.insert(Attack::RevokedKey, Ok(Rc::new(report(Attack::RevokedKey, 0, Tone::Leak))));
        place.running = Some((Attack::SwappedRecords, 1));
        place.waiting = vec![Attack::RevokedKey];
        let verdicts = Attack::ALL.map(|attack| place.verdict(attack));
        let expected = [
            Verdict::Held,
            Verdict::Breached,
            Verdict::Breached,
            Verdict::Failed,
            Verdict::Stopped,
            Verdict::Running,
            Verdict::Waiting,
        ];
        assert_eq!(verdicts, expected);
        let tally = Tally {
            tried: 4,
            breached: 2,
            failed: 2,
        };
        assert_eq!(place.tally(), tally);
        assert_eq!(AttackPlace::default().verdict(Attack::RevokedKey), Verdict::Untried);
    }

    #[test]
    fn each_attack_is_described() {
        let mut titles = Attack::ALL.map(Attack::title).to_vec();
        titles.dedup();
        assert_eq!(titles.len(), Attack::ALL.len());
        assert!(Attack::ALL.iter().all(|attack| attack.elsewhere().ends_with('.')));
    }
}
