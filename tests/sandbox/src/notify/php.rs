//! PHP's encodings of JSON and queries.

use std::fmt::Write as _;

use serde_json::Value;

use super::options::Encoding;

/// Names and values in order. A name may occur more than once.
pub(super) type Pairs = Vec<(String, Value)>;

/// Encodes an object as `json_encode` does.
pub(super) fn json(pairs: &Pairs, encoding: Encoding) -> String {
    let mut text = String::new();
    let pairs = pairs.iter().map(|(name, value)| (name, value));
    write_object(&mut text, pairs, encoding);
    text
}

fn write_object<'a>(
    text: &mut String,
    pairs: impl Iterator<Item = (&'a String, &'a Value)>,
    encoding: Encoding,
) {
    text.push('{');
    for (index, (name, value)) in pairs.enumerate() {
        if index > 0 {
            text.push(',');
        }
        write_string(text, name, encoding);
        text.push(':');
        write_value(text, value, encoding);
    }
    text.push('}');
}

fn write_value(text: &mut String, value: &Value, encoding: Encoding) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::String(string) => write_string(text, string, encoding),
        Value::Object(object) => write_object(text, object.iter(), encoding),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_value(text, item, encoding);
            }
            text.push(']');
        }
    }
}

fn write_string(text: &mut String, string: &str, encoding: Encoding) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '/' if encoding == Encoding::Default => text.push_str("\\/"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            _ if is_escaped(character, encoding) => write_escape(text, character),
            _ => text.push(character),
        }
    }
    text.push('"');
}

fn is_escaped(character: char, encoding: Encoding) -> bool {
    match character {
        ' '..='\u{7f}' => false,
        // PHP escapes these two even with JSON_UNESCAPED_UNICODE: JavaScript once treated them as
        // line ends.
        '\0'..'\u{20}' | '\u{2028}' | '\u{2029}' => true,
        _ => encoding != Encoding::Unicode,
    }
}

fn write_escape(text: &mut String, character: char) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        // Writing to a String cannot fail.
        _ = write!(text, "\\u{unit:04x}");
    }
}

/// Encodes a query as `http_build_query` does. Null is omitted.
pub(super) fn query(pairs: &Pairs) -> String {
    let mut parts = Vec::new();
    for (name, value) in pairs {
        add_parts(&mut parts, name, value);
    }
    parts.join("&")
}

fn add_parts(parts: &mut Vec<String>, name: &str, value: &Value) {
    let mut add = |text: &str| parts.push(format!("{}={}", percent(name), percent(text)));
    match value {
        Value::Null => {}
        Value::Bool(value) => add(if *value { "1" } else { "0" }),
        Value::Number(number) => add(&number.to_string()),
        Value::String(text) => add(text),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                add_parts(parts, &format!("{name}[{index}]"), item);
            }
        }
        Value::Object(object) => {
            for (key, item) in object {
                add_parts(parts, &format!("{name}[{key}]"), item);
            }
        }
    }
}

fn percent(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => encoded.push('+'),
            b'-' | b'_' | b'.' => encoded.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => encoded.push(byte.into()),
            _ => _ = write!(encoded, "%{byte:02X}"),
        }
    }
    encoded
}
