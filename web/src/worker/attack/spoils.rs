//! What an attacker has in hands, and what opens of it: found out with the keys, past all checks of policies.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use vecseal::{Attributes, Cid, Compartment, Content, Header, PointId, UserKey};
use vecseal_client::qdrant::{Filter, Qdrant, Record, RetrieveRequest, ScrollRequest, Transport, WithPayload};

use crate::gather::gather;
use crate::protocol::Failure;
use crate::worker::vault::{Original, Vault, decoded, from_qdrant, text_of, to_qdrant};

/// Tried together; other jobs go on after that.
const CHUNK: usize = 32;
/// An attack looks at no more headers.
const MAX_HEADERS: usize = 20_000;

/// Points that came back to an attacker, after every key was tried on them.
pub(super) struct Spoils {
    pub(super) returned: usize,
    opened: Vec<Opened>,
}

/// A point that opened.
struct Opened {
    id: PointId,
    breach: bool,
}

/// Who may read what, as the page knows it.
#[derive(Clone, Copy)]
pub(super) struct Truth<'t> {
    pub(super) originals: &'t BTreeMap<PointId, Rc<Original>>,
    /// Of each key that is tried.
    pub(super) attributes: &'t [&'t Attributes],
}

impl Spoils {
    pub(super) fn opened(&self) -> usize {
        self.opened.len()
    }

    pub(super) fn breached(&self) -> usize {
        self.opened.iter().filter(|opened| opened.breach).count()
    }

    pub(super) fn has_opened(&self, id: &PointId) -> bool {
        self.opened.iter().any(|opened| opened.id == *id)
    }
}

impl Truth<'_> {
    /// Whether what opened should not have: nobody who tries may read it, or it is not what was sealed there.
    fn is_breach(&self, id: &PointId, content: &str) -> bool {
        self.originals.get(id).is_some_and(|original| {
            let is_admitted = self.attributes.iter().any(|attributes| original.admits(attributes));
            !is_admitted || content != original.document.passage()
        })
    }
}

/// The compartments that any of these keys opens.
pub(super) fn open_headers<'h>(
    keys: &[&UserKey],
    headers: impl IntoIterator<Item = &'h Header>,
) -> BTreeMap<Cid, Compartment> {
    let opened = headers.into_iter().filter_map(|header| keys.iter().find_map(|key| key.open(header).ok()));
    gather(opened.map(|compartment| (*compartment.cid(), compartment)))
}

/// Tries every compartment that opened on every point, whatever compartment the point names.
pub(super) async fn try_all<T: Transport + Clone>(
    qdrant: &Qdrant<T>,
    compartments: &BTreeMap<Cid, Compartment>,
    records: &[Record],
    truth: Truth<'_>,
) -> Spoils {
    let mut opened = Vec::new();
    for chunk in records.chunks(CHUNK) {
        opened.extend(chunk.iter().filter_map(|record| open(compartments, record, truth)));
        Vault::yield_over(qdrant).await;
    }
    Spoils {
        returned: records.len(),
        opened,
    }
}

fn open(compartments: &BTreeMap<Cid, Compartment>, record: &Record, truth: Truth<'_>) -> Option<Opened> {
    let id = from_qdrant(&record.id)?;
    let bytes = decoded(record, "record");
    let opened = compartments.values().find_map(|compartment| compartment.open(&id, &bytes).ok())?;
    let content = match opened.content() {
        Content::Text(text) => text,
        _ => "",
    };
    Some(Opened {
        breach: truth.is_breach(&id, content),
        id,
    })
}

/// All headers of a keyring, as anybody who reaches the server reads them.
pub(super) async fn headers<T: Transport>(
    qdrant: &Qdrant<T>,
    keyring: &str,
) -> Result<BTreeMap<String, Header>, Failure> {
    let request = ScrollRequest {
        with_payload: WithPayload::All(true),
        ..scroll(256)
    };
    let records = qdrant.scroll_all(keyring, request, MAX_HEADERS).await?;
    let headers = records.iter().filter_map(|record| Header::from_bytes(&decoded(record, "header")).ok());
    Ok(gather(headers.map(|header| (header.cid().to_string(), header))))
}

/// Pages of so many points, without what lies in them.
pub(super) fn scroll(limit: usize) -> ScrollRequest<'static> {
    ScrollRequest {
        offset: None,
        limit,
        filter: None::<Filter>,
        with_payload: WithPayload::All(false),
        with_vector: false,
        shard_key: None,
    }
}

/// Points with all that lies in them.
pub(super) async fn fetch<T: Transport>(
    qdrant: &Qdrant<T>,
    name: &str,
    ids: &[PointId],
) -> Result<Vec<Record>, Failure> {
    let ids: Vec<_> = ids.iter().map(to_qdrant).collect();
    let request = RetrieveRequest {
        ids: &[],
        with_payload: WithPayload::All(true),
        with_vector: true,
        shard_key: None,
    };
    Ok(qdrant.retrieve_all(name, &ids, &request).await?.into_values().collect())
}

/// How many of these points name one of the compartments.
pub(super) fn within(records: &[Record], compartments: &BTreeMap<Cid, Compartment>) -> usize {
    let own: BTreeSet<String> = gather(compartments.keys().map(ToString::to_string));
    records.iter().filter(|record| text_of(record, "cid").is_some_and(|cid| own.contains(cid))).count()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::rc::Rc;

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;
    use vecseal::{
        AccessStructure, Attributes, Authority, CompartmentOptions, Document, Epochs, Metric, PointId, Policy, Preset,
        SearchParameters,
    };
    use vecseal_client::qdrant::Record;

    use super::{Truth, open, open_headers};
    use crate::protocol;
    use crate::worker::vault::Original;

    const VECTOR: [f32; 4] = [1.0, 2.0, 3.0, 4.0];

    /// A document sealed under one policy while the page believes another, and a reader of the first.
    fn tried(sealed_under: &str, believed: &str, believed_text: &str) -> Option<bool> {
        let mut rng = vecseal::system_rng().unwrap();
        let structure = AccessStructure::from_json(r#"{"roles": ["admin", "analyst"]}"#).unwrap();
        let authority = Authority::generate(structure, &mut rng);
        let policy = |text| Policy::parse(text, authority.structure()).unwrap();
        let options = CompartmentOptions::new(SearchParameters::geometric(4, Metric::Cosine, Preset::Off).unwrap());
        let (compartment, header) = authority.create_compartment(&policy(sealed_under), &options, &mut rng).unwrap();
        let id = PointId::Number(7);
        let sealed = compartment.seal(&id, &Document::new(&VECTOR).text("Words"), &mut rng).unwrap();
        let ours = json!({"vecseal": {"cid": "another", "record": URL_SAFE_NO_PAD.encode(&sealed.record)}});
        let record = Record {
            id: 7.into(),
            payload: ours.as_object().cloned(),
            vector: None,
        };
        let original = Original {
            document: protocol::Document {
                id: "7".to_owned(),
                title: String::new(),
                text: believed_text.to_owned(),
                policy: believed.to_owned(),
                embedded: None,
            },
            policy: policy(believed),
            vector: Rc::from(VECTOR),
        };
        let analyst = Attributes::new([("roles", "analyst")], authority.structure()).unwrap();
        let key = authority.issue_user_key(&analyst, Epochs::Current).unwrap();
        let truth = Truth {
            originals: &BTreeMap::from([(id, Rc::new(original))]),
            attributes: &[&analyst],
        };
        open(&open_headers(&[&key], [&header]), &record, truth).map(|opened| opened.breach)
    }

    #[test]
    fn what_opens_is_found_out_by_opening_it_and_breaches_are_seen() {
        assert_eq!(tried("roles:admin", "roles:admin", "Words"), None);
        assert_eq!(tried("roles:analyst", "roles:analyst", "Words"), Some(false));
        // Had the policy been enforced on paper alone, or a record been exchanged, this is what would show.
        assert_eq!(tried("roles:analyst", "roles:admin", "Words"), Some(true));
        assert_eq!(tried("roles:analyst", "roles:analyst", "Other words"), Some(true));
    }
}
