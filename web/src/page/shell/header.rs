//! The header: what it is, the connection, and what is done with the whole page.

use yew::prelude::*;

use super::connection::ConnectionPill;
use crate::page::parts::{Button, Look, Shape};
use crate::page::store::use_store;
use crate::state::{Action, Dialog, Theme};

/// The header.
#[component]
pub(super) fn Header() -> Html {
    let store = use_store();
    let open = |dialog: Dialog| store.on(move |_: MouseEvent| Action::Open(Some(dialog.clone())));
    let (next, icon, label) = match store.theme {
        Theme::System => (Theme::Light, Shape::System, "Theme: as the system has it"),
        Theme::Light => (Theme::Dark, Shape::Sun, "Theme: light"),
        Theme::Dark => (Theme::System, Shape::Moon, "Theme: dark"),
    };
    html! {
        <header class="top">
            <a class="brand" href="#policy" onclick={store.on(|event: MouseEvent| {
                event.prevent_default();
                Action::GoTo(crate::state::Place::Policy)
            })}>
                <svg viewBox="0 0 32 32" aria-hidden="true"><path class="brand-mark" d="M16 2 4 7v9c0 7 5 12 12 14 7-2 12-7 12-14V7z" /><path class="brand-line" d="m10 15 6 8 6-8M10 10h12" /></svg>
                <span>{ "VecSeal" }</span>
            </a>
            <ConnectionPill />
            <div class="top-tools" role="toolbar" aria-label="Page">
                <Button look={Look::Quiet} icon={Shape::Gallery} label="Examples" onclick={open(Dialog::Gallery)} class="with-label" />
                <Button look={Look::Quiet} icon={Shape::Undo} icon_only=true label="Undo" disabled={!store.scenario.can_undo()} onclick={store.on(|_| Action::Undo)} />
                <Button look={Look::Quiet} icon={Shape::Redo} icon_only=true label="Redo" disabled={!store.scenario.can_redo()} onclick={store.on(|_| Action::Redo)} />
                <Button look={Look::Quiet} icon={Shape::Share} label="Share" onclick={open(Dialog::Share)} class="with-label" />
                <Button look={Look::Quiet} icon={Shape::Code} label="Code" onclick={open(Dialog::Code)} class="with-label" />
                <Button look={Look::Quiet} {icon} icon_only=true {label} onclick={store.on(move |_| Action::SetTheme(next))} />
                <Button look={Look::Quiet} icon={Shape::Help} icon_only=true label="Help" onclick={open(Dialog::Help)} />
            </div>
        </header>
    }
}
