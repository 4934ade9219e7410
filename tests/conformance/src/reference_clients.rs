//! Programs that are not this library as oracles: what they sign, encode and send has to be what the library does.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use alikassa_sandbox::DigestPolicy;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::child::{Program, Reply};
use crate::documents::Documents;
use crate::errors::ErrorTable;
use crate::language::Language;
use crate::secrets::Secrets;
use crate::session::Session;
use crate::fixture::Stage;
use crate::tally::{COMMON, Tally};
use crate::{Fallible, repository, tagged};

const DIGESTS: [&str; 2] = ["sha1", "sha256"];

/// How many documents are on their way at once.
const BATCH: usize = 250;

#[derive(Deserialize)]
struct Row {
    name: String,
    command: Vec<String>,
}

struct Peer {
    name: String,
    program: Program,
}

pub(crate) fn run(languages: &[Language], documents: usize, seed: u64) -> Fallible<Vec<Tally>> {
    let mut peers = start()?;
    let table = ErrorTable::load()?;
    let new = |language: &Language| Session::new(*language, &table, Secrets::default());
    let mut drivers: Vec<Session> = languages.iter().map(new).collect();

    let mut tallies = vec![signatures(&mut peers, &mut drivers), requests(&mut peers)?];
    let php = peers.iter_mut().find(|peer| peer.name == "php");
    let php = php.ok_or("peers.json has no php")?;
    tallies.push(exported_keys(php, &mut drivers)?);
    tallies.extend(encodings(php, &mut drivers, documents, seed));

    let mut ends = Tally::new("peers: end well", COMMON);
    for peer in peers {
        let ended = peer.program.finish().map(drop);
        ends.count(&peer.name, ended.map_err(|error| error.to_string()));
    }
    for mut driver in drivers {
        ends.count(driver.language.name(), driver.finish());
    }
    tallies.push(ends);
    Ok(tallies)
}

/// Every peer of peers.json, built; one that does not run is no peer less but a failure.
fn start() -> Fallible<Vec<Peer>> {
    let prepare = repository::root().join("tests/peers/prepare");
    let prepared = Command::new(prepare).status()?;
    if !prepared.success() {
        return Err(format!("tests/peers/prepare: {prepared}").into());
    }
    let rows = rows()?;
    if rows.is_empty() {
        return Err("peers.json names no peer".into());
    }
    rows.into_iter().map(Peer::start).collect()
}

fn rows() -> Fallible<Vec<Row>> {
    let rows = repository::read(&repository::root().join("tests/peers/peers.json"))?;
    Ok(serde_json::from_slice(&rows)?)
}

/// What PHP and each language make of the same documents.
pub(crate) fn encode(languages: &[Language], documents: usize, seed: u64) -> Fallible<Vec<Tally>> {
    let mut php = php()?;
    let table = ErrorTable::load()?;
    let new = |language: &Language| Session::new(*language, &table, Secrets::default());
    let mut drivers: Vec<Session> = languages.iter().map(new).collect();
    Ok(encodings(&mut php, &mut drivers, documents, seed))
}

/// The bytes that PHP makes of each document, base64.
pub(crate) fn encoded_by_php(documents: &[Value]) -> Fallible<Vec<Value>> {
    let mut php = php()?;
    ask_php(&mut php, documents)?;
    Ok(told_by_php(&mut php, documents)?)
}

fn php() -> Fallible<Peer> {
    let row = rows()?.into_iter().find(|row| row.name == "php");
    Peer::start(row.ok_or("peers.json has no php")?)
}

impl Peer {
    fn start(Row { name, command }: Row) -> Fallible<Self> {
        let (program, arguments) = command.split_first().ok_or("a peer has no command")?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(repository::root());
        let mut program = Program::start(&format!("the {name} peer"), command)?;
        match program.ask(r#"{"do":"hello"}"#)? {
            Reply::Ok(_) => Ok(Self { name, program }),
            Reply::Error(error) => Err(format!("the {name} peer: {}", Value::Object(error)).into()),
        }
    }

    fn ask(&mut self, request: &Value) -> Result<Value, String> {
        let reply = self.program.ask(&request.to_string());
        let reply = reply.map_err(|error| error.to_string())?;
        ok(&self.name, reply)
    }
}

/// The same key and bytes give the same signature, in every driver and every peer.
fn signatures(peers: &mut [Peer], drivers: &mut [Session]) -> Tally {
    let mut tally = Tally::new("peers: signatures", COMMON);
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
                    .map(|driver| told(driver, &request))
                    .collect();
                for peer in peers.iter_mut() {
                    let theirs = peer.ask(&request);
                    let compared = ours.clone().and_then(|ours| {
                        let theirs = theirs?;
                        ours.iter().try_for_each(|ours| equal(ours, &theirs))
                    });
                    tally.count(&format!("{}: {name}", peer.name), compared);
                }
            }
        }
    }
    tally.require_some();
    tally
}

/// What each peer sends, as the provider's samples send it, is what the sandbox takes.
fn requests(peers: &mut [Peer]) -> Fallible<Tally> {
    let mut tally = Tally::new("peers: requests", COMMON);
    let stage = Stage::set_up(None)?;
    stage.prepare(DigestPolicy::Any, &[])?;
    let calls = [
        ("v1/payout/status", json!({ "id": "100000536" }), "6422494"),
        ("v1/account/balance", json!({}), "93.84000000"),
    ];
    for peer in peers {
        for (path, data, part) in &calls {
            for digest in DIGESTS {
                let request = json!({
                    "do": "send",
                    "url": format!("{}/{path}", stage.tls_url()),
                    "ca_file": stage.ca_file(),
                    "account": stage.account(),
                    "key": stage.payout_cert(),
                    "digest": digest,
                    "data": data,
                });
                let sent = peer
                    .ask(&request)
                    .and_then(|answer| accepted(&stage, &answer, part));
                tally.count(&format!("{}: {path}, {digest}", peer.name), sent);
            }
        }
    }
    tally.require_some();
    Ok(tally)
}

fn accepted(stage: &Stage, answer: &Value, part: &str) -> Result<(), String> {
    equal(&json!(200), &answer["status"])?;
    let body = STANDARD.decode(answer["body"].as_str().unwrap_or_default());
    let body = body.map_err(|error| error.to_string())?;
    if !String::from_utf8_lossy(&body).contains(part) {
        return Err(format!("the answer lacks {part}"));
    }
    match stage.take_log().as_slice() {
        [entry] if entry.tls && entry.refusal.is_none() => Ok(()),
        log => Err(format!("the sandbox saw {log:?}")),
    }
}

/// A key as PHP writes it opens, and signs and verifies as PHP does.
fn exported_keys(php: &mut Peer, drivers: &mut [Session]) -> Fallible<Tally> {
    let mut tally = Tally::new("peers: PHP's keys", COMMON);
    for password in ["correct horse battery", "пароль – 42"] {
        let folder = tempfile::tempdir()?;
        let key = php.ask(&json!({ "do": "export_key", "password": password }))?;
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
            let theirs = php.ask(&sign)?;
            let verify = json!({ "do": "verify", "key": folder.path(), "body": body, "signature": theirs, "digest": "auto" });
            for driver in drivers.iter_mut() {
                let name = format!("{}: {password}, {digest}", driver.language);
                let signed = told(driver, &sign).and_then(|ours| equal(&ours, &theirs));
                tally.count(&format!("{name}, sign"), signed);
                let verified =
                    told(driver, &verify).and_then(|matched| equal(&json!(digest), &matched));
                tally.count(&format!("{name}, verify"), verified);
            }
        }
    }
    tally.require_some();
    Ok(tally)
}

/// PHP's `json_encode` and the library write the same bytes.
fn encodings(php: &mut Peer, drivers: &mut [Session], count: usize, seed: u64) -> Vec<Tally> {
    let mut documents = Documents::from_seed(seed);
    let mut tallies: BTreeMap<Language, Tally> = drivers
        .iter()
        .map(|driver| {
            (
                driver.language,
                Tally::of("peers: PHP's JSON", driver.language),
            )
        })
        .collect();
    let mut left = count;
    while left > 0 {
        let batch: Vec<Value> = (0..left.min(BATCH)).map(|_| documents.next()).collect();
        left -= batch.len();
        // All of them encode at the same time.
        let mut asked = ask_php(php, &batch);
        for driver in drivers.iter_mut() {
            asked = asked.and_then(|()| ask_driver(driver, &batch));
        }
        let theirs = asked.and_then(|()| told_by_php(php, &batch));
        for driver in drivers.iter_mut() {
            let Some(tally) = tallies.get_mut(&driver.language) else {
                continue;
            };
            let compared = theirs.as_ref().map_err(Clone::clone).and_then(|theirs| {
                let ours = told_by_driver(driver, &batch)?;
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

fn ask_php(php: &mut Peer, batch: &[Value]) -> Result<(), String> {
    for document in batch {
        let text = tagged::to_text(document).map_err(|error| error.to_string())?;
        let request = json!({ "do": "encode", "text": text });
        let sent = php.program.send(&request.to_string());
        sent.map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn told_by_php(php: &mut Peer, batch: &[Value]) -> Result<Vec<Value>, String> {
    let receive = |_: &Value| {
        let reply = php.program.receive().map_err(|error| error.to_string())?;
        ok("php", reply)
    };
    batch.iter().map(receive).collect()
}

fn ask_driver(driver: &mut Session, batch: &[Value]) -> Result<(), String> {
    for document in batch {
        let text = tagged::to_text(document).map_err(|error| error.to_string())?;
        let request = json!({ "do": "canonical", "data": document, "text": text });
        driver.send(&request.to_string())?;
    }
    Ok(())
}

fn told_by_driver(driver: &mut Session, batch: &[Value]) -> Result<Vec<Value>, String> {
    let name = driver.language.name();
    let receive = |_: &Value| ok(name, driver.receive()?);
    batch.iter().map(receive).collect()
}

fn told(driver: &mut Session, request: &Value) -> Result<Value, String> {
    let name = driver.language.name();
    ok(name, driver.ask(&request.to_string())?)
}

fn ok(name: &str, reply: Reply) -> Result<Value, String> {
    match reply {
        Reply::Ok(ok) => Ok(ok),
        Reply::Error(error) => Err(format!("{name}: {}", Value::Object(error))),
    }
}

fn equal(ours: &Value, theirs: &Value) -> Result<(), String> {
    if ours == theirs {
        Ok(())
    } else {
        Err(format!("{ours} against {theirs}"))
    }
}
