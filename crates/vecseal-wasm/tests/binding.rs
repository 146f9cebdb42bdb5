//! The bindings where they run: under Node, in pages and in workers of browsers. The package around them is tested in
//! `tests/npm`.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use js_sys::{Array, Error, Float32Array, JsString, Object, Reflect, Uint8Array};
use vecseal_wasm::{AccessStructure, Authority, Compartment, Policy, SearchKey, UserKey, WriterKey};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

/// A plain object from its JSON.
fn object(json: &str) -> JsValue {
    js_sys::JSON::parse(json).unwrap()
}

fn field(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap()
}

fn structure() -> AccessStructure {
    AccessStructure::new(&object(r#"{"roles": ["analyst", "manager"], "departments": ["finance", "hr"]}"#)).unwrap()
}

fn policy() -> Policy {
    Policy::new(&"departments:hr && roles:manager".into(), &structure()).unwrap()
}

fn key(authority: &Authority, attributes: &str) -> UserKey {
    authority.issue_user_key(&object(attributes), None).unwrap()
}

/// The header of a new compartment for vectors of four dimensions.
fn header(authority: &Authority) -> JsValue {
    let created = authority.create_compartment(&policy(), &object(r#"{"dimension": 4}"#)).unwrap();
    field(&created, "header")
}

fn point(id: f64, vector: &[f32]) -> JsValue {
    let point = Object::new();
    Reflect::set(&point, &"id".into(), &id.into()).unwrap();
    Reflect::set(&point, &"vector".into(), &Float32Array::from(vector)).unwrap();
    Reflect::set(&point, &"content".into(), &"Salaries 2026".into()).unwrap();
    point.into()
}

fn thrown<T>(result: Result<T, impl Into<JsValue>>) -> JsValue {
    match result {
        Ok(_) => JsValue::UNDEFINED,
        Err(error) => error.into(),
    }
}

#[wasm_bindgen_test]
fn who_satisfies_the_policy_opens_what_was_sealed_and_nobody_else() {
    let authority = Authority::generate(&structure()).unwrap();
    let header = header(&authority);
    let manager = key(&authority, r#"{"roles": ["manager"], "departments": ["hr"]}"#).open(&header).unwrap();
    let sealed = manager.seal(&point(7.0, &[0.1, 0.2, 0.3, 0.4])).unwrap();
    let opened = manager.open(&sealed).unwrap();
    assert_eq!(field(&opened, "vector").unchecked_into::<Float32Array>().to_vec(), [0.1, 0.2, 0.3, 0.4]);
    assert_eq!(field(&opened, "content"), "Salaries 2026");
    assert_eq!(field(&sealed, "searchVector").unchecked_into::<Float32Array>().length(), 4);
    for attributes in [
        r#"{"roles": ["analyst"], "departments": ["hr"]}"#,
        r#"{"departments": ["finance"]}"#,
    ] {
        let denied = thrown(key(&authority, attributes).open(&header));
        assert_eq!(field(&denied, "code"), "access_denied");
    }
}

#[wasm_bindgen_test]
fn errors_are_errors_with_a_class_a_code_and_a_place_in_utf_16() {
    let error = thrown(Policy::new(&"departments:\"é𝄞\" || roles:analyst || groups:x".into(), &structure()));
    assert!(error.is_instance_of::<Error>());
    assert_eq!(field(&error, "name"), "VecsealError");
    assert_eq!(field(&error, "code"), "unknown_attribute");
    // `departments:` and the quotes are 14 units, é is one, the clef a pair.
    assert_eq!(field(&error, "start"), 0);
    assert_eq!(field(&error, "end"), 17);
    let message = field(&error, "message").as_string().unwrap();
    assert!(message.contains("é𝄞") && !message.contains("bytes"), "{message}");
    let stack = field(&error, "stack").as_string().unwrap();
    assert!(!stack.is_empty());
}

#[wasm_bindgen_test]
fn a_batch_reports_each_failure_and_goes_on() {
    let authority = Authority::generate(&structure()).unwrap();
    let compartment = key(&authority, r#"{"roles": ["manager"], "departments": ["hr"]}"#);
    let compartment = compartment.open(&header(&authority)).unwrap();
    let points = Array::of3(&point(1.0, &[1.0; 4]), &point(2.0, &[1.0; 3]), &point(-1.0, &[1.0; 4]));
    points.push(&JsValue::NULL);
    points.push(&point(3.0, &[1.0; 4]));
    let results = Array::new();
    while results.length() < points.length() {
        compartment.seal_slice(&points, &results);
    }
    let outcome = |result: JsValue| {
        let error = field(&result, "error");
        if error.is_undefined() {
            "sealed".to_owned()
        } else {
            field(&error, "code").as_string().unwrap()
        }
    };
    let outcomes: Vec<String> = results.iter().map(outcome).collect();
    assert_eq!(
        outcomes,
        [
            "sealed",
            "wrong_dimension",
            "invalid_point_id",
            "invalid_argument",
            "sealed"
        ]
    );
}

#[wasm_bindgen_test]
fn ten_thousand_objects_made_and_freed_leave_the_memory_as_it_was() {
    let structure = structure();
    let authority = Authority::from_secret(&structure, &Uint8Array::from([7; 32].as_slice())).unwrap();
    let header = header(&authority);
    let policies = Array::of1(&"departments:hr && roles:manager".into());
    let cycle = || {
        let manager = key(&authority, r#"{"roles": ["manager"], "departments": ["hr"]}"#);
        let compartment = manager.open(&header).unwrap();
        let sealed = compartment.seal(&point(7.0, &[0.1, 0.2, 0.3, 0.4])).unwrap();
        compartment.open(&sealed).unwrap();
        drop(thrown(key(&authority, r#"{"roles": ["analyst"]}"#).open(&header)));
        drop(Compartment::from_bytes(&compartment.to_bytes()).unwrap());
    };
    let seldom = || {
        let writer = authority.issue_writer_key(&policies, None).unwrap();
        drop(WriterKey::from_bytes(&writer.to_bytes()).unwrap());
        drop(SearchKey::generate(&object(r#"{"dimension": 4}"#)).unwrap());
        drop(policy().explain(&object(r#"{"roles": ["analyst"]}"#)).unwrap());
    };
    cycle();
    seldom();
    let before = core::arch::wasm32::memory_size::<0>();
    for _ in 0..2_000 {
        // Five objects each.
        cycle();
    }
    (0..20).for_each(|_| seldom());
    assert_eq!(core::arch::wasm32::memory_size::<0>(), before);
}

/// A byte of a secret that stands nowhere in the program.
fn secret_byte(index: usize) -> u8 {
    u8::try_from((index * index * 31 + index * 7 + 101) % 251).unwrap()
}

/// A letter of a text that stands nowhere in the program.
fn secret_letter(index: usize) -> u8 {
    b'a' + u8::try_from((index * index * 7 + index * 3) % 26).unwrap()
}

/// How often the first 16 bytes of a secret are in memory.
fn copies(secret: fn(usize) -> u8) -> usize {
    let memory = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>();
    let bytes = Uint8Array::new(&memory.buffer());
    let is_secret = |start: u32| (0..16).all(|index| bytes.get_index(start + index) == secret(index as usize));
    let first = secret(0);
    (0..bytes.length() - 16)
        .filter(|start| bytes.get_index(*start) == first && is_secret(*start))
        .count()
}

#[wasm_bindgen_test]
fn sealing_and_opening_leave_no_text_behind() {
    let letters: Vec<u16> = (0..40).map(|index| u16::from(secret_letter(index))).collect();
    let text = JsString::from_char_code(&letters);
    let point = point(7.0, &[0.1, 0.2, 0.3, 0.4]);
    Reflect::set(&point, &"content".into(), &text).unwrap();
    Reflect::set(&point, &"source".into(), &text).unwrap();
    let authority = Authority::generate(&structure()).unwrap();
    let manager = key(&authority, r#"{"roles": ["manager"], "departments": ["hr"]}"#);
    let compartment = manager.open(&header(&authority)).unwrap();
    let sealed = compartment.seal(&point).unwrap();
    assert_eq!(field(&compartment.open(&sealed).unwrap(), "source"), JsValue::from(text));
    Reflect::set(&point, &"expiresAt".into(), &"no date".into()).unwrap();
    assert_eq!(field(&thrown(compartment.seal(&point)), "code"), "invalid_argument");
    assert_eq!(copies(secret_letter), 0);
}

#[wasm_bindgen_test]
fn freeing_wipes_the_secret() {
    let secret = Uint8Array::new_with_length(32);
    (0..32).for_each(|index| secret.set_index(index, secret_byte(index as usize)));
    let authority = Authority::from_secret(&structure(), &secret).unwrap();
    let held = copies(secret_byte);
    assert!(held > 0, "the search finds nothing");
    let search = SearchKey::from_secret(&object(r#"{"dimension": 4}"#), &secret).unwrap();
    drop(SearchKey::from_bytes(&search.to_bytes()).unwrap());
    let file = authority.to_bytes();
    drop(Authority::from_bytes(&file).unwrap());
    drop(authority);
    drop(search);
    assert_eq!(copies(secret_byte), 0);
}
