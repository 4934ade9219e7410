//! Values built by a Rust program: their accessors, and which are valid as a body.

use alikassa::binding::MAX_DEPTH;
use alikassa::{Value, canonical_json};

fn reason(body: &Value) -> Option<String> {
    let error = canonical_json(body).err()?;
    Some(format!("{} at {}", error.reason()?, error.field()?))
}

#[test]
fn a_value_returns_its_members_and_its_text() {
    let object = Value::from([("id", Value::from("1")), ("page", Value::from(2))]);
    assert_eq!(object.get("page"), Some(&Value::Integer(2)));
    assert_eq!(object.get("pages"), None);
    assert_eq!(object.get("id").and_then(Value::as_str), Some("1"));
    assert_eq!((object.as_str(), Value::from("id").get("id")), (None, None));
}

#[test]
fn lists_and_objects_nest_up_to_the_limit() {
    type Nest = fn(Value) -> Value;
    let nests: [Nest; 2] = [
        |inner| Value::List(vec![inner]),
        |inner| Value::from([("a", inner)]),
    ];
    for nest in nests {
        // The body itself is a level.
        let body =
            |levels| Value::from([("a", (1..levels).fold(Value::Null, |inner, _| nest(inner)))]);
        assert_eq!(reason(&body(MAX_DEPTH)), None);
        assert!(
            reason(&body(MAX_DEPTH + 1))
                .unwrap()
                .starts_with("too_deep at a")
        );
    }
}

#[test]
fn the_first_duplicate_key_is_reported() {
    for others in [0, 100] {
        let others = (0..others).map(|n| format!("k{n}"));
        let keys = others.chain(["a", "b", "b", "a"].map(str::to_owned));
        let body = Value::Map(keys.map(|key| (key, Value::Null)).collect());
        assert_eq!(reason(&body).unwrap(), "duplicate_key at b");
    }
}

#[test]
fn a_body_may_be_as_long_as_the_limit() {
    let body = |length: usize| Value::from([("a", "x".repeat(length - r#"{"a":""}"#.len()))]);
    let longest = alikassa::binding::MAX_BODY;
    assert_eq!(canonical_json(&body(longest)).unwrap().len(), longest);
    assert_eq!(reason(&body(longest + 1)).unwrap(), "too_large at ");
}

#[test]
fn an_error_message_is_one_line() {
    let body = Value::Map(vec![("a\r\nb\u{1b}\u{2028}c".to_owned(), Value::Null); 2]);
    let error = canonical_json(&body).unwrap_err();
    let advice = "this key stands twice in one object; keep one";
    assert_eq!(error.message(), format!("a  b  c: {advice}"));
}
