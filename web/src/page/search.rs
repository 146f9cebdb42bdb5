//! The place where questions are asked, and where it shows who opens what.

mod all_users;
mod cost;
mod form;
mod matrix;
mod matrix_table;
mod one_user;
mod plain;
mod recall;
mod row;
mod state;
mod verdict;

use std::rc::Rc;

use yew::prelude::*;

use super::parts::{NeedsUpload, Same, Tabs, no_qdrant, stored_old};
use super::store::use_store;
use crate::state::{Action, SearchView as View};
use all_users::AllUsers;
use form::Form;
use matrix::Matrix;
use one_user::OneUser;
use state::{NotYet, Past, Skeleton};

/// The views, in the order of their tabs.
const VIEWS: [(View, &str); 3] = [
    (View::OneUser, "One user"),
    (View::AllUsers, "All users"),
    (View::Matrix, "Access matrix"),
];

/// The place.
#[component]
pub(super) fn SearchView() -> Html {
    let store = use_store();
    if store.readable().is_none() {
        return html! { <NeedsUpload what="A search asks the server for candidates among sealed records, and each key opens what it opens." /> };
    }
    let view = store.search.view;
    let chosen = VIEWS.iter().position(|(known, _)| *known == view).unwrap_or(0);
    let onchoose = store.on(|index: usize| Action::View(VIEWS.get(index).map_or(View::OneUser, |(view, _)| *view)));
    let found = store.search.found.clone().zip(store.search.basis.clone());
    let results = match found {
        _ if view == View::Matrix => html! { <Matrix /> },
        Some((found, basis)) => {
            let is_past = store.is_past(&basis);
            let (found, basis) = (Same(found), Same(Rc::clone(&basis)));
            html! {
                <div class="found" aria-busy={store.search.job.is_some().to_string()}>
                    if is_past { <Past what="search" again={store.on(|_: MouseEvent| Action::Search)} /> }
                    if view == View::AllUsers { <AllUsers {found} {basis} /> } else { <OneUser {found} {basis} /> }
                </div>
            }
        }
        None if store.search.job.is_some() => html! { <Skeleton /> },
        None => html! { <NotYet /> },
    };
    html! {
        <>
            { no_qdrant(&store) }
            { stored_old(&store, "Results are of what was uploaded.") }
            <Form />
            <Tabs label="View" options={VIEWS.iter().map(|(_, name)| AttrValue::Static(name)).collect::<Vec<_>>()} {chosen} {onchoose} />
            { results }
        </>
    }
}
