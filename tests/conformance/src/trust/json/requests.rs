//! The texts as bodies: what has a place in one becomes PHP's bytes, all else says why it has none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::inputs::{self, TEXTS, Text, Verdict};
use crate::Fallible;
use crate::cases::{self, Case, Question, Suite};
use crate::expect::Expected;
use crate::language::Language;
use crate::secrets::Secrets;
use crate::tally::Tally;
use crate::trust::row::Row;

/// Each text as the body and as a member of one.
const AS_TEXT: usize = 2 * TEXTS;

/// Python and Node take values, which can say as much of them.
const AS_VALUES: usize = 220;

pub(super) fn in_every_language(texts: &[Text]) -> Fallible<Vec<Row>> {
    let members = texts.iter().map(|text| text.after(r#"{"value":"#));
    let members: Vec<Text> = members.collect();
    let texts: Vec<&Text> = texts.iter().chain(&members).collect();
    let verdicts = inputs::verdicts(texts.iter().map(|text| text.bytes.as_slice()))?;
    let both: Vec<_> = texts.into_iter().zip(&verdicts).collect();

    let as_text = both.iter().map(|(text, verdict)| {
        let ask = json!({ "do": "canonical", "body": STANDARD.encode(&text.bytes) });
        case(text, &ask, verdict)
    });
    let as_values = both.iter().filter_map(|(text, verdict)| {
        let data = verdict.data.as_ref().filter(|_| verdict.is_value)?;
        let ask = json!({ "do": "canonical", "data": data });
        Some(case(text, &ask, verdict))
    });
    let mut rows = run(&[Language::Rust, Language::C], as_text.collect(), AS_TEXT)?;
    let languages = [Language::Python, Language::Node];
    rows.extend(run(&languages, as_values.collect(), AS_VALUES)?);
    Ok(rows)
}

fn case(text: &Text, ask: &Value, verdict: &Verdict) -> Case {
    let refused = Expected::error("InvalidArgumentError");
    let mut reasons = verdict.reasons.iter();
    let expected = match (&verdict.canonical, reasons.next(), reasons.next()) {
        (Some(canonical), ..) => Expected::Ok(json!(canonical)),
        (None, Some(only), None) => refused.with("reason", &json!(only)),
        // Any of several may be told.
        _ => refused,
    };
    Case {
        name: text.name.clone(),
        only: None,
        questions: vec![Question::new(ask, expected)],
        secrets: Secrets::default(),
    }
}

fn run(languages: &[Language], cases: Vec<Case>, number: usize) -> Fallible<Vec<Row>> {
    let name = "JSONTestSuite, as bodies";
    let tallies = cases::run(languages, name, &[Suite { name, cases }])?;
    let row = |tally: Tally| {
        let what = format!("{name}, {}", tally.column);
        Row::of(what, &tally, number)
    };
    Ok(tallies.into_iter().map(row).collect())
}
