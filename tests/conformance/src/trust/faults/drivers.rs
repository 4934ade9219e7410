//! The same cases through the drivers of the other languages.

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::fixture::{Grounds, Played};
use super::oracle::Ending;
use super::operation::Operation;
use super::proxy::Cut;
use crate::Fallible;
use crate::child::Reply;
use crate::errors::ErrorTable;
use crate::language::Language;
use crate::session::Session;
use crate::trust::orders::Order;

pub(super) const LANGUAGES: [Language; 3] = [Language::Python, Language::Node, Language::C];

pub(super) const OPERATIONS: [&str; 4] = [
    "payments.create",
    "payouts.create",
    "payments.status",
    "payouts.status",
];

/// A driver makes one call at a time, so a language has several.
pub(super) const DRIVERS: usize = 4;

const CLIENT: &str = "faults";

pub(super) struct Driver(Session);

impl Driver {
    pub(super) fn start(language: Language, grounds: &Grounds) -> Fallible<Self> {
        let mut session = Session::new(language, &ErrorTable::load()?, grounds.secrets());
        session.begin()?;
        Ok(Self(session))
    }

    /// Makes the call with a new client on a new wire.
    pub(super) fn play(
        &mut self,
        grounds: &Grounds,
        operation: &Operation,
        order: Order,
        cut: Cut,
    ) -> Fallible<Played> {
        let ground = grounds.of(operation);
        let wire = ground.wire(false, Some(cut))?;
        let options = ground.options(&wire);
        self.ok(&json!({ "do": "client", "client": CLIENT, "options": options }).to_string())?;
        let began = Instant::now();
        let reply = self.0.ask(&operation.asked(order, CLIENT))?;
        let elapsed = began.elapsed();
        self.ok(&json!({ "do": "close", "client": CLIENT }).to_string())?;
        Ok(Played {
            ending: ending(reply)?,
            connections: wire.finish(),
            elapsed,
        })
    }

    /// The driver has to end well.
    pub(super) fn finish(mut self) -> Fallible<()> {
        Ok(self.0.finish()?)
    }

    fn ok(&mut self, request: &str) -> Fallible<()> {
        match self.0.ask(request)? {
            Reply::Ok(_) => Ok(()),
            Reply::Error(error) => Err(format!("{request}: {}", Value::Object(error)).into()),
        }
    }
}

fn ending(reply: Reply) -> Fallible<Ending> {
    Ok(match reply {
        Reply::Ok(record) => {
            let raw = record.get("raw").and_then(Value::as_str);
            Ending::Reply(STANDARD.decode(raw.ok_or("a reply without its bytes")?)?)
        }
        Reply::Error(error) => {
            let text = |name| text(&error, name);
            Ending::Error {
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
