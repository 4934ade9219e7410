//! Runs a scenario with one target's driver.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use alikassa_sandbox as sandbox;
use serde_json::{Map, Value, json};

use super::file::{BadTls, Requests, SandboxChange, Scenario, Scheme, Step};
use super::requests::CommonChecks;
use super::wording::Wording;
use super::{ScenarioResult, Target, ledger, response, state, watching};
use crate::child::Response;
use crate::errors::ErrorTable;
use crate::expect;
use crate::fixture::Fixture;
use crate::session::Session;
use crate::store::Store;
use crate::{Result, tagged};

/// How long a sent request may take to appear in the sandbox's log.
const ARRIVAL_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) struct Runner {
    target: Target,
    fixture: Fixture,
    session: Session,
    clients: Clients,
    wording: Wording,
}

#[derive(Default)]
struct Clients {
    /// The number of clients so far: each gets its own name.
    count: usize,
    /// The names of the shared clients, by their options.
    shared: BTreeMap<String, String>,
}

impl Runner {
    pub(super) fn new(target: Target, table: &ErrorTable, store: &Store) -> Result<Self> {
        let fixture = Fixture::with_store(None, store)?;
        let session = Session::new(target.language, table, fixture.secrets());
        Ok(Self {
            target,
            fixture,
            session,
            clients: Clients::default(),
            wording: Wording::of(target.language)?,
        })
    }

    pub(super) fn start(&mut self) -> Result<(), String> {
        self.session.start()
    }

    pub(super) fn finish(&mut self) -> Result<(), String> {
        self.session.finish()
    }

    pub(super) fn run(&mut self, scenario: &Scenario, scheme: Scheme) -> ScenarioResult {
        if let Some(why) = self.target.language.no_callbacks()
            && scenario.needs_callbacks()
        {
            return ScenarioResult::inexpressible(why, scenario.steps.len());
        }
        let fixture = match scenario
            .bad_tls
            .map(|bad_tls| Fixture::start(Some(bad_tls.into())))
        {
            None => None,
            Some(Ok(fixture)) => Some(fixture),
            Some(Err(error)) => {
                return ScenarioResult {
                    failure: Some(error.to_string()),
                    ..ScenarioResult::default()
                };
            }
        };
        if let Some(fixture) = &fixture {
            self.session.secrets = fixture.secrets();
        }
        let result = Execution {
            target: self.target,
            fixture: fixture.as_ref().unwrap_or(&self.fixture),
            session: &mut self.session,
            clients: &mut self.clients,
            wording: &self.wording,
            client: String::new(),
            first_client: String::new(),
            connections: BTreeSet::new(),
            lock: None,
            scheme,
        }
        .run(scenario);
        self.session.secrets = self.fixture.secrets();
        result
    }
}

/// A scenario that is running.
struct Execution<'a> {
    target: Target,
    fixture: &'a Fixture,
    session: &'a mut Session,
    clients: &'a mut Clients,
    wording: &'a Wording,
    client: String,
    first_client: String,
    /// The connections that have carried a request so far.
    connections: BTreeSet<u64>,
    /// Held as another process would hold the ledger's lock.
    lock: Option<ledger::Lock>,
    scheme: Scheme,
}

impl Execution<'_> {
    fn run(mut self, scenario: &Scenario) -> ScenarioResult {
        let mut result = ScenarioResult::default();
        if let Err(why) = self.begin(scenario) {
            result.failure = Some(why);
            return result;
        }
        for (number, step) in scenario.steps.iter().enumerate() {
            if let Some(why) = &step.why
                && !step.is_for(self.target)
            {
                result.inexpressible.push(why.clone());
                result.responses.push(Value::Null);
                continue;
            }
            match self.step(step) {
                Ok(response) => result.responses.push(response),
                Err(why) => {
                    result.failure = Some(format!("step {}: {why}", number + 1));
                    break;
                }
            }
        }
        result
    }

    fn begin(&mut self, scenario: &Scenario) -> Result<(), String> {
        self.fixture.reset(scenario.digest, &scenario.faults)?;
        // Discards the notices of the previous scenario.
        self.session.call(r#"{"do":"notices"}"#)?;
        let options = self.options(&scenario.client);
        if let Some(name) = self.clients.shared.get(&options.to_string())
            && scenario.shared
        {
            self.client.clone_from(name);
            self.first_client.clone_from(name);
            return Ok(());
        }
        match self.open(&options)? {
            Response::Error(error) => {
                Err(format!("cannot open the client: {}", Value::Object(error)))
            }
            Response::Ok(_) => {
                self.first_client.clone_from(&self.client);
                if scenario.shared {
                    let name = self.client.clone();
                    self.clients.shared.insert(options.to_string(), name);
                }
                Ok(())
            }
        }
    }

    /// Executes and checks one step. Returns the response with values of this run replaced by
    /// placeholders.
    fn step(&mut self, step: &Step) -> Result<Value, String> {
        if let Some(change) = &step.sandbox {
            return self.change(change).map(|()| Value::Null);
        }
        if let Some(file) = step.ledger_file {
            let lock = ledger::change(Path::new(&self.fixture.ledger()), file);
            self.lock = lock.map_err(|error| error.to_string())?;
            return Ok(Value::Null);
        }
        let late = self.fixture.take_log().len();
        if late > 0 {
            return Err(format!(
                "the previous step sent {late} requests after its end"
            ));
        }
        let started = Instant::now();
        let response = match watching::stable(step, self.execute(step)?)? {
            Response::Error(error) => Response::Error(self.wording.common(error)),
            ok @ Response::Ok(_) => ok,
        };
        let took = started.elapsed().as_millis();

        let common = CommonChecks {
            target: self.target,
            scheme: self.scheme,
            account: self.fixture.account(),
        };
        self.await_arrival(step);
        let log = self.fixture.take_log();
        let checked = self
            .check(step, &response)
            .and_then(|()| common.check(step, &log, &self.connections))
            .and_then(|()| state::check(step.state.as_ref(), &self.fixture.state()));
        checked.map_err(|why| format!("{why}; the response: {response:?}"))?;
        self.connections
            .extend(log.iter().map(|entry| entry.connection));
        if let Some((least, most)) = step.took
            && !(least..=most).contains(&took)
        {
            return Err(format!("it took {took} ms, not {least} to {most}"));
        }
        Ok(self
            .fixture
            .normalize(&response::comparable(step, response)))
    }

    fn check(&self, step: &Step, response: &Response) -> Result<(), String> {
        match (response, &step.ok, &step.error) {
            (Response::Ok(actual), Some(expected), _) => {
                let mut expected = self.fixture.expand(expected);
                if self.target.language.no_callbacks().is_some()
                    && let Some(expected) = expected.as_object_mut()
                {
                    expected.remove("updates");
                }
                response::check(&expected, actual)
            }
            (Response::Error(actual), _, Some(expected)) => {
                let expand =
                    |(name, value): (&String, _)| (name.clone(), self.fixture.expand(value));
                expect::error(&expected.iter().map(expand).collect(), actual)
            }
            (Response::Ok(_), ..) => Err("expected an error".to_owned()),
            (Response::Error(_), ..) => Err("unexpected error".to_owned()),
        }
    }

    fn change(&self, change: &SandboxChange) -> Result<(), String> {
        if let Some(digest) = change.digest {
            self.fixture.set_digest(digest);
        }
        self.fixture.control("faults", &change.faults)?;
        self.fixture.control("rules", &change.rules)?;
        for (route, body) in [
            ("balance", &change.balance),
            ("duplicates", &change.duplicates),
        ] {
            let body = body.as_ref().map(|body| json!({ route: body }));
            self.fixture.control(route, &body)?;
        }
        self.fixture.control("settle", &change.settle)
    }

    /// A call that timed out or was cancelled may end before its request arrives.
    fn await_arrival(&self, step: &Step) {
        let expected = step.requests.as_ref().map_or(0, Requests::len);
        let started = Instant::now();
        while self.fixture.request_count() < expected && started.elapsed() < ARRIVAL_TIMEOUT {
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn execute(&mut self, step: &Step) -> Result<Response, String> {
        if let Some(options) = &step.open {
            return self.open(&self.options(options));
        }
        if let Some(account) = &step.for_account {
            return self.derive(&self.fixture.expand(&json!(account)));
        }
        let mut request = Map::new();
        let mut set = |name: &str, value: Value| request.insert(name.to_owned(), value);
        let client = if step.first {
            &self.first_client
        } else {
            &self.client
        };
        set("client", json!(client));
        if let Some(verb) = &step.r#do {
            set("do", json!(verb));
            for (name, value) in &step.input {
                set(name, value.clone());
            }
        }
        if let Some(operation) = &step.call {
            set("do", json!("call"));
            set("operation", json!(operation));
            set("input", self.fixture.expand(&json!(step.input)));
        }
        if let Some(keys) = &step.ledger {
            set("do", json!("ledger"));
            set("path", json!(self.fixture.ledger()));
            for (name, value) in keys {
                set(name, self.fixture.expand(value));
            }
        }
        if let Some(notify) = &step.note {
            set("do", json!("note"));
            set("path", json!(self.fixture.ledger()));
            set("query", json!(self.fixture.forge(notify)?));
            set("times", json!(1));
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
        if step.dry_run {
            set("dry_run", json!(true));
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
        self.session.call(&Value::Object(request).to_string())
    }

    fn options(&self, overrides: &Map<String, Value>) -> Value {
        let mut options = self.fixture.options(self.scheme == Scheme::Tls, overrides);
        if self.target.is_async
            && let Some(options) = options.as_object_mut()
        {
            options.insert("mode".to_owned(), json!("async"));
        }
        options
    }

    /// Derives a client from the last one. If it can, the following steps use it.
    fn derive(&mut self, account: &Value) -> Result<Response, String> {
        self.clients.count += 1;
        let name = format!("client {}", self.clients.count);
        let request = json!({
            "do": "for_account", "client": self.client, "account": account, "derived": name,
        });
        let response = self.session.call(&request.to_string())?;
        if matches!(response, Response::Ok(_)) {
            self.client = name;
        }
        Ok(response)
    }

    /// Opens a client. If it opens, the following steps use it.
    fn open(&mut self, options: &Value) -> Result<Response, String> {
        self.clients.count += 1;
        let name = format!("client {}", self.clients.count);
        let request = json!({ "do": "client", "client": name, "options": options });
        let response = self.session.call(&request.to_string())?;
        if matches!(response, Response::Ok(_)) {
            self.client = name;
        }
        Ok(response)
    }
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
