//! No bytes open as a record without the key, and no contents behind the encryption make the readers panic.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use vecseal::{
    AccessStructure, Authority, Compartment, CompartmentOptions, Metric, PointId, Policy, Preset, SearchParameters, hazmat, system_rng,
};

static COMPARTMENT: LazyLock<Compartment> = LazyLock::new(|| {
    let structure = AccessStructure::from_json(r#"{"a": ["b"]}"#).unwrap();
    let authority = Authority::from_secret(structure, &[1; 32]);
    let policy = Policy::parse("*", authority.structure()).unwrap();
    let parameters = SearchParameters::geometric(2, Metric::Dot, Preset::Off).unwrap();
    let options = CompartmentOptions::new(parameters);
    authority.create_compartment(&policy, &options, &mut system_rng().unwrap()).unwrap().0
});

fuzz_target!(|bytes: &[u8]| {
    assert!(COMPARTMENT.open(&PointId::Number(1), bytes).is_err());
    let _ = hazmat::read_body(bytes, &[0; 32]);
    if let Ok(record) = hazmat::read_record(bytes, COMPARTMENT.parameters()) {
        assert_eq!(record.vector().len(), 2);
    }
});
