//! Dialogs over the page. The browser keeps the focus in them, and closes them by Escape.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use super::button::{Button, Look};
use super::icon::Shape;
use super::notices::Notices;

#[derive(PartialEq, Properties)]
pub(in crate::page) struct Props {
    pub(in crate::page) title: AttrValue,
    pub(in crate::page) onclose: Callback<()>,
    #[prop_or_default]
    pub(in crate::page) wide: bool,
    pub(in crate::page) children: Html,
}

/// A dialog, open as long as it is there.
#[component]
pub(in crate::page) fn Modal(props: &Props) -> Html {
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                drop(dialog.show_modal());
            }
        });
    }
    let close = props.onclose.reform(|_: MouseEvent| ());
    let on_outside = {
        let (dialog, onclose) = (dialog.clone(), props.onclose.clone());
        Callback::from(move |event: MouseEvent| {
            let is_backdrop = event.target().is_some_and(|target| dialog.get().is_some_and(|node| *node == target));
            if is_backdrop {
                onclose.emit(());
            }
        })
    };
    html! {
        <dialog ref={dialog} class={classes!("modal", props.wide.then_some("wide"))} aria-labelledby="modal-title"
            onclose={props.onclose.reform(|_: Event| ())} onclick={on_outside}>
            <div class="modal-inner">
                <header>
                    <h2 id="modal-title">{ &props.title }</h2>
                    <Button look={Look::Quiet} icon={Shape::Cross} icon_only=true label="Close" onclick={close} />
                </header>
                { props.children.clone() }
            </div>
            <Notices />
        </dialog>
    }
}
