//! The model: fetched when first needed, checked, and kept in the browser's Cache storage.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, WeakShared};
use js_sys::{Array, Reflect, Uint8Array};
use vecseal_embed::{Embedder, KnownModel, MINI_LM};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Cache, ReadableStreamDefaultReader, RequestCache, RequestInit, Response, Url};

use super::{post, scope};
use crate::protocol::{Failure, Message, Progress};

/// The model that texts are embedded with.
pub(super) const MODEL: KnownModel = MINI_LM;

/// What the caches of models are called, each followed by a checksum.
const CACHE: &str = "vecseal-model-";

type Loading = LocalBoxFuture<'static, Result<Rc<Embedder>, Failure>>;

thread_local! {
    static LOADED: RefCell<Option<Rc<Embedder>>> = RefCell::default();
    static LOADING: RefCell<Option<WeakShared<Loading>>> = RefCell::default();
}

/// Returns the model, loaded once for all jobs. When no job waits for it any more, loading ends; after that, and after a
/// failure, the next job tries again.
pub(super) async fn get() -> Result<Rc<Embedder>, Failure> {
    if let Some(loaded) = LOADED.with_borrow(Clone::clone) {
        return Ok(loaded);
    }
    let loading = LOADING.with_borrow_mut(|known| {
        let going_on = known.as_ref().and_then(WeakShared::upgrade);
        going_on.unwrap_or_else(|| {
            let new = load().boxed_local().shared();
            *known = new.downgrade();
            new
        })
    });
    let loaded = loading.await?;
    LOADED.set(Some(loaded.clone()));
    Ok(loaded)
}

async fn load() -> Result<Rc<Embedder>, Failure> {
    let cache = Kept::open().await;
    if let Some(file) = cache.file().await {
        // What a browser kept is no more to be trusted than what a server sent.
        if let Ok(embedder) = MODEL.load(file) {
            return Ok(Rc::new(embedder));
        }
    }
    let file = download().await?;
    // A copy for the cache: the model keeps the bytes themselves.
    let copy = Uint8Array::from(file.as_slice());
    let embedder = MODEL.load(file).map_err(|error| Failure::new(error.code(), &error.to_string()))?;
    cache.keep(&copy).await;
    Ok(Rc::new(embedder))
}

/// Beside the worker's own file; where that is a blob, in the folder that it was told.
fn url() -> String {
    let base = Reflect::get(&scope(), &"vecsealBase".into()).ok().and_then(|base| base.as_string());
    let base = base.unwrap_or_else(|| scope().location().href());
    Url::new_with_base(MODEL.file, &base).map_or_else(|_| MODEL.file.to_owned(), |url| url.href())
}

/// Fetches the model and tells how far it is. A file that is too long is not read on.
async fn download() -> Result<Vec<u8>, Failure> {
    let unavailable =
        |why: &str| Failure::new("model_unavailable", &format!("the model could not be fetched from {}: {why}", url()));
    // The browser's HTTP cache would keep a second copy, and a broken one for as long as the server said.
    let options = RequestInit::new();
    options.set_cache(RequestCache::NoStore);
    let fetching = Fetching(AbortController::new().map_err(|_| unavailable("this browser cannot fetch"))?);
    options.set_signal(Some(&fetching.0.signal()));
    let response = JsFuture::from(scope().fetch_with_str_and_init(&url(), &options)).await;
    let response: Response = response.map_err(|_| unavailable("the server cannot be reached"))?.unchecked_into();
    if !response.ok() {
        return Err(unavailable(&format!("the server answered {}", response.status())));
    }
    let mut file = Vec::with_capacity(MODEL.bytes);
    let body = response.body().ok_or_else(|| unavailable("the answer is empty"))?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    while file.len() <= MODEL.bytes {
        let next = JsFuture::from(reader.read()).await.map_err(|_| unavailable("the connection broke"))?;
        let Some(chunk) = chunk(&next) else { return Ok(file) };
        file.extend(chunk.to_vec());
        let progress = Progress {
            done: file.len(),
            total: MODEL.bytes,
        };
        post(&Message::Model(progress), &Array::new());
    }
    Ok(file)
}

/// Ends the request when nobody waits for it any more.
struct Fetching(AbortController);

impl Drop for Fetching {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The bytes of `{ done, value }`, until done.
fn chunk(next: &JsValue) -> Option<Uint8Array> {
    Reflect::get(next, &"value".into()).ok()?.dyn_into().ok()
}

/// The model's place in the Cache storage; there is none in pages that are not served securely.
struct Kept(Option<Cache>);

impl Kept {
    /// Opens the cache of this very file, and deletes those of other models.
    async fn open() -> Self {
        Self(Self::try_open().await.ok())
    }

    async fn try_open() -> Result<Cache, JsValue> {
        // The call below would throw through wasm.
        if Reflect::get(&scope(), &"caches".into())?.is_undefined() {
            return Err(JsValue::UNDEFINED);
        }
        let storage = scope().caches()?;
        let name = format!("{CACHE}{}", MODEL.sha256);
        for other in Array::from(&JsFuture::from(storage.keys()).await?).iter().filter_map(|name| name.as_string()) {
            if other.starts_with(CACHE) && other != name {
                JsFuture::from(storage.delete(&other)).await?;
            }
        }
        Ok(JsFuture::from(storage.open(&name)).await?.unchecked_into())
    }

    async fn file(&self) -> Option<Vec<u8>> {
        let cache = self.0.as_ref()?;
        let response: Response = JsFuture::from(cache.match_with_str(&url())).await.ok()?.dyn_into().ok()?;
        let buffer = JsFuture::from(response.array_buffer().ok()?).await.ok()?;
        let bytes = Uint8Array::new(&buffer);
        (bytes.length() as usize == MODEL.bytes).then(|| bytes.to_vec())
    }

    /// Keeps the file for the next visit. A browser without room for it fetches it again then.
    async fn keep(&self, file: &Uint8Array) {
        if let (Some(cache), Ok(response)) = (&self.0, Response::new_with_opt_js_u8_array(Some(file))) {
            drop(JsFuture::from(cache.put_with_str(&url(), &response)).await);
        }
    }
}
