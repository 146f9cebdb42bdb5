//! What the attacks are tried on.

use std::sync::atomic::{AtomicU64, Ordering};

use vecseal::{
    AccessStructure, Attributes, Authority, Compartment, CompartmentOptions, Epochs, Header, Metric, Policy, Preset,
    SearchParameters, UserKey,
};
use vecseal_tests::random::seeded;

/// An authority and some headers of both suites.
pub(crate) struct World {
    pub(crate) authority: Authority,
    pub(crate) headers: Vec<(Policy, Header)>,
}

impl World {
    pub(crate) fn new() -> Self {
        let structure = AccessStructure::from_json(
            r#"{"roles": ["analyst", "manager"], "departments": ["finance", "hr", "legal"], "clearance": {"ordered": ["public", "internal", "secret"]}}"#,
        );
        let mut world = Self {
            authority: Authority::from_secret(structure.unwrap(), &MASTER),
            headers: Vec::new(),
        };
        for text in [
            "roles:manager && departments:hr",
            "clearance:internal || roles:analyst && departments:legal",
            "departments:finance && clearance:secret",
        ] {
            let policy = world.policy(text);
            let writer = world.authority.issue_writer_key(std::slice::from_ref(&policy), None).unwrap();
            let (_, public) = writer.create_compartment(&policy, &options(), &mut seeded(1)).unwrap();
            let (_, symmetric) = world.create(&policy);
            world.headers.extend([(policy.clone(), symmetric), (policy, public)]);
        }
        world
    }

    pub(crate) fn policy(&self, text: &str) -> Policy {
        Policy::parse(text, self.authority.structure()).unwrap()
    }

    pub(crate) fn create(&self, policy: &Policy) -> (Compartment, Header) {
        let seed = NEXT_SEED.fetch_add(1, Ordering::Relaxed);
        self.authority.create_compartment(policy, &options(), &mut seeded(seed)).unwrap()
    }

    pub(crate) fn key(&self, pairs: &[(&str, &str)]) -> UserKey {
        let attributes = Attributes::new(pairs.iter().copied(), self.authority.structure()).unwrap();
        self.authority.issue_user_key(&attributes, Epochs::Current).unwrap()
    }
}

pub(crate) fn options() -> CompartmentOptions {
    CompartmentOptions::new(SearchParameters::geometric(8, Metric::Cosine, Preset::Balanced).unwrap())
}

pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

pub(crate) const MASTER: [u8; 32] = *b"a master secret of 32 bytes, yes";

/// Compartments made one after another must differ.
static NEXT_SEED: AtomicU64 = AtomicU64::new(1_000);
