//! The demo: three calls from each language over TLS, compared byte by byte, and then a payout
//! whose response is lost.

mod lost_response;

use alikassa_sandbox::{DigestPolicy, LogEntry};
use serde_json::{Map, Value, json};

use crate::child::Response;
use crate::errors::ErrorTable;
use crate::fixture::Fixture;
use crate::language::Language;
use crate::session::Session;
use crate::{Result, table};

/// How many characters of a signature the table shows.
const SIGNATURE_PREFIX: usize = 24;

struct Operation {
    name: &'static str,
    input: [&'static str; 2],
    /// The fields of the response that the table shows.
    shown: [&'static str; 2],
}

/// With [`TAMPERED`] there are two requests for the same payout.
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

/// One call: the response, and the request that the sandbox received.
struct Call {
    operation: &'static str,
    language: Language,
    response: String,
    sign: String,
    body: Vec<u8>,
}

/// Prints the tables. Returns whether the languages sent identical requests and paid only once.
pub(crate) fn run(tamper: Option<Language>) -> Result<bool> {
    let fixture = Fixture::start(None)?;
    let errors = ErrorTable::load()?;
    let mut calls = Vec::new();
    let mut lost = Vec::new();
    let languages = present()?;
    for &language in &languages {
        fixture.reset(DigestPolicy::Any, &[])?;
        let mut session = Session::new(language, &errors, fixture.secrets());
        let options = fixture.options(true, &Map::new());
        send(
            &mut session,
            &json!({ "do": "client", "client": "demo", "options": options }),
        )?;
        for operation in &OPERATIONS {
            let tampered = operation.name == "payouts.status" && tamper == Some(language);
            let input = if tampered { TAMPERED } else { operation.input };
            calls.push(call(&fixture, &mut session, operation, input)?);
        }
        lost.push(lost_response::run(&fixture, &mut session)?);
        session.finish()?;
    }
    calls.sort_by_key(|call| OPERATIONS.iter().position(|row| row.name == call.operation));

    let identical = OPERATIONS.iter().all(|operation| {
        let mut requests = calls.iter().filter(|call| call.operation == operation.name);
        let first = requests.next();
        first.is_some_and(|first| {
            requests.all(|call| {
                (&call.body, &call.sign, &call.response)
                    == (&first.body, &first.sign, &first.response)
            })
        })
    });
    let rows: Vec<Vec<String>> = calls.iter().map(Call::row).collect();
    let header = ["operation", "language", "response", "signature", "body"];
    println!("{}", table::render(&header, &rows));
    println!(
        "the sandbox at {} received {} requests over TLS; bodies and signatures identical in {} languages: {}",
        fixture.tls_url(),
        calls.len(),
        languages.len(),
        if identical { "yes" } else { "NO" }
    );
    let paid_once = lost_response::report(&lost);
    Ok(identical && paid_once)
}

/// The languages whose program is there; prints what the others need. In CI all must be there.
fn present() -> Result<Vec<Language>> {
    let mut present = Vec::new();
    for language in Language::ALL {
        match language.missing_package() {
            None => present.push(language),
            Some(package) if std::env::var_os("CI").is_some() => {
                return Err(format!("{language} needs {package}").into());
            }
            Some(package) => println!("without {language}: install {package}"),
        }
    }
    Ok(present)
}

fn call(
    fixture: &Fixture,
    session: &mut Session,
    operation: &Operation,
    [name, value]: [&str; 2],
) -> Result<Call> {
    let language = session.language;
    let mut input = Map::new();
    if !name.is_empty() {
        input.insert(name.to_owned(), json!(value));
    }
    fixture.take_log();
    let request =
        json!({ "do": "call", "client": "demo", "operation": operation.name, "input": input });
    let response = send(session, &request)?;
    let shown = operation.shown.map(|field| {
        let text = response.pointer(&format!("/fields/{field}"));
        text.and_then(Value::as_str).unwrap_or("?").to_owned()
    });
    let log = fixture.take_log();
    let [entry] = log.as_slice() else {
        let (name, seen) = (operation.name, log.len());
        return Err(format!("{name} from {language}: the sandbox saw {seen} requests").into());
    };
    Ok(Call {
        operation: operation.name,
        language,
        response: shown.join(" "),
        sign: sign(entry),
        body: entry.body.clone(),
    })
}

fn sign(entry: &LogEntry) -> String {
    entry.headers.get("sign").cloned().unwrap_or_default()
}

fn send(session: &mut Session, request: &Value) -> Result<Value> {
    match session.call(&request.to_string())? {
        Response::Ok(ok) => Ok(ok),
        Response::Error(error) => {
            Err(format!("{}: {}", session.language, Value::Object(error)).into())
        }
    }
}

impl Call {
    fn row(&self) -> Vec<String> {
        let prefix: String = self.sign.chars().take(SIGNATURE_PREFIX).collect();
        vec![
            self.operation.to_owned(),
            self.language.to_string(),
            self.response.clone(),
            format!("{prefix}…"),
            String::from_utf8_lossy(&self.body).into_owned(),
        ]
    }
}
