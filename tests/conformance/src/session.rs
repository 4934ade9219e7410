//! A language's driver over a whole suite: what holds for every answer is checked here, and a driver that died is
//! started anew for the next case.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::{Map, Value};

use crate::Fallible;
use crate::child::{Program, Reply};
use crate::errors::ErrorTable;
use crate::expect;
use crate::language::{self, Language};
use crate::secrets::Secrets;

/// Nobody listens there. No call of a test may leave the machine, and none to loopback may take a proxy.
const DEAD_PROXY: &str = "http://127.0.0.1:9";

/// A name that can never be looked up, for the one scenario that fails there.
const NO_PROXY: &str = "unknown.invalid";

const PROXY_VARIABLES: [&str; 6] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
];

/// What every driver knows.
const VERBS: [&str; 16] = [
    "hello",
    "canonical",
    "sign",
    "verify",
    "client",
    "call",
    "request",
    "notification",
    "redirect",
    "note",
    "reconcile",
    "ledger",
    "close",
    "notices",
    "represent",
    "panic",
];

pub(crate) struct Session {
    pub(crate) language: Language,
    /// The driver's column in a table.
    pub(crate) column: &'static str,
    command: fn(Language) -> Command,
    pub(crate) secrets: Secrets,
    table: ErrorTable,
    driver: Option<Program>,
    /// The classes of errors that came, each with the code the table has for it.
    pub(crate) classes: BTreeSet<String>,
}

impl Session {
    pub(crate) fn new(language: Language, table: &ErrorTable, secrets: Secrets) -> Self {
        Self {
            language,
            column: language.name(),
            command: Language::driver,
            secrets,
            table: table.clone(),
            driver: None,
            classes: BTreeSet::new(),
        }
    }

    /// Rust built without aws-lc, so that everything is signed by the reference engine.
    pub(crate) fn without_aws_lc(table: &ErrorTable, secrets: Secrets) -> Self {
        Self {
            column: "rust without aws-lc",
            command: |_| language::driver_without_aws_lc(),
            ..Self::new(Language::Rust, table, secrets)
        }
    }

    /// Starts the driver, which otherwise waits for the first request.
    pub(crate) fn begin(&mut self) -> Result<(), String> {
        self.driver().map(drop)
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn ask(&mut self, request: &str) -> Result<Reply, String> {
        self.send(request)?;
        self.receive()
    }

    /// Sends a request; its answer can be fetched later, after others.
    pub(crate) fn send(&mut self, request: &str) -> Result<(), String> {
        let sent = self.driver()?.send(request);
        sent.map_err(|error| self.lost(&*error))
    }

    /// The next answer, in the order of the requests.
    pub(crate) fn receive(&mut self) -> Result<Reply, String> {
        let reply = self.driver()?.receive();
        let reply = reply.map_err(|error| self.lost(&*error))?;
        match &reply {
            Reply::Ok(ok) => self.secrets.check(ok)?,
            Reply::Error(error) => {
                self.secrets.check(&Value::Object(error.clone()))?;
                if !is_of_asyncio(self.language, error) {
                    self.classes.insert(self.table.check(error)?);
                }
            }
        }
        Ok(reply)
    }

    /// Ends the driver, which has to end well and to have logged no secret.
    pub(crate) fn finish(&mut self) -> Result<(), String> {
        let Some(driver) = self.driver.take() else {
            return Ok(());
        };
        let stderr = driver.finish().map_err(|error| error.to_string())?;
        self.secrets.check_text(&stderr)
    }

    fn driver(&mut self) -> Result<&mut Program, String> {
        match &mut self.driver {
            Some(driver) => Ok(driver),
            none => {
                let mut command = (self.command)(self.language);
                command.envs(PROXY_VARIABLES.map(|name| (name, DEAD_PROXY)));
                command.envs([("NO_PROXY", NO_PROXY), ("no_proxy", NO_PROXY)]);
                let name = format!("the {} driver", self.column);
                let start = || {
                    let mut driver = Program::start(&name, command)?;
                    let hello = driver.ask(r#"{"do":"hello"}"#)?;
                    Ok((driver, hello))
                };
                let started: Fallible<(Program, Reply)> = start();
                let (driver, hello) = started.map_err(|error| error.to_string())?;
                check_hello(self.language, &hello).map_err(|why| format!("{name}: {why}"))?;
                Ok(none.insert(driver))
            }
        }
    }

    fn lost(&mut self, error: &dyn std::error::Error) -> String {
        self.driver = None;
        error.to_string()
    }
}

/// Python cancels with an exception of its own, which is in no table of this library.
fn is_of_asyncio(language: Language, error: &Map<String, Value>) -> bool {
    language == Language::Python
        && error.get("class") == Some(&"CancelledError".into())
        && !error.contains_key("code")
}

/// A driver is of its language, of this version, and knows the whole protocol.
fn check_hello(language: Language, hello: &Reply) -> Result<(), String> {
    let Reply::Ok(hello) = hello else {
        return Err(format!("it does not say who it is: {hello:?}"));
    };
    expect::same("the language", &language.name().into(), &hello["language"])?;
    expect::same(
        "the version",
        &env!("CARGO_PKG_VERSION").into(),
        &hello["version"],
    )?;
    let verbs = hello["verbs"].as_array().map_or(&[][..], Vec::as_slice);
    match VERBS
        .iter()
        .find(|verb| !verbs.contains(&Value::from(**verb)))
    {
        Some(verb) => Err(format!("it does not know {verb}")),
        None => Ok(()),
    }
}
