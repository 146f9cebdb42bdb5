//! A result.

use yew::prelude::*;

use super::verdict::Verdict;
use crate::page::parts::{Icon, Shape};
use crate::state::KeySpec;
use crate::state::results::{Content, ResultRow};

/// Letters of a text that are shown at once.
const SHOWN: usize = 200;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) row: ResultRow,
    pub(super) keys: Vec<KeySpec>,
    /// Whose keys they are.
    pub(super) name: AttrValue,
}

/// Rank, score, what was decrypted, and what each key made of it.
#[component]
pub(super) fn ResultLine(props: &Props) -> Html {
    let row = &props.row;
    let is_sealed = row.content.is_none();
    let is_missed = is_sealed && row.keys.iter().any(|key| key.judgement.is_open());
    html! {
        <tr role="row" class={classes!(is_sealed.then_some("sealed"))}>
            <td role="cell" class="number result-rank">
                if let Some(rank) = row.rank { <strong>{ rank }</strong> } else { <Icon shape={Shape::Lock} /><span class="unseen">{ "sealed" }</span> }
                <span class="score" title="Exact cosine">{ format!("{:.3}", row.score) }</span>
            </td>
            <td role="cell" class="result-document">
                { match &row.content {
                    Some(content) => html! { <Text content={content.clone()} document={row.document.clone()} policy={row.policy.clone().unwrap_or_default()} /> },
                    None => html! {
                        <>
                            <p class="sealed-title">{ format!("Document {}", row.document) }</p>
                            <p class="muted">{ if is_missed {
                                "Opens, but the search did not return it: noise moved it out of the candidates.".to_owned()
                            } else {
                                format!("Sealed to {}.", props.name)
                            } }</p>
                        </>
                    },
                } }
            </td>
            { for row.keys.iter().map(|result| {
                let label = props.keys.iter().find(|key| key.id == result.key).map_or_else(String::new, |key| key.label.clone());
                html! { <td role="cell" class="result-key"><Verdict result={result.clone()} {label} is_only={row.keys.len() == 1} /></td> }
            }) }
        </tr>
    }
}

#[derive(PartialEq, Properties)]
struct TextProps {
    content: Content,
    document: AttrValue,
    policy: AttrValue,
}

#[component]
fn Text(props: &TextProps) -> Html {
    let is_whole = use_state(|| false);
    let Content { title, text } = &props.content;
    let cut = cut(text);
    let shown = match cut {
        Some(begin) if !*is_whole => format!("{begin} …"),
        _ => text.clone(),
    };
    let toggle = {
        let is_whole = is_whole.clone();
        Callback::from(move |_: MouseEvent| is_whole.set(!*is_whole))
    };
    html! {
        <>
            if let Some(title) = title { <p class="result-title">{ title }</p> }
            <p class="result-text">
                { if shown.is_empty() { "No text was sealed with this vector.".to_owned() } else { shown } }
                if cut.is_some() {
                    { " " }<button type="button" class="text-button" aria-expanded={is_whole.to_string()} onclick={toggle}>{ if *is_whole { "Less" } else { "More" } }</button>
                }
            </p>
            <p class="result-id muted">{ format!("Document {}, under ", props.document) }<code>{ &props.policy }</code></p>
        </>
    }
}

/// The first words of a text that is too long to show at once.
fn cut(text: &str) -> Option<&str> {
    let (end, _) = text.char_indices().nth(SHOWN)?;
    let begin = text.get(..end)?;
    Some(begin.rsplit_once(char::is_whitespace).map_or(begin, |(words, _)| words).trim_end())
}

#[cfg(test)]
mod tests {
    use super::{SHOWN, cut};

    #[test]
    fn long_texts_are_cut_between_words() {
        assert_eq!(cut("a few words"), None);
        let long = cut(&"words ".repeat(60)).map(ToOwned::to_owned).unwrap();
        assert!(long.ends_with("words") && long.len() <= SHOWN);
        assert_eq!(cut(&"ü".repeat(SHOWN + 1)).map(|begin| begin.chars().count()), Some(SHOWN));
    }
}
