//! What follows writes: to disk, and into indexes. As Qdrant's own flusher and optimizers, each in a loop of its own, so
//! that a long optimisation keeps nothing from the disk.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;

use super::Store;
use super::collection::Collection;
use crate::complaint::complain;

/// Looks after the collections of a store for as long as it is there.
pub(super) fn start(store: &Arc<Store>) -> io::Result<()> {
    each_round("flusher", store, Collection::flush)?;
    each_round("optimizer", store, Collection::optimize)
}

/// Does something with each collection, over and over.
fn each_round(name: &str, store: &Arc<Store>, work: fn(&Collection)) -> io::Result<()> {
    let store = Arc::downgrade(store);
    let rounds = move || {
        while let Some(names) = store.upgrade().map(|store| store.names()) {
            names.iter().filter_map(|name| get(&store, name)).for_each(|collection| work(&collection));
            thread::sleep(ROUND);
        }
    };
    thread::Builder::new().name(name.to_owned()).spawn(rounds).map(|_| ())
}

/// One at a time, so that deleted ones can go meanwhile.
fn get(store: &Weak<Store>, name: &str) -> Option<Arc<Collection>> {
    store.upgrade()?.get(name).ok()
}

const ROUND: Duration = Duration::from_millis(500);
/// How many rounds work that keeps failing is left alone, at most: a minute.
const LONGEST_REST: u32 = 120;

/// Work that a collection needs from time to time. If it fails, it is tried again, later each time.
pub(super) struct Chore {
    is_due: AtomicBool,
    is_under_way: AtomicBool,
    trouble: Mutex<Trouble>,
}

#[derive(Default)]
struct Trouble {
    /// Why it failed the last time.
    sentence: Option<String>,
    failures: u32,
    rounds_to_rest: u32,
}

impl Chore {
    /// Work that is to be done in the next round.
    pub(super) fn due() -> Self {
        Self {
            is_due: AtomicBool::new(true),
            is_under_way: AtomicBool::new(false),
            trouble: Mutex::default(),
        }
    }

    /// Says that there is something to do.
    pub(super) fn ask(&self) {
        self.is_due.store(true, SeqCst);
    }

    /// Whether there is something to do, or being done.
    pub(super) fn is_open(&self) -> bool {
        self.is_due.load(SeqCst) || self.is_under_way.load(SeqCst)
    }

    /// Why it fails, if it does.
    pub(super) fn trouble(&self) -> Option<String> {
        self.trouble.lock().sentence.clone()
    }

    /// Does it, if it is due. Whatever comes of it stays with this collection.
    pub(super) fn run(&self, name: &str, work: impl FnOnce() -> Result<(), String>) {
        if !self.is_due.load(SeqCst) || self.trouble.lock().rests() {
            return;
        }
        // In this order, so that it is open all the time.
        self.is_under_way.store(true, SeqCst);
        self.is_due.store(false, SeqCst);
        let done = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("the engine panicked".to_owned()));
        if let Err(sentence) = &done {
            complain(format_args!("{name}: {sentence}"));
            self.ask();
        }
        self.trouble.lock().note(done);
        self.is_under_way.store(false, SeqCst);
    }
}

impl Trouble {
    fn rests(&mut self) -> bool {
        let rests = self.rounds_to_rest > 0;
        self.rounds_to_rest = self.rounds_to_rest.saturating_sub(1);
        rests
    }

    fn note(&mut self, done: Result<(), String>) {
        *self = match done {
            Ok(()) => Self::default(),
            Err(sentence) => Self {
                sentence: Some(sentence),
                failures: self.failures.saturating_add(1),
                rounds_to_rest: 2_u32.saturating_pow(self.failures).min(LONGEST_REST),
            },
        };
    }
}
