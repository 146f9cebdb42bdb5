//! Who opens what: properties over random structures, policies, keys and epochs.

#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod strategies;

use proptest::prelude::*;
use vecseal::{
    AccessStructure, Attributes, Authority, CompartmentOptions, Epochs, Error, Header, Metric, Policy,
    SearchParameters, UserKey,
};
use vecseal_tests::model::{Dimension, Formula, Holding, pairs, structure_json};
use vecseal_tests::random::seeded;

use strategies::{Case, case};

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_key_opens_a_header_exactly_when_its_attributes_satisfy_the_policy(case in case()) {
        let Some(world) = World::of(&case) else { return Ok(()) };
        for (holding, key) in case.holdings.iter().zip(&world.keys) {
            let expected = case.formula.satisfied_by(holding, &case.dimensions);
            for header in &world.headers {
                match key.open(header) {
                    Ok(compartment) => {
                        prop_assert!(expected);
                        prop_assert_eq!(compartment.policy(), world.policy.to_string());
                    }
                    Err(error) => {
                        prop_assert!(!expected, "{:?} denied by {}", holding, world.policy);
                        prop_assert_eq!(error, Error::AccessDenied);
                    }
                }
            }
        }
    }

    #[test]
    fn explanations_agree_with_keys(case in case()) {
        let Some(world) = World::of(&case) else { return Ok(()) };
        for (holding, key) in case.holdings.iter().zip(&world.keys) {
            let explanation = world.policy.explain(key.attributes());
            prop_assert_eq!(explanation.is_satisfied(), case.formula.satisfied_by(holding, &case.dimensions));
            for clause in explanation.clauses() {
                prop_assert_eq!(clause.is_satisfied(), key.rights().any(|(right, _)| right == *clause.clause()));
            }
        }
    }

    #[test]
    fn keys_open_headers_of_their_own_epochs_only(case in case(), previous in 0u32..3) {
        let Some(mut world) = World::of(&case) else { return Ok(()) };
        let options = CompartmentOptions::new(SearchParameters::sealed(2, Metric::Dot).unwrap());
        let attributes = world.keys[0].attributes().clone();
        let satisfied = case.formula.satisfied_by(&case.holdings[0], &case.dimensions);
        let (mut headers, mut keys) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            headers.push(world.authority.create_compartment(&world.policy, &options, &mut seeded(case.seed)).unwrap().1);
            let writer = world.authority.issue_writer_key(std::slice::from_ref(&world.policy), None).unwrap();
            prop_assert!(writer.rights().all(|(right, epoch)| epoch == world.authority.epoch(right)));
            keys.push(world.authority.issue_user_key(&attributes, Epochs::Previous(previous)).unwrap());
            world.authority.rotate(world.policy.clauses()).unwrap();
        }
        for (issued, key) in keys.iter().enumerate() {
            for (made, header) in headers.iter().enumerate() {
                let of_its_time = made <= issued && issued - made <= previous as usize;
                prop_assert_eq!(key.open(header).is_ok(), satisfied && of_its_time, "{} {}", issued, made);
            }
        }
    }

    #[test]
    fn pooled_keys_open_only_what_one_of_them_opens(case in case()) {
        let Some(world) = World::of(&case) else { return Ok(()) };
        let pooled: Vec<_> = world.keys.iter().flat_map(vecseal::hazmat::right_secrets).collect();
        let label_key = vecseal::hazmat::label_key(&world.keys[0]);
        let alone = case.holdings.iter().any(|holding| case.formula.satisfied_by(holding, &case.dimensions));
        for header in &world.headers {
            prop_assert_eq!(vecseal::hazmat::open_header(header, &label_key, &pooled).is_ok(), alone);
        }
    }

    #[test]
    fn attenuation_never_widens(case in case()) {
        let Some(world) = World::of(&case) else { return Ok(()) };
        for (wide, narrow) in world.keys.iter().zip(world.keys.iter().skip(1)) {
            let kept = wide.attributes().structure();
            let narrow = pairs_of(narrow).into_iter().filter(|(dimension, name)| {
                kept.dimension(dimension).is_some_and(|dimension| dimension.attributes().any(|held| held == name))
            });
            let narrow: Vec<_> = narrow.collect();
            let borrowed = narrow.iter().map(|(dimension, name)| (dimension.as_str(), name.as_str()));
            let attributes = Attributes::new(borrowed, kept).unwrap();
            let attenuated = wide.attenuate(&attributes, None).unwrap();
            let before: Vec<_> = wide.rights().collect();
            prop_assert!(attenuated.rights().all(|right| before.contains(&right)));
            for header in &world.headers {
                prop_assert_eq!(attenuated.open(header).is_ok(), world.policy.explain(&attributes).is_satisfied());
                prop_assert!(attenuated.open(header).is_err() || wide.open(header).is_ok());
            }
            // The authority would have issued the same key.
            let issued = world.authority.issue_user_key(&attributes, Epochs::Current).unwrap();
            prop_assert_eq!(attenuated.to_bytes(), issued.to_bytes());
        }
    }

    #[test]
    fn the_text_form_of_a_policy_parses_to_the_same_policy(case in case()) {
        let structure = AccessStructure::from_json(&structure_json(&case.dimensions)).unwrap();
        if let Ok(policy) = Policy::parse(&case.formula.text(&case.dimensions), &structure) {
            let again = Policy::parse(&policy.to_string(), &structure).unwrap();
            prop_assert_eq!(&again, &policy);
            prop_assert_eq!(again.to_string(), policy.to_string());
        }
    }

    #[test]
    fn no_clause_implies_another(case in case()) {
        let Some(world) = World::of(&case) else { return Ok(()) };
        for (i, clause) in world.policy.clauses().iter().enumerate() {
            // The holder of exactly one clause satisfies no other.
            let pairs = clause.attributes().iter().map(|attribute| (attribute.dimension(), attribute.name()));
            let holder = Attributes::new(pairs, world.authority.structure()).unwrap();
            let explanation = world.policy.explain(&holder);
            let satisfied = explanation.clauses().iter().map(vecseal::ClauseExplanation::is_satisfied);
            prop_assert!(satisfied.enumerate().all(|(j, satisfied)| satisfied == (i == j)));
        }
    }

    #[test]
    fn structures_and_attributes_survive_their_json_form(case in case()) {
        let structure = AccessStructure::from_json(&structure_json(&case.dimensions)).unwrap();
        prop_assert_eq!(&AccessStructure::from_json(&structure.to_string()).unwrap(), &structure);
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in ".{0,60}", structured in r#"[(){}\[\]:",&|*a-c \\]{0,40}"#) {
        let structure = AccessStructure::from_json(r#"{"a": ["b", "c"], "b": {"ordered": ["a", "c"]}}"#).unwrap();
        for text in [&text, &structured] {
            for error in [
                Policy::parse(text, &structure).err(),
                Policy::from_json(text, &structure).err(),
                Attributes::from_json(text, &structure).err(),
                AccessStructure::from_json(text).err(),
            ].into_iter().flatten() {
                let span = error.span().unwrap();
                prop_assert!(text.get(span.clone()).is_some(), "{error} {span:?}");
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }
}

#[test]
fn rotated_rights_need_new_keys_and_new_keys_read_re_wrapped_headers() {
    let structure =
        AccessStructure::from_json(r#"{"roles": ["admin", "analyst"], "departments": ["finance"]}"#).unwrap();
    let mut rng = seeded(5);
    let mut authority = Authority::generate(structure.clone(), &mut rng);
    let policy = Policy::parse("roles:analyst && departments:finance || roles:admin", &structure).unwrap();
    let analyst = Attributes::new([("roles", "analyst"), ("departments", "finance")], &structure).unwrap();
    let admin = Attributes::new([("roles", "admin")], &structure).unwrap();
    let options = CompartmentOptions::new(SearchParameters::sealed(4, Metric::Dot).unwrap());
    let (_, first) = authority.create_compartment(&policy, &options, &mut rng).unwrap();
    let writer = authority.issue_writer_key(std::slice::from_ref(&policy), None).unwrap();
    let (_, second) = writer.create_compartment(&policy, &options, &mut rng).unwrap();
    let old = authority.issue_user_key(&analyst, Epochs::Current).unwrap();
    let old_admin = authority.issue_user_key(&admin, Epochs::Current).unwrap();

    let rights: Vec<_> = old.rights().map(|(right, _)| right).filter(|right| !right.attributes().is_empty()).collect();
    authority.rotate(&rights).unwrap();
    let new = authority.issue_user_key(&analyst, Epochs::Current).unwrap();
    let patient = authority.issue_user_key(&analyst, Epochs::Previous(1)).unwrap();
    for header in [first, second] {
        assert!(old.open(&header).is_ok() && patient.open(&header).is_ok());
        assert_eq!(new.open(&header).unwrap_err(), Error::AccessDenied);
        let rewrapped = authority.rewrap(&header, &policy, &mut rng).unwrap().unwrap();
        assert_eq!(rewrapped.header.suite(), header.suite());
        assert_eq!(rewrapped.header.cid(), header.cid());
        assert_eq!(old.open(&rewrapped.header).unwrap_err(), Error::AccessDenied);
        assert!(new.open(&rewrapped.header).unwrap().is_closed());
        assert!(patient.open(&rewrapped.header).is_ok() && old_admin.open(&rewrapped.header).is_ok());
        assert!(authority.rewrap(&rewrapped.header, &policy, &mut rng).unwrap().is_none());

        let parameters = rewrapped.compartment.parameters().clone();
        let options =
            CompartmentOptions::new(parameters).created_at(7).generation_after(&rewrapped.compartment).unwrap();
        let (next, header) = authority.create_compartment(&policy, &options, &mut rng).unwrap();
        assert_eq!((next.generation(), next.is_closed(), next.created_at()), (1, false, 7));
        assert_eq!(old.open(&header).unwrap_err(), Error::AccessDenied);
        assert!(new.open(&header).is_ok());
    }
}

#[test]
fn a_set_taken_for_a_hierarchy_does_not_attenuate() {
    let levels = AccessStructure::from_json(r#"{"clearance": {"ordered": ["low", "high"]}}"#).unwrap();
    let set = AccessStructure::from_json(r#"{"clearance": ["high"]}"#).unwrap();
    let authority = Authority::generate(levels, &mut seeded(8));
    let high = |structure| Attributes::new([("clearance", "high")], structure).unwrap();
    let key = authority.issue_user_key(&high(authority.structure()), Epochs::Current).unwrap();
    let error = key.attenuate(&high(&set), None).unwrap_err();
    assert_eq!(error.to_string(), "unknown attribute `clearance:high`");
}

#[test]
fn an_authority_keeps_its_rotations() {
    let structure = AccessStructure::from_json(r#"{"roles": ["admin"]}"#).unwrap();
    let mut authority = Authority::generate(structure.clone(), &mut seeded(6));
    let policy = Policy::parse("roles:admin", &structure).unwrap();
    authority.rotate(policy.clauses()).unwrap();
    authority.rotate(policy.clauses()).unwrap();
    let mut again = Authority::from_bytes(&authority.to_bytes()).unwrap();
    assert_eq!(again.epoch(&policy.clauses()[0]), 2);
    assert_eq!(again.to_bytes(), authority.to_bytes());
    // An attribute that leaves and comes back does not start again at epoch 0.
    again.set_structure(AccessStructure::from_json(r#"{"roles": ["other"]}"#).unwrap());
    again.set_structure(structure);
    assert_eq!(again.epoch(&policy.clauses()[0]), 2);
}

#[test]
fn limits_of_rights_hold_for_every_kind_of_key() {
    let names: Vec<String> = (0..40).map(|i| format!("a{i}")).collect();
    let dimension = |name: &str| Dimension {
        name: name.to_owned(),
        attributes: names.clone(),
        ordered: false,
    };
    let dimensions = [dimension("x"), dimension("y"), dimension("z")];
    let structure = AccessStructure::from_json(&structure_json(&dimensions)).unwrap();
    let all: Holding = (0..3).map(|dimension| (dimension, (0..40).collect())).collect();
    let authority = Authority::generate(structure, &mut seeded(7));
    // 41^3 is beyond 65,536; 41^2 is not.
    let everything = Attributes::new(pairs(&all, &dimensions), authority.structure()).unwrap();
    assert_eq!(authority.issue_user_key(&everything, Epochs::Current).unwrap_err().code(), "too_many_rights");
    let two: Holding = all.into_iter().filter(|(dimension, _)| *dimension < 2).collect();
    let most = Attributes::new(pairs(&two, &dimensions), authority.structure()).unwrap();
    let key = authority.issue_user_key(&most, Epochs::Current).unwrap();
    assert_eq!(key.rights().len(), 41 * 41);
    assert_eq!(UserKey::from_bytes(&key.to_bytes()).unwrap().rights().len(), 41 * 41);
}

struct World {
    authority: Authority,
    policy: Policy,
    keys: Vec<UserKey>,
    /// The same policy in both suites, before and after an unrelated rotation.
    headers: Vec<Header>,
}

impl World {
    /// `None` if the formula asks for two attributes of one set.
    fn of(case: &Case) -> Option<Self> {
        let structure = AccessStructure::from_json(&structure_json(&case.dimensions)).unwrap();
        let mut rng = seeded(case.seed);
        let mut authority = Authority::generate(structure, &mut rng);
        let policy = match Policy::parse(&case.formula.text(&case.dimensions), authority.structure()) {
            Ok(policy) => policy,
            Err(error) => {
                assert_eq!(error.code(), "conflicting_attributes");
                return None;
            }
        };
        for _ in 0..case.rotations {
            authority.rotate(policy.clauses()).unwrap();
        }
        let options = CompartmentOptions::new(SearchParameters::sealed(2, Metric::Dot).unwrap());
        let (_, symmetric) = authority.create_compartment(&policy, &options, &mut rng).unwrap();
        let mut headers = vec![symmetric];
        if policy.clauses().len() <= 3 {
            let writer = authority.issue_writer_key(std::slice::from_ref(&policy), None).unwrap();
            headers.push(writer.create_compartment(&policy, &options, &mut rng).unwrap().1);
        }
        let keys = case.holdings.iter().map(|holding| {
            let attributes = Attributes::new(pairs(holding, &case.dimensions), authority.structure()).unwrap();
            authority.issue_user_key(&attributes, Epochs::Current).unwrap()
        });
        Some(Self {
            keys: keys.collect(),
            authority,
            policy,
            headers,
        })
    }
}

fn pairs_of(key: &UserKey) -> Vec<(String, String)> {
    let dimensions = key.attributes().structure().dimensions().iter();
    dimensions
        .flat_map(|dimension| dimension.attributes().map(|name| (dimension.name().to_owned(), name.to_owned())))
        .collect()
}

#[test]
fn the_model_itself_tells_levels_from_sets() {
    let dimensions = [Dimension {
        name: "c".to_owned(),
        attributes: vec!["low".to_owned(), "high".to_owned()],
        ordered: true,
    }];
    let high: Holding = [(0, [1].into())].into();
    let low: Holding = [(0, [0].into())].into();
    assert!(Formula::Leaf(0, 0).satisfied_by(&high, &dimensions));
    assert!(!Formula::Leaf(0, 1).satisfied_by(&low, &dimensions));
}
