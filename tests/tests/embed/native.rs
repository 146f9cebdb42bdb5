//! Hostile files, the checksum of the committed one, threads, and how good the embeddings are: natively only.

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use vecseal_embed::{Embedder, MINI_LM, ModelError};
use vecseal_tests::retrieval::RetrievalSet;

use crate::{MODEL, embedder};

/// The asset is the one that was published, whoever checks it out.
#[test]
fn the_committed_model_has_its_checksum() {
    assert_eq!(MODEL.len(), MINI_LM.bytes);
    let sha256: String = Sha256::digest(MODEL).iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect();
    assert_eq!(sha256, MINI_LM.sha256);
}

fn digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).unwrap()
}

#[test]
fn a_file_that_ends_early_is_truncated() {
    for length in [0, 1, 3, 4, 35, 36, 1_000, 300_000, 5_000_000, MODEL.len() - 1] {
        let error = MINI_LM.load(MODEL.get(..length).unwrap().to_vec()).unwrap_err();
        assert_eq!(error, ModelError::Truncated, "{length}");
    }
}

#[test]
fn other_files_are_refused_with_a_code() {
    let changed = |place: usize, bytes: &[u8]| {
        let mut file = MODEL.to_vec();
        file.splice(place..place + bytes.len(), bytes.iter().copied());
        MINI_LM.load(file).unwrap_err()
    };
    assert_eq!(changed(0, b"<!do"), ModelError::WrongMagic);
    assert_eq!(MINI_LM.load(b"<!doctype html>".to_vec()).unwrap_err(), ModelError::WrongMagic);
    assert_eq!(changed(MODEL.len() - 1, &[0x55]), ModelError::WrongChecksum);
    // Every number of the shape, as nought, as too large, and as another that does not fit.
    for place in (4..32).step_by(4) {
        for number in [0, 1 << 15, u32::MAX] {
            assert!(
                matches!(changed(place, &u32::to_le_bytes(number)), ModelError::Malformed | ModelError::Truncated),
                "{place}"
            );
        }
    }
    assert_eq!(changed(32, &u32::MAX.to_le_bytes()), ModelError::Truncated);
    assert_eq!(changed(36, &[0xff]), ModelError::Malformed, "a vocabulary that is not UTF-8");
    let longer = [MODEL, &[0]].concat();
    assert_eq!(MINI_LM.load(longer).unwrap_err(), ModelError::Malformed);
}

/// A model of another shape than the known one loads by `parse`, and computes.
#[test]
fn a_small_model_of_the_format_computes() {
    let embedder = Embedder::parse(small_model("[CLS]\n[SEP]\n[UNK]\na\n##b")).unwrap();
    assert_eq!(embedder.dimension(), 64);
    assert_eq!(embedder.tokens("ab b A"), [0, 3, 4, 2, 1], "five positions hold no more");
    assert!(embedder.embed("ab").iter().all(|value| value.is_finite()));
    let unlike = ["[CLS]\n[SEP]\n[UNK]\na", "[CLS]\n[SEP]\n[PAD]\na\n##b"];
    for vocabulary in unlike {
        assert_eq!(Embedder::parse(small_model(vocabulary)).unwrap_err(), ModelError::Malformed);
    }
}

/// Five words, 64 wide, one layer of two heads, 128 inside, five positions; all weights alike.
fn small_model(vocabulary: &str) -> Vec<u8> {
    let (words, width, inner, positions) = (5, 64, 128, 5);
    let numbers = |count: usize, bytes: &[u8]| bytes.repeat(count);
    let norm = || {
        [
            numbers(width, &1_f32.to_le_bytes()),
            numbers(width, &0_f32.to_le_bytes()),
        ]
        .concat()
    };
    // 0x3c00 is 1 as f16.
    let table = |rows: usize, columns: usize| {
        [
            numbers(rows * columns / 2, &[0x79]),
            numbers(rows * columns / 64, &[0x00, 0x3c]),
        ]
        .concat()
    };
    let linear =
        |inputs: usize, outputs: usize| [table(outputs, inputs), numbers(outputs, &0.5_f32.to_le_bytes())].concat();
    let shape = [words, width, 1, 2, inner, positions, 64, vocabulary.len()];
    let mut file = b"MLQ1".to_vec();
    file.extend(shape.iter().flat_map(|number| u32::try_from(*number).unwrap().to_le_bytes()));
    file.extend(vocabulary.as_bytes());
    file.extend([table(words, width), numbers(positions * width, &[0, 0]), norm()].concat());
    file.extend((0..4).flat_map(|_| linear(width, width)));
    file.extend([norm(), linear(width, inner), linear(inner, width), norm()].concat());
    file
}

/// What `docs/BENCHMARKS.md` says of this model is so, within what another order of adding can change.
#[test]
fn retrieval_is_as_good_as_documented() {
    let row = include_str!("../../../docs/BENCHMARKS.md").lines().find(|line| line.starts_with("| this crate's"));
    let documented: Vec<f64> = row.unwrap().split('|').filter_map(|cell| cell.trim().parse().ok()).collect();
    let measured: Vec<f64> = RetrievalSet::all()
        .iter()
        .flat_map(|set| {
            let quality = set.quality(embedder());
            [quality.hit_at_1, quality.ndcg_at_10]
        })
        .collect();
    assert_eq!(documented.len(), measured.len());
    let agree = documented.iter().zip(&measured).all(|(documented, measured)| (documented - measured).abs() < 0.015);
    assert!(agree, "documented {documented:?}, measured {measured:?}");
}

/// One embedder serves all threads.
#[test]
fn threads_share_an_embedder() {
    let expected = embedder().embed("shared");
    std::thread::scope(|scope| {
        let others = [(); 4].map(|()| scope.spawn(|| embedder().embed("shared")));
        for other in others {
            assert_eq!(other.join().unwrap(), expected);
        }
    });
}

proptest! {
    /// Whatever a file is changed to, it computes or is refused.
    #[test]
    fn any_change_to_a_model_computes_or_is_refused(
        changes in prop::collection::vec((prop_oneof![0..80_usize, 0..21_000_usize], any::<u8>()), 1..8),
        cut in prop::option::of(100..21_000_usize),
    ) {
        let mut file = small_model("[CLS]\n[SEP]\n[UNK]\na\n##b");
        for (place, byte) in changes {
            *file.get_mut(place).unwrap() = byte;
        }
        file.truncate(cut.unwrap_or(usize::MAX));
        if let Ok(embedder) = Embedder::parse(file) {
            prop_assert_eq!(embedder.embed("ab a").len(), embedder.dimension());
        }
    }

    #[test]
    fn any_text_has_tokens(text in any::<String>()) {
        let tokens = embedder().tokens(&text);
        prop_assert!((2..=128).contains(&tokens.len()));
        prop_assert!(tokens.iter().all(|token| *token < 24_000));
    }
}
