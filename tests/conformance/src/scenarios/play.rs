//! Playing a scenario with one language's driver.

use std::time::Instant;

use alikassa_sandbox as sandbox;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::file::{BadTls, Scenario, Scheme, Step};
use super::requests::Usual;
use super::{Scene, Way};
use crate::child::Reply;
use crate::errors::ErrorTable;
use crate::expect;
use crate::session::Session;
use crate::stage::Stage;
use crate::{Fallible, tagged};

pub(super) struct Player {
    way: Way,
    stage: Stage,
    session: Session,
    /// How many clients there have been: each gets a name of its own.
    clients: usize,
}

impl Player {
    pub(super) fn new(way: Way, table: &ErrorTable) -> Fallible<Self> {
        let stage = Stage::set_up(None)?;
        let session = Session::new(way.language, table, stage.secrets());
        Ok(Self {
            way,
            stage,
            session,
            clients: 0,
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
    clients: &'a mut usize,
    client: String,
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
                && !only.contains(&self.way.language)
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
        match self.open(&scenario.client)? {
            Reply::Ok(_) => Ok(()),
            Reply::Error(error) => Err(format!("no client: {}", Value::Object(error))),
        }
    }

    /// Does one thing, judges it, and gives the reply with what belongs to this run alone taken out.
    fn step(&mut self, step: &Step) -> Result<Value, String> {
        if let Some(change) = &step.sandbox {
            if let Some(digest) = change.digest {
                self.stage.set_digest(digest);
            }
            self.stage.add_faults(&change.faults)?;
            return Ok(Value::Null);
        }
        self.stage.take_log();
        let started = Instant::now();
        let reply = self.act(step)?;
        let took = started.elapsed().as_millis();

        let usual = Usual {
            way: self.way,
            scheme: self.scheme,
            account: self.stage.account(),
        };
        let log = self.stage.take_log();
        let judged = judge(step, &reply).and_then(|()| usual.judge(step, &log));
        judged.map_err(|why| format!("{why}; the reply: {reply:?}"))?;
        if let Some((least, most)) = step.took
            && !(least..=most).contains(&took)
        {
            return Err(format!("it took {took} ms, not {least} to {most}"));
        }
        Ok(self.stage.anonymous(&comparable(step, reply)))
    }

    fn act(&mut self, step: &Step) -> Result<Reply, String> {
        if let Some(options) = &step.open {
            return self.open(options);
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
        for (name, time) in [("timeout", step.timeout), ("deadline", step.deadline)] {
            if let Some(time) = time {
                set(name, json!(time));
            }
        }
        self.session.ask(&Value::Object(request).to_string())
    }

    /// Opens a client; the steps after it use it if it opens.
    fn open(&mut self, options: &Map<String, Value>) -> Result<Reply, String> {
        let mut options = self.stage.options(self.scheme == Scheme::Tls, options);
        if self.way.asynchronous
            && let Some(options) = options.as_object_mut()
        {
            options.insert("mode".to_owned(), json!("async"));
        }
        *self.clients += 1;
        let name = format!("client {}", self.clients);
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
        Reply::Ok(_) if step.r#do.is_some() => Value::Null,
        Reply::Ok(ok) => json!({ "ok": ok }),
        Reply::Error(mut error) => {
            error.retain(|name, value| expect::is_something(value) && !step.varies.contains(name));
            // JavaScript prints an error's message and nothing else of it, so there the hint stands in it too.
            let hint = error.get("hint").and_then(Value::as_str);
            let hint = hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
            let message = error.get("message").and_then(Value::as_str);
            let message = message.map(|message| json!(message.trim_end_matches(&hint)));
            error.extend(message.map(|message| ("message".to_owned(), message)));
            json!({ "error": error })
        }
    }
}

fn judge(step: &Step, reply: &Reply) -> Result<(), String> {
    match (reply, &step.ok, &step.error) {
        (Reply::Ok(actual), Some(Value::Object(expected)), None) => ok(expected, actual),
        (Reply::Ok(actual), Some(expected), None) => expect::same("ok", expected, actual),
        (Reply::Error(actual), None, Some(expected)) => expect::error(expected, actual),
        (Reply::Ok(_), _, _) => Err("no error came".to_owned()),
        (Reply::Error(_), _, _) => Err("an error came".to_owned()),
    }
}

/// `fields` are all that are not null, `has` only some of them; `text` is the whole answer and `contains` a part of
/// it; everything else has to be equal.
fn ok(expected: &Map<String, Value>, actual: &Value) -> Result<(), String> {
    expected
        .iter()
        .try_for_each(|(name, expected)| match name.as_str() {
            "fields" => expect::same("fields", expected, &present(&actual["fields"])),
            "has" => members(expected, &actual["fields"]),
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
