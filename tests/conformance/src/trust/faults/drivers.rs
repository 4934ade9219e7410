//! Runs cases through the drivers of the other languages.

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::fixture::{CompletedCall, Fixtures};
use super::operation::Operation;
use super::oracle::CallResult;
use super::proxy::Injection;
use crate::Result;
use crate::child::Response;
use crate::errors::ErrorTable;
use crate::language::Language;
use crate::session::Session;
use crate::trust::orders::Order;

pub(super) const LANGUAGES: [Language; 5] = [
    Language::Python,
    Language::Node,
    Language::C,
    Language::Php,
    Language::Go,
];

pub(super) const OPERATIONS: [&str; 4] = [
    "payments.create",
    "payouts.create",
    "payments.status",
    "payouts.status",
];

/// A driver makes one call at a time, so each language gets several drivers.
pub(super) const DRIVERS: usize = 4;

const CLIENT: &str = "faults";

pub(super) struct Driver(Session);

impl Driver {
    pub(super) fn start(language: Language, fixtures: &Fixtures) -> Result<Self> {
        let mut session = Session::new(language, &ErrorTable::load()?, fixtures.secrets());
        session.start()?;
        Ok(Self(session))
    }

    /// Makes the call with a new client through a new proxy.
    pub(super) fn call(
        &mut self,
        fixtures: &Fixtures,
        operation: &Operation,
        order: Order,
        injection: Injection,
    ) -> Result<CompletedCall> {
        let fixture = fixtures.of(operation);
        let proxy = fixture.proxy(false, Some(injection))?;
        let options = fixture.options(&proxy);
        self.ok(&json!({ "do": "client", "client": CLIENT, "options": options }).to_string())?;
        let began = Instant::now();
        let response = self.0.call(&operation.driver_request(order, CLIENT))?;
        let elapsed = began.elapsed();
        self.ok(&json!({ "do": "close", "client": CLIENT }).to_string())?;
        Ok(CompletedCall {
            result: call_result(response)?,
            connections: proxy.finish(),
            elapsed,
        })
    }

    /// The driver must exit successfully.
    pub(super) fn finish(mut self) -> Result<()> {
        Ok(self.0.finish()?)
    }

    fn ok(&mut self, request: &str) -> Result<()> {
        match self.0.call(request)? {
            Response::Ok(_) => Ok(()),
            Response::Error(error) => Err(format!("{request}: {}", Value::Object(error)).into()),
        }
    }
}

fn call_result(response: Response) -> Result<CallResult> {
    Ok(match response {
        Response::Ok(record) => {
            let raw = record.get("raw").and_then(Value::as_str);
            CallResult::Ok(STANDARD.decode(raw.ok_or("the response has no `raw`")?)?)
        }
        Response::Error(error) => {
            let text = |name| text(&error, name);
            CallResult::Error {
                class: text("class").unwrap_or_default(),
                outcome: text("outcome"),
                phase: text("phase"),
            }
        }
    })
}

fn text(error: &Map<String, Value>, name: &str) -> Option<String> {
    error.get(name).and_then(Value::as_str).map(str::to_owned)
}
