//! The protocol's tagged data, converted to JSON text.

use serde_json::{Value, json};

use crate::Result;

/// Writes tagged data as JSON text, with extra whitespace and the fewest escapes, so that the text
/// never happens to be in canonical form.
pub(crate) fn to_text(node: &Value) -> Result<String> {
    let mut text = String::new();
    write(&mut text, node).ok_or_else(|| format!("not expressible as JSON: {node}"))?;
    Ok(text)
}

fn write(text: &mut String, node: &Value) -> Option<()> {
    let content = node.get(1);
    match node.get(0)?.as_str()? {
        "null" => text.push_str("null"),
        "bool" => text.push_str(&content?.as_bool()?.to_string()),
        "int" => text.push_str(content?.as_str()?),
        "text" => text.push_str(&json!(content?.as_str()?).to_string()),
        "list" => {
            text.push('[');
            for (index, item) in content?.as_array()?.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { " " });
                write(text, item)?;
            }
            text.push(']');
        }
        "map" => {
            text.push('{');
            for (index, pair) in content?.as_array()?.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { " " });
                text.push_str(&json!(pair.get(0)?.as_str()?).to_string());
                text.push_str(" : ");
                write(text, pair.get(1)?)?;
            }
            text.push('}');
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_the_same_meaning() {
        let data = json!([
            "map",
            [
                [
                    "b",
                    [
                        "list",
                        [["int", "9007199254740993"], ["null"], ["bool", true]]
                    ]
                ],
                ["a", ["text", "Ж/\"\u{1}"]],
                ["c", ["map", []]],
            ]
        ]);
        assert_eq!(
            to_text(&data).unwrap(),
            "{ \"b\" : [ 9007199254740993, null, true], \"a\" : \"Ж/\\\"\\u0001\", \"c\" : {}}"
        );
        assert!(to_text(&json!(["float", "0.5"])).is_err());
    }
}
