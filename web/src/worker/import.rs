//! Import of the user's files.

use js_sys::{Array, Float32Array, Uint8Array};
use vecseal::AccessStructure;
use vecseal_data::import::{self, Format, MAX_BYTES, Matrix, ProblemKind, Problems};
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::post;
use crate::protocol::{Failure, Message, Progress, Row};

pub(super) async fn run(job: u32, files: &Array, structure: &str) -> Result<Message, Failure> {
    let structure =
        AccessStructure::from_json(structure).map_err(|error| Failure::new(error.code(), &error.to_string()))?;
    let files: Result<Vec<File>, _> = files.iter().map(wasm_bindgen::JsCast::dyn_into).collect();
    let files = files.map_err(|_| Failure::invalid_request())?;
    #[expect(clippy::cast_precision_loss, reason = "half a gigabyte is exact")]
    if files.iter().map(|file| file.size()).sum::<f64>() > MAX_BYTES as f64 {
        return Err(failure(&ProblemKind::TooLarge.into()));
    }
    let mut contents = Vec::new();
    for file in &files {
        contents.push((format(file)?, bytes(file).await?));
    }
    let borrowed: Vec<(Format, &[u8])> = contents.iter().map(|(format, bytes)| (*format, bytes.as_slice())).collect();
    let tell = |done| {
        let progress = Progress { done, total: 0 };
        post(&Message::Progress { job, progress }, &Array::new());
    };
    let import = import::read(&borrowed, &structure, tell).map_err(|problems| failure(&problems))?;
    drop(contents);
    let rows = import.rows.into_iter().map(|row| Row {
        id: row.id.to_string(),
        text: row.text,
        content: row.content,
        policy: row.policy.map(|policy| policy.to_string()),
    });
    Ok(Message::Imported {
        job,
        rows: rows.collect(),
        dimension: import.vectors.as_ref().map_or(0, Matrix::columns),
        vectors: Float32Array::from(import.vectors.as_ref().map(Matrix::values).unwrap_or_default()),
        ignored: import.ignored,
    })
}

fn format(file: &File) -> Result<Format, Failure> {
    Format::of_name(&file.name()).ok_or_else(|| {
        let sentence = format!("`{}` has none of the endings .jsonl, .ndjson, .csv, .tsv and .npy", file.name());
        Failure::new("import_unknown_format", &sentence)
    })
}

async fn bytes(file: &File) -> Result<Vec<u8>, Failure> {
    let buffer = JsFuture::from(file.array_buffer()).await;
    let buffer = buffer.map_err(|_| Failure::new("import_unreadable", &format!("`{}` cannot be read", file.name())))?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

fn failure(problems: &Problems) -> Failure {
    Failure {
        code: problems.first.kind.code().to_owned(),
        message: problems.to_string(),
        place: problems.first.place.clone(),
        others: problems.others,
    }
}
