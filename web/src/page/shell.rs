//! Around all places: header, the way through the story, notices, dialogs.

mod connection;
mod header;
mod navigation;
mod story;
mod welcome;

use yew::prelude::*;

use super::attacks::AttacksPlace;
use super::data::DataView;
use super::dialogs::Dialogs;
use super::parts::Notices;
use super::people::PeoplePlace;
use super::policy::PolicyPlace;
use super::search::SearchView;
use super::server::ServerView;
use super::store::use_store;
use crate::state::Place;
use header::Header;
use navigation::Navigation;
use story::StoryBar;
use welcome::Welcome;

/// The whole page.
#[component]
pub(super) fn Shell() -> Html {
    let store = use_store();
    let place = match store.place {
        Place::Policy => html! { <PolicyPlace /> },
        Place::People => html! { <PeoplePlace /> },
        Place::Data => html! { <DataView /> },
        Place::Search => html! { <SearchView /> },
        Place::Server => html! { <ServerView /> },
        Place::Attacks => html! { <AttacksPlace /> },
    };
    html! {
        <>
            <a class="skip" href="#place">{ "Skip to the content" }</a>
            <Header />
            <div class="body">
                <Navigation />
                <main>
                    if let Some(why) = &store.broken {
                        <div class="failure" role="alert">
                            <p>{ format!("The worker that holds the keys stopped: {why}. Reload the page to start again; keys are made anew.") }</p>
                        </div>
                    }
                    <Welcome />
                    <section class="place" aria-labelledby="place">
                        <header class="place-head">
                            <h1 id="place" tabindex="-1">{ store.place.title() }</h1>
                            <p class="lead">{ lead(store.place) }</p>
                        </header>
                        { place }
                    </section>
                </main>
            </div>
            <StoryBar />
            if store.dialog.is_none() { <Notices /> }
            <Dialogs />
        </>
    }
}

/// What a place is for, in a sentence.
fn lead(place: Place) -> &'static str {
    match place {
        Place::Policy => {
            "Say which dimensions there are and who may read what. Keys are cut from this, and data is sealed under it."
        }
        Place::People => {
            "Everybody gets a key with the rights of their attributes. Keys are in this tab's memory and nowhere else."
        }
        Place::Data => {
            "Texts are embedded and sealed in this tab. The server gets ciphertext, blurred vectors and ids."
        }
        Place::Search => {
            "The query is embedded and encrypted here, the server finds candidates, and each key opens what it opens."
        }
        Place::Server => "What lies in the database, beside what it came from, and what can be learned from it.",
        Place::Attacks => "Seven attacks that succeed where access control is a query filter. Each one runs for real.",
    }
}
