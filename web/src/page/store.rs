//! The store as components have it.

use std::ops::Deref;
use std::rc::Rc;

use yew::prelude::*;

use crate::state::{Action, State};

/// The state as it is, and a way to tell what happens.
#[derive(Clone)]
pub(super) struct Store {
    state: Rc<State>,
    dispatch: Callback<Action>,
}

impl Store {
    pub(super) fn new(state: Rc<State>, dispatch: Callback<Action>) -> Self {
        Self { state, dispatch }
    }

    /// Tells what happens.
    pub(super) fn dispatch(&self, action: Action) {
        self.dispatch.emit(action);
    }

    /// A callback that tells what an event means.
    pub(super) fn on<E: 'static>(&self, meaning: impl Fn(E) -> Action + 'static) -> Callback<E> {
        let dispatch = self.dispatch.clone();
        Callback::from(move |event| dispatch.emit(meaning(event)))
    }
}

impl Deref for Store {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.state, &other.state)
    }
}

/// The store. Components under the page's root have one.
#[hook]
pub(super) fn use_store() -> Store {
    use_context::<Store>().unwrap_or_else(|| unreachable!("every component is under the page's root"))
}
