//! A corpus of real short texts with their embeddings, for benchmarks: the definitions of WordNet 3.1, one in
//! fifty-one of them held out as a query. Any other corpus comes as two NumPy files.

use std::error::Error;
use std::fmt::Display;
use std::fs;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use sha2::{Digest as _, Sha256};
use vecseal_data::import::Matrix;
use vecseal_embed::MINI_LM;

/// Documents, and queries that are none of them.
#[derive(Debug)]
pub struct Corpus {
    /// One vector a row.
    pub documents: Matrix,
    /// One vector a row, of the same dimension.
    pub queries: Matrix,
}

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Files of a corpus.
const DOCUMENTS: &str = "documents.npy";
const QUERIES: &str = "queries.npy";

/// Texts of the corpus, queries included.
const TEXTS: usize = 25_500;

/// One text in so many is a query.
const HELD_OUT: usize = 51;

/// SHA-256 of the texts, each ended by a line feed.
const SHA256: &str = "5e05e884f538365e86e71dcae26932df0822b67ad0e4808ac0f0d93a68091746";

impl Corpus {
    /// Reads `documents.npy` and `queries.npy` of a folder, f16, f32 or f64.
    ///
    /// # Errors
    ///
    /// If a file is missing, is no matrix, or they have different dimensions.
    pub fn read(folder: &Path) -> Result<Self> {
        let corpus = Self {
            documents: matrix(&folder.join(DOCUMENTS))?,
            queries: matrix(&folder.join(QUERIES))?,
        };
        if corpus.documents.columns() == corpus.queries.columns() {
            Ok(corpus)
        } else {
            Err("documents and queries have different dimensions".into())
        }
    }

    /// Embeds the texts of WordNet's data files with all cores, writes texts and vectors into a folder, and returns how
    /// many texts it embedded in how many seconds; nothing if that was done before with this model.
    ///
    /// # Errors
    ///
    /// If the files are not those of WordNet 3.1, or cannot be read or written.
    pub fn make(wordnet: &Path, model: &Path, folder: &Path) -> Result<Option<(usize, f64)>> {
        // Written last, so that it also says that the others are whole.
        let note = folder.join("made-from.txt");
        let recipe = format!("{} {}, texts {SHA256}\n", MINI_LM.name, MINI_LM.sha256);
        if fs::read_to_string(&note).is_ok_and(|found| found == recipe) && Self::read(folder).is_ok() {
            return Ok(None);
        }
        let texts = texts(wordnet)?;
        let embedder = MINI_LM.load(fs::read(model)?)?;
        let start = Instant::now();
        let vectors = in_parallel(&texts, |text| embedder.embed(text));
        let seconds = start.elapsed().as_secs_f64();
        let (queries, documents): (Vec<_>, Vec<_>) =
            texts.iter().zip(vectors).enumerate().partition(|(number, _)| number % HELD_OUT == 0);
        fs::create_dir_all(folder)?;
        for (name, part) in [("documents", documents), ("queries", queries)] {
            let lines: Vec<&str> = part.iter().map(|(_, (text, _))| text.as_str()).collect();
            fs::write(folder.join(name).with_extension("txt"), lines.join("\n") + "\n")?;
            let vectors: Vec<&[f32]> = part.iter().map(|(_, (_, vector))| vector.as_slice()).collect();
            fs::write(folder.join(name).with_extension("npy"), npy(&vectors))?;
        }
        fs::write(note, recipe)?;
        Ok(Some((texts.len(), seconds)))
    }
}

fn matrix(path: &Path) -> Result<Matrix> {
    let named = |error: &dyn Display| format!("{}: {error}", path.display());
    let bytes = fs::read(path).map_err(|error| named(&error))?;
    Ok(Matrix::from_npy(&bytes).map_err(|problem| named(&problem))?)
}

/// Applies a function to all items, a part of them on each core, and returns the results in order.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    // Small parts, since long texts stand together.
    let parts: Vec<&[T]> = items.chunks(64).collect();
    let work = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(part) = parts.get(number) else { return done };
            done.push((number, part.iter().map(&f).collect::<Vec<R>>()));
        }
    };
    let mut done: Vec<(usize, Vec<R>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().flat_map(|(_, part)| part).collect()
}

/// Reads definitions at equal distances, as `synonym, synonym: definition`.
fn texts(wordnet: &Path) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for part in ["noun", "verb", "adj", "adv"] {
        let path = wordnet.join(format!("data.{part}"));
        let data = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        all.extend(data.lines().filter(|line| !line.starts_with("  ")).filter_map(text));
    }
    // As many of each part of speech as there are.
    let texts: Vec<&String> = (0..TEXTS).filter_map(|number| all.get(number * all.len() / TEXTS)).collect();
    let mut hash = Sha256::new();
    for text in &texts {
        hash.update(text);
        hash.update("\n");
    }
    let found = hash.finalize().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    if found == SHA256 {
        Ok(texts.into_iter().cloned().collect())
    } else {
        Err(format!("these are not the texts of the corpus: SHA-256 {found} instead of {SHA256}").into())
    }
}

/// Reads `offset file type count (word id)… | definition; "example"` (WordNet's manual, wndb).
fn text(line: &str) -> Option<String> {
    let (fields, definition) = line.split_once(" | ")?;
    let mut fields = fields.split(' ').skip(3);
    let count = usize::from_str_radix(fields.next()?, 16).ok()?;
    let words: Vec<String> = fields.step_by(2).take(count).map(|word| word.replace('_', " ")).collect();
    Some(format!("{}: {}", words.join(", "), definition.trim()))
}

/// Writes a matrix of f32 as NumPy does.
fn npy(rows: &[&[f32]]) -> Vec<u8> {
    let columns = rows.first().map_or(0, |row| row.len());
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {columns}), }}", rows.len());
    // Magic, version, length and text fill a multiple of 64 bytes.
    header.extend(std::iter::repeat_n(' ', 127 - 10 - header.len().min(117)));
    header.push('\n');
    let length = u16::try_from(header.len()).unwrap_or_default().to_le_bytes();
    let numbers = rows.iter().flat_map(|row| row.iter()).flat_map(|value| value.to_le_bytes());
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes()].concat().into_iter().chain(numbers).collect()
}
