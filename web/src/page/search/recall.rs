//! How much of what should be found was found.

use yew::prelude::*;

use crate::page::parts::Same;
use crate::page::parts::numbers::percent;
use crate::protocol::{KeyId, Searched};
use crate::state::KeySpec;
use crate::state::results::{Recall, recall_of_key, recall_of_user, search_of};
use crate::state::words::counted;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) found: Same<Searched>,
    pub(super) keys: Vec<KeySpec>,
    /// Whose keys they are.
    pub(super) name: AttrValue,
}

/// Recall of the user, and of each key if there are several.
#[component]
pub(super) fn RecallPanel(props: &Props) -> Html {
    let ids: Vec<KeyId> = props.keys.iter().map(|key| key.id).collect();
    let all = recall_of_user(&props.found, &ids);
    let each = props.keys.iter().filter_map(|key| Some((key, recall_of_key(search_of(&props.found, key.id)?))));
    html! {
        <section class="panel recall" aria-labelledby="recall-title">
            <header><h2 id="recall-title">{ "Recall" }</h2></header>
            <div class="recall-line">
                <p class="recall-number numbers">{ number(all) }</p>
                <p>{ sentence(all, &props.name) }</p>
            </div>
            if props.keys.len() > 1 {
                <dl class="facts">
                    { for each.map(|(key, recall)| html! { <><dt>{ &key.label }</dt><dd class="numbers">{ of(recall) }</dd></> }) }
                </dl>
            }
        </section>
    }
}

/// The share, or a dash where there was nothing to find.
pub(super) fn number(recall: Recall) -> String {
    recall.share().map_or_else(|| "–".to_owned(), percent)
}

/// The share with what it is of.
pub(super) fn of(recall: Recall) -> String {
    match recall.share() {
        None => "nothing to find".to_owned(),
        Some(share) => format!("{} of {} ({})", recall.found, recall.expected, percent(share)),
    }
}

fn sentence(recall: Recall, name: &str) -> String {
    let Recall { found, expected } = recall;
    match expected.saturating_sub(found) {
        _ if expected == 0 => format!("The policies admit {name} to nothing here."),
        0 => format!(
            "{found} of {expected}: an exact search in the clear, restricted to what {name} may read, finds the same."
        ),
        lost => format!(
            "{found} of {expected}: {} in an exact search of what {name} may read, and not here. Noise or a stale key hides such.",
            counted(lost, "is found", "are found")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{of, sentence};
    use crate::state::results::Recall;

    #[test]
    fn recall_is_a_number_and_a_sentence() {
        let recall = |found, expected| Recall { found, expected };
        assert_eq!(of(recall(9, 10)), "9 of 10 (90 %)");
        assert_eq!(of(recall(0, 0)), "nothing to find");
        assert!(sentence(recall(10, 10), "Ada").ends_with("finds the same."));
        assert!(sentence(recall(8, 10), "Ada").contains("2 are found"));
    }
}
