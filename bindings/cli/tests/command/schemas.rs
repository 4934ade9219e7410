//! What `--json` prints, against `schemas.json`.

use std::collections::{BTreeMap, BTreeSet};

use alikassa_sandbox::{Fault, FaultKind};
use jsonschema::Validator;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::ledger::with_orders;
use super::notifications::listener::Listener;
use super::notifications::notification;
use super::program::{Program, run, text};

const SCHEMAS: &str = include_str!("../../schemas.json");
const BODY: &str = r#"{"url":"http://x"}"#;

/// The lines that were printed, by the name of their schema.
struct Printed {
    program: Program,
    lines: BTreeMap<&'static str, Vec<Value>>,
}

impl Printed {
    /// Runs a command. Each line of its output has this schema.
    fn add(&mut self, name: &'static str, arguments: &[&str], input: &str) {
        let arguments = [arguments, &["--json"]].concat();
        let printed = run(&mut self.program.command(&arguments), input);
        assert_eq!(printed.stderr, "", "{arguments:?}");
        self.add_lines(name, &printed.stdout);
    }

    fn add_lines(&mut self, name: &'static str, stdout: &str) {
        assert!(!stdout.is_empty(), "{name}");
        let lines = stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        self.lines.entry(name).or_default().extend(lines);
    }
}

/// Every command, each of its forms.
fn printed() -> BTreeMap<&'static str, Vec<Value>> {
    let program = with_orders();
    let (payout, query) = (
        text(program.sandbox.payout_cert()).to_owned(),
        notification(&program),
    );
    let key = text(program.sandbox.notification_cert()).to_owned();
    let mut printed = Printed {
        program,
        lines: BTreeMap::new(),
    };
    let ledger = ["--ledger", "ledger.sqlite"];
    printed.add("balance", &["balance"], "");
    printed.add("info", &["info"], "");
    printed.add("history", &["history"], "");
    for name in ["status", "wait"] {
        printed.add(name, &[name, "--payout", "100000536"], "");
        printed.add(name, &[name, "--payment", "112412553"], "");
    }
    printed.add("error", &["status", "--payout", "--order-id", "NOPE"], "");
    printed.add("error", &["ledger", "list"], "");
    printed.add("error", &["balance", "--ca-file", "missing.pem"], "");
    printed.add("doctor", &["doctor"], "");
    printed.add(
        "doctor",
        &["doctor", "--timeout", "soon", "--base-url", "http://x"],
        "",
    );
    printed.add("canonical", &["canonical"], BODY);
    printed.add("keys-inspect", &["keys", "inspect", &payout], "");
    printed.add("keys-inspect", &["keys", "inspect", &key], "");
    printed.add("sign", &["sign", "--key", &payout], BODY);
    let sign = printed.lines["sign"][0]["sign"]
        .as_str()
        .unwrap()
        .to_owned();
    for body in [BODY, "{}"] {
        printed.add(
            "verify",
            &["verify", "--key", &payout, "--sign", &sign],
            body,
        );
        printed.add("explain", &["explain", "--sign", &sign], body);
    }
    printed.add(
        "ledger-list",
        &[&["ledger", "list"][..], &ledger].concat(),
        "",
    );
    printed.add(
        "ledger-show",
        &[&["ledger", "show", "B-2"][..], &ledger].concat(),
        "",
    );
    printed.add(
        "ledger-events",
        &[&["ledger", "events"][..], &ledger].concat(),
        "",
    );
    let list = "amount,number,order_id,service\n5.00,4111111111111111,C-1,payment_card_rub\n";
    printed.program.write("list.csv", list);
    let pay = ["payouts", "run", "list.csv", "--yes"];
    printed.add("payouts-run", &[&pay[..], &ledger].concat(), "");
    let fault = Fault::new(FaultKind::Html502).path("v1/payout/status");
    printed.program.sandbox.set_fault(fault.always());
    let reconcile = [&["reconcile"][..], &ledger].concat();
    printed.add("reconcile", &reconcile, "");
    printed.program.sandbox.clear_faults();
    printed.add("reconcile", &reconcile, "");
    printed.add(
        "notifications-verify",
        &["notifications", "verify", "--query", &query],
        "",
    );
    let mut listener = Listener::start(&printed.program, &["--json"]);
    let first = json!({ "listening": format!("http://{}", listener.address) });
    printed.add_lines("notifications-listen", &first.to_string());
    listener.get(&format!("/?{query}"));
    listener.get("/?forged");
    for _ in 0..2 {
        let line = listener.line();
        printed.add_lines("notifications-listen", &line);
    }
    listener.stop(Signal::INT);
    printed.lines
}

fn validator(schemas: &Value, name: &str, schema: &Value) -> Validator {
    let whole = json!({ "$defs": schemas["$defs"], "allOf": [schema] });
    jsonschema::validator_for(&whole).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn each_line_has_the_schema_of_its_command() {
    let schemas: Value = serde_json::from_str(SCHEMAS).unwrap();
    let definitions = schemas["$defs"].as_object().unwrap();
    let printed = printed();
    let names = definitions.keys().map(String::as_str);
    let names: BTreeSet<&str> = names
        .filter(|name| name.starts_with(char::is_lowercase))
        .collect();
    assert_eq!(printed.keys().copied().collect::<BTreeSet<_>>(), names);
    for (name, lines) in printed {
        let whole = validator(&schemas, name, &definitions[name]);
        for line in &lines {
            let errors: Vec<String> = whole
                .iter_errors(line)
                .map(|error| error.to_string())
                .collect();
            assert!(errors.is_empty(), "{name}: {line}: {errors:?}");
        }
        // A form that nothing prints would hide a mistake in the others.
        let forms = definitions[name]["anyOf"].as_array().into_iter().flatten();
        for form in forms.filter(|form| form["$ref"] != "#/$defs/error") {
            let form = validator(&schemas, name, form);
            assert!(
                lines.iter().any(|line| form.is_valid(line)),
                "{name}: {lines:?}"
            );
        }
    }
}

/// Otherwise a new field would need no change of its schema.
#[test]
fn no_object_has_members_that_are_not_in_its_schema() {
    fn check(schema: &Value) {
        if schema["properties"].is_object() {
            assert_eq!(schema["additionalProperties"], false, "{schema}");
            let names: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
            for name in schema["required"].as_array().unwrap() {
                assert!(names.iter().any(|known| *known == name), "{name}: {schema}");
            }
        }
        match schema {
            Value::Object(members) => members.values().for_each(check),
            Value::Array(items) => items.iter().for_each(check),
            _ => {}
        }
    }
    let schemas: Value = serde_json::from_str(SCHEMAS).unwrap();
    check(&schemas);
}
