//! What policies and documents will weigh, before anything is sealed. Within a few per cent: padding hides the rest.

use super::checked::Checked;
use super::scenario::Scenario;
use crate::protocol::{KeyId, Mode, WrittenBy};

/// What a scenario will weigh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// How many rights each key has: one for every combination of its attributes. None if its attributes are wrong, or
    /// there are too many to count.
    pub keys: Vec<(KeyId, Option<usize>)>,
    /// The policies, by their text.
    pub policies: Vec<PolicyForecast>,
    /// Bytes of all headers.
    pub headers: usize,
    /// Bytes of all sealed records.
    pub records: usize,
    /// Bytes of all search vectors, as the server holds them.
    pub vectors: usize,
}

/// What a policy will weigh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyForecast {
    /// Its text.
    pub policy: String,
    /// Its documents.
    pub documents: usize,
    /// Slots of its header, one for each clause.
    pub slots: usize,
    /// Bytes of its header.
    pub header: usize,
}

impl Forecast {
    /// What a scenario will weigh; policies with mistakes are left out. Vectors have so many dimensions.
    #[must_use]
    pub fn new(scenario: &Scenario, checked: &Checked, dimension: usize) -> Self {
        let keys = scenario.keys().map(|(_, key)| {
            let attributes = checked.keys.get(&key.id).and_then(|attributes| attributes.as_ref().ok());
            (key.id, attributes.and_then(|attributes| attributes.structure().rights()))
        });
        let policies: Vec<PolicyForecast> = checked
            .policies
            .iter()
            .filter_map(|(text, policy)| {
                let policy = policy.as_ref().ok()?;
                let slots = policy.clauses().len();
                Some(PolicyForecast {
                    documents: scenario.documents.iter().filter(|document| document.policy == *text).count(),
                    header: header_bytes(slots, policy.to_string().len(), scenario.sealing.written_by),
                    policy: text.clone(),
                    slots,
                })
            })
            .collect();
        let records = scenario.documents.iter().map(|document| record_bytes(dimension, document.passage().len()));
        let coordinates = match scenario.sealing.mode {
            Mode::Geometric => dimension,
            Mode::Sealed => 0,
        };
        Self {
            keys: keys.collect(),
            headers: policies.iter().map(|policy| policy.header).sum(),
            policies,
            records: records.sum(),
            vectors: coordinates * 4 * scenario.documents.len(),
        }
    }
}

/// Bytes of a header.
fn header_bytes(slots: usize, policy_text: usize, written_by: WrittenBy) -> usize {
    let slot = match written_by {
        WrittenBy::Authority => 92,
        // With a public key each slot also carries an X-Wing encapsulation, 1,120 bytes.
        WrittenBy::WriterKey => 1_215,
    };
    214 + policy_text + slots * slot
}

/// Bytes of a record.
fn record_bytes(dimension: usize, content: usize) -> usize {
    66 + dimension * 4 + content
}

#[cfg(test)]
mod tests {
    use vecseal::{
        AccessStructure, Authority, CompartmentOptions, Document, Metric, Policy, Preset, SearchParameters, system_rng,
    };
    use vecseal_data::Organisation;

    use super::{Forecast, header_bytes, record_bytes};
    use crate::protocol::WrittenBy;
    use crate::state::{Checked, Scenario};

    /// Within 5 %.
    fn assert_near(forecast: usize, measured: usize) {
        assert!(forecast.abs_diff(measured) * 20 <= measured, "{forecast} for {measured}");
    }

    #[test]
    fn forecasts_are_what_headers_and_records_come_to() {
        let mut rng = system_rng().unwrap();
        let names: Vec<String> = (0..30).map(|index| format!("role{index}")).collect();
        let structure =
            AccessStructure::builder().set("roles", names.iter().map(String::as_str)).unwrap().build().unwrap();
        let authority = Authority::generate(structure.clone(), &mut rng);
        for clauses in [1, 2, 5, 13, 30] {
            let text: Vec<String> = names.iter().take(clauses).map(|name| format!("roles:{name}")).collect();
            let policy = Policy::parse(&text.join(" || "), &structure).unwrap();
            let options = || {
                let parameters = SearchParameters::geometric(384, Metric::Cosine, Preset::Balanced).unwrap();
                let model = "all-MiniLM-L6-v2-q4@1";
                CompartmentOptions::new(parameters).created_at(1_700_000_000).model(model).unwrap()
            };
            let (compartment, header) = authority.create_compartment(&policy, &options(), &mut rng).unwrap();
            let length = policy.to_string().len();
            assert_near(header_bytes(clauses, length, WrittenBy::Authority), header.to_bytes().len());
            let writer = authority.issue_writer_key(std::slice::from_ref(&policy), None).unwrap();
            let (_, header) = writer.create_compartment(&policy, &options(), &mut rng).unwrap();
            assert_near(header_bytes(clauses, length, WrittenBy::WriterKey), header.to_bytes().len());
            let text = "x".repeat(clauses * 40);
            let sealed = compartment.seal(&1.into(), &Document::new(&[0.5; 384]).text(&text), &mut rng).unwrap();
            assert_near(record_bytes(384, text.len()), sealed.record.len());
        }
    }

    #[test]
    fn rights_are_all_combinations() {
        let company = Scenario::of(&Organisation::examples().unwrap()[0]);
        let forecast = Forecast::new(&company, &Checked::new(&company, None), 384);
        // One role, one group and one department, or none of each.
        assert_eq!(forecast.keys[1].1, Some(8));
        // Three departments and a role.
        assert_eq!(forecast.keys[0].1, Some(8));
        assert_eq!(forecast.policies.iter().map(|policy| policy.documents).sum::<usize>(), 60);
        assert_eq!(forecast.vectors, 60 * 384 * 4);
    }
}
