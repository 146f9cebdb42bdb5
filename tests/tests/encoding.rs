//! Bytes: what goes in comes out, and nothing else is accepted.

#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::ops::Deref;

use proptest::prelude::*;
use vecseal::{
    AccessStructure, Attributes, Authority, Compartment, CompartmentOptions, Content, Document, Epochs, Error, Header,
    Metric, Padding, PointId, Policy, Precision, Preset, RecordCipher, SearchKey, SearchParameters, UserKey, WriterKey,
};
use vecseal_tests::random::{seeded, vector};

/// One object of each kind and how to decode it; records and headers are also opened.
struct Object {
    name: &'static str,
    bytes: Vec<u8>,
    decode: Box<Decoder>,
}

type Decoder = dyn Fn(&[u8]) -> Result<Vec<u8>, Error>;

fn objects() -> Vec<Object> {
    let structure = r#"{"roles": ["admin", "analyst"], "clearance": {"ordered": ["low", "high"]}}"#;
    let mut authority = Authority::from_secret(AccessStructure::from_json(structure).unwrap(), &[5; 32]);
    let policy = Policy::parse("roles:admin && clearance:low || roles:analyst", authority.structure()).unwrap();
    authority.rotate(policy.clauses()).unwrap();
    let attributes = Attributes::new([("roles", "admin"), ("clearance", "high")], authority.structure()).unwrap();
    let key = authority.issue_user_key(&attributes, Epochs::All).unwrap();
    let noted = key.attenuate(&attributes, Some(2_000_000_000)).unwrap();
    let collection = authority.collection_key("documents", 0).unwrap();
    let writer = authority.issue_writer_key(std::slice::from_ref(&policy), Some(&collection)).unwrap();
    let parameters = SearchParameters::geometric(8, Metric::Cosine, Preset::Balanced).unwrap();
    let options = CompartmentOptions::new(parameters.clone())
        .model("a model")
        .unwrap()
        .collection(&collection)
        .unwrap();
    let mut rng = seeded(1);
    let (_, symmetric) = authority.create_compartment(&policy, &options, &mut rng).unwrap();
    let (compartment, public) = writer.create_compartment(&policy, &options, &mut rng).unwrap();
    let point = PointId::Number(1);
    let document = Document::new(&[0.5; 8]).text("text").source("source").expires_at(9);
    let record = compartment.seal(&point, &document, &mut rng).unwrap().record;
    let search = SearchKey::generate(parameters, &mut rng).unwrap();
    let handed_over = Compartment::from_bytes(&compartment.to_bytes()).unwrap();
    let opener = UserKey::from_bytes(&key.to_bytes()).unwrap();
    let open_header = move |bytes: &[u8]| {
        let header = Header::from_bytes(bytes)?;
        opener.open(&header).map(|_| header.to_bytes())
    };
    let open_header = std::rc::Rc::new(open_header);
    let same = std::rc::Rc::clone(&open_header);
    vec![
        Object {
            name: "header 1",
            bytes: symmetric.to_bytes(),
            decode: Box::new(move |bytes| open_header(bytes)),
        },
        Object {
            name: "header 2",
            bytes: public.to_bytes(),
            decode: Box::new(move |bytes| same(bytes)),
        },
        Object {
            name: "record",
            bytes: record.clone(),
            decode: Box::new(move |bytes| compartment.open(&point, bytes).map(|_| bytes.to_vec())),
        },
        key_file("user key", &key, UserKey::to_bytes, UserKey::from_bytes),
        key_file("attenuated key", &noted, UserKey::to_bytes, UserKey::from_bytes),
        key_file("writer key", &writer, WriterKey::to_bytes, WriterKey::from_bytes),
        key_file("authority", &authority, Authority::to_bytes, Authority::from_bytes),
        key_file("compartment", &handed_over, Compartment::to_bytes, Compartment::from_bytes),
        key_file("search key", &search, SearchKey::to_bytes, SearchKey::from_bytes),
    ]
}

fn key_file<K: 'static, B: Deref<Target = Vec<u8>> + 'static>(
    name: &'static str,
    key: &K,
    encode: fn(&K) -> B,
    decode: fn(&[u8]) -> Result<K, Error>,
) -> Object {
    Object {
        name,
        bytes: encode(key).to_vec(),
        decode: Box::new(move |bytes| decode(bytes).map(|key| encode(&key).to_vec())),
    }
}

#[test]
fn decoding_and_encoding_gives_the_same_bytes() {
    for object in objects() {
        assert_eq!((object.decode)(&object.bytes).as_ref(), Ok(&object.bytes), "{}", object.name);
    }
}

#[test]
fn every_truncation_is_refused() {
    for object in objects() {
        for length in 0..object.bytes.len() {
            assert!((object.decode)(&object.bytes[..length]).is_err(), "{} cut to {length}", object.name);
        }
    }
}

#[test]
fn every_extension_is_refused() {
    for object in objects() {
        for byte in 0..=255 {
            let mut longer = object.bytes.clone();
            longer.push(byte);
            assert_eq!((object.decode)(&longer), Err(Error::Malformed), "{} and {byte}", object.name);
        }
    }
}

#[test]
fn every_flipped_byte_is_refused() {
    for object in objects() {
        // Kilobytes of lattice get one flip each, everything else three.
        let changes: &[u8] = if object.bytes.len() > 1_000 {
            &[0x10]
        } else {
            &[1, 0x80, 0xff]
        };
        for position in 0..object.bytes.len() {
            for change in changes {
                let mut changed = object.bytes.clone();
                changed[position] ^= change;
                assert!((object.decode)(&changed).is_err(), "{} with byte {position} ^ {change}", object.name);
            }
        }
    }
}

#[test]
fn a_flipped_byte_in_a_slot_that_is_not_ours_is_found_by_the_body() {
    let objects = objects();
    let header = &objects[0];
    // Two slots of 92 bytes from byte 107; whichever of them the key uses, changing the other one fails as well.
    for position in 107..291 {
        let mut changed = header.bytes.clone();
        changed[position] ^= 4;
        assert!((header.decode)(&changed).is_err(), "{position}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_refused_without_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400), kind in 1u8..=6) {
        prop_assert!(decode_all(&bytes).iter().all(Result::is_err));
        // And behind a valid start.
        let head = [0xa8, 0, 1, 1, kind, 2];
        bytes.splice(0..0, head);
        prop_assert!(decode_all(&bytes).iter().all(Result::is_err));
    }

    #[test]
    fn records_give_back_what_was_sealed(
        dimension in 2usize..200,
        seed: u64,
        content in prop::collection::vec(any::<u8>(), 0..2_000),
        text in ".{0,200}",
        kind in 0usize..4,
        source in proptest::option::of(".{0,50}"),
        expires_at in proptest::option::of(any::<u64>()),
        half: bool,
        padded: bool,
        chacha: bool,
        id: u64,
    ) {
        let mut rng = seeded(seed);
        let compartment = compartment(dimension, chacha, &mut rng);
        let vector = vector(dimension, &mut rng);
        let content = [Content::Empty, Content::Bytes(&content), Content::Text(&text), Content::Json(&text)][kind];
        let mut document = Document::new(&vector).content(content);
        document = document.precision(if half { Precision::F16 } else { Precision::F32 });
        document = document.padding(if padded { Padding::Padme } else { Padding::Off });
        if let Some(source) = &source {
            document = document.source(source);
        }
        if let Some(expires_at) = expires_at {
            document = document.expires_at(expires_at);
        }
        let point = PointId::Number(id);
        let sealed = compartment.seal(&point, &document, &mut rng).unwrap();
        let opened = compartment.open(&point, &sealed.record).unwrap();
        prop_assert_eq!(opened.content(), content);
        prop_assert_eq!(opened.source(), source.as_deref());
        prop_assert_eq!(opened.expires_at(), expires_at);
        prop_assert_eq!(compartment.search_vector(&opened).unwrap(), sealed.search_vector.unwrap());
        if half {
            prop_assert!(opened.vector().iter().zip(&vector).all(|(a, b)| (a - b).abs() <= b.abs() / 2_048.0 + 1e-7));
        } else {
            prop_assert_eq!(opened.vector(), vector.as_slice());
        }
    }

    #[test]
    fn padded_records_of_similar_contents_have_one_size(a in 0usize..64, b in 0usize..64) {
        let compartment = compartment(384, false, &mut seeded(1));
        let size = |length: usize| {
            let text = "x".repeat(length);
            let sealed = compartment.seal(&PointId::Number(1), &Document::new(&[1.0; 384]).text(&text), &mut seeded(2)).unwrap();
            sealed.record.len()
        };
        // 384 dimensions are 1,536 bytes: Padmé steps are 64 bytes there, so two lengths apart differ by one step at
        // most.
        prop_assert!(size(a).abs_diff(size(b)) <= 64);
    }
}

#[test]
fn contents_beyond_16_mib_are_refused() {
    let compartment = compartment(2, true, &mut seeded(1));
    let mut content = vec![7u8; vecseal::limits::MAX_CONTENT_BYTES];
    let point = PointId::Number(1);
    let document = Document::new(&[1.0, 2.0]).content(Content::Bytes(&content));
    let sealed = compartment.seal(&point, &document, &mut seeded(2)).unwrap();
    assert!(sealed.record.len() < vecseal::limits::MAX_RECORD_BYTES);
    assert_eq!(compartment.open(&point, &sealed.record).unwrap().content(), Content::Bytes(&content));
    content.push(7);
    let document = Document::new(&[1.0, 2.0]).content(Content::Bytes(&content));
    assert_eq!(compartment.seal(&point, &document, &mut seeded(2)).unwrap_err(), Error::TooLong);
}

fn compartment(dimension: usize, chacha: bool, rng: &mut impl vecseal::CryptoRng) -> Compartment {
    let authority = Authority::from_secret(AccessStructure::from_json(r#"{"a": ["b"]}"#).unwrap(), &[5; 32]);
    let policy = Policy::parse("*", authority.structure()).unwrap();
    let parameters = SearchParameters::geometric(dimension, Metric::Dot, Preset::Balanced).unwrap();
    let cipher = if chacha {
        RecordCipher::ChaCha20Poly1305
    } else {
        RecordCipher::Aes256Gcm
    };
    authority
        .create_compartment(&policy, &CompartmentOptions::new(parameters).cipher(cipher), rng)
        .unwrap()
        .0
}

fn decode_all(bytes: &[u8]) -> [Result<(), Error>; 6] {
    [
        Header::from_bytes(bytes).map(drop),
        UserKey::from_bytes(bytes).map(drop),
        WriterKey::from_bytes(bytes).map(drop),
        Authority::from_bytes(bytes).map(drop),
        SearchKey::from_bytes(bytes).map(drop),
        compartment(2, false, &mut seeded(1)).open(&PointId::Number(1), bytes).map(drop),
    ]
}
