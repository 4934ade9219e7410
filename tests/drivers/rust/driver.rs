//! The Rust driver: obeys the runner's requests with the library's public API, and judges nothing.

mod responses;
mod clients;
mod values;

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, Write as _};
use std::time::Duration;

use alikassa::binding::{Call, Response};
use alikassa::{
    CallOptions, Client, Digest, DigestMode, Ledger, Notification, RawRequest, Redirect,
    SigningKey, VerifyingKey, WebhookPayload,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::clients::{Asked, Clients, Options};

const VERBS: [&str; 16] = [
    "hello",
    "canonical",
    "sign",
    "verify",
    "client",
    "call",
    "notification",
    "redirect",
    "note",
    "reconcile",
    "ledger",
    "request",
    "close",
    "notices",
    "represent",
    "panic",
];

/// The verbs' keys, each as far as the verb has them; bodies nest deeper than a JSON reader goes by itself, so they
/// stay text until their turn.
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
    options: Option<Options>,
    operation: Option<String>,
    #[serde(default)]
    input: Map<String, Value>,
    path: Option<String>,
    cert: Option<String>,
    #[serde(default)]
    read: bool,
    timeout: Option<u64>,
    deadline: Option<u64>,
    interval: Option<u64>,
    cancel_after: Option<u64>,
    query: Option<String>,
    content_type: Option<String>,
    #[serde(borrow)]
    fields: Option<&'a RawValue>,
    times: Option<u64>,
    act: Option<String>,
    order_id: Option<String>,
    reason: Option<String>,
    account: Option<String>,
}

/// Why a request was not carried out: the library's answer, or a request the driver cannot follow.
enum Trouble {
    Library(alikassa::Error),
    Request(String),
}

impl From<alikassa::Error> for Trouble {
    fn from(error: alikassa::Error) -> Self {
        Self::Library(error)
    }
}

fn main() -> io::Result<()> {
    let mut clients = Clients::default();
    for line in io::stdin().lock().lines() {
        let answer = match obey(&line?, &mut clients) {
            Ok(ok) => json!({ "ok": ok }),
            Err(Trouble::Library(error)) => json!({ "error": responses::error(&error) }),
            Err(Trouble::Request(class)) => json!({ "error": { "class": class } }),
        };
        let mut output = io::stdout().lock();
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

fn obey(line: &str, clients: &mut Clients) -> Result<Value, Trouble> {
    let request: Request<'_> = serde_json::from_str(line).map_err(bad)?;
    match request.verb.as_str() {
        "hello" => Ok(json!({ "language": "rust", "version": alikassa::VERSION, "verbs": VERBS })),
        "canonical" => Ok(encode(&alikassa::canonical_json(&request.canonical()?)?)),
        "sign" => request.sign(),
        "verify" => request.verify(),
        "client" => {
            let options = request.options.ok_or_else(|| bad("no options"))?;
            Ok(clients.open(needed(request.client)?, options)?)
        }
        "call" => {
            let client = clients.named(needed(request.client.as_ref())?)?;
            request.asked()?.of(client)
        }
        "notification" => {
            let client = clients.named(needed(request.client.as_ref())?)?;
            responses::verified(&Response::Notification(Box::new(request.event(client)?)))
        }
        "redirect" => {
            let client = clients.named(needed(request.client.as_ref())?)?;
            responses::verified(&Response::Redirect(Box::new(request.redirect(client)?)))
        }
        "note" => {
            let client = clients.named(needed(request.client.as_ref())?)?;
            request.note(&request.event(client)?)
        }
        "reconcile" => {
            let client = clients.named(needed(request.client.as_ref())?)?;
            Ok(responses::rows(&client.reconcile_with(&request.times())?))
        }
        "ledger" => request.ledger(),
        "request" => {
            let client = clients.named(needed(request.client.as_ref())?)?;
            let reply = client.request_with(request.raw()?, &request.times())?;
            Ok(json!({ "status": reply.status, "body": encode(&reply.body) }))
        }
        "close" => {
            clients.named(&needed(request.client)?)?.close();
            Ok(Value::Null)
        }
        "notices" => Ok(clients.notices()),
        "represent" => {
            let client = clients.named(&needed(request.client)?)?;
            Ok(json!(format!("{client:?}\n{client:#?}")))
        }
        "panic" => clients::panic(),
        _ => Err(Trouble::Request("UnknownVerb".to_owned())),
    }
}

impl Request<'_> {
    fn body(&self) -> Result<alikassa::Value, Trouble> {
        values::body(self.data, self.text.as_deref())
    }

    fn canonical(&self) -> Result<alikassa::Value, Trouble> {
        match &self.body {
            Some(body) => values::parsed(&decode(body)?),
            None => self.body(),
        }
    }

    fn raw(&self) -> Result<RawRequest, Trouble> {
        let path = needed(self.path.as_ref())?;
        let made = || {
            let cert = needed(self.cert.as_ref())?.parse()?;
            Ok(RawRequest::new(path, self.body()?, cert, self.read))
        };
        made().map_err(|trouble| match trouble {
            Trouble::Library(error) => {
                let order_id = self.text.as_deref().and_then(values::order_id);
                Call::raw_refused(path, order_id.as_deref(), self.read, error).into()
            }
            request @ Trouble::Request(_) => request,
        })
    }

    fn sign(&self) -> Result<Value, Trouble> {
        let key = if let Some(folder) = &self.key {
            SigningKey::load(folder)?
        } else {
            let password = self.password.as_ref().map(decode).transpose()?;
            SigningKey::from_pem(decode(needed(self.pem.as_ref())?)?, password.as_deref())?
        };
        let digest = needed(self.digest.as_ref())?.parse::<Digest>()?;
        let body = decode(needed(self.body.as_ref())?)?;
        Ok(json!(key.sign(&body, digest)?))
    }

    fn verify(&self) -> Result<Value, Trouble> {
        let key = match &self.key {
            Some(folder) => VerifyingKey::load(folder)?,
            None => VerifyingKey::from_pem(decode(needed(self.pem.as_ref())?)?)?,
        };
        let digest = needed(self.digest.as_ref())?.parse::<DigestMode>()?;
        let body = decode(needed(self.body.as_ref())?)?;
        let matched = key.verify(&body, needed(self.signature.as_ref())?, digest)?;
        Ok(json!(matched.as_str()))
    }

    fn asked(&self) -> Result<Asked<'_>, Trouble> {
        Ok(Asked {
            operation: needed(self.operation.as_ref())?,
            input: &self.input,
            options: self.times(),
            interval: self.interval.map(Duration::from_millis),
            cancel_after: self.cancel_after.map(Duration::from_millis),
        })
    }

    fn event(&self, client: &Client) -> Result<Notification, Trouble> {
        self.delivered(|delivery, digest| match digest {
            None => client.notifications().verify(delivery),
            Some(digest) => client.notifications().verify_with(delivery, digest),
        })
    }

    fn redirect(&self, client: &Client) -> Result<Redirect, Trouble> {
        self.delivered(|delivery, digest| match digest {
            None => client.redirects().verify(delivery),
            Some(digest) => client.redirects().verify_with(delivery, digest),
        })
    }

    /// What arrived, for the library to verify.
    fn delivered<T>(
        &self,
        verify: impl FnOnce(WebhookPayload<'_>, Option<DigestMode>) -> alikassa::Result<T>,
    ) -> Result<T, Trouble> {
        let body = self.body.as_ref().map(decode).transpose()?;
        let delivery = match (&self.query, &body) {
            (Some(query), _) => WebhookPayload::query(query),
            (None, Some(body)) => WebhookPayload::body(body, self.content_type.as_deref()),
            (None, None) => WebhookPayload::fields(values::members(needed(self.fields)?)?),
        };
        let digest = self.digest.as_deref().map(str::parse).transpose()?;
        Ok(verify(delivery, digest)?)
    }

    fn note(&self, event: &Notification) -> Result<Value, Trouble> {
        let ledger = Ledger::new(needed(self.path.as_ref())?)?;
        let mut noted: BTreeMap<&str, u64> = BTreeMap::new();
        for _ in 0..needed(self.times)? {
            *noted.entry(ledger.note(event)?.as_str()).or_default() += 1;
        }
        Ok(json!(noted))
    }

    fn ledger(&self) -> Result<Value, Trouble> {
        let ledger = Ledger::new(needed(self.path.as_ref())?)?;
        match needed(self.act.as_deref())? {
            "open" => Ok(responses::rows(&ledger.open()?)),
            "release" => {
                let operation = needed(self.operation.as_ref())?;
                let order_id = needed(self.order_id.as_ref())?;
                let reason = needed(self.reason.as_ref())?;
                ledger.release_in(self.account.as_deref(), operation, order_id, reason)?;
                Ok(Value::Null)
            }
            act => Err(bad(format!("no act {act}"))),
        }
    }

    fn times(&self) -> CallOptions {
        let mut options = CallOptions::default();
        options.timeout = self.timeout.map(Duration::from_millis);
        options.deadline = self.deadline.map(Duration::from_millis);
        options
    }
}

fn needed<T>(key: Option<T>) -> Result<T, Trouble> {
    key.ok_or_else(|| bad("a key is missing"))
}

fn bad(what: impl std::fmt::Display) -> Trouble {
    Trouble::Request(format!("BadRequest: {what}"))
}

fn encode(bytes: &[u8]) -> Value {
    json!(STANDARD.encode(bytes))
}

fn decode(text: impl AsRef<str>) -> Result<Vec<u8>, Trouble> {
    STANDARD.decode(text.as_ref()).map_err(bad)
}
