//! Attacks on what `docs/SECURITY.md` claims. They go past the policy logic and try to decrypt.

#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use vecseal::hazmat::{self, RightSecret};
use vecseal::{
    AccessStructure, Attributes, Authority, Compartment, CompartmentOptions, Document, Epochs, Error, Header, Metric,
    PointId, Policy, Preset, RecordCipher, SearchParameters, UserKey,
};
use vecseal_tests::random::{bytes, seeded, vector};

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

/// A revoked user who kept everything: the old header, the old compartment key, all old secrets.
#[test]
fn what_was_kept_before_a_rotation_opens_nothing_sealed_after_it() {
    let mut world = World::new();
    let policy = world.policy("departments:hr && roles:manager");
    let (before, old_header) = world.create(&policy);
    let revoked = world.key(&[("roles", "manager"), ("departments", "hr")]);
    let old_key = hazmat::compartment_key(&before);
    let rights: Vec<_> = revoked.rights().map(|(right, _)| right).collect();
    world.authority.rotate(&rights).unwrap();
    let mut rng = seeded(21);
    let rewrapped = world.authority.rewrap(&old_header, &policy, &mut rng).unwrap().unwrap();
    let next = options().generation_after(&rewrapped.compartment).unwrap();
    let (after, new_header) = world.authority.create_compartment(&policy, &next, &mut rng).unwrap();
    let point = PointId::Number(1);
    let sealed = after.seal(&point, &Document::new(&vector(8, &mut rng)).text("new"), &mut rng).unwrap();

    assert_eq!(revoked.open(&rewrapped.header).unwrap_err(), Error::AccessDenied);
    assert_eq!(revoked.open(&new_header).unwrap_err(), Error::AccessDenied);
    assert_eq!(revoked.open(&old_header).unwrap().open(&point, &sealed.record).unwrap_err(), Error::Tampered);
    // The old key in the new compartment's place, with the right cid claimed or not.
    assert_eq!(
        hazmat::with_compartment_key(&after, &old_key).open(&point, &sealed.record).unwrap_err(),
        Error::Tampered
    );
    assert_ne!(hazmat::search_key(&before), hazmat::search_key(&after));
    // The old header in the new one's place is recognised by its id, and closed compartments take nothing new.
    assert_ne!(old_header.cid(), new_header.cid());
    let refused = rewrapped.compartment.seal(&point, &Document::new(&[1.0; 8]), &mut rng);
    assert_eq!(refused.unwrap_err(), Error::CompartmentClosed);
}

/// A revoked user with write access to the database reopens a closed compartment, so that others seal into it.
#[test]
fn a_revoked_reader_cannot_forge_the_body_of_a_re_wrapped_header() {
    let mut world = World::new();
    let policy = world.policy("departments:hr && roles:manager");
    let (open, old_header) = world.create(&policy);
    let revoked = world.key(&[("roles", "manager"), ("departments", "hr")]);
    let label_key = hazmat::label_key(&revoked);
    let old_header_key = hazmat::header_key(&old_header, &label_key, &hazmat::right_secrets(&revoked)).unwrap();
    let rights: Vec<_> = revoked.rights().map(|(right, _)| right).collect();
    world.authority.rotate(&rights).unwrap();
    let rewrapped = world.authority.rewrap(&old_header, &policy, &mut seeded(22)).unwrap().unwrap();
    let current = world.key(&[("roles", "manager"), ("departments", "hr")]);
    // The compartment key alone, with whatever header key could be guessed or kept, does not write a body that fits.
    for header_key in [old_header_key, hazmat::compartment_key(&open), [0; 32]] {
        let forged = hazmat::forge_body(&rewrapped.header, &open, &header_key);
        assert_eq!(current.open(&forged).unwrap_err(), Error::Tampered);
    }
    // The attack itself works for who has the header key, as current readers do.
    let header_key = hazmat::header_key(&rewrapped.header, &label_key, &hazmat::right_secrets(&current)).unwrap();
    let forged = hazmat::forge_body(&rewrapped.header, &open, &header_key);
    assert!(!current.open(&forged).unwrap().is_closed());
}

/// A reader about to be demoted widens the policy that the header claims, and waits for the authority to re-wrap it.
#[test]
fn a_policy_claimed_in_a_header_does_not_steer_the_authority() {
    let mut world = World::new();
    let policy = world.policy("roles:manager");
    let (compartment, header) = world.create(&policy);
    let manager = world.key(&[("roles", "manager")]);
    let header_key =
        hazmat::header_key(&header, &hazmat::label_key(&manager), &hazmat::right_secrets(&manager)).unwrap();
    let widened = hazmat::with_policy(&compartment, "roles:analyst || roles:manager");
    let forged = hazmat::forge_body(&header, &widened, &header_key);
    assert_eq!(manager.open(&forged).unwrap().policy(), "roles:analyst || roles:manager");
    world.authority.rotate(policy.clauses()).unwrap();
    let rewrapped = world.authority.rewrap(&forged, &policy, &mut seeded(23)).unwrap().unwrap();
    assert_eq!(&*rewrapped.claimed_policy, "roles:analyst || roles:manager");
    assert_eq!(rewrapped.compartment.policy(), "roles:manager");
    assert_eq!(world.key(&[("roles", "analyst")]).open(&rewrapped.header).unwrap_err(), Error::AccessDenied);
    assert!(world.key(&[("roles", "manager")]).open(&rewrapped.header).is_ok());
}

/// Writer keys wrap for the epochs they were issued with: after a rotation they have to be issued anew.
#[test]
fn a_writer_key_issued_after_a_rotation_locks_old_keys_out() {
    let mut world = World::new();
    let policy = world.policy("departments:hr");
    let old_writer = world.authority.issue_writer_key(std::slice::from_ref(&policy), None).unwrap();
    let revoked = world.key(&[("departments", "hr")]);
    world.authority.rotate(policy.clauses()).unwrap();
    let new_writer = world.authority.issue_writer_key(std::slice::from_ref(&policy), None).unwrap();
    let current = world.key(&[("departments", "hr")]);
    let opens = |writer: &vecseal::WriterKey| {
        let (_, header) = writer.create_compartment(&policy, &options(), &mut seeded(24)).unwrap();
        (revoked.open(&header).is_ok(), current.open(&header).is_ok())
    };
    assert_eq!(opens(&new_writer), (false, true));
    // As SECURITY.md says, an old one does not know of the rotation.
    assert_eq!(opens(&old_writer), (true, false));
}

/// An operator looks for names in what is stored.
#[test]
fn stored_bytes_show_no_attribute_policy_model_or_content() {
    let world = World::new();
    let policy = world.policy("departments:hr && roles:manager || clearance:secret");
    let collection = world.authority.collection_key("documents", 0).unwrap();
    let options = options().model("all-MiniLM-L6-v2").unwrap().collection(&collection).unwrap();
    let writer = world.authority.issue_writer_key(std::slice::from_ref(&policy), None).unwrap();
    let mut rng = seeded(42);
    let (compartment, symmetric) = world.authority.create_compartment(&policy, &options, &mut rng).unwrap();
    let (_, public) = writer.create_compartment(&policy, &options, &mut rng).unwrap();
    let document = Document::new(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]).text("the content").source("report-seven");
    let sealed = compartment.seal(&PointId::Number(1), &document, &mut rng).unwrap();
    let names = [
        "departments",
        "roles",
        "manager",
        "clearance",
        "secret",
        "MiniLM",
        "documents",
        "the content",
        "report-seven",
    ];
    let vector: Vec<u8> = [1.0f32, 2.0, 3.0].iter().flat_map(|value| value.to_le_bytes()).collect();
    for stored in [symmetric.to_bytes(), public.to_bytes(), sealed.record] {
        for name in names.iter().map(|name| name.as_bytes()).chain([vector.as_slice()]) {
            assert!(!stored.windows(name.len()).any(|window| window == name), "{}", String::from_utf8_lossy(name));
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

/// A malicious server: records moved between points and compartments, headers mixed from parts of others.
#[test]
fn moved_records_and_mixed_headers_do_not_open() {
    let world = World::new();
    for cipher in [RecordCipher::Aes256Gcm, RecordCipher::ChaCha20Poly1305] {
        let policy = world.policy("departments:hr");
        let mut rng = seeded(41);
        let (one, _) = world.authority.create_compartment(&policy, &options().cipher(cipher), &mut rng).unwrap();
        let (two, _) = world.authority.create_compartment(&policy, &options().cipher(cipher), &mut rng).unwrap();
        let point = PointId::Uuid([7; 16]);
        let sealed = one.seal(&point, &Document::new(&vector(8, &mut rng)).text("here"), &mut rng).unwrap();
        assert!(one.open(&point, &sealed.record).is_ok());
        for elsewhere in [PointId::Uuid([8; 16]), PointId::Number(7)] {
            assert_eq!(one.open(&elsewhere, &sealed.record).unwrap_err(), Error::Tampered);
        }
        assert_eq!(two.open(&point, &sealed.record).unwrap_err(), Error::Tampered);
    }
    // Every field of one header put into another of the same length and policy.
    let policy = world.policy("departments:hr");
    let key = world.key(&[("departments", "hr")]);
    let (one, two) = (world.create(&policy).1.to_bytes(), world.create(&policy).1.to_bytes());
    assert_eq!(one.len(), two.len());
    let fields = [
        ("salt", 28, 24),
        ("cid", 54, 16),
        ("commitment", 73, 32),
        ("slot", 107, 92),
        ("body", 199, one.len() - 199),
    ];
    for (name, start, length) in fields {
        let mut mixed = one.clone();
        mixed[start..start + length].copy_from_slice(&two[start..start + length]);
        assert_ne!(mixed, one, "{name}");
        assert!(Header::from_bytes(&mixed).and_then(|header| key.open(&header)).is_err(), "{name}");
    }
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

/// Search keys of compartments say nothing of each other, and queries do not repeat.
#[test]
fn equal_vectors_look_unrelated_across_compartments_and_queries_never_repeat() {
    let world = World::new();
    let dimension = 256;
    let parameters = SearchParameters::geometric(dimension, Metric::Cosine, Preset::Balanced).unwrap();
    let create = |seed| {
        let options = CompartmentOptions::new(parameters.clone());
        world
            .authority
            .create_compartment(&world.policy("departments:hr"), &options, &mut seeded(seed))
            .unwrap()
            .0
    };
    let mut rng = seeded(61);
    let x = vector(dimension, &mut rng);
    let vectors: Vec<Vec<f32>> = (0..20).map(|seed| create(seed).encrypt_query(&x, &mut rng).unwrap()).collect();
    for (i, a) in vectors.iter().enumerate() {
        for b in &vectors[i + 1..] {
            // Uncorrelated unit vectors of 256 dimensions: a standard deviation of 1/16.
            assert!(cosine(a, b).abs() < 0.4, "{}", cosine(a, b));
        }
    }
    let compartment = create(1);
    let (first, second) =
        (compartment.encrypt_query(&x, &mut rng).unwrap(), compartment.encrypt_query(&x, &mut rng).unwrap());
    assert_ne!(first, second);
}

#[test]
fn a_stored_search_vector_is_verified() {
    let world = World::new();
    for metric in [Metric::Cosine, Metric::Dot, Metric::Euclid] {
        let parameters = SearchParameters::geometric(48, metric, Preset::Balanced)
            .unwrap()
            .with_search_dimensions(40)
            .unwrap();
        let mut rng = seeded(71);
        let policy = world.policy("departments:hr");
        let (compartment, _) =
            world.authority.create_compartment(&policy, &CompartmentOptions::new(parameters), &mut rng).unwrap();
        let seal = |id: u64, rng: &mut _| compartment.seal(&PointId::Number(id), &Document::new(&vector(48, rng)), rng);
        let (one, two) = (seal(1, &mut rng).unwrap(), seal(2, &mut rng).unwrap());
        let record = compartment.open(&PointId::Number(1), &one.record).unwrap();
        let stored = one.search_vector.unwrap();
        assert_eq!(compartment.search_vector(&record).unwrap(), stored);
        assert_eq!(compartment.verify_search_vector(&record, &stored), Ok(()));
        // As Qdrant keeps cosine vectors.
        let norm = stored.iter().map(|value| value * value).sum::<f32>().sqrt();
        let normalised: Vec<f32> = stored.iter().map(|value| value / norm).collect();
        let same_direction = compartment.verify_search_vector(&record, &normalised);
        assert_eq!(same_direction.is_ok(), metric == Metric::Cosine);
        let other = two.search_vector.unwrap();
        assert_eq!(compartment.verify_search_vector(&record, &other), Err(Error::Tampered));
        let negative: Vec<f32> = stored.iter().map(|value| -value).collect();
        let mut nudged = stored.clone();
        nudged[0] += 0.01;
        for wrong in [&stored[1..], &[], &negative, &nudged, &[0.0; 40], &[f32::NAN; 40]] {
            assert_eq!(compartment.verify_search_vector(&record, wrong), Err(Error::Tampered));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_secrets_open_nothing(seed: u64) {
        let world = World::new();
        let mut rng = seeded(seed);
        for (policy, header) in &world.headers {
            let guesses = policy.clauses().iter().map(|right| RightSecret { right: right.clone(), epoch: 0, secret: bytes(&mut rng) });
            let guesses: Vec<_> = guesses.collect();
            prop_assert!(hazmat::open_header(header, &bytes(&mut rng), &guesses).is_err());
        }
    }
}

/// A secret that finds its way into an error or a log line would be found there.
#[test]
fn no_secret_shows_in_debug_output_or_errors() {
    let world = World::new();
    let key = world.key(&[("departments", "hr")]);
    let policy = world.policy("departments:hr");
    let collection = world.authority.collection_key("documents", 0).unwrap();
    let writer = world.authority.issue_writer_key(std::slice::from_ref(&policy), Some(&collection)).unwrap();
    let options = options().collection(&collection).unwrap();
    let mut rng = seeded(81);
    let (compartment, header) = world.authority.create_compartment(&policy, &options, &mut rng).unwrap();
    let x = vector(8, &mut rng);
    let document = Document::new(&x).text("the content itself").source("source seven");
    let sealed = compartment.seal(&PointId::Number(1), &document, &mut rng).unwrap();
    let record = compartment.open(&PointId::Number(1), &sealed.record).unwrap();
    let plain = vecseal::SearchKey::from_secret(compartment.parameters().clone(), &[0xa7; 32]).unwrap();
    let shown = format!(
        "{:?} {:#?} {key:?} {key:#?} {writer:?} {collection:?} {options:?} {compartment:?} {header:?} {document:?} {record:?} {plain:?} {:?}",
        world.authority,
        world.authority,
        record.content()
    );
    let mut secrets = vec![
        hazmat::compartment_key(&compartment),
        hazmat::search_key(&compartment),
        hazmat::label_key(&key),
        MASTER,
        [0xa7; 32],
    ];
    secrets.extend(hazmat::right_secrets(&key).iter().map(|held| held.secret));
    for secret in secrets {
        for start in 0..=28 {
            let part = &secret[start..start + 4];
            let hex = part.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
            let decimal = part.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
            assert!(!shown.contains(&hex) && !shown.contains(&decimal), "{shown}");
        }
    }
    assert!(!shown.contains("the content itself") && !shown.contains("source seven"));
    assert!(!shown.contains(&format!("{:?}", x[0])));
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn options() -> CompartmentOptions {
    CompartmentOptions::new(SearchParameters::geometric(8, Metric::Cosine, Preset::Balanced).unwrap())
}

const MASTER: [u8; 32] = *b"a master secret of 32 bytes, yes";

/// An authority and some headers of both suites.
struct World {
    authority: Authority,
    headers: Vec<(Policy, Header)>,
}

impl World {
    fn new() -> Self {
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

    fn policy(&self, text: &str) -> Policy {
        Policy::parse(text, self.authority.structure()).unwrap()
    }

    fn create(&self, policy: &Policy) -> (Compartment, Header) {
        let seed = NEXT_SEED.fetch_add(1, Ordering::Relaxed);
        self.authority.create_compartment(policy, &options(), &mut seeded(seed)).unwrap()
    }

    fn key(&self, pairs: &[(&str, &str)]) -> UserKey {
        let attributes = Attributes::new(pairs.iter().copied(), self.authority.structure()).unwrap();
        self.authority.issue_user_key(&attributes, Epochs::Current).unwrap()
    }
}

/// Compartments made one after another must differ.
static NEXT_SEED: AtomicU64 = AtomicU64::new(1_000);
