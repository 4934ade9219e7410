//! Clients by the names the runner gives them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use alikassa::{
    Answer, Call, CallOptions, Cert, Client, DigestMode, Operation, OrderRef, RawRequest, Roots,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{Trouble, bad, values};

/// The path on which the core's test hook panics, written out because the constant exists with the hook alone.
const PANIC_PATH: &str = "v1/test-panic";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    account: String,
    payment_cert: Option<PathBuf>,
    payout_cert: Option<PathBuf>,
    base_url: Option<String>,
    digest: Option<String>,
    ca_file: Option<PathBuf>,
    roots: Option<String>,
    connect_timeout: Option<u64>,
    timeout: Option<u64>,
    deadline: Option<u64>,
    max_retries: Option<u32>,
    max_connections: Option<usize>,
    application: Option<String>,
}

#[derive(Default)]
pub(crate) struct Clients(BTreeMap<String, Client>);

impl Clients {
    pub(crate) fn open(&mut self, name: String, options: Options) -> alikassa::Result<Value> {
        let client = options.build()?;
        self.0.insert(name, client);
        Ok(Value::Null)
    }

    pub(crate) fn named(&self, name: &str) -> Result<&Client, Trouble> {
        self.0
            .get(name)
            .ok_or_else(|| bad(format!("no client {name}")))
    }

    pub(crate) fn notices(&self) -> Value {
        self.0.values().flat_map(Client::take_notices).collect()
    }
}

impl Options {
    fn build(self) -> alikassa::Result<Client> {
        let mut builder = Client::builder(self.account);
        if let Some(folder) = self.payment_cert {
            builder = builder.payment_cert(folder)?;
        }
        if let Some(folder) = self.payout_cert {
            builder = builder.payout_cert(folder)?;
        }
        if let Some(base_url) = self.base_url {
            builder = builder.base_url(base_url);
        }
        if let Some(digest) = self.digest {
            builder = builder.digest(digest.parse::<DigestMode>()?);
        }
        if let Some(ca_file) = self.ca_file {
            builder = builder.ca_file(ca_file);
        }
        if let Some(roots) = self.roots {
            builder = builder.roots(roots.parse::<Roots>()?);
        }
        if let Some(connect_timeout) = self.connect_timeout {
            builder = builder.connect_timeout(Duration::from_millis(connect_timeout));
        }
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(Duration::from_millis(timeout));
        }
        if let Some(deadline) = self.deadline {
            builder = builder.deadline(Duration::from_millis(deadline));
        }
        if let Some(max_retries) = self.max_retries {
            builder = builder.max_retries(max_retries);
        }
        if let Some(max_connections) = self.max_connections {
            builder = builder.max_connections(max_connections);
        }
        if let Some(application) = self.application {
            builder = builder.application(application);
        }
        builder.build()
    }
}

/// By the typed functions where their types let the input through; what they make impossible to say in Rust goes
/// the way the bindings go.
pub(crate) fn call(
    client: &Client,
    operation: &str,
    input: &Map<String, Value>,
    options: &CallOptions,
) -> Result<Answer, Trouble> {
    match (operation, order(input)) {
        ("payments.status", Some(order)) => {
            let payment = client.payments().status_with(&order, options)?;
            Ok(Answer::Payment(Box::new(payment)))
        }
        ("payouts.status", Some(order)) => {
            let payout = client.payouts().status_with(&order, options)?;
            Ok(Answer::Payout(Box::new(payout)))
        }
        ("account.balance", None) if input.is_empty() => {
            let balance = client.account().balance_with(options)?;
            Ok(Answer::Balance(Box::new(balance)))
        }
        _ => {
            let call = Call::Typed(Operation::named(operation)?, values::fields(input)?);
            Ok(client.execute(call, options)?)
        }
    }
}

fn order(input: &Map<String, Value>) -> Option<OrderRef> {
    let mut members = input.iter();
    let (Some(member), None) = (members.next(), members.next()) else {
        return None;
    };
    match (member.0.as_str(), member.1) {
        ("id", Value::String(id)) => Some(OrderRef::id(id.as_str())),
        ("id", Value::Number(id)) => Some(OrderRef::id(id.as_i64()?)),
        ("order_id", Value::String(order_id)) => Some(OrderRef::order_id(order_id)),
        _ => None,
    }
}

/// A call that panics; on the pool, where panics end.
pub(crate) fn panic() -> Result<Value, Trouble> {
    let client = Client::builder("panic").build()?;
    let body = alikassa::Value::Map(Vec::new());
    let call = Call::Raw(RawRequest::read(PANIC_PATH, body, Cert::Payout));
    let (sender, receiver) = mpsc::channel();
    client.submit(call, &CallOptions::default(), move |result| {
        // The receiver waits below for as long as the sender lives.
        _ = sender.send(result);
    });
    let answer = receiver.recv().map_err(bad)??;
    Ok(json!(format!("{answer:?}")))
}
