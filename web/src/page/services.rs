//! What carries out the store's effects: workers, files, clipboard, the page's address.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Array, Float32Array, Function, Reflect};
use vecseal_data::Organisation;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, ErrorEvent, Event, HtmlAnchorElement, HtmlElement, KeyboardEvent, MessageEvent, Url, Worker,
};
use yew::Callback;

use crate::protocol::{Message, Request, Work};
use crate::state::{Action, Effect, Place, Scenario, State, Theme, share};

/// Milliseconds on a clock that is not set back.
pub(super) fn now() -> f64 {
    gloo_utils::window().performance().map_or(0.0, |clock| clock.now())
}

/// The page as its address and the browser's storage have it.
pub(super) fn opening() -> State {
    let location = gloo_utils::window().location();
    let hash = location.hash().unwrap_or_default();
    let hash = hash.trim_start_matches('#');
    let shared = hash.strip_prefix("s=").map(share::decode);
    let place = Place::of(hash).unwrap_or_default();
    let origin = location.origin().unwrap_or_default();
    let url = query("qdrant").filter(|url| !url.is_empty()).unwrap_or(origin);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few random digits"
    )]
    let tab = format!("{:05x}", (js_sys::Math::random() * 1_048_576.0) as u32);
    let scenario = match &shared {
        Some(Ok(scenario)) => scenario.clone(),
        _ => first_example(),
    };
    let mut state = State::new(scenario, url, tab, stored_theme(), place);
    match shared {
        Some(Ok(_)) => state.is_from_link(),
        Some(Err(error)) => state.complain(&format!("The first example is shown: {error}.")),
        None => (),
    }
    show_theme(state.theme);
    state
}

/// The example that a first visit sees.
fn first_example() -> Scenario {
    examples().into_iter().next().unwrap_or_default()
}

/// The examples, which the page's loader leaves as texts.
pub(super) fn examples() -> Vec<Scenario> {
    let texts = Reflect::get(&js_sys::global(), &"vecsealExamples".into()).unwrap_or_default();
    let texts = texts.dyn_into::<Array>().unwrap_or_default();
    let organisations = texts.iter().filter_map(|text| Organisation::from_json(&text.as_string()?).ok());
    organisations.map(|organisation| Scenario::of(&organisation)).collect()
}

fn query(name: &str) -> Option<String> {
    let search = gloo_utils::window().location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// Carries out effects.
pub(super) struct Services {
    dispatch: Callback<Action>,
    worker: Option<Listener>,
    import: Option<Listener>,
    /// Whether the browser asks before it leaves the page.
    is_guarded: bool,
}

impl Services {
    pub(super) fn new(dispatch: Callback<Action>) -> Self {
        listen_to_keys(dispatch.clone());
        listen_to_address(dispatch.clone());
        let worker = Listener::start(&dispatch);
        if worker.is_none() {
            dispatch.emit(Action::WorkerBroke("this browser cannot start a worker".to_owned()));
        }
        Self {
            dispatch,
            worker,
            import: None,
            is_guarded: false,
        }
    }

    /// Has the browser ask before it leaves the page, if something would be lost.
    pub(super) fn guard(&mut self, is_changed: bool) {
        if self.is_guarded != is_changed {
            self.is_guarded = is_changed;
            guard(is_changed);
        }
    }

    pub(super) fn run(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Work(job, work) => self.send(&Request { job, work }),
            Effect::Import { job, files, structure } => {
                let work = Work::Import { files, structure };
                self.import(job, work);
            }
            Effect::EndImport => self.end_import(),
            Effect::SaveFile(name, file) => save(&name, &file),
            Effect::SaveText(name, text) => {
                let options = BlobPropertyBag::new();
                options.set_type("text/plain;charset=utf-8");
                let parts = Array::of1(&text.into());
                if let Ok(file) = Blob::new_with_str_sequence_and_options(&parts, &options) {
                    save(&name, &file);
                }
            }
            Effect::Copy(text, what) => copy(&text, what, self.dispatch.clone()),
            Effect::Show(place, names) => show(place, names),
            Effect::SetTheme(theme) => keep_theme(theme),
            Effect::Reload(url, link) => reload(&url, link),
            Effect::After(milliseconds, action) => {
                let dispatch = self.dispatch.clone();
                Timeout::new(milliseconds, move || dispatch.emit(action)).forget();
            }
        }
    }

    fn send(&self, request: &Request) {
        if let Some(worker) = &self.worker {
            worker.send(request, &Array::new());
        }
    }

    /// A worker of its own, whose memory goes with it.
    fn import(&mut self, job: u32, work: Work) {
        self.end_import();
        let (main, dispatch) = (self.worker.clone(), self.dispatch.clone());
        let told = Callback::from(move |action: Action| {
            // Vectors go from one worker to the other; the page keeps none.
            if let (Action::Heard(message), Some(main)) = (&action, &main) {
                hand_over(message, main);
            }
            dispatch.emit(action);
        });
        self.import = Listener::start(&told);
        if let Some(worker) = &self.import {
            worker.send(&Request { job, work }, &Array::new());
        }
    }

    fn end_import(&mut self) {
        if let Some(import) = self.import.take() {
            import.worker.terminate();
        }
    }
}

/// Puts a text into the clipboard, if there is one and the browser lets the page.
fn copy(text: &str, what: &'static str, dispatch: Callback<Action>) {
    let clipboard = gloo_utils::window().navigator().clipboard();
    // Pages that are not served securely have none.
    let copying = (!clipboard.is_undefined()).then(|| clipboard.write_text(text));
    wasm_bindgen_futures::spawn_local(async move {
        let is_copied = match copying {
            Some(copying) => JsFuture::from(copying).await.is_ok(),
            None => false,
        };
        dispatch.emit(if is_copied {
            Action::Copied(what)
        } else {
            Action::NotCopied(what)
        });
    });
}

/// Ctrl+Z and Ctrl+Shift+Z, or with the command key, outside of fields, which have an undo of their own.
fn listen_to_keys(dispatch: Callback<Action>) {
    let listen = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let is_field =
            target.is_some_and(|target| ["INPUT", "TEXTAREA", "SELECT"].contains(&target.tag_name().as_str()));
        if !is_field && (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("z") {
            event.prevent_default();
            dispatch.emit(if event.shift_key() { Action::Redo } else { Action::Undo });
        }
    });
    drop(gloo_utils::document().add_event_listener_with_callback("keydown", listen.as_ref().unchecked_ref()));
    listen.forget();
}

/// Places and links that are put into the address of the open page.
fn listen_to_address(dispatch: Callback<Action>) {
    let listen = Closure::<dyn Fn()>::new(move || {
        let hash = gloo_utils::window().location().hash().unwrap_or_default();
        dispatch.emit(Action::Follow(hash.trim_start_matches('#').to_owned()));
    });
    gloo_utils::window().set_onhashchange(Some(listen.as_ref().unchecked_ref()));
    listen.forget();
}

fn hand_over(message: &Message, main: &Listener) {
    if let Message::Imported {
        job,
        rows,
        vectors,
        dimension,
        ..
    } = message
        && *dimension > 0
    {
        // Those of an earlier import are of other documents.
        let none = Work::Keep {
            documents: Vec::new(),
            vectors: Float32Array::new_with_length(0),
            dimension: 0,
        };
        main.send(&Request { job: *job, work: none }, &Array::new());
        let work = Work::Keep {
            documents: rows.iter().map(|row| row.id.clone()).collect(),
            vectors: vectors.clone(),
            dimension: *dimension,
        };
        main.send(&Request { job: *job, work }, &Array::of1(&vectors.buffer()));
    }
}

/// A worker, and what waits until it listens: what is said to it before is lost.
#[derive(Clone)]
struct Listener {
    worker: Worker,
    waiting: Rc<RefCell<Option<Waiting>>>,
}

/// Messages with what is handed over with each.
type Waiting = Vec<(JsValue, Array)>;

impl Listener {
    /// Starts a worker by the function that the page's loader leaves, and passes on what it says.
    fn start(dispatch: &Callback<Action>) -> Option<Self> {
        let make: Function = Reflect::get(&js_sys::global(), &"vecsealWorker".into()).ok()?.dyn_into().ok()?;
        let worker: Worker = make.call0(&JsValue::UNDEFINED).ok()?.dyn_into().ok()?;
        let started = Self {
            worker,
            waiting: Rc::new(RefCell::new(Some(Vec::new()))),
        };
        let (told, ready) = (dispatch.clone(), started.clone());
        let listen = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Ok(message) = serde_wasm_bindgen::from_value(event.data()) {
                if matches!(message, Message::Ready {}) {
                    ready.go();
                }
                told.emit(Action::Heard(Box::new(message)));
            }
        });
        started.worker.set_onmessage(Some(listen.as_ref().unchecked_ref()));
        listen.forget();
        let told = dispatch.clone();
        let complain = Closure::<dyn Fn(ErrorEvent)>::new(move |event: ErrorEvent| {
            told.emit(Action::WorkerBroke(event.message()));
        });
        started.worker.set_onerror(Some(complain.as_ref().unchecked_ref()));
        complain.forget();
        Some(started)
    }

    fn go(&self) {
        for (message, handed_over) in self.waiting.take().unwrap_or_default() {
            drop(self.worker.post_message_with_transfer(&message, &handed_over));
        }
    }

    fn send(&self, request: &Request, handed_over: &Array) {
        let Ok(message) = serde_wasm_bindgen::to_value(request) else {
            return;
        };
        if let Some(waiting) = self.waiting.borrow_mut().as_mut() {
            waiting.push((message, handed_over.clone()));
            return;
        }
        drop(self.worker.post_message_with_transfer(&message, handed_over));
    }
}

/// Has the browser save a file.
fn save(name: &str, file: &Blob) {
    let link = gloo_utils::document()
        .create_element("a")
        .ok()
        .and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    if let (Some(link), Ok(url)) = (link, Url::create_object_url_with_blob(file)) {
        link.set_href(&url);
        link.set_download(name);
        link.click();
        // The browser reads it in its own time.
        Timeout::new(60_000, move || drop(Url::revoke_object_url(&url))).forget();
    }
}

/// Names the place in the address, without a step in the browser's history for each, and moves the focus to its heading.
fn show(place: Place, names: bool) {
    let window = gloo_utils::window();
    if let Ok(history) = window.history()
        && names
    {
        let hash = format!("#{}", place.slug());
        drop(history.replace_state_with_url(&JsValue::NULL, "", Some(&hash)));
    }
    Timeout::new(0, || {
        let heading = gloo_utils::document().get_element_by_id("place");
        if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
            drop(heading.focus());
        }
        gloo_utils::window().scroll_to_with_x_and_y(0.0, 0.0);
    })
    .forget();
}

fn guard(asks: bool) {
    let ask = asks.then(|| {
        let ask = Closure::<dyn Fn(Event)>::new(|event: Event| {
            event.prevent_default();
            // What older browsers go by.
            drop(Reflect::set(&event, &"returnValue".into(), &true.into()));
        });
        ask.into_js_value()
    });
    gloo_utils::window().set_onbeforeunload(ask.as_ref().and_then(|ask| ask.dyn_ref()));
}

/// Loads the page anew, for a policy that allows another Qdrant. What is being tried goes along; keys do not.
fn reload(url: &str, link: Option<String>) {
    guard(false);
    gloo_utils::window().set_onhashchange(None);
    let location = gloo_utils::window().location();
    if let Some(link) = link {
        drop(location.set_hash(&format!("s={link}")));
    }
    if let Ok(parameters) = web_sys::UrlSearchParams::new() {
        parameters.set("qdrant", url);
        let search = String::from(parameters.to_string());
        drop(location.set_search(&search));
    }
}

const THEME: &str = "vecseal-theme";

fn stored_theme() -> Theme {
    let storage = gloo_utils::window().local_storage().ok().flatten();
    match storage.and_then(|storage| storage.get_item(THEME).ok().flatten()).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

fn keep_theme(theme: Theme) {
    show_theme(theme);
    if let Ok(Some(storage)) = gloo_utils::window().local_storage() {
        drop(match name(theme) {
            Some(name) => storage.set_item(THEME, name),
            None => storage.remove_item(THEME),
        });
    }
}

const VISITED: &str = "vecseal-visited";

/// Whether nobody said here that they know what the page is.
pub(super) fn is_first_visit() -> bool {
    let storage = gloo_utils::window().local_storage().ok().flatten();
    storage.is_none_or(|storage| matches!(storage.get_item(VISITED), Ok(None)))
}

/// Somebody knows.
pub(super) fn keep_visit() {
    if let Ok(Some(storage)) = gloo_utils::window().local_storage() {
        drop(storage.set_item(VISITED, "yes"));
    }
}

fn show_theme(theme: Theme) {
    if let Some(root) = gloo_utils::document().document_element() {
        drop(match name(theme) {
            Some(name) => root.set_attribute("data-theme", name),
            None => root.remove_attribute("data-theme"),
        });
    }
}

fn name(theme: Theme) -> Option<&'static str> {
    match theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    }
}
