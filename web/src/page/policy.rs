//! The place of the access structure and of policies.

mod dimension;
mod forecast;
mod structure;
mod tests;
mod workbench;

use yew::prelude::*;

use forecast::ForecastPanel;
use structure::StructurePanel;
use tests::TestsPanel;
use workbench::Workbench;

/// The place.
#[component]
pub(super) fn PolicyPlace() -> Html {
    html! {
        <div class="policy-grid">
            <StructurePanel />
            <Workbench />
            <TestsPanel />
            <ForecastPanel />
        </div>
    }
}
