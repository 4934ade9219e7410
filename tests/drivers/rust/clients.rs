//! Clients, by the names that the runner assigns.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use alikassa::binding::{Call, Response};
use alikassa::{
    CallOptions, Cert, Client, DigestMode, Ledger, OrderRef, Payment, PaymentStatus, Payout,
    RawRequest, Roots, WaitOptions,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{DriverError, bad_request, responses, values};

/// The path at which the core's test hook panics. The core's constant exists only with the hook.
const PANIC_PATH: &str = "v1/test-panic";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    account: String,
    payment_cert: Option<PathBuf>,
    payout_cert: Option<PathBuf>,
    notification_cert: Option<Folders>,
    base_url: Option<String>,
    digest: Option<String>,
    ca_file: Option<PathBuf>,
    roots: Option<String>,
    connect_timeout: Option<u64>,
    timeout: Option<u64>,
    deadline: Option<u64>,
    max_retries: Option<u32>,
    max_connections: Option<usize>,
    signature_cache: Option<usize>,
    ledger: Option<PathBuf>,
    application: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Folders {
    One(PathBuf),
    Several(Vec<PathBuf>),
}

impl From<Folders> for Vec<PathBuf> {
    fn from(folders: Folders) -> Self {
        match folders {
            Folders::One(folder) => vec![folder],
            Folders::Several(folders) => folders,
        }
    }
}

#[derive(Default)]
pub(crate) struct Clients(BTreeMap<String, Client>);

impl Clients {
    pub(crate) fn open(&mut self, name: String, options: Options) -> alikassa::Result<Value> {
        let client = options.build()?;
        self.0.insert(name, client);
        Ok(Value::Null)
    }

    pub(crate) fn named(&self, name: &str) -> Result<&Client, DriverError> {
        self.0
            .get(name)
            .ok_or_else(|| bad_request(format!("no client {name}")))
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
        for folder in self.notification_cert.map(Vec::from).unwrap_or_default() {
            builder = builder.notification_cert(folder)?;
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
        if let Some(signature_cache) = self.signature_cache {
            builder = builder.signature_cache(signature_cache);
        }
        if let Some(path) = self.ledger {
            builder = builder.ledger(Ledger::new(path)?);
        }
        if let Some(application) = self.application {
            builder = builder.application(application);
        }
        builder.build()
    }
}

/// A call that the runner requests.
pub(crate) struct CallRequest<'a> {
    pub(crate) operation: &'a str,
    pub(crate) input: &'a Map<String, Value>,
    pub(crate) options: CallOptions,
    pub(crate) interval: Option<Duration>,
    pub(crate) cancel_after: Option<Duration>,
}

impl CallRequest<'_> {
    /// Uses the typed functions if their types can express the input. Otherwise it uses the same
    /// entry point as the bindings.
    pub(crate) fn execute(&self, client: &Client) -> Result<Value, DriverError> {
        if let Some(after) = self.cancel_after {
            let call = self.named()?;
            return responses::typed(&submit(client, call, &self.options, Some(after))?);
        }
        if let Some((_, "wait")) = self.operation.split_once('.') {
            return self.wait(client);
        }
        responses::typed(&self.call(client)?)
    }

    fn call(&self, client: &Client) -> Result<Response, DriverError> {
        let with_options = client.with_options(self.options);
        let (payments, payouts) = (with_options.payments(), with_options.payouts());
        let input = self.input;
        Ok(
            match (self.operation, order(input), order_and_amount(input)) {
                ("payments.status", Some(order), _) => payments.status(&order)?.into(),
                ("payouts.status", Some(order), _) => payouts.status(&order)?.into(),
                ("payments.resolve", _, Some((order_id, amount))) => {
                    payments.resolve(order_id, amount)?.into()
                }
                ("payouts.resolve", _, Some((order_id, amount))) => {
                    payouts.resolve(order_id, amount)?.into()
                }
                ("account.balance", ..) if input.is_empty() => {
                    with_options.account().balance()?.into()
                }
                ("account.info", ..) if input.is_empty() => with_options.account().info()?.into(),
                _ => client.execute(self.named()?, &self.options)?,
            },
        )
    }

    fn wait(&self, client: &Client) -> Result<Value, DriverError> {
        let (sender, updates) = mpsc::channel();
        let mut options = WaitOptions::default();
        options.interval = self.interval;
        let with_options = client.with_options(self.options);
        let response = match (self.operation, order(self.input)) {
            ("payments.wait", Some(order)) => {
                let on_update = |status: &Payment| send(&sender, &status.payment_status);
                with_options
                    .payments()
                    .wait(&order, &options, on_update)?
                    .into()
            }
            ("payouts.wait", Some(order)) => {
                let on_update = |status: &Payout| send(&sender, &status.payment_status);
                with_options
                    .payouts()
                    .wait(&order, &options, on_update)?
                    .into()
            }
            _ => client.execute(self.named()?, &self.options)?,
        };
        let mut record = responses::typed(&response)?;
        if let Value::Object(record) = &mut record {
            record.insert("updates".to_owned(), updates.try_iter().collect());
        }
        Ok(record)
    }

    fn named(&self) -> Result<Call, DriverError> {
        let fields = values::fields(self.input);
        let order_id = self.input.get("order_id").and_then(Value::as_str);
        let fields = fields.map_err(|error| Call::refused(self.operation, order_id, error))?;
        Ok(Call::named(self.operation, fields)?.interval(self.interval))
    }
}

fn send(updates: &mpsc::Sender<String>, status: &PaymentStatus) {
    // The receiver lives until the end of the call.
    _ = updates.send(status.as_str().to_owned());
}

/// The arguments of the typed resolve functions.
fn order_and_amount(input: &Map<String, Value>) -> Option<(&str, Option<&str>)> {
    let known = |name: &String| name == "order_id" || name == "amount";
    let order_id = input.get("order_id")?.as_str()?;
    let amount = match input.get("amount") {
        None | Some(Value::Null) => None,
        Some(amount) => Some(amount.as_str()?),
    };
    input.keys().all(known).then_some((order_id, amount))
}

/// Submits a call to the pool, and cancels it if it does not complete in time.
fn submit(
    client: &Client,
    call: Call,
    options: &CallOptions,
    cancel_after: Option<Duration>,
) -> Result<Response, DriverError> {
    let (sender, receiver) = mpsc::channel();
    let pending = client.submit(call, options, move |result| {
        // The receiver lives as long as the sender.
        _ = sender.send(result);
    });
    if let Some(after) = cancel_after {
        match receiver.recv_timeout(after) {
            Ok(result) => return Ok(result?),
            Err(_) => pending.cancel(),
        }
    }
    Ok(receiver.recv().map_err(bad_request)??)
}

fn order(input: &Map<String, Value>) -> Option<OrderRef> {
    let mut members = input.iter().filter(|(_, value)| !value.is_null());
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

/// Makes a call that panics on the pool, which contains the panic.
pub(crate) fn panic() -> Result<Value, DriverError> {
    let client = Client::builder("panic").build()?;
    let body = alikassa::Value::Map(Vec::new());
    let call = Call::raw(RawRequest::read(PANIC_PATH, body, Cert::Payout));
    let response = submit(&client, call, &CallOptions::default(), None)?;
    Ok(json!(format!("{response:?}")))
}
