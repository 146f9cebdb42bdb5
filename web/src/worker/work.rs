//! From what the page asks for to what the vault does, and back.

use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use vecseal::limits::MAX_KEY_BYTES;
use vecseal_client::qdrant::{Credentials, Endpoint};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, File};

use super::clock::now;
use super::recording::Recording;
use super::vault::{Model, Vault};
use super::wire::Wire;
use super::{attack, embed, import, jobs, model, post};
use crate::protocol::{Attack, Document, Failure, KeyId, Message, Progress, Query, Sealing, Vectors, Work};

thread_local! {
    static VAULT: Rc<Vault<Recording<Wire>>> = Rc::default();
}

/// Does a job to its end, or until it is cancelled.
pub(super) async fn run(job: u32, work: Work) -> Result<Message, Failure> {
    let vault = VAULT.with(Rc::clone);
    match work {
        Work::Embed { texts } => jobs::cancellable(job, embed::embed(job, &texts)).await,
        Work::Import { files, structure } => import::run(job, &files, &structure).await,
        Work::Upload {
            collection,
            sealing,
            documents,
            vectors,
        } => Box::pin(upload(&vault, job, collection, sealing, documents, vectors)).await,
        Work::Search { query, limit, keys } => jobs::cancellable(job, search(&vault, job, query, limit, &keys)).await,
        Work::TryKeys { documents, keys } => jobs::cancellable(job, try_keys(&vault, job, &documents, &keys)).await,
        Work::Connect { url, api_key } => jobs::cancellable(job, connect(&vault, job, &url, api_key)).await,
        Work::Inspect { document } => {
            let work = async {
                let inspected = Box::new(vault.inspect(&document).await?);
                Ok(Message::Inspected { job, inspected })
            };
            jobs::cancellable(job, work).await
        }
        Work::Project { document } => {
            let work = async {
                let projected = vault.project(&document).await?;
                Ok(Message::Projected { job, projected })
            };
            jobs::cancellable(job, work).await
        }
        // To their ends: a right that is half rotated, or a collection without its keyring, would be of no use.
        Work::Rotate { right } => {
            let rewrapped = vault.rotate(&right).await?;
            let keys = vault.all_facts();
            Ok(Message::Rotated { job, keys, rewrapped })
        }
        Work::Attack { attack, keys } => attacked(&vault, job, attack, &keys).await,
        Work::DeleteCollection { collection } => vault.delete(&collection).await.map(|()| Message::Done { job }),
        other => at_once(&vault, job, other).await,
    }
}

/// What needs no Qdrant.
async fn at_once(vault: &Vault<Recording<Wire>>, job: u32, work: Work) -> Result<Message, Failure> {
    let facts = match work {
        Work::IssueKey { key, pairs } => vault.issue(key, &pairs)?,
        Work::Attenuate {
            key,
            from,
            pairs,
            not_after,
        } => vault.attenuate(key, from, &pairs, not_after)?,
        Work::ImportKey { key, file } => vault.import(key, &read(&file).await?)?,
        Work::ExportKey { key } => return export(vault, job, key),
        Work::Keep {
            documents,
            vectors,
            dimension,
        } => {
            vault.keep(documents, &vectors.to_vec(), dimension)?;
            return Ok(Message::Done { job });
        }
        Work::NewAuthority { structure } => {
            vault.new_authority(&structure)?;
            return Ok(Message::Done { job });
        }
        Work::Restructure { structure } => {
            vault.restructure(&structure)?;
            return Ok(Message::Done { job });
        }
        Work::ForgetKey { key } => {
            vault.forget(key);
            return Ok(Message::Done { job });
        }
        _ => return Err(Failure::invalid_request()),
    };
    Ok(Message::Key { job, facts })
}

async fn connect(
    vault: &Vault<Recording<Wire>>,
    job: u32,
    url: &str,
    api_key: Option<String>,
) -> Result<Message, Failure> {
    let credentials = api_key.filter(|key| !key.is_empty()).map_or(Credentials::None, Credentials::ApiKey);
    let endpoint = Endpoint::new(url, credentials)?;
    let base = endpoint.base().to_owned();
    let found = vault.connect(&base, Recording::off(Wire::new(endpoint))).await?;
    Ok(Message::Connected {
        job,
        version: found.version,
        embedded: found.embedded,
        latency: found.latency,
        collections: found.collections,
    })
}

async fn upload(
    vault: &Vault<Recording<Wire>>,
    job: u32,
    collection: String,
    sealing: Sealing,
    documents: Vec<Document>,
    vectors: Vectors,
) -> Result<Message, Failure> {
    let all = documents.len();
    let tell = |done| tell(job, done, 2 * all);
    let model = Model {
        name: model::MODEL.name,
        dimension: model::MODEL.dimension,
    };
    let plan = vault.plan(collection, sealing, documents, vectors, model)?;
    let (texts, ready) = (plan.texts(), plan.ready());
    let start = now();
    let vectors = jobs::cancellable(job, embed::vectors(&texts, |done| tell(ready + done))).await?;
    let embedding = now() - start;
    tell(all);
    // From here on it stops only where it is known what is written.
    let stoppable = jobs::Stoppable::new(job);
    let mut uploaded = vault.write(plan, vectors, |done| tell(all + done), &stoppable).await?;
    uploaded.embedding = embedding;
    uploaded.model = (!texts.is_empty()).then(|| model.name.to_owned());
    Ok(Message::Uploaded { job, uploaded })
}

async fn search(
    vault: &Vault<Recording<Wire>>,
    job: u32,
    query: Query,
    limit: usize,
    keys: &[KeyId],
) -> Result<Message, Failure> {
    let start = now();
    let vector = match query {
        Query::Text(text) => {
            vault.takes_texts(model::MODEL.dimension)?;
            embed::vectors(&[text], |_| ()).await?.into_iter().next().ok_or_else(Failure::invalid_request)?
        }
        Query::Document(document) => vault.vector_of(&document)?,
    };
    let embedding = now() - start;
    let mut searched = vault.search(&vector, limit, keys).await?;
    searched.embedding = embedding;
    Ok(Message::Searched { job, searched })
}

async fn try_keys(
    vault: &Vault<Recording<Wire>>,
    job: u32,
    documents: &[String],
    keys: &[KeyId],
) -> Result<Message, Failure> {
    let start = now();
    let tell = |progress: Progress| tell(job, progress.done, progress.total);
    let accesses = vault.try_keys(documents, keys, tell).await?;
    let time = now() - start;
    Ok(Message::Accesses { job, accesses, time })
}

/// Makes an attack, and deletes what it made, whatever became of it.
async fn attacked(
    vault: &Vault<Recording<Wire>>,
    job: u32,
    attack: Attack,
    keys: &[(KeyId, String)],
) -> Result<Message, Failure> {
    let _turn = jobs::cancellable(job, async { Ok(vault.attack_turn().await) }).await?;
    let copies = attack::Copies::default();
    let tell = |progress: Progress| tell(job, progress.done, progress.total);
    let report = jobs::cancellable(job, Box::pin(attack::run(vault, attack, keys, &copies, &tell))).await;
    let deleted = copies.delete().await;
    let report = report?;
    deleted?;
    Ok(Message::Attacked { job, report })
}

/// The bytes of a file that may be a key's.
async fn read(file: &File) -> Result<Vec<u8>, Failure> {
    #[expect(clippy::cast_precision_loss, reason = "some megabytes are exact")]
    if file.size() > MAX_KEY_BYTES as f64 {
        // Larger than any of the format.
        return Err(vecseal::Error::Malformed.into());
    }
    let buffer = JsFuture::from(file.array_buffer()).await;
    let buffer = buffer.map_err(|_| Failure::new("import_unreadable", &format!("`{}` cannot be read", file.name())))?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

fn export(vault: &Vault<Recording<Wire>>, job: u32, key: KeyId) -> Result<Message, Failure> {
    let bytes = vault.export(key)?;
    let options = BlobPropertyBag::new();
    options.set_type("application/octet-stream");
    let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
    let file = Blob::new_with_u8_array_sequence_and_options(&parts, &options);
    let file = file.map_err(|_| Failure::new("no_file", "this browser makes no file of the key"))?;
    Ok(Message::KeyFile { job, key, file })
}

fn tell(job: u32, done: usize, total: usize) {
    let progress = Progress { done, total };
    post(&Message::Progress { job, progress }, &Array::new());
}
