//! JSON cut to what fits a page.

use serde_json::Value;

use crate::gather::gather;

/// Longer texts are cut to this.
const CHARACTERS: usize = 40;
/// Longer lists of numbers are cut to this.
const NUMBERS: usize = 6;
/// Longer lists of anything else are cut to this.
const ITEMS: usize = 3;
/// What is no JSON is cut to this.
const PLAIN: usize = 400;

/// Indented JSON with long texts and lists cut, and how long they are.
pub(super) fn shortened(value: &Value) -> String {
    serde_json::to_string_pretty(&cut(value)).unwrap_or_default()
}

/// The same of a body as it went over the wire; nothing of none.
pub(super) fn shortened_body(body: &[u8]) -> String {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => shortened(&value),
        Err(_) => String::from_utf8_lossy(body).chars().take(PLAIN).collect(),
    }
}

fn cut(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let length = text.chars().count();
            if length <= CHARACTERS {
                return value.clone();
            }
            let begin: String = text.chars().take(CHARACTERS).collect();
            Value::String(format!("{begin}… ({length} characters)"))
        }
        Value::Array(items) => {
            let are_numbers = items.iter().all(Value::is_number);
            let kept = if are_numbers { NUMBERS } else { ITEMS };
            let mut shown: Vec<Value> = items.iter().take(kept).map(cut).collect();
            if items.len() > kept {
                let what = if are_numbers { "numbers" } else { "in all" };
                shown.push(Value::String(format!("… ({} {what})", items.len())));
            }
            Value::Array(shown)
        }
        Value::Object(fields) => Value::Object(gather(fields.iter().map(|(key, value)| (key.clone(), cut(value))))),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{shortened, shortened_body};

    #[test]
    fn long_texts_and_lists_are_cut_and_say_how_long_they_are() {
        let record = "A".repeat(900);
        let point = json!({"id": 7, "vector": vec![0.5; 384], "payload": {"vecseal": {"record": record, "cid": "ab"}}});
        let shown = shortened(&point);
        assert!(shown.contains("AAAA… (900 characters)") && shown.contains("… (384 numbers)"), "{shown}");
        assert!(shown.contains(r#""cid": "ab""#) && shown.contains(r#""id": 7"#), "{shown}");
        assert!(shown.len() < 400);
        assert!(shortened(&json!([{}, {}, {}, {}])).contains("… (4 in all)"));
    }

    #[test]
    fn what_is_short_or_no_json_stays() {
        assert_eq!(shortened_body(b"bad gateway"), "bad gateway");
        assert_eq!(shortened_body(b"[1,2]"), "[\n  1,\n  2\n]");
        assert_eq!(shortened_body(b""), "");
        assert_eq!(shortened_body(&[255; 2_000]).chars().count(), 400);
    }
}
