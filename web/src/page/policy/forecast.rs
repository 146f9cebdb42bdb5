//! What policies, keys and documents will weigh.

use yew::prelude::*;

use crate::page::parts::numbers::bytes;
use crate::page::store::use_store;
use crate::state::Forecast;
use crate::state::words::grouped;

/// Rights of each key, slots and bytes of each header.
#[component]
pub(super) fn ForecastPanel() -> Html {
    let store = use_store();
    let forecast = Forecast::new(store.scenario(), &store.checked, store.vector_dimension());
    html! {
        <section class="panel forecast" aria-labelledby="forecast-title">
            <header>
                <h2 id="forecast-title">{ "What it will weigh" }</h2>
                <p class="numbers">{ format!("headers {} · records {} · search vectors {}", bytes(forecast.headers), bytes(forecast.records), bytes(forecast.vectors)) }</p>
            </header>
            <div class="columns forecast-tables">
                <div class="scroll" tabindex="0" role="region" aria-label="Rights per key">
                    <table>
                        <thead><tr><th scope="col">{ "Key" }</th><th scope="col" class="number">{ "Rights" }</th></tr></thead>
                        <tbody>
                            { for forecast.keys.iter().map(|(key, rights)| html! {
                                <tr key={*key}><td>{ store.scenario().key_name(*key) }</td><td class="number">{ rights.map_or_else(|| "–".to_owned(), grouped) }</td></tr>
                            }) }
                        </tbody>
                    </table>
                </div>
                <div class="scroll" tabindex="0" role="region" aria-label="Headers">
                    <table>
                        <thead><tr><th scope="col">{ "Policy" }</th><th scope="col" class="number">{ "Documents" }</th><th scope="col" class="number">{ "Slots" }</th><th scope="col" class="number">{ "Header" }</th></tr></thead>
                        <tbody>
                            { for forecast.policies.iter().take(MAX_ROWS).map(|policy| html! {
                                <tr key={policy.policy.clone()}>
                                    <td><code>{ &policy.policy }</code></td>
                                    <td class="number">{ grouped(policy.documents) }</td>
                                    <td class="number">{ grouped(policy.slots) }</td>
                                    <td class="number">{ bytes(policy.header) }</td>
                                </tr>
                            }) }
                        </tbody>
                    </table>
                </div>
            </div>
        </section>
    }
}

/// More policies than this are summed up alone.
const MAX_ROWS: usize = 100;
