//! A call that was made, and what came back.

use yew::prelude::*;

use crate::page::parts::Json;
use crate::protocol::Call;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) call: Call,
}

/// Method, path, status and time in a line; request and answer when opened.
#[component]
pub(super) fn CallView(props: &Props) -> Html {
    let call = &props.call;
    let (class, status) = match call.status {
        0 => ("bad", "no answer".to_owned()),
        status @ 200..300 => ("good", status.to_string()),
        status => ("warn", status.to_string()),
    };
    html! {
        <details class="call">
            <summary>
                <code class="call-line"><strong>{ &call.method }</strong>{ " " }{ &call.path }</code>
                <span class={classes!("call-status", "numbers", class)}>{ status }</span>
                <span class="call-time numbers">{ format!("{:.0} ms", call.time) }</span>
            </summary>
            <div class="call-bodies">
                <Json label="Request" text={call.body.clone()} what="the request" empty="No body." />
                <Json label="Answer" text={call.answer.clone()} what="the answer" empty="Empty." />
            </div>
        </details>
    }
}
