//! The page: components that show the store, and services that carry out its effects.

mod attacks;
mod data;
mod dialogs;
mod parts;
mod people;
mod policy;
mod search;
mod server;
mod services;
mod shell;
mod store;

use std::rc::Rc;

use wasm_bindgen::UnwrapThrowExt as _;
use yew::prelude::*;

use crate::state::{Action, State};
use services::Services;
use shell::Shell;
use store::Store;

/// Shows the page in the element `app`.
pub fn start() {
    let root = gloo_utils::document().get_element_by_id("app").expect_throw("the page has an element for the app");
    root.set_inner_html("");
    yew::Renderer::<App>::with_root(root).render();
}

/// Holds the store. Everything that happens comes by here.
struct App {
    state: Rc<State>,
    services: Services,
    dispatch: Callback<Action>,
}

impl Component for App {
    type Message = Action;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let dispatch = ctx.link().callback(|action| action);
        let mut state = services::opening();
        let effects = state.begin();
        let mut services = Services::new(dispatch.clone());
        services.run(effects);
        Self {
            state: Rc::new(state),
            services,
            dispatch,
        }
    }

    fn update(&mut self, _: &Context<Self>, action: Action) -> bool {
        let effects = Rc::make_mut(&mut self.state).update(action, services::now());
        self.services.guard(self.state.scenario.can_undo());
        self.services.run(effects);
        true
    }

    fn view(&self, _: &Context<Self>) -> Html {
        let store = Store::new(Rc::clone(&self.state), self.dispatch.clone());
        html! { <ContextProvider<Store> context={store}><Shell /></ContextProvider<Store>> }
    }
}
