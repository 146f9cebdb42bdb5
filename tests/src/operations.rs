//! What the benchmarks measure, natively and in wasm: the same closures.

use std::rc::Rc;

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{AeadInOut, KeyInit, Nonce};
use chacha20poly1305::ChaCha20Poly1305;
use vecseal::{
    AccessStructure, Attributes, Authority, Compartment, CompartmentOptions, Document, Epochs, Metric, PointId, Policy,
    Preset, RecordCipher, SearchParameters, UserKey, WriterKey, rerank,
};

use vecseal_embed::MINI_LM;

use crate::random::{seeded, vector};

/// A named operation to repeat.
pub struct Operation {
    /// As it is printed.
    pub name: String,
    /// Does it once.
    pub run: Box<dyn FnMut()>,
}

/// Returns every operation to measure.
///
/// # Panics
///
/// If an operation refuses its input, which makes the benchmark useless.
#[must_use]
#[expect(clippy::unwrap_used, reason = "a benchmark of a refusal measures nothing")]
pub fn operations() -> Vec<Operation> {
    let mut operations = keys_and_headers();
    operations.extend(embedding());
    for dimension in [384usize, 768, 1_536] {
        let mut rng = seeded(dimension as u64);
        let x = vector(dimension, &mut rng);
        let geometric = |cipher| {
            compartment(SearchParameters::geometric(dimension, Metric::Cosine, Preset::Balanced).unwrap(), cipher)
        };
        let record_only = |cipher| compartment(SearchParameters::sealed(dimension, Metric::Cosine).unwrap(), cipher);
        let point = PointId::Number(1);
        let searching = geometric(RecordCipher::Aes256Gcm);
        let (query, mut query_rng) = (x.clone(), seeded(1));
        add(&mut operations, format!("{dimension}: search-encrypt"), move || {
            std::hint::black_box(searching.encrypt_query(&query, &mut query_rng).unwrap());
        });
        for (name, cipher) in [
            ("AES-256-GCM", RecordCipher::Aes256Gcm),
            ("ChaCha20-Poly1305", RecordCipher::ChaCha20Poly1305),
        ] {
            for (what, compartment) in [
                ("search-encrypt and seal", geometric(cipher)),
                ("seal", record_only(cipher)),
            ] {
                let (x, mut rng) = (x.clone(), seeded(2));
                add(&mut operations, format!("{dimension}: {what}, {name}"), move || {
                    std::hint::black_box(compartment.seal(&point, &Document::new(&x), &mut rng).unwrap());
                });
            }
            let compartment = record_only(cipher);
            let record = compartment.seal(&point, &Document::new(&x), &mut rng).unwrap().record;
            let bytes = record.len();
            add(&mut operations, format!("{dimension}: open, {name}"), move || {
                std::hint::black_box(compartment.open(&point, &record).unwrap());
            });
            add(&mut operations, format!("{dimension}: floor, {name} over {bytes} bytes"), floor(cipher, bytes));
        }
        let candidates: Vec<_> = (0..100u64).map(|id| (PointId::Number(id), vector(dimension, &mut rng))).collect();
        add(&mut operations, format!("{dimension}: re-rank 100"), move || {
            let borrowed = candidates.iter().map(|(id, vector)| (*id, vector.as_slice()));
            std::hint::black_box(rerank(Metric::Cosine, &x, borrowed, 10).unwrap());
        });
    }
    operations
}

/// Texts of 40 and of 100 characters, as queries and notes have.
#[expect(clippy::unwrap_used, reason = "a benchmark of a refusal measures nothing")]
fn embedding() -> Vec<Operation> {
    let model = include_bytes!("../../crates/vecseal-embed/model/minilm-q4-v24k.bin");
    let embedder = Rc::new(MINI_LM.load(model.to_vec()).unwrap());
    let mut operations = Vec::new();
    for text in [
        "how many days off can I take over to 27?",
        "The board approved a share buyback of up to 200 million and kept the dividend at 0.45 for each share",
    ] {
        let (characters, tokens) = (text.len(), embedder.tokens(text).len());
        let embedder = embedder.clone();
        add(&mut operations, format!("embed {characters} characters ({tokens} tokens)"), move || {
            std::hint::black_box(embedder.embed(text));
        });
    }
    operations
}

/// A key with 64 rights, and headers of 4 clauses that it opens with the last of them.
#[expect(clippy::unwrap_used, reason = "a benchmark of a refusal measures nothing")]
fn keys_and_headers() -> Vec<Operation> {
    let mut operations = Vec::new();
    let authority = authority();
    let holds = ["a", "b", "c"].into_iter().flat_map(|name| ["x", "y", "z"].map(|dimension| (dimension, name)));
    let attributes = Attributes::new(holds, authority.structure()).unwrap();
    let key = authority.issue_user_key(&attributes, Epochs::Current).unwrap();
    let policy = "x:c && y:c && z:c || x:d && y:d || y:d && z:d || x:d && z:d";
    let policy = Policy::parse(policy, authority.structure()).unwrap();
    let writer = authority.issue_writer_key(std::slice::from_ref(&policy), None).unwrap();
    let options = || CompartmentOptions::new(SearchParameters::sealed(768, Metric::Cosine).unwrap());
    let mut rng = seeded(3);
    let (_, symmetric) = authority.create_compartment(&policy, &options(), &mut rng).unwrap();
    let (_, public) = writer.create_compartment(&policy, &options(), &mut rng).unwrap();

    let (issuer, again) =
        (Authority::from_bytes(&authority.to_bytes()).unwrap(), UserKey::from_bytes(&key.to_bytes()).unwrap());
    add(&mut operations, "issue a key of 64 rights".to_owned(), move || {
        std::hint::black_box(issuer.issue_user_key(&attributes, Epochs::Current).unwrap());
    });
    let (clauses, mut rng) = (policy.clone(), seeded(4));
    add(&mut operations, "create a header of 4 clauses, suite 1".to_owned(), move || {
        std::hint::black_box(authority.create_compartment(&clauses, &options(), &mut rng).unwrap());
    });
    let (writer, mut rng) = (WriterKey::from_bytes(&writer.to_bytes()).unwrap(), seeded(5));
    add(&mut operations, "create a header of 4 clauses, suite 2".to_owned(), move || {
        std::hint::black_box(writer.create_compartment(&policy, &options(), &mut rng).unwrap());
    });
    add(&mut operations, "open a header with 64 rights, suite 1".to_owned(), move || {
        std::hint::black_box(key.open(&symmetric).unwrap());
    });
    add(&mut operations, "open a header with 64 rights, suite 2".to_owned(), move || {
        std::hint::black_box(again.open(&public).unwrap());
    });
    operations
}

fn add(operations: &mut Vec<Operation>, name: String, run: impl FnMut() + 'static) {
    operations.push(Operation {
        name,
        run: Box::new(run),
    });
}

/// The cipher alone, over as many bytes, with a fresh key each time as records have.
fn floor(cipher: RecordCipher, length: usize) -> impl FnMut() {
    let mut bytes = vec![0u8; length];
    let mut key = [0u8; 32];
    move || {
        for byte in &mut key {
            *byte = byte.wrapping_add(1);
        }
        match cipher {
            RecordCipher::ChaCha20Poly1305 => encrypt(&ChaCha20Poly1305::new(&key.into()), &mut bytes),
            _ => encrypt(&Aes256Gcm::new(&key.into()), &mut bytes),
        }
    }
}

fn encrypt<A: AeadInOut>(cipher: &A, bytes: &mut [u8]) {
    let nonce = Nonce::<A>::default();
    let tag = cipher.encrypt_inout_detached(&nonce, &[], bytes.into());
    // The whole tag: of a tag that nobody looks at, the authentication is optimised away.
    let _ = std::hint::black_box(tag);
}

#[expect(clippy::unwrap_used, reason = "the structure is a constant")]
fn authority() -> Authority {
    let structure = r#"{"x": ["a", "b", "c", "d"], "y": ["a", "b", "c", "d"], "z": ["a", "b", "c", "d"]}"#;
    Authority::from_secret(AccessStructure::from_json(structure).unwrap(), &[1; 32])
}

#[expect(clippy::unwrap_used, reason = "the policy is a constant")]
fn compartment(parameters: SearchParameters, cipher: RecordCipher) -> Compartment {
    let authority = authority();
    let policy = Policy::parse("*", authority.structure()).unwrap();
    authority
        .create_compartment(&policy, &CompartmentOptions::new(parameters).cipher(cipher), &mut seeded(6))
        .unwrap()
        .0
}
