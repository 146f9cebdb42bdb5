//! Attacks by whoever holds the stored data, or may change it (adversaries A, B and C).

use proptest::prelude::*;
use vecseal::hazmat::{self, RightSecret};
use vecseal::{CompartmentOptions, Document, Error, Header, Metric, PointId, Preset, RecordCipher, SearchParameters};
use vecseal_tests::random::{bytes, seeded, vector};

use crate::world::{MASTER, World, cosine, options};

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

/// AES-GCM does not commit to its key: a slot could be made to unwrap to other keys for other readers. The commitment and
/// the id are each checked, even if everything else in the header fits.
#[test]
fn a_header_that_does_not_commit_to_its_keys_does_not_open() {
    let world = World::new();
    let policy = world.policy("departments:hr");
    let (compartment, header) = world.create(&policy);
    let key = world.key(&[("departments", "hr")]);
    let header_key = hazmat::header_key(&header, &hazmat::label_key(&key), &hazmat::right_secrets(&key)).unwrap();
    let bytes = header.to_bytes();
    let commitment: [u8; 32] = bytes[73..105].try_into().unwrap();
    let mut other = commitment;
    other[31] ^= 1;
    let (cid, other_cid) = (*compartment.cid(), vecseal::Cid::from_bytes([7; 16]));
    let rename = |commitment, cid| hazmat::rename(&header, commitment, cid, &compartment, &header_key);
    assert!(key.open(&rename(commitment, cid)).is_ok());
    assert_eq!(key.open(&rename(other, cid)).unwrap_err(), Error::Tampered);
    assert_eq!(key.open(&rename(commitment, other_cid)).unwrap_err(), Error::Tampered);
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
