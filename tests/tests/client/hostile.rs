//! A hostile Qdrant, or a hostile proxy before it: it changes requests and answers, and what is stored.

use std::sync::Arc;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::{Value, json};
use vecseal::PointId;
use vecseal_client::{EncryptedCollection, Got, Keys, Reach, Refused, Search, Settings};
use vecseal_qdrant::{PointStruct, RetrieveRequest, WithPayload};

use crate::place::{Place, balanced, fill, sealed, vector_of};
use crate::proxy::{changes, each_point, each_search, nothing, proxy, through};

const HR: &[(&str, &str)] = &[("departments", "hr")];

/// Thirty documents of HR, then of finance, then of legal.
async fn filled(settings: Settings) -> Place {
    let place = Place::new();
    let collection = place.create(settings).await;
    for (index, department) in ["hr", "finance", "legal"].into_iter().enumerate() {
        let first = index as u64 * 30;
        fill(&collection, &place.policy(&format!("departments:{department}")), first..first + 30).await;
    }
    place
}

fn ids(hits: &[vecseal_client::Found]) -> Vec<PointId> {
    hits.iter().map(|found| found.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_filter_dropped_or_forged_nothing_else_opens() {
    let place = filled(Settings::new(balanced())).await;
    let theirs = place.reader(&[("departments", "finance")]).await.compartments();
    let finance = theirs.iter().find(|summary| summary.state.is_ok()).unwrap().cid.to_string();
    let always = json!({"must_not": [{"has_id": [999_999]}]});
    let elsewhere = json!({"must": [{"key": "vecseal.cid", "match": {"value": finance}}]});
    let query = vector_of(40);
    for (name, change) in [
        (
            "dropped",
            each_search(|search| {
                *search = {
                    search.as_object_mut().unwrap().remove("filter");
                    search.take()
                }
            }),
        ),
        ("forged", each_search(move |search| search["filter"] = always.clone())),
        ("elsewhere", each_search(move |search| search["filter"] = elsewhere.clone())),
    ] {
        let reader = through(&place, place.key(HR), change, nothing()).await;
        let result = reader.search(&Search::new(&query).limit(50)).await.unwrap();
        assert!(ids(&result.hits).iter().all(|id| *id < PointId::Number(30)), "{name}");
        assert!(result.cost.denied > 0, "{name}");
        assert_eq!(result.cost.opened, result.hits.len(), "{name}");
        assert_eq!(result.cost.tampered, 0, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_one_search_key_for_all_denials_show_and_nothing_else_opens() {
    let place = filled(Settings::new(balanced()).collection_scope(0)).await;
    let reader = place.reader(HR).await;
    let query = vector_of(40);
    let all = reader.search(&Search::new(&query).limit(10).reach(Reach::Everything)).await.unwrap();
    assert!(all.cost.denied > 0);
    assert!(ids(&all.hits).iter().all(|id| *id < PointId::Number(30)));
    let own = reader.search(&Search::new(&query).limit(10)).await.unwrap();
    assert_eq!((own.hits.len(), own.cost.denied), (10, 0));
    assert_eq!(own.cost.traffic.requests, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_others_under_our_compartments_name_are_tampered() {
    let place = filled(Settings::new(balanced())).await;
    let reader = place.reader(HR).await;
    let own = reader.compartments().into_iter().find(|summary| summary.state.is_ok()).unwrap().cid.to_string();
    let renamed = changes(move |path, body| {
        if path.contains("/points/query") {
            each_point(body, &mut |point| point["payload"]["vecseal"]["cid"] = json!(own));
        }
    });
    let drop_filter = each_search(|search| {
        *search = {
            search.as_object_mut().unwrap().remove("filter");
            search.take()
        }
    });
    let reader = through(&place, place.key(HR), drop_filter, renamed).await;
    let result = reader.search(&Search::new(&vector_of(40)).limit(50)).await.unwrap();
    assert!(result.cost.tampered > 0 && result.cost.denied == 0);
    assert!(ids(&result.hits).iter().all(|id| *id < PointId::Number(30)));
}

/// Points as they are stored.
async fn stored(place: &Place, ids: &[u64]) -> Vec<PointStruct> {
    let ids: Vec<_> = ids.iter().map(|id| vecseal_qdrant::PointId::Number(*id)).collect();
    let request = RetrieveRequest {
        ids: &ids,
        with_payload: WithPayload::All(true),
        with_vector: true,
        shard_key: None,
    };
    let mut records = place.qdrant.retrieve(&place.name, &request).await.unwrap();
    records.sort_by(|a, b| a.id.cmp(&b.id));
    let point = |record: vecseal_qdrant::Record| PointStruct {
        id: record.id,
        vector: record.vector.unwrap(),
        payload: record.payload.unwrap(),
    };
    records.into_iter().map(point).collect()
}

async fn store(place: &Place, points: &[PointStruct]) {
    place.qdrant.upsert(&place.name, points, None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn records_swapped_between_points_are_detected() {
    for settings in [Settings::new(balanced()), Settings::new(sealed())] {
        let place = filled(settings).await;
        let mut points = stored(&place, &[3, 4, 5]).await;
        let (third, rest) = points.split_at_mut(1);
        std::mem::swap(&mut third[0].payload, &mut rest[0].payload);
        store(&place, &points[..2]).await;
        let reader = place.reader(HR).await;
        let result = reader.search(&Search::new(&vector_of(3)).limit(30)).await.unwrap();
        assert_eq!((result.cost.tampered, result.hits.len()), (2, 28));
        assert!(!ids(&result.hits).contains(&3.into()) && !ids(&result.hits).contains(&4.into()));
        let got = reader.get(&[3.into(), 4.into(), 5.into()]).await.unwrap();
        assert!(matches!(
            got[..],
            [
                Got::Refused(Refused::Tampered),
                Got::Refused(Refused::Tampered),
                Got::Opened(_)
            ]
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn search_vectors_swapped_between_points_are_detected() {
    let place = filled(Settings::new(balanced())).await;
    let mut points = stored(&place, &[3, 4]).await;
    let (third, rest) = points.split_at_mut(1);
    std::mem::swap(&mut third[0].vector, &mut rest[0].vector);
    store(&place, &points).await;
    let reader = place.reader(HR).await;
    let query = vector_of(3);
    let verified = reader.search(&Search::new(&query).limit(30).verify_vectors()).await.unwrap();
    assert_eq!((verified.cost.tampered, verified.hits.len()), (2, 28));
    // Without looking at them, what is found is true nevertheless: exact scores come from the records.
    let plain = reader.search(&Search::new(&query).limit(30)).await.unwrap();
    assert_eq!(ids(&plain.hits)[0], 3.into());
    let got = reader.get(&[3.into(), 5.into()]).await.unwrap();
    assert!(matches!(got[..], [Got::Refused(Refused::Tampered), Got::Opened(_)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn flipped_records_and_cut_ones_are_refused_and_counted() {
    let place = filled(Settings::new(balanced())).await;
    let mut points = stored(&place, &[3, 4, 5, 6, 7]).await;
    let record = |point: &PointStruct| point.payload["vecseal"]["record"].as_str().unwrap().to_owned();
    let set = |point: &mut PointStruct, ours: Value| point.payload["vecseal"]["record"] = ours;
    let flipped: String = {
        let text = record(&points[0]);
        let middle = text.len() / 2;
        let other = if &text[middle..=middle] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &text[..middle], &text[middle + 1..])
    };
    set(&mut points[0], json!(flipped));
    let cut = record(&points[1])[..40].to_owned();
    set(&mut points[1], json!(cut));
    set(&mut points[2], json!("no base64!"));
    set(&mut points[3], json!(7));
    points[4].payload.remove("vecseal");
    store(&place, &points).await;
    let reader = place.reader(HR).await;
    let result = reader.search(&Search::new(&vector_of(3)).limit(30)).await.unwrap();
    // The last has lost its compartment's id as well, so that no search finds it.
    assert_eq!((result.cost.tampered, result.hits.len()), (4, 25));
    let got = reader.get(&[3.into(), 4.into(), 5.into(), 6.into(), 7.into()]).await.unwrap();
    assert!(got.iter().all(|got| matches!(got, Got::Refused(Refused::Tampered | Refused::Malformed))), "{got:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_swapped_in_the_keyring_open_nothing_and_are_reported() {
    let place = filled(Settings::new(balanced())).await;
    let headers = place.stored_headers().await;
    let text = |header: &vecseal::Header| Base64UrlUnpadded::encode_string(&header.to_bytes());
    for (index, header) in headers.iter().enumerate() {
        let other = &headers[(index + 1) % headers.len()];
        place.store_raw(header, json!({"header": text(other), "tag": "changed"})).await;
    }
    let reader = place.reader(HR).await;
    assert_eq!(reader.keyring_problems().len(), 3);
    assert!(reader.keyring_problems().iter().all(|problem| problem.refused == Refused::Tampered));
    assert_eq!(reader.search(&Search::new(&vector_of(3))).await.unwrap().hits.len(), 0);
    assert!(matches!(reader.get(&[3.into()]).await.unwrap()[..], [Got::Refused(Refused::MissingHeader)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_keyring_takes_away_what_it_held_and_nothing_else() {
    let place = filled(Settings::new(balanced())).await;
    let open = place.reader(&[("departments", "hr"), ("departments", "finance")]).await;
    let cid = |policy: &str| {
        let is_it = |state: &vecseal_client::CompartmentState| state.policy == policy;
        open.compartments().into_iter().find(|summary| summary.state.as_ref().is_ok_and(is_it)).unwrap().cid
    };
    let headers = place.stored_headers().await;
    let header = headers.iter().find(|header| *header.cid() == cid("departments:hr")).unwrap();
    let mut cut = header.to_bytes();
    cut.truncate(60);
    let cut = Base64UrlUnpadded::encode_string(&cut);
    place.store_raw(header, json!({"header": cut, "tag": "changed"})).await;
    open.refresh().await.unwrap();
    assert_eq!(open.keyring_problems().len(), 1);
    let found = open.search(&Search::new(&vector_of(3)).limit(60)).await.unwrap();
    assert_eq!(found.hits.len(), 30);
    assert!(matches!(open.get(&[3.into()]).await.unwrap()[..], [Got::Refused(Refused::MissingHeader)]));
    // Whoever still has the compartment puts its header back before it writes.
    place.store_header(header).await;
    open.refresh().await.unwrap();
    assert_eq!(open.keyring_problems(), []);
    assert_eq!(open.search(&Search::new(&vector_of(3)).limit(60)).await.unwrap().hits.len(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_never_end_do() {
    let place = filled(Settings::new(sealed())).await;
    let endless = changes(|path, body| {
        if path.contains("/points/scroll") {
            body["result"]["next_page_offset"] = json!(1);
        }
    });
    let more_than_asked = changes(|path, body| {
        if path.contains("/points/scroll") {
            let point = body["result"]["points"][0].clone();
            body["result"]["points"] = std::iter::repeat_n(point, 300).collect();
        }
    });
    for answer in [endless, more_than_asked] {
        let keys = Keys::user(place.key(HR));
        let opened =
            EncryptedCollection::open(proxy(&place, nothing(), answer), &place.name, keys, Settings::default()).await;
        assert_eq!(opened.unwrap_err().code(), "unexpected_answer");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn points_that_were_not_asked_for_are_left_aside() {
    let place = filled(Settings::new(balanced())).await;
    // Every point again, once as it is and once under the id of another.
    let more_of_each = || {
        changes(|path, body| {
            if path.ends_with("/points") {
                let points = body["result"].as_array_mut().unwrap();
                let mut others = points.clone();
                for point in &mut others {
                    point["id"] = json!(89);
                }
                points.extend(points.clone());
                points.extend(others);
            }
        })
    };
    let reader = through(&place, place.key(HR), nothing(), more_of_each()).await;
    let got = reader.get(&[3.into()]).await.unwrap();
    assert!(matches!(got[..], [Got::Opened(_)]), "{got:?}");
    let both = [("departments", "hr"), ("departments", "finance")];
    let found = through(&place, place.key(&both), nothing(), more_of_each()).await;
    let found = found.search(&Search::new(&vector_of(3)).limit(60)).await.unwrap();
    assert_eq!((found.hits.len(), found.cost.opened, found.cost.denied), (60, 60, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_for_an_answer_is_an_error() {
    let place = filled(Settings::new(balanced())).await;
    for nonsense in [
        json!([]),
        json!({"points": []}),
        json!(null),
        json!([{"points": []}, {"points": []}]),
        json!([{"points": [{"id": -1}]}]),
    ] {
        let shown = nonsense.to_string();
        let answer = changes(move |path, body| {
            if path.contains("/points/query") {
                body["result"] = nonsense.clone();
            }
        });
        let reader = through(&place, place.key(HR), nothing(), answer).await;
        let error = reader.search(&Search::new(&vector_of(3))).await.unwrap_err();
        assert_eq!(error.code(), "unexpected_answer", "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_qdrant_gets_shows_no_vector_text_policy_or_attribute() {
    let place = Place::new();
    let policy = place.policy("departments:legal && roles:manager");
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let record = {
        let seen = Arc::clone(&seen);
        changes(move |path, body| seen.lock().unwrap().push(format!("{path} {body}")))
    };
    let keys = Keys::authority(Arc::clone(&place.authority))
        .and_user(place.key(&[("departments", "legal"), ("roles", "manager")]));
    let settings = Settings::new(balanced()).model("a model's name");
    let collection = EncryptedCollection::create(proxy(&place, record, nothing()), &place.name, keys, settings)
        .await
        .unwrap();
    let vector = vector_of(1);
    let point = vecseal_client::NewPoint::new(
        1,
        &policy,
        vecseal::Document::new(&vector).text("a secret text").source("file.pdf"),
    );
    assert_eq!(collection.upsert(&[point], |_| ()).await.unwrap().written, 1);
    assert_eq!(collection.search(&Search::new(&vector)).await.unwrap().hits.len(), 1);
    let seen = seen.lock().unwrap().join("\n");
    assert!(seen.contains("/points/query") && seen.contains("vecseal"));
    for secret in [
        "legal",
        "manager",
        "departments",
        "roles",
        "secret text",
        "file.pdf",
        "a model's name",
    ] {
        assert!(!seen.contains(secret), "{secret}");
    }
    for x in &vector {
        assert!(!seen.contains(&x.to_string()), "{x}");
    }
}
