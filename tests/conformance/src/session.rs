//! A language's driver during a suite. Checks what must hold for every response, and restarts a
//! driver that died.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::{Map, Value};

use crate::Result;
use crate::child::{Program, Response};
use crate::errors::ErrorTable;
use crate::expect;
use crate::language::{self, Language};
use crate::secrets::Secrets;

/// Nothing listens there. No call of a test may leave the machine, and no call to loopback may use
/// a proxy.
const DEAD_PROXY: &str = "http://127.0.0.1:9";

/// A host name that never resolves, for the one scenario that tests a failing lookup.
const NO_PROXY: &str = "unknown.invalid";

const PROXY_VARIABLES: [&str; 6] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
];

/// The requests that every driver must support.
const VERBS: [&str; 20] = [
    "hello",
    "canonical",
    "sign",
    "verify",
    "client",
    "for_account",
    "call",
    "request",
    "notification",
    "redirect",
    "note",
    "reconcile",
    "iter_reconcile",
    "ledger",
    "close",
    "notices",
    "events",
    "support",
    "represent",
    "panic",
];

pub(crate) struct Session {
    pub(crate) language: Language,
    /// The driver's column in the results table.
    pub(crate) column: &'static str,
    command: fn(Language) -> Command,
    pub(crate) secrets: Secrets,
    table: ErrorTable,
    driver: Option<Program>,
    /// The error classes seen so far, each with the code that the error table assigns to it.
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

    /// The Rust driver built without aws-lc, which signs with the reference engine.
    pub(crate) fn without_aws_lc(table: &ErrorTable, secrets: Secrets) -> Self {
        Self {
            column: "rust without aws-lc",
            command: |_| language::driver_without_aws_lc(),
            ..Self::new(Language::Rust, table, secrets)
        }
    }

    /// Starts the driver now rather than at the first request.
    pub(crate) fn start(&mut self) -> Result<(), String> {
        self.driver().map(drop)
    }

    /// Sends a request and waits for the response.
    pub(crate) fn call(&mut self, request: &str) -> Result<Response, String> {
        self.send(request)?;
        self.receive()
    }

    /// Sends a request. Its response can be received later, after others.
    pub(crate) fn send(&mut self, request: &str) -> Result<(), String> {
        let sent = self.driver()?.send(request);
        sent.map_err(|error| self.discard(&*error))
    }

    /// Receives the next response. Responses arrive in the order of the requests.
    pub(crate) fn receive(&mut self) -> Result<Response, String> {
        let response = self.driver()?.receive();
        let response = response.map_err(|error| self.discard(&*error))?;
        match &response {
            Response::Ok(ok) => self.secrets.check(ok)?,
            Response::Error(error) => {
                self.secrets.check(&Value::Object(error.clone()))?;
                if !is_asyncio_cancellation(self.language, error) {
                    self.classes.insert(self.table.check(error)?);
                }
            }
        }
        Ok(response)
    }

    /// Stops the driver. It must exit successfully and must not have logged a secret.
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
                    let hello = driver.call(r#"{"do":"hello"}"#)?;
                    Ok((driver, hello))
                };
                let started: Result<(Program, Response)> = start();
                let (driver, hello) = started.map_err(|error| error.to_string())?;
                check_hello(self.language, &hello).map_err(|why| format!("{name}: {why}"))?;
                Ok(none.insert(driver))
            }
        }
    }

    fn discard(&mut self, error: &dyn std::error::Error) -> String {
        self.driver = None;
        error.to_string()
    }
}

/// `asyncio.CancelledError` is Python's own class and is not in the library's error table.
fn is_asyncio_cancellation(language: Language, error: &Map<String, Value>) -> bool {
    language == Language::Python
        && error.get("class") == Some(&"CancelledError".into())
        && !error.contains_key("code")
}

/// Checks the driver's language and version, and that it supports the whole protocol.
fn check_hello(language: Language, hello: &Response) -> Result<(), String> {
    let Response::Ok(hello) = hello else {
        return Err(format!("unexpected response to hello: {hello:?}"));
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
        Some(verb) => Err(format!("it does not support {verb}")),
        None => Ok(()),
    }
}
