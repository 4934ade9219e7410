//! Three calls from each language over TLS, and whether all four sent the same bytes and signatures; then a payout
//! whose answer gets lost.

mod lost_response;

use alikassa_sandbox::{DigestPolicy, LogEntry};
use serde_json::{Map, Value, json};

use crate::child::Reply;
use crate::errors::ErrorTable;
use crate::language::Language;
use crate::session::Session;
use crate::fixture::Stage;
use crate::{Fallible, table};

/// How much of a signature the table shows.
const HEAD: usize = 24;

struct Operation {
    name: &'static str,
    input: [&'static str; 2],
    /// The fields of the reply that the table shows.
    shown: [&'static str; 2],
}

/// With [`TAMPERED`], two ways to ask for one payout.
const OPERATIONS: [Operation; 3] = [
    Operation {
        name: "payments.status",
        input: ["order_id", "1756900030"],
        shown: ["payment_status", "payment_amount"],
    },
    Operation {
        name: "payouts.status",
        input: ["id", "100000536"],
        shown: ["payment_status", "amount"],
    },
    Operation {
        name: "account.balance",
        input: ["", ""],
        shown: ["balance", "currency"],
    },
];

const TAMPERED: [&str; 2] = ["order_id", "6422494"];

/// One call: what came back, and what the sandbox says it received.
struct Call {
    operation: &'static str,
    language: Language,
    answer: String,
    sign: String,
    body: Vec<u8>,
}

/// Prints the tables; whether the four are identical, and none of them paid twice.
pub(crate) fn run(tamper: Option<Language>) -> Fallible<bool> {
    let stage = Stage::set_up(None)?;
    let errors = ErrorTable::load()?;
    let mut calls = Vec::new();
    let mut stories = Vec::new();
    for language in Language::ALL {
        stage.prepare(DigestPolicy::Any, &[])?;
        let mut session = Session::new(language, &errors, stage.secrets());
        let options = stage.options(true, &Map::new());
        told(
            &mut session,
            &json!({ "do": "client", "client": "demo", "options": options }),
        )?;
        for operation in &OPERATIONS {
            let tampered = operation.name == "payouts.status" && tamper == Some(language);
            let input = if tampered { TAMPERED } else { operation.input };
            calls.push(call(&stage, &mut session, operation, input)?);
        }
        stories.push(lost_response::tell(&stage, &mut session)?);
        session.finish()?;
    }
    calls.sort_by_key(|call| OPERATIONS.iter().position(|row| row.name == call.operation));

    let identical = OPERATIONS.iter().all(|operation| {
        let mut same = calls.iter().filter(|call| call.operation == operation.name);
        let first = same.next();
        first.is_some_and(|first| {
            same.all(|call| {
                (&call.body, &call.sign, &call.answer) == (&first.body, &first.sign, &first.answer)
            })
        })
    });
    let rows: Vec<Vec<String>> = calls.iter().map(Call::row).collect();
    let header = ["operation", "language", "answer", "signature", "body"];
    println!("{}", table::render(&header, &rows));
    println!(
        "the sandbox at {} received {} requests over TLS; bodies and signatures identical in {} languages: {}",
        stage.tls_url(),
        calls.len(),
        Language::ALL.len(),
        if identical { "yes" } else { "NO" }
    );
    let safe = lost_response::report(&stories);
    Ok(identical && safe)
}

fn call(
    stage: &Stage,
    session: &mut Session,
    operation: &Operation,
    [name, value]: [&str; 2],
) -> Fallible<Call> {
    let language = session.language;
    let mut input = Map::new();
    if !name.is_empty() {
        input.insert(name.to_owned(), json!(value));
    }
    stage.take_log();
    let request =
        json!({ "do": "call", "client": "demo", "operation": operation.name, "input": input });
    let reply = told(session, &request)?;
    let shown = operation.shown.map(|field| {
        let text = reply.pointer(&format!("/fields/{field}"));
        text.and_then(Value::as_str).unwrap_or("?").to_owned()
    });
    let log = stage.take_log();
    let [entry] = log.as_slice() else {
        let (name, seen) = (operation.name, log.len());
        return Err(format!("{name} from {language}: the sandbox saw {seen} requests").into());
    };
    Ok(Call {
        operation: operation.name,
        language,
        answer: shown.join(" "),
        sign: sign(entry),
        body: entry.body.clone(),
    })
}

fn sign(entry: &LogEntry) -> String {
    entry.headers.get("sign").cloned().unwrap_or_default()
}

fn told(session: &mut Session, request: &Value) -> Fallible<Value> {
    match session.ask(&request.to_string())? {
        Reply::Ok(ok) => Ok(ok),
        Reply::Error(error) => {
            Err(format!("{}: {}", session.language, Value::Object(error)).into())
        }
    }
}

impl Call {
    fn row(&self) -> Vec<String> {
        let head: String = self.sign.chars().take(HEAD).collect();
        vec![
            self.operation.to_owned(),
            self.language.to_string(),
            self.answer.clone(),
            format!("{head}…"),
            String::from_utf8_lossy(&self.body).into_owned(),
        ]
    }
}
