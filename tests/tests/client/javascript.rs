//! The npm package and this client on one collection: each reads what the other wrote, and goes on where it ended.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::{Value, json};
use vecseal::{Content, Document};
use vecseal_client::{Got, NewPoint, Search, Settings};

use crate::place::{DIMENSION, Place, balanced, fill, sealed, vector_of};

const HR: &[(&str, &str)] = &[("departments", "hr")];

/// What the npm package makes of a task.
fn javascript(task: &Value) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/npm/support/interop.js");
    let mut node = Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    node.stdin.take().unwrap().write_all(task.to_string().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "see above");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_npm_package_and_this_client_read_and_continue_each_others_collections() {
    for (mode, parameters) in [("geometric", balanced()), ("sealed", sealed())] {
        let place = Place::new();
        let policy = place.policy("departments:hr");
        let collection = place.create(Settings::new(parameters)).await;
        fill(&collection, &policy, 0..20).await;
        let vector = vector_of(100);
        let public = json!({"kind": "note"}).as_object().unwrap().clone();
        let point = NewPoint::new(100, &policy, Document::new(&vector).text("with a note")).public(public);
        assert_eq!(collection.upsert(&[point], |_| ()).await.unwrap().written, 1);

        let documents: Vec<Value> = (20..40)
            .map(|id| json!({"id": id, "vector": vector_of(id), "content": format!("document {id}")}))
            .collect();
        let key = Base64UrlUnpadded::encode_string(&place.key(HR).to_bytes());
        let authority = Base64UrlUnpadded::encode_string(&place.authority.to_bytes());
        let answer = javascript(&json!({
            "url": place.url, "name": place.name, "user": key, "authority": authority, "policy": "departments:hr",
            "search": {"dimension": DIMENSION, "mode": mode}, "documents": documents, "query": vector,
        }));
        assert_eq!(
            (&answer["written"], &answer["created"], &answer["compartments"]),
            (&json!(20), &json!(0), &json!(1))
        );
        assert_eq!((answer["hits"].as_array().unwrap().len(), &answer["opened"]), (41, &json!(41)));
        assert_eq!(answer["hits"][0]["content"], "with a note");
        assert_eq!(answer["hits"][0]["public"], json!({"kind": "note"}));

        let reader = place.reader(HR).await;
        let found = reader.search(&Search::new(&vector).limit(100).verify_vectors()).await.unwrap();
        assert_eq!((found.hits.len(), found.cost.tampered), (41, 0), "{mode}");
        for (own, theirs) in found.hits.iter().zip(answer["hits"].as_array().unwrap()) {
            // Numbers of JSON come back to the last digit but one.
            let score = theirs["score"].as_f64().unwrap();
            assert!(
                (own.score - score).abs() < 1e-12 && theirs["id"] == json!(own.id.to_string().parse::<u64>().unwrap())
            );
        }
        let got = reader.get(&[33.into()]).await.unwrap();
        let [Got::Opened(opened)] = &got[..] else {
            panic!("{got:?}")
        };
        assert_eq!(opened.record.content(), Content::Text("document 33"));
        // And on where JavaScript ended.
        fill(
            &place.open_to_write(Settings::new(if mode == "sealed" { sealed() } else { balanced() })).await,
            &policy,
            40..50,
        )
        .await;
        reader.refresh().await.unwrap();
        assert_eq!((reader.compartments().len(), reader.count(None).await.unwrap()), (1, 51));
    }
}
