//! Attacks by people with keys, alone and together (adversaries D, E and F).

use vecseal::hazmat::{self, RightSecret};
use vecseal::{CompartmentOptions, Document, Error, Metric, PointId, Preset, SearchParameters};
use vecseal_tests::random::{seeded, vector};

use crate::world::{World, cosine, options};

/// Insiders: every right secret there is, except those that a clause needs, opens nothing.
#[test]
fn every_right_secret_but_the_needed_ones_opens_nothing() {
    let world = World::new();
    let everything = world.key(&[
        ("roles", "analyst"),
        ("roles", "manager"),
        ("departments", "finance"),
        ("departments", "hr"),
        ("departments", "legal"),
        ("clearance", "secret"),
    ]);
    for (policy, header) in &world.headers {
        let clauses = policy.clauses();
        let (needed, others): (Vec<_>, Vec<_>) =
            hazmat::right_secrets(&everything).into_iter().partition(|held| clauses.contains(&held.right));
        assert_eq!(needed.len(), clauses.len());
        let label_key = hazmat::label_key(&everything);
        assert_eq!(hazmat::open_header(header, &label_key, &others).unwrap_err(), Error::AccessDenied, "{policy}");
        // Each needed one alone suffices, so the refusal above is not an accident.
        for right in needed {
            assert!(hazmat::open_header(header, &label_key, &[right]).is_ok());
        }
    }
}

/// Relabelled secrets: claiming that a secret belongs to the needed right does not make it so.
#[test]
fn a_secret_under_a_false_name_opens_nothing() {
    let world = World::new();
    let everything = world.key(&[
        ("roles", "analyst"),
        ("departments", "finance"),
        ("departments", "hr"),
        ("clearance", "secret"),
    ]);
    let label_key = hazmat::label_key(&everything);
    for (policy, header) in &world.headers {
        for clause in policy.clauses() {
            let forged = hazmat::right_secrets(&everything)
                .into_iter()
                .filter(|held| !policy.clauses().contains(&held.right));
            let forged: Vec<_> = forged
                .map(|held| RightSecret {
                    right: clause.clone(),
                    ..held
                })
                .collect();
            let error = hazmat::open_header(header, &label_key, &forged).unwrap_err();
            // Suite 1 labels come from the secret, so no slot is found; suite 2 labels from the name, so one is found
            // and does not open.
            assert!(matches!(error, Error::AccessDenied | Error::Tampered));
        }
    }
}

/// Collusion: admin of one department and member of another are not together admin of the other.
#[test]
fn colluding_users_open_nothing_that_none_of_them_opens() {
    let world = World::new();
    let policy = world.policy("roles:manager && departments:hr");
    let (_, header) = world.create(&policy);
    let keys = [
        world.key(&[("roles", "manager"), ("departments", "finance")]),
        world.key(&[("roles", "analyst"), ("departments", "hr"), ("clearance", "secret")]),
        world.key(&[("roles", "manager"), ("departments", "legal")]),
    ];
    let pooled: Vec<_> = keys.iter().flat_map(hazmat::right_secrets).collect();
    assert_eq!(
        hazmat::open_header(&header, &hazmat::label_key(&keys[0]), &pooled).unwrap_err(),
        Error::AccessDenied
    );
    // Nor does any combination of two secrets by XOR, which broke schemes that share secrets linearly.
    for a in &pooled {
        for b in &pooled {
            let mut secret = a.secret;
            secret.iter_mut().zip(b.secret).for_each(|(byte, other)| *byte ^= other);
            let combined = RightSecret {
                right: policy.clauses()[0].clone(),
                epoch: 0,
                secret,
            };
            assert!(hazmat::open_header(&header, &hazmat::label_key(&keys[0]), &[combined]).is_err());
        }
    }
}

/// A writer: its key holds public keys only, and what it wrote is closed to it.
#[test]
fn a_writer_key_opens_nothing_it_wrote() {
    let world = World::new();
    let policy = world.policy("departments:hr");
    let writer = world.authority.issue_writer_key(std::slice::from_ref(&policy), None).unwrap();
    let (compartment, header) = writer.create_compartment(&policy, &options(), &mut seeded(31)).unwrap();
    let file = writer.to_bytes();
    let key = hazmat::compartment_key(&compartment);
    // Every 32 bytes in a row of the key file, tried as the right's secret and as the compartment key.
    let label_key = hazmat::label_key(&world.key(&[("departments", "hr")]));
    for window in file.array_windows::<32>() {
        assert_ne!(*window, key);
        let guess = RightSecret {
            right: policy.clauses()[0].clone(),
            epoch: 0,
            secret: *window,
        };
        assert!(hazmat::open_header(&header, &label_key, &[guess]).is_err());
    }
    assert!(world.key(&[("departments", "hr")]).open(&header).is_ok());
}

/// A holder of a shared search key, in scope collection, cannot take another compartment's noise away.
#[test]
fn a_shared_search_key_does_not_give_away_another_compartments_noise() {
    let world = World::new();
    let dimension = 64;
    let parameters = SearchParameters::geometric(dimension, Metric::Cosine, Preset::Strong).unwrap();
    let collection = world.authority.collection_key("documents", 0).unwrap();
    let open = |policy: &str, seed: u64| {
        let options = CompartmentOptions::new(parameters.clone()).collection(&collection).unwrap();
        world.authority.create_compartment(&world.policy(policy), &options, &mut seeded(seed)).unwrap().0
    };
    let (mine, theirs) = (open("departments:finance", 51), open("departments:hr", 52));
    assert_eq!(hazmat::search_key(&mine), hazmat::search_key(&theirs));
    let mut rng = seeded(53);
    let secret = vector(dimension, &mut rng);
    let sealed = theirs.seal(&PointId::Number(1), &Document::new(&secret), &mut rng).unwrap();
    let stored = sealed.search_vector.unwrap();
    // What the reader of `mine` has: the search key, its own compartment key, and the record with its salt in clear.
    let context = [0x18, 64];
    let rotation = hazmat::derive::<32>("rotation", &hazmat::search_key(&mine), &[], &context).unwrap();
    let salt = &sealed.record[8..32];
    let guesses = [
        hazmat::compartment_key(&mine),
        hazmat::search_key(&mine),
        *hazmat::label_key(&world.key(&[])).first_chunk().unwrap(),
    ];
    for ikm in guesses {
        for label in ["noise", "plain/noise", "search"] {
            let key = hazmat::derive::<32>(label, &ikm, salt, &[]).unwrap();
            let noise = hazmat::noise(&key, dimension, 1.0);
            let stripped: Vec<f32> = stored.iter().zip(&noise).map(|(value, noise)| value - noise).collect();
            assert!(cosine(&hazmat::unrotate(&rotation, &stripped), &secret) < 0.95, "{label}");
        }
    }
    // The attack itself works: with the right noise key the vector comes back whole.
    let key = hazmat::derive::<32>("noise", &hazmat::compartment_key(&theirs), salt, &[]).unwrap();
    let noise = hazmat::noise(&key, dimension, 1.0);
    let stripped: Vec<f32> = stored.iter().zip(&noise).map(|(value, noise)| value - noise).collect();
    assert!(cosine(&hazmat::unrotate(&rotation, &stripped), &secret) > 0.999_99);
}
