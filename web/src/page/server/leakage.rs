//! What others learn at the settings, in words.

use std::rc::Rc;

use yew::prelude::*;

use crate::page::parts::{CopyButton, Icon, Shape, Tabs};
use crate::page::store::{Store, use_store};
use crate::protocol::Sealing;
use crate::state::leakage::{self, Statement, Tone, Who};
use crate::state::words::{counted, tied};

/// The statement for what is uploaded, or for the settings as they are now.
#[component]
pub(super) fn LeakagePanel() -> Html {
    let store = use_store();
    let shown = use_state_eq(|| 0_usize);
    let facts = {
        let store = store.clone();
        use_memo(grounds(&store), move |_| (store.facts(), store.stored_facts()))
    };
    let (now, stored) = &*facts;
    let is_choice = stored.as_ref().is_some_and(|stored| stored != now);
    let is_upload = stored.is_some() && (!is_choice || *shown == 0);
    let (sealing, facts) = stored.as_ref().filter(|_| is_upload).unwrap_or(now);
    let statements = leakage::statement(sealing, facts);
    let weak = statements.iter().filter(|statement| statement.tone == Tone::Weak).count();
    let onchoose = {
        let shown = shown.clone();
        Callback::from(move |choice| shown.set(choice))
    };
    html! {
        <section class="panel leakage" aria-labelledby="leakage">
            <header>
                <h2 id="leakage">{ "What others learn" }</h2>
                <div class="row">
                    if is_choice {
                        <Tabs label="Settings" options={vec![AttrValue::from("As uploaded"), AttrValue::from("As set now")]} chosen={*shown} {onchoose} />
                    }
                    <CopyButton text={leakage::text(sealing, facts)} what="the statement" icon_only=false />
                </div>
            </header>
            <p class="leakage-of">
                { if is_upload { "At the settings of the upload: " } else { "At these settings: " } }{ tied(&leakage::settings(sealing)) }{ "." }
                if weak > 0 {
                    <span class="chip warn"><Icon shape={Shape::Warning} />{ counted(weak, "weak point", "weak points") }</span>
                }
            </p>
            <div class="learners">{ for Who::ALL.into_iter().map(|who| learner(who, &statements)) }</div>
            <p class="muted source">{ leakage::source(sealing) }</p>
        </section>
    }
}

/// What the facts are gathered from, by address: many documents are not counted anew at every key that is typed.
fn grounds(store: &Store) -> (usize, usize, usize, Sealing) {
    let scenario = store.scenario();
    (
        store.data.stored.as_ref().map_or(0, |stored| Rc::as_ptr(stored).addr()),
        Rc::as_ptr(&scenario.documents).addr(),
        Rc::as_ptr(&store.checked).addr(),
        scenario.sealing,
    )
}

fn learner(who: Who, statements: &[Statement]) -> Html {
    let own = statements.iter().filter(|statement| statement.who == who);
    html! {
        <section class="learner">
            <h3>{ who.title() }</h3>
            <p class="muted">{ who.has() }</p>
            <ul>{ for own.map(line) }</ul>
        </section>
    }
}

fn line(statement: &Statement) -> Html {
    let (class, shape) = match statement.tone {
        Tone::Holds => ("holds", Shape::Lock),
        Tone::Shows => ("shows", Shape::Search),
        Tone::Weak => ("weak", Shape::Warning),
    };
    html! {
        <li class={class}><Icon {shape} /><p><strong>{ statement.tone.word() }</strong>{ " " }{ tied(&statement.text) }</p></li>
    }
}
