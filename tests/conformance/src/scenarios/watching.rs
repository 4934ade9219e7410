//! Events of clients and records for the provider's support, with the values of one run replaced.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::file::Step;
use crate::child::Response;

/// The replacement of a number that is another one in each run.
const NUMBER: &str = "{number}";

/// The response to `events` or `support`, and the events of a ledger; any other response unchanged.
pub(super) fn stable(step: &Step, response: Response) -> Result<Response, String> {
    let Response::Ok(mut ok) = response else {
        return Ok(response);
    };
    match step.r#do.as_deref() {
        Some("events") => ok = stable_events(&ok)?,
        Some("support") => stable_support(&mut ok)?,
        _ => {
            let items = ok.as_array_mut().into_iter().flatten();
            let mut records = items.filter_map(|item| item.get_mut("support"));
            records.try_for_each(stable_support)?;
        }
    }
    Ok(Response::Ok(ok))
}

/// The times become `{number}` and the number of a call its place: 1 for the first call.
fn stable_events(events: &Value) -> Result<Value, String> {
    let mut calls = BTreeMap::new();
    let events = events.as_array().ok_or("the events are no list")?;
    let events = events.iter().map(|event| {
        let mut event = event.clone();
        let fields = event.as_object_mut().ok_or("an event is no object")?;
        // Only a call on the pool waits in the queue.
        fields.remove("queue_us");
        for (name, value) in fields.iter_mut() {
            if name == "call_id" && !value.is_null() {
                let place = calls.len() + 1;
                *value = json!(calls.entry(value.to_string()).or_insert(place));
            } else if (name.ends_with("_us") || name.ends_with("_ms")) && value.is_u64() {
                *value = NUMBER.into();
            }
        }
        without_long_numbers(&event.to_string())?;
        Ok(event)
    });
    events.collect()
}

/// The text of a record becomes its lines, in which times and durations are `{number}`, and the
/// beginning of the signature `{sign}`.
fn stable_support(support: &mut Value) -> Result<(), String> {
    let Value::String(text) = support else {
        return Ok(());
    };
    let lines = text.lines().map(|line| {
        let line = match line.split_once(": ") {
            Some(("Time", time)) if time.ends_with(" GMT (UTC)") => "Time: {time}".to_owned(),
            Some(("Sign begins with", sign)) if sign.len() == 12 => {
                "Sign begins with: {sign}".to_owned()
            }
            Some((attempt, _)) if attempt.starts_with("Attempt ") => without_durations(line),
            _ => line.to_owned(),
        };
        if !line.starts_with("SHA-256") {
            without_long_numbers(&line)?;
        }
        Ok(line)
    });
    let lines: Result<Vec<String>, String> = lines.collect();
    *support = json!(lines?);
    Ok(())
}

fn without_durations(line: &str) -> String {
    let words = line.split(' ');
    let next = words.clone().skip(1).chain([""]);
    let words = words.zip(next).map(|(word, next)| match next {
        "ms" | "ms," => NUMBER,
        _ => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// An error if it has a number as long as that of a card.
fn without_long_numbers(text: &str) -> Result<(), String> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    match numbers.find(|number| number.len() >= 12) {
        Some(_) => Err(format!("this has a long number: {text}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_one_run_are_replaced() {
        let events = json!([
            { "kind": "call_started", "call_id": 7, "time_ms": 1, "queue_us": 5, "tls_us": null },
            { "kind": "outcome", "call_id": 9, "total_us": 3 },
            { "kind": "outcome", "call_id": 7 },
        ]);
        let expected = json!([
            { "kind": "call_started", "call_id": 1, "time_ms": NUMBER, "tls_us": null },
            { "kind": "outcome", "call_id": 2, "total_us": NUMBER },
            { "kind": "outcome", "call_id": 1 },
        ]);
        assert_eq!(stable_events(&events).unwrap(), expected);
        let mut text = json!(
            "Time: Mon, 30 Nov 2026 12:56:36 GMT (UTC)\nSign begins with: Ru87VLYYqS0r\n\
             Attempt 1: after 0 ms, HTTP 404, took 182 ms\n"
        );
        stable_support(&mut text).unwrap();
        let expected = json!([
            "Time: {time}",
            "Sign begins with: {sign}",
            "Attempt 1: after {number} ms, HTTP 404, took {number} ms",
        ]);
        assert_eq!(text, expected);
    }

    #[test]
    fn the_number_of_a_card_is_an_error() {
        let events = json!([{ "operation": "4111111111111111" }]);
        assert!(stable_events(&events).is_err());
        assert!(stable_support(&mut json!("Response: 4111111111111111")).is_err());
    }
}
