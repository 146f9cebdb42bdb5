//! What a key is to hold: a new one, one that is issued anew, or a weaker one made from another.

use yew::prelude::*;

use crate::page::parts::{AttributePicker, Button, Look, TextField};
use crate::page::store::use_store;
use crate::protocol::{KeyId, Pairs};
use crate::state::{Action, Change, seconds};

/// What comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Editing {
    /// Another key for a person, by their number.
    New(usize),
    /// The key anew.
    Key(KeyId),
    /// A weaker one from this one.
    Weaker(KeyId),
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) editing: Editing,
    pub(super) label: String,
    pub(super) pairs: Pairs,
    pub(super) onclose: Callback<()>,
}

/// Attributes to pick, and what to do with them.
#[component]
pub(super) fn KeyEditor(props: &Props) -> Html {
    let store = use_store();
    let label = use_state(|| props.label.clone());
    let pairs = use_state(|| props.pairs.clone());
    let day = use_state(String::new);
    let set = |state: &UseStateHandle<String>| {
        let state = state.clone();
        Callback::from(move |text: String| state.set(text))
    };
    let pick = {
        let pairs = pairs.clone();
        Callback::from(move |picked: Pairs| pairs.set(picked))
    };
    let editing = props.editing;
    let (what, note) = match editing {
        Editing::New(_) => ("Issue the key", "The authority derives one secret for every combination of these."),
        Editing::Key(_) => ("Issue anew", "The earlier key still opens what it opened, wherever it is."),
        Editing::Weaker(_) => (
            "Make the weaker key",
            "Made from the key alone, without the authority: for an agent that acts for its user.",
        ),
    };
    let submit = {
        let (pairs, label, day, onclose, store) =
            (pairs.clone(), label.clone(), day.clone(), props.onclose.clone(), store.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (pairs, label) = ((*pairs).clone(), (*label).clone());
            store.dispatch(match editing {
                Editing::New(person) => Action::Change(Change::AddKey(person, label, pairs)),
                Editing::Key(key) => Action::Change(Change::SetKey(key, label, pairs)),
                Editing::Weaker(from) => Action::Attenuate {
                    from,
                    pairs,
                    not_after: seconds(&day),
                },
            });
            onclose.emit(());
        })
    };
    let is_weaker = matches!(editing, Editing::Weaker(_));
    let cancel = props.onclose.reform(|_: MouseEvent| ());
    html! {
        <form class="key-editor" onsubmit={submit}>
            if is_weaker {
                <TextField label="Noted to expire on (optional)" kind="date" value={(*day).clone()} oninput={set(&day)} help="A note that clients show; only rotation locks out." />
            } else {
                <TextField label="What the key is called" value={(*label).clone()} oninput={set(&label)} />
            }
            <AttributePicker dimensions={store.scenario().dimensions.clone()} chosen={(*pairs).clone()} among={is_weaker.then(|| props.pairs.clone())} onchange={pick} />
            <p class="muted">{ note }</p>
            <div class="row">
                <Button look={Look::Primary} submits=true label={what} />
                <Button look={Look::Quiet} label="Cancel" onclick={cancel} />
            </div>
        </form>
    }
}
