//! Whatever decodes as a header encodes to the same bytes, and opening it does not panic.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use vecseal::{AccessStructure, Attributes, Authority, Epochs, Header, UserKey};

static KEY: LazyLock<UserKey> = LazyLock::new(|| {
    let structure = AccessStructure::from_json(r#"{"a": ["b", "c"]}"#).unwrap();
    let authority = Authority::from_secret(structure, &[1; 32]);
    let attributes = Attributes::new([("a", "b")], authority.structure()).unwrap();
    authority.issue_user_key(&attributes, Epochs::Current).unwrap()
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(header) = Header::from_bytes(bytes) {
        assert_eq!(header.to_bytes(), bytes);
        assert!(KEY.open(&header).is_err());
    }
});
