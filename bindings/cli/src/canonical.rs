//! The canonical JSON of a body.

use std::io::Write;

use alikassa::{canonical_json, parse_body};

use crate::arguments::Body;
use crate::failure::Failure;
use crate::input;
use crate::output::{self, Output};

pub(crate) fn print(body: &Body, output: &Output) -> Result<(), Failure> {
    let value = parse_body(&input::bytes(&body.body)?).map_err(alikassa::Error::from)?;
    let bytes = canonical_json(&value)?;
    if output.is_json() {
        let text = String::from_utf8_lossy(&bytes);
        output::json(&serde_json::json!({ "canonical_json": text }));
        return Ok(());
    }
    // Without a line end, since these bytes are what is signed.
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(&bytes).and_then(|()| stdout.flush());
    written.map_err(|error| Failure::file("standard output", &error))
}
