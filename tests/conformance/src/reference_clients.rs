//! Independent reference clients as oracles: the library must sign, encode and send as they do.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use alikassa_sandbox::DigestPolicy;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::child::{Program, Response};
use crate::documents::Documents;
use crate::errors::ErrorTable;
use crate::fixture::Fixture;
use crate::language::Language;
use crate::secrets::Secrets;
use crate::session::Session;
use crate::tally::{COMMON, Tally};
use crate::{Result, repository, tagged};

const DIGESTS: [&str; 2] = ["sha1", "sha256"];

/// The number of documents in flight at once.
const BATCH: usize = 250;

#[derive(Deserialize)]
struct Row {
    name: String,
    command: Vec<String>,
}

struct ReferenceClient {
    name: String,
    program: Program,
}

pub(crate) fn run(languages: &[Language], documents: usize, seed: u64) -> Result<Vec<Tally>> {
    let mut clients = start()?;
    let table = ErrorTable::load()?;
    let new = |language: &Language| Session::new(*language, &table, Secrets::default());
    let mut drivers: Vec<Session> = languages.iter().map(new).collect();

    let mut tallies = vec![
        signatures(&mut clients, &mut drivers),
        requests(&mut clients)?,
    ];
    let php = clients.iter_mut().find(|client| client.name == "php");
    let php = php.ok_or("clients.json does not list php")?;
    tallies.push(exported_keys(php, &mut drivers)?);
    tallies.extend(encodings(php, &mut drivers, documents, seed));

    let mut ends = Tally::new("reference clients: clean exit", COMMON);
    for client in clients {
        let ended = client.program.finish().map(drop);
        ends.count(&client.name, ended.map_err(|error| error.to_string()));
    }
    for mut driver in drivers {
        ends.count(driver.language.name(), driver.finish());
    }
    tallies.push(ends);
    Ok(tallies)
}

/// Starts every client of clients.json. A client that cannot be built or started is a failure.
fn start() -> Result<Vec<ReferenceClient>> {
    let prepare = repository::root().join("tests/peers/prepare");
    let prepared = Command::new(prepare).status()?;
    if !prepared.success() {
        return Err(format!("tests/peers/prepare: {prepared}").into());
    }
    let rows = rows()?;
    if rows.is_empty() {
        return Err("clients.json lists no client".into());
    }
    rows.into_iter().map(ReferenceClient::start).collect()
}

fn rows() -> Result<Vec<Row>> {
    let rows = repository::read(&repository::root().join("tests/peers/clients.json"))?;
    Ok(serde_json::from_slice(&rows)?)
}

/// Compares PHP's encoding of random documents with each language's.
pub(crate) fn encode(languages: &[Language], documents: usize, seed: u64) -> Result<Vec<Tally>> {
    let mut php = php()?;
    let table = ErrorTable::load()?;
    let new = |language: &Language| Session::new(*language, &table, Secrets::default());
    let mut drivers: Vec<Session> = languages.iter().map(new).collect();
    Ok(encodings(&mut php, &mut drivers, documents, seed))
}

/// PHP's encoding of each document, in base64.
pub(crate) fn encoded_by_php(documents: &[Value]) -> Result<Vec<Value>> {
    let mut php = php()?;
    send_to_php(&mut php, documents)?;
    Ok(receive_from_php(&mut php, documents)?)
}

fn php() -> Result<ReferenceClient> {
    let row = rows()?.into_iter().find(|row| row.name == "php");
    ReferenceClient::start(row.ok_or("clients.json does not list php")?)
}

impl ReferenceClient {
    fn start(Row { name, command }: Row) -> Result<Self> {
        let (program, arguments) = command.split_first().ok_or("the client has no command")?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(repository::root());
        let mut program = Program::start(&format!("the {name} client"), command)?;
        match program.call(r#"{"do":"hello"}"#)? {
            Response::Ok(_) => Ok(Self { name, program }),
            Response::Error(error) => {
                Err(format!("the {name} client: {}", Value::Object(error)).into())
            }
        }
    }

    fn call(&mut self, request: &Value) -> Result<Value, String> {
        let response = self.program.call(&request.to_string());
        let response = response.map_err(|error| error.to_string())?;
        ok(&self.name, response)
    }
}

/// The same key and body must have the same signature in every driver and every reference client.
fn signatures(clients: &mut [ReferenceClient], drivers: &mut [Session]) -> Tally {
    let mut tally = Tally::new("reference clients: signatures", COMMON);
    let bodies: [&[u8]; 5] = [
        b"[]",
        b"",
        br#"{"id":"100000536"}"#,
        "{\"desc\":\"Оплата №1 😀\"}".as_bytes(),
        &[0, 255, 13, 10, 128],
    ];
    for key in ["rsa1024", "rsa2048", "rsa4096"] {
        let folder = repository::vectors("keys").join(key);
        for body in bodies {
            for digest in DIGESTS {
                let request = json!({ "do": "sign", "key": folder, "body": STANDARD.encode(body), "digest": digest });
                let name = format!("{key}, {} bytes, {digest}", body.len());
                let ours: Result<Vec<Value>, String> = drivers
                    .iter_mut()
                    .map(|driver| call(driver, &request))
                    .collect();
                for client in clients.iter_mut() {
                    let theirs = client.call(&request);
                    let compared = ours.clone().and_then(|ours| {
                        let theirs = theirs?;
                        ours.iter().try_for_each(|ours| equal(ours, &theirs))
                    });
                    tally.count(&format!("{}: {name}", client.name), compared);
                }
            }
        }
    }
    tally.require_some();
    tally
}

/// The sandbox must accept the requests that each reference client sends.
fn requests(clients: &mut [ReferenceClient]) -> Result<Tally> {
    let mut tally = Tally::new("reference clients: requests", COMMON);
    let fixture = Fixture::start(None)?;
    fixture.reset(DigestPolicy::Any, &[])?;
    let calls = [
        ("v1/payout/status", json!({ "id": "100000536" }), "6422494"),
        ("v1/account/balance", json!({}), "93.84000000"),
    ];
    for client in clients {
        for (path, data, part) in &calls {
            for digest in DIGESTS {
                let request = json!({
                    "do": "send",
                    "url": format!("{}/{path}", fixture.tls_url()),
                    "ca_file": fixture.ca_file(),
                    "account": fixture.account(),
                    "key": fixture.payout_cert(),
                    "digest": digest,
                    "data": data,
                });
                let accepted = client
                    .call(&request)
                    .and_then(|response| check_accepted(&fixture, &response, part));
                tally.count(&format!("{}: {path}, {digest}", client.name), accepted);
            }
        }
    }
    tally.require_some();
    Ok(tally)
}

fn check_accepted(fixture: &Fixture, response: &Value, part: &str) -> Result<(), String> {
    equal(&json!(200), &response["status"])?;
    let body = STANDARD.decode(response["body"].as_str().unwrap_or_default());
    let body = body.map_err(|error| error.to_string())?;
    if !String::from_utf8_lossy(&body).contains(part) {
        return Err(format!("the body does not contain {part}"));
    }
    match fixture.take_log().as_slice() {
        [entry] if entry.tls && entry.refusal.is_none() => Ok(()),
        log => Err(format!("the sandbox saw {log:?}")),
    }
}

/// A key exported by PHP must load, and must sign and verify as in PHP.
fn exported_keys(php: &mut ReferenceClient, drivers: &mut [Session]) -> Result<Tally> {
    let mut tally = Tally::new("reference clients: PHP's keys", COMMON);
    for password in ["correct horse battery", "пароль – 42"] {
        let folder = tempfile::tempdir()?;
        let key = php.call(&json!({ "do": "export_key", "password": password }))?;
        let text = |name: &str| {
            let text = key.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        fs::write(folder.path().join("private.pem"), text("private"))?;
        fs::write(folder.path().join("public.pem"), text("public"))?;
        fs::write(folder.path().join("password.txt"), password)?;
        let body = STANDARD.encode(r#"{"id":"100000536"}"#);
        for digest in DIGESTS {
            let sign =
                json!({ "do": "sign", "key": folder.path(), "body": body, "digest": digest });
            let theirs = php.call(&sign)?;
            let verify = json!({ "do": "verify", "key": folder.path(), "body": body, "signature": theirs, "digest": "auto" });
            for driver in drivers.iter_mut() {
                let name = format!("{}: {password}, {digest}", driver.language);
                let signed = call(driver, &sign).and_then(|ours| equal(&ours, &theirs));
                tally.count(&format!("{name}, sign"), signed);
                let verified =
                    call(driver, &verify).and_then(|matched| equal(&json!(digest), &matched));
                tally.count(&format!("{name}, verify"), verified);
            }
        }
    }
    tally.require_some();
    Ok(tally)
}

/// PHP's `json_encode` and the library must write the same bytes.
fn encodings(
    php: &mut ReferenceClient,
    drivers: &mut [Session],
    count: usize,
    seed: u64,
) -> Vec<Tally> {
    let mut documents = Documents::from_seed(seed);
    let mut tallies: BTreeMap<Language, Tally> = drivers
        .iter()
        .map(|driver| {
            (
                driver.language,
                Tally::of("reference clients: PHP's JSON", driver.language),
            )
        })
        .collect();
    let mut left = count;
    while left > 0 {
        let batch: Vec<Value> = (0..left.min(BATCH)).map(|_| documents.next()).collect();
        left -= batch.len();
        // PHP and the drivers encode at the same time.
        let mut sent = send_to_php(php, &batch);
        for driver in drivers.iter_mut() {
            sent = sent.and_then(|()| send_to_driver(driver, &batch));
        }
        let theirs = sent.and_then(|()| receive_from_php(php, &batch));
        for driver in drivers.iter_mut() {
            let Some(tally) = tallies.get_mut(&driver.language) else {
                continue;
            };
            let compared = theirs.as_ref().map_err(Clone::clone).and_then(|theirs| {
                let ours = receive_from_driver(driver, &batch)?;
                Ok(ours.into_iter().zip(theirs).zip(&batch))
            });
            match compared {
                Ok(compared) => {
                    for ((ours, theirs), document) in compared {
                        tally.count(&format!("seed {seed}, {document}"), equal(&ours, theirs));
                    }
                }
                Err(why) => {
                    tally.failures.push(why);
                    return tallies.into_values().collect();
                }
            }
        }
    }
    let mut tallies: Vec<Tally> = tallies.into_values().collect();
    tallies.iter_mut().for_each(Tally::require_some);
    tallies
}

fn send_to_php(php: &mut ReferenceClient, batch: &[Value]) -> Result<(), String> {
    for document in batch {
        let text = tagged::to_text(document).map_err(|error| error.to_string())?;
        let request = json!({ "do": "encode", "text": text });
        let sent = php.program.send(&request.to_string());
        sent.map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn receive_from_php(php: &mut ReferenceClient, batch: &[Value]) -> Result<Vec<Value>, String> {
    let receive = |_: &Value| {
        let response = php.program.receive().map_err(|error| error.to_string())?;
        ok("php", response)
    };
    batch.iter().map(receive).collect()
}

fn send_to_driver(driver: &mut Session, batch: &[Value]) -> Result<(), String> {
    for document in batch {
        let text = tagged::to_text(document).map_err(|error| error.to_string())?;
        let request = json!({ "do": "canonical", "data": document, "text": text });
        driver.send(&request.to_string())?;
    }
    Ok(())
}

fn receive_from_driver(driver: &mut Session, batch: &[Value]) -> Result<Vec<Value>, String> {
    let name = driver.language.name();
    let receive = |_: &Value| ok(name, driver.receive()?);
    batch.iter().map(receive).collect()
}

fn call(driver: &mut Session, request: &Value) -> Result<Value, String> {
    let name = driver.language.name();
    ok(name, driver.call(&request.to_string())?)
}

fn ok(name: &str, response: Response) -> Result<Value, String> {
    match response {
        Response::Ok(ok) => Ok(ok),
        Response::Error(error) => Err(format!("{name}: {}", Value::Object(error))),
    }
}

fn equal(ours: &Value, theirs: &Value) -> Result<(), String> {
    if ours == theirs {
        Ok(())
    } else {
        Err(format!("{ours}, but the reference client has {theirs}"))
    }
}
