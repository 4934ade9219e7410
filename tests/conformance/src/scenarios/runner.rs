//! Playing a scenario with one language's driver.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::{Duration, Instant};

use alikassa_sandbox as sandbox;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::file::{BadTls, Change, Requests, Scenario, Scheme, Step};
use super::requests::Usual;
use super::{Scene, Way, ledger, state};
use crate::child::Reply;
use crate::errors::ErrorTable;
use crate::expect;
use crate::session::Session;
use crate::fixture::Stage;
use crate::{Fallible, tagged};

/// How long a request that has been sent may take to be seen.
const ARRIVAL: Duration = Duration::from_secs(2);

pub(super) struct Player {
    way: Way,
    stage: Stage,
    session: Session,
    clients: Clients,
}

#[derive(Default)]
struct Clients {
    /// How many there have been: each gets a name of its own.
    count: usize,
    /// The names of those that are shared, by their options.
    shared: BTreeMap<String, String>,
}

impl Player {
    pub(super) fn new(way: Way, table: &ErrorTable) -> Fallible<Self> {
        let stage = Stage::set_up(None)?;
        let session = Session::new(way.language, table, stage.secrets());
        Ok(Self {
            way,
            stage,
            session,
            clients: Clients::default(),
        })
    }

    pub(super) fn begin(&mut self) -> Result<(), String> {
        self.session.begin()
    }

    pub(super) fn finish(&mut self) -> Result<(), String> {
        self.session.finish()
    }

    pub(super) fn play(&mut self, scenario: &Scenario, scheme: Scheme) -> Scene {
        let stage = match scenario
            .bad_tls
            .map(|bad_tls| Stage::set_up(Some(bad_tls.into())))
        {
            None => None,
            Some(Ok(stage)) => Some(stage),
            Some(Err(error)) => {
                return Scene {
                    failure: Some(error.to_string()),
                    ..Scene::default()
                };
            }
        };
        if let Some(stage) = &stage {
            self.session.secrets = stage.secrets();
        }
        let played = Scenic {
            way: self.way,
            stage: stage.as_ref().unwrap_or(&self.stage),
            session: &mut self.session,
            clients: &mut self.clients,
            client: String::new(),
            connections: BTreeSet::new(),
            lock: None,
            scheme,
        }
        .play(scenario);
        self.session.secrets = self.stage.secrets();
        played
    }
}

/// One scenario while it is played.
struct Scenic<'a> {
    way: Way,
    stage: &'a Stage,
    session: &'a mut Session,
    clients: &'a mut Clients,
    client: String,
    /// Those that carried a request so far.
    connections: BTreeSet<u64>,
    /// Whoever else holds the ledger's lock.
    lock: Option<ledger::Lock>,
    scheme: Scheme,
}

impl Scenic<'_> {
    fn play(mut self, scenario: &Scenario) -> Scene {
        let mut scene = Scene::default();
        if let Err(why) = self.begin(scenario) {
            scene.failure = Some(why);
            return scene;
        }
        for (number, step) in scenario.steps.iter().enumerate() {
            if let (Some(only), Some(why)) = (&step.only, &step.why)
                && !only.iter().any(|who| who.is(self.way))
            {
                scene.inexpressible.push(why.clone());
                scene.replies.push(Value::Null);
                continue;
            }
            match self.step(step) {
                Ok(reply) => scene.replies.push(reply),
                Err(why) => {
                    scene.failure = Some(format!("step {}: {why}", number + 1));
                    break;
                }
            }
        }
        scene
    }

    fn begin(&mut self, scenario: &Scenario) -> Result<(), String> {
        self.stage.prepare(scenario.digest, &scenario.faults)?;
        // Those of the scenario before are none of this one's.
        self.session.ask(r#"{"do":"notices"}"#)?;
        let options = self.options(&scenario.client);
        if let Some(name) = self.clients.shared.get(&options.to_string())
            && scenario.shared
        {
            self.client.clone_from(name);
            return Ok(());
        }
        match self.open(&options)? {
            Reply::Error(error) => Err(format!("no client: {}", Value::Object(error))),
            Reply::Ok(_) => {
                if scenario.shared {
                    let name = self.client.clone();
                    self.clients.shared.insert(options.to_string(), name);
                }
                Ok(())
            }
        }
    }

    /// Does one thing, judges it, and gives the reply with what belongs to this run alone taken out.
    fn step(&mut self, step: &Step) -> Result<Value, String> {
        if let Some(change) = &step.sandbox {
            return self.change(change).map(|()| Value::Null);
        }
        if let Some(file) = step.ledger_file {
            let lock = ledger::change(&self.stage.ledger(), file);
            self.lock = lock.map_err(|error| error.to_string())?;
            return Ok(Value::Null);
        }
        let late = self.stage.take_log().len();
        if late > 0 {
            return Err(format!(
                "the step before sent {late} requests after its end"
            ));
        }
        let started = Instant::now();
        let reply = self.act(step)?;
        let took = started.elapsed().as_millis();

        let usual = Usual {
            way: self.way,
            scheme: self.scheme,
            account: self.stage.account(),
        };
        self.await_arrival(step);
        let log = self.stage.take_log();
        let judged = self
            .judge(step, &reply)
            .and_then(|()| usual.judge(step, &log, &self.connections))
            .and_then(|()| state::judge(step.book.as_ref(), &self.stage.state()));
        judged.map_err(|why| format!("{why}; the reply: {reply:?}"))?;
        self.connections
            .extend(log.iter().map(|entry| entry.connection));
        if let Some((least, most)) = step.took
            && !(least..=most).contains(&took)
        {
            return Err(format!("it took {took} ms, not {least} to {most}"));
        }
        Ok(self.stage.anonymous(&comparable(step, reply)))
    }

    fn judge(&self, step: &Step, reply: &Reply) -> Result<(), String> {
        match (reply, &step.ok, &step.error) {
            (Reply::Ok(actual), Some(expected), _) => ok(&self.stage.filled(expected), actual),
            (Reply::Error(actual), _, Some(expected)) => {
                let filled = |(name, value): (&String, _)| (name.clone(), self.stage.filled(value));
                expect::error(&expected.iter().map(filled).collect(), actual)
            }
            (Reply::Ok(_), ..) => Err("no error came".to_owned()),
            (Reply::Error(_), ..) => Err("an error came".to_owned()),
        }
    }

    fn change(&self, change: &Change) -> Result<(), String> {
        if let Some(digest) = change.digest {
            self.stage.set_digest(digest);
        }
        self.stage.control("faults", &change.faults)?;
        self.stage.control("rules", &change.rules)?;
        for (route, body) in [
            ("balance", &change.balance),
            ("duplicates", &change.duplicates),
        ] {
            let body = body.as_ref().map(|body| json!({ route: body }));
            self.stage.control(route, &body)?;
        }
        self.stage.control("settle", &change.settle)
    }

    /// A call that was cut or given up may end before its request arrives.
    fn await_arrival(&self, step: &Step) {
        let expected = step.requests.as_ref().map_or(0, Requests::len);
        let started = Instant::now();
        while self.stage.seen() < expected && started.elapsed() < ARRIVAL {
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn act(&mut self, step: &Step) -> Result<Reply, String> {
        if let Some(options) = &step.open {
            return self.open(&self.options(options));
        }
        let mut request = Map::new();
        let mut set = |name: &str, value: Value| request.insert(name.to_owned(), value);
        set("client", json!(self.client));
        if let Some(verb) = &step.r#do {
            set("do", json!(verb));
        }
        if let Some(operation) = &step.call {
            set("do", json!("call"));
            set("operation", json!(operation));
            set("input", self.stage.filled(&json!(step.input)));
        }
        if let Some(keys) = &step.ledger {
            set("do", json!("ledger"));
            set("path", json!(self.stage.ledger()));
            for (name, value) in keys {
                set(name, self.stage.filled(value));
            }
        }
        if let Some(path) = &step.request {
            let data = step.data.clone().unwrap_or_else(|| json!(["map", []]));
            set("do", json!("request"));
            set("path", json!(path));
            set(
                "text",
                json!(tagged::to_text(&data).map_err(|error| error.to_string())?),
            );
            set("data", data);
            set("cert", json!(step.cert.as_deref().unwrap_or("payout")));
            if let Some(read) = step.read {
                set("read", json!(read));
            }
        }
        for (name, time) in [
            ("timeout", step.timeout),
            ("deadline", step.deadline),
            ("interval", step.interval),
            ("cancel_after", step.cancel_after),
        ] {
            if let Some(time) = time {
                set(name, json!(time));
            }
        }
        self.session.ask(&Value::Object(request).to_string())
    }

    fn options(&self, own: &Map<String, Value>) -> Value {
        let mut options = self.stage.options(self.scheme == Scheme::Tls, own);
        if self.way.asynchronous
            && let Some(options) = options.as_object_mut()
        {
            options.insert("mode".to_owned(), json!("async"));
        }
        options
    }

    /// Opens a client; the steps after it use it if it opens.
    fn open(&mut self, options: &Value) -> Result<Reply, String> {
        self.clients.count += 1;
        let name = format!("client {}", self.clients.count);
        let request = json!({ "do": "client", "client": name, "options": options });
        let reply = self.session.ask(&request.to_string())?;
        if matches!(reply, Reply::Ok(_)) {
            self.client = name;
        }
        Ok(reply)
    }
}

/// What every language has to be told alike.
fn comparable(step: &Step, reply: Reply) -> Value {
    match reply {
        // What a client looks like as text differs by language.
        Reply::Ok(_) if step.r#do.as_deref() == Some("represent") => Value::Null,
        Reply::Ok(ok) => json!({ "ok": timeless(ok) }),
        Reply::Error(error) => json!({ "error": comparable_error(error, &step.varies) }),
    }
}

fn comparable_error(mut error: Map<String, Value>, varies: &[String]) -> Map<String, Value> {
    error.retain(|name, value| expect::is_something(value) && !varies.contains(name));
    // JavaScript prints an error's message and nothing else of it, so there the hint stands in it too.
    let hint = error.get("hint").and_then(Value::as_str);
    let hint = hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
    let message = error.get("message").and_then(Value::as_str);
    let message = message.map(|message| json!(message.trim_end_matches(&hint)));
    error.extend(message.map(|message| ("message".to_owned(), message)));
    if let Some(Value::Object(cause)) = error.remove("cause") {
        let cause = comparable_error(cause, varies);
        error.insert("cause".to_owned(), Value::Object(cause));
    }
    if let Some(previous) = error.remove("previous") {
        error.insert("previous".to_owned(), timeless(previous));
    }
    error
}

/// Rows of a ledger without their times.
fn timeless(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(timeless).collect(),
        Value::Object(mut members) => {
            members.retain(|name, _| !name.ends_with("_ms"));
            Value::Object(members)
        }
        other => other,
    }
}

fn ok(expected: &Value, actual: &Value) -> Result<(), String> {
    match (expected, actual) {
        (Value::Object(expected), _) => object(expected, actual),
        (Value::Array(expected), Value::Array(actual)) => items(expected, actual),
        _ => expect::same("ok", expected, actual),
    }
}

/// Of an object in a list the members that are named count.
fn items(expected: &[Value], actual: &[Value]) -> Result<(), String> {
    expect::same("the length", &json!(expected.len()), &json!(actual.len()))?;
    let mut pairs = expected.iter().zip(actual);
    pairs.try_for_each(|(expected, actual)| match expected {
        Value::Object(_) => members(expected, actual),
        _ => expect::same("an item", expected, actual),
    })
}

/// `fields` are all that are not null, `has` only some of them, and a `status` that is an object those of a
/// resolution's; `text` is the whole answer and `contains` a part of it; everything else has to be equal.
fn object(expected: &Map<String, Value>, actual: &Value) -> Result<(), String> {
    expected
        .iter()
        .try_for_each(|(name, expected)| match name.as_str() {
            "fields" => expect::same("fields", expected, &present(&actual["fields"])),
            "has" => members(expected, &actual["fields"]),
            "status" if expected.is_object() => {
                let status = actual.pointer("/status/fields");
                members(expected, status.unwrap_or(&Value::Null))
            }
            "text" => expect::same("the answer", expected, &json!(answer(actual)?)),
            "contains" => {
                let (part, text) = (expected.as_str().unwrap_or_default(), answer(actual)?);
                if text.contains(part) {
                    Ok(())
                } else {
                    Err(format!("the answer lacks {part}: {text}"))
                }
            }
            name => expect::same(name, expected, &actual[name]),
        })
}

fn present(fields: &Value) -> Value {
    let members = fields.as_object().into_iter().flatten();
    members
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn members(expected: &Value, actual: &Value) -> Result<(), String> {
    let expected = expected.as_object().into_iter().flatten();
    expected
        .into_iter()
        .try_for_each(|(name, value)| expect::same(name, value, &actual[name]))
}

/// The bytes of the answer: `raw` of a typed reply, `body` of a raw one.
fn answer(actual: &Value) -> Result<String, String> {
    let encoded = actual["raw"].as_str().or(actual["body"].as_str());
    let bytes = STANDARD.decode(encoded.unwrap_or_default());
    let bytes = bytes.map_err(|error| format!("the answer is no base64: {error}"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

impl From<BadTls> for sandbox::BadTls {
    fn from(bad_tls: BadTls) -> Self {
        match bad_tls {
            BadTls::Expired => Self::Expired,
            BadTls::WrongHost => Self::WrongHost,
            BadTls::UnknownRoot => Self::UnknownRoot,
        }
    }
}
