//! The Rust driver: executes the runner's requests with the library's public API.

mod arguments;
mod clients;
mod generated;
mod responses;
mod values;

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, Write as _};
use std::time::Duration;

use alikassa::binding::{Call, Response};
use alikassa::{
    BatchOptions, CallOptions, Client, Digest, DigestMode, EventFilter, Ledger, Notification,
    RawRequest, Redirect, RowFilter, SigningKey, VerifyingKey, WebhookPayload,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::clients::{CallRequest, Clients};

const VERBS: [&str; 20] = [
    "hello",
    "canonical",
    "sign",
    "verify",
    "client",
    "for_account",
    "call",
    "notification",
    "redirect",
    "note",
    "reconcile",
    "iter_reconcile",
    "ledger",
    "request",
    "close",
    "notices",
    "events",
    "support",
    "represent",
    "panic",
];

/// The keys of all requests. Bodies exceed the recursion limit of a JSON parser, so they stay raw
/// text until they are needed.
#[derive(Deserialize)]
struct Request<'a> {
    #[serde(rename = "do")]
    verb: String,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    text: Option<String>,
    key: Option<String>,
    pem: Option<String>,
    password: Option<String>,
    body: Option<String>,
    signature: Option<String>,
    digest: Option<String>,
    client: Option<String>,
    options: Option<Map<String, Value>>,
    operation: Option<String>,
    #[serde(default)]
    input: Map<String, Value>,
    path: Option<String>,
    cert: Option<String>,
    #[serde(default)]
    read: bool,
    timeout: Option<u64>,
    deadline: Option<u64>,
    concurrency: Option<usize>,
    interval: Option<u64>,
    cancel_after: Option<u64>,
    #[serde(default)]
    dry_run: bool,
    query: Option<String>,
    content_type: Option<String>,
    #[serde(borrow)]
    fields: Option<&'a RawValue>,
    times: Option<u64>,
    act: Option<String>,
    order_id: Option<String>,
    reason: Option<String>,
    account: Option<String>,
    derived: Option<String>,
    since: Option<i64>,
    state: Option<String>,
    to: Option<String>,
}

/// Why a request failed: an error of the library, or a request that the driver cannot handle.
enum DriverError {
    Library(alikassa::Error),
    Request(String),
}

impl From<alikassa::Error> for DriverError {
    fn from(error: alikassa::Error) -> Self {
        Self::Library(error)
    }
}

fn main() -> io::Result<()> {
    let mut clients = Clients::default();
    for line in io::stdin().lock().lines() {
        let response = match handle(&line?, &mut clients) {
            Ok(ok) => json!({ "ok": ok }),
            Err(DriverError::Library(error)) => {
                responses::keep_support(error.support());
                json!({ "error": responses::error(&error) })
            }
            Err(DriverError::Request(class)) => json!({ "error": { "class": class } }),
        };
        let mut output = io::stdout().lock();
        writeln!(output, "{response}")?;
        output.flush()?;
    }
    Ok(())
}

fn handle(line: &str, clients: &mut Clients) -> Result<Value, DriverError> {
    let request: Request<'_> = serde_json::from_str(line).map_err(bad_request)?;
    match request.verb.as_str() {
        "hello" => Ok(json!({ "language": "rust", "version": alikassa::VERSION, "verbs": VERBS })),
        "canonical" => Ok(encode(&alikassa::canonical_json(&request.canonical()?)?)),
        "sign" => request.sign(),
        "verify" => request.verify(),
        "client" => {
            let options = request.options.ok_or_else(|| bad_request("no options"))?;
            clients.open(required(request.client)?, &options)
        }
        "for_account" => {
            let (account, derived) = (required(request.account)?, required(request.derived)?);
            clients.derive(&required(request.client)?, account, derived)
        }
        "call" => {
            let client = clients.named(required(request.client.as_ref())?)?;
            request.call()?.execute(client)
        }
        "notification" => {
            let client = clients.named(required(request.client.as_ref())?)?;
            let notification = Box::new(request.notification(client)?);
            responses::verified(&Response::Notification(notification))
        }
        "redirect" => {
            let client = clients.named(required(request.client.as_ref())?)?;
            responses::verified(&Response::Redirect(Box::new(request.redirect(client)?)))
        }
        "note" => {
            let client = clients.named(required(request.client.as_ref())?)?;
            request.note(&request.notification(client)?)
        }
        "reconcile" => {
            let client = clients.named(required(request.client.as_ref())?)?;
            let rows = client.with_options(request.times()).reconcile()?;
            responses::rows(rows.into_iter().map(Ok))
        }
        "iter_reconcile" => {
            let client = clients.named(required(request.client.as_ref())?)?;
            let mut options = BatchOptions::default();
            if let Some(concurrency) = request.concurrency {
                options.concurrency = concurrency;
            }
            let client = client.with_options(request.times());
            responses::reconciled(client.iter_reconcile(options)?)
        }
        "ledger" => request.ledger(),
        "request" => {
            let client = clients.named(required(request.client.as_ref())?)?;
            let client = client.with_options(request.times());
            if request.dry_run {
                let report = client.dry_run(request.raw()?)?;
                return responses::typed(&report.into());
            }
            let reply = client.request(request.raw()?)?;
            responses::keep_support(reply.support());
            Ok(json!({ "status": reply.status, "body": encode(&reply.body) }))
        }
        "close" => {
            clients.named(&required(request.client)?)?.close();
            Ok(Value::Null)
        }
        "notices" => Ok(clients.notices()),
        "events" => Ok(clients.events()),
        "support" => Ok(responses::support()),
        "represent" => {
            let client = clients.named(&required(request.client)?)?;
            Ok(json!(format!("{client:?}\n{client:#?}")))
        }
        "panic" => clients::panic(),
        _ => Err(DriverError::Request("UnknownVerb".to_owned())),
    }
}

impl Request<'_> {
    fn body(&self) -> Result<alikassa::Value, DriverError> {
        values::body(self.data, self.text.as_deref())
    }

    fn canonical(&self) -> Result<alikassa::Value, DriverError> {
        match &self.body {
            Some(body) => values::parsed(&decode(body)?),
            None => self.body(),
        }
    }

    fn raw(&self) -> Result<RawRequest, DriverError> {
        let path = required(self.path.as_ref())?;
        let request = || {
            let cert = required(self.cert.as_ref())?.parse()?;
            Ok(RawRequest::new(path, self.body()?, cert, self.read))
        };
        request().map_err(|error| match error {
            DriverError::Library(error) => {
                let order_id = self.text.as_deref().and_then(values::order_id);
                Call::raw_refused(path, order_id.as_deref(), self.read, error).into()
            }
            unsupported @ DriverError::Request(_) => unsupported,
        })
    }

    fn sign(&self) -> Result<Value, DriverError> {
        let key = if let Some(folder) = &self.key {
            SigningKey::load(folder)?
        } else {
            let password = self.password.as_ref().map(decode).transpose()?;
            SigningKey::from_pem(decode(required(self.pem.as_ref())?)?, password.as_deref())?
        };
        let digest = required(self.digest.as_ref())?.parse::<Digest>()?;
        let body = decode(required(self.body.as_ref())?)?;
        Ok(json!(key.sign(&body, digest)?))
    }

    fn verify(&self) -> Result<Value, DriverError> {
        let key = match &self.key {
            Some(folder) => VerifyingKey::load(folder)?,
            None => VerifyingKey::from_pem(decode(required(self.pem.as_ref())?)?)?,
        };
        let digest = required(self.digest.as_ref())?.parse::<DigestMode>()?;
        let body = decode(required(self.body.as_ref())?)?;
        let matched = key.verify(&body, required(self.signature.as_ref())?, digest)?;
        Ok(json!(matched.as_str()))
    }

    fn call(&self) -> Result<CallRequest<'_>, DriverError> {
        Ok(CallRequest {
            operation: required(self.operation.as_ref())?,
            input: &self.input,
            options: self.times(),
            interval: self.interval.map(Duration::from_millis),
            cancel_after: self.cancel_after.map(Duration::from_millis),
            dry_run: self.dry_run,
        })
    }

    fn notification(&self, client: &Client) -> Result<Notification, DriverError> {
        self.verify_payload(|payload, digest| match digest {
            None => client.notifications().verify(payload),
            Some(digest) => client.notifications().with_digest(digest).verify(payload),
        })
    }

    fn redirect(&self, client: &Client) -> Result<Redirect, DriverError> {
        self.verify_payload(|payload, digest| match digest {
            None => client.redirects().verify(payload),
            Some(digest) => client.redirects().with_digest(digest).verify(payload),
        })
    }

    /// Verifies the message of the request.
    fn verify_payload<T>(
        &self,
        verify: impl FnOnce(WebhookPayload<'_>, Option<DigestMode>) -> alikassa::Result<T>,
    ) -> Result<T, DriverError> {
        let body = self.body.as_ref().map(decode).transpose()?;
        let payload = match (&self.query, &body) {
            (Some(query), _) => WebhookPayload::query(query),
            (None, Some(body)) => WebhookPayload::body(body, self.content_type.as_deref()),
            (None, None) => WebhookPayload::fields(values::members(required(self.fields)?)?),
        };
        let digest = self.digest.as_deref().map(str::parse).transpose()?;
        Ok(verify(payload, digest)?)
    }

    fn note(&self, notification: &Notification) -> Result<Value, DriverError> {
        let ledger = Ledger::named(required(self.path.as_ref())?)?;
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for _ in 0..required(self.times)? {
            *counts
                .entry(ledger.note(notification)?.as_str())
                .or_default() += 1;
        }
        Ok(json!(counts))
    }

    fn ledger(&self) -> Result<Value, DriverError> {
        let ledger = Ledger::named(required(self.path.as_ref())?)?;
        match required(self.act.as_deref())? {
            "open" => responses::rows(ledger.open()),
            "get" => {
                let operation = required(self.operation.as_ref())?;
                let order_id = required(self.order_id.as_ref())?;
                let row = ledger.get_in(self.account.as_deref(), operation, order_id)?;
                Ok(row.as_ref().map_or(Value::Null, responses::row))
            }
            "rows" => responses::rows(ledger.rows(self.row_filter()?)),
            "events" => responses::events(ledger.events(self.event_filter())),
            "release" => {
                let operation = required(self.operation.as_ref())?;
                let order_id = required(self.order_id.as_ref())?;
                let reason = required(self.reason.as_ref())?;
                ledger.release_in(self.account.as_deref(), operation, order_id, reason)?;
                Ok(Value::Null)
            }
            "backup" => {
                ledger.backup(required(self.to.as_ref())?)?;
                Ok(Value::Null)
            }
            "resume" => {
                ledger.resume(required(self.reason.as_ref())?)?;
                Ok(Value::Null)
            }
            act => Err(bad_request(format!("unknown act {act}"))),
        }
    }

    fn row_filter(&self) -> Result<RowFilter, DriverError> {
        let mut filter = RowFilter::new();
        if let Some(state) = &self.state {
            filter = filter.state(state.parse()?);
        }
        if let Some(since) = self.since {
            filter = filter.since_ms(since);
        }
        if let Some(account) = &self.account {
            filter = filter.account(account);
        }
        Ok(filter)
    }

    fn event_filter(&self) -> EventFilter {
        let mut filter = EventFilter::new();
        if let Some(operation) = &self.operation {
            filter = filter.operation(operation);
        }
        if let Some(order_id) = &self.order_id {
            filter = filter.order_id(order_id);
        }
        if let Some(account) = &self.account {
            filter = filter.account(account);
        }
        if let Some(since) = self.since {
            filter = filter.since_ms(since);
        }
        filter
    }

    fn times(&self) -> CallOptions {
        let mut options = CallOptions::default();
        options.timeout = self.timeout.map(Duration::from_millis);
        options.deadline = self.deadline.map(Duration::from_millis);
        options
    }
}

fn required<T>(key: Option<T>) -> Result<T, DriverError> {
    key.ok_or_else(|| bad_request("a key is missing"))
}

fn bad_request(what: impl std::fmt::Display) -> DriverError {
    DriverError::Request(format!("BadRequest: {what}"))
}

fn encode(bytes: &[u8]) -> Value {
    json!(STANDARD.encode(bytes))
}

fn decode(text: impl AsRef<str>) -> Result<Vec<u8>, DriverError> {
    STANDARD.decode(text.as_ref()).map_err(bad_request)
}
