//! The inputs as request bodies: valid bodies are encoded as in PHP, and others are refused with
//! the reason.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::inputs::{self, INPUTS, Input, ParserResult};
use crate::Result;
use crate::cases::{self, Case, Exchange, Suite};
use crate::expect::Expected;
use crate::language::Language;
use crate::secrets::Secrets;
use crate::tally::Tally;
use crate::trust::row::Row;

/// Each input as the body and as a member of it.
const AS_TEXT: usize = 2 * INPUTS;

/// The inputs that Python, Node and Go can express as values. PHP has no integers beyond 64 bits, and
/// an empty array is an empty object there.
const AS_VALUES: usize = 220;

pub(super) fn in_every_language(inputs: &[Input]) -> Result<Vec<Row>> {
    let members = inputs.iter().map(|input| input.after(r#"{"value":"#));
    let members: Vec<Input> = members.collect();
    let inputs: Vec<&Input> = inputs.iter().chain(&members).collect();
    let parser_results = inputs::parser_results(inputs.iter().map(|input| input.bytes.as_slice()))?;
    let both: Vec<_> = inputs.into_iter().zip(&parser_results).collect();

    let as_text = both.iter().map(|(input, expected)| {
        let request = json!({ "do": "canonical", "body": STANDARD.encode(&input.bytes) });
        case(input, &request, expected)
    });
    let as_values = both.iter().filter_map(|(input, expected)| {
        let data = expected.data.as_ref().filter(|_| expected.is_value)?;
        let request = json!({ "do": "canonical", "data": data });
        Some(case(input, &request, expected))
    });
    let mut rows = run(&[Language::Rust, Language::C], as_text.collect(), AS_TEXT)?;
    let languages = [Language::Python, Language::Node, Language::Go];
    rows.extend(run(&languages, as_values.collect(), AS_VALUES)?);
    Ok(rows)
}

fn case(input: &Input, request: &Value, expected: &ParserResult) -> Case {
    let refused = Expected::error("InvalidArgumentError");
    let mut reasons = expected.reasons.iter();
    let expected = match (&expected.canonical, reasons.next(), reasons.next()) {
        (Some(canonical), ..) => Expected::Ok(json!(canonical)),
        (None, Some(only), None) => refused.with("reason", &json!(only)),
        // If there are several reasons, any of them may be reported.
        _ => refused,
    };
    Case {
        name: input.name.clone(),
        only: None,
        exchanges: vec![Exchange::new(request, expected)],
        secrets: Secrets::default(),
    }
}

fn run(languages: &[Language], cases: Vec<Case>, number: usize) -> Result<Vec<Row>> {
    let name = "JSONTestSuite as request bodies";
    let tallies = cases::run(languages, name, &[Suite { name, cases }])?;
    let row = |tally: Tally| {
        let what = format!("{name}, {}", tally.column);
        Row::of(what, &tally, number)
    };
    Ok(tallies.into_iter().map(row).collect())
}
