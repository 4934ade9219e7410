//! JSON text to canonical bytes: the result is the same document, in ASCII and in its only form.
#![no_main]

use alikassa::binding::{MAX_BODY, MAX_DEPTH};
use alikassa::{Error, ErrorKind, Result, canonical_json, parse_body};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &[u8]| {
    match canonical(text) {
        Ok(bytes) => check_accepted(text, &bytes),
        Err(error) => check_refused(text, &error),
    }
});

fn canonical(text: &[u8]) -> Result<Vec<u8>> {
    canonical_json(&parse_body(text)?)
}

fn check_accepted(text: &[u8], bytes: &[u8]) {
    assert!(bytes.iter().all(|byte| (b' '..=0x7f).contains(byte)));
    assert!(bytes.len() <= MAX_BODY);
    let slashes = bytes.windows(2).filter(|pair| pair[1] == b'/');
    assert!(slashes.into_iter().all(|pair| pair[0] == b'\\'));
    if bytes == b"[]" {
        assert_eq!(in_order(text).as_deref(), Some("{}"));
        return;
    }
    assert_eq!(in_order(bytes), in_order(text));
    assert!(canonical(bytes).is_ok_and(|again| again == bytes));
}

/// The document as `serde_json` reads and writes it, with its keys in their order.
fn in_order(text: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(text).ok()?;
    Some(value.to_string())
}

fn check_refused(text: &[u8], error: &Error) {
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    let has = |wanted: &[&str]| {
        let text = String::from_utf8_lossy(text);
        wanted.iter().any(|wanted| text.contains(wanted))
    };
    let is_justified = match error.reason().expect("a reason") {
        "syntax" => in_order(text).is_none(),
        "not_an_object" => !matches!(serde_json::from_slice(text), Ok(Value::Object(_))),
        "float" => has(&[".", "e", "E", "-0"]),
        "lone_surrogate" => has(&["\\ud", "\\uD"]) && in_order(text).is_none(),
        "out_of_range" => text.iter().filter(|byte| byte.is_ascii_digit()).count() >= 19,
        "duplicate_key" => has(&[","]),
        "too_deep" => text.iter().filter(|byte| b"[{".contains(byte)).count() > MAX_DEPTH,
        "too_large" => text.len() > MAX_BODY / 6,
        other => panic!("not a reason for a body: {other}"),
    };
    assert!(is_justified, "{error:?}");
}
