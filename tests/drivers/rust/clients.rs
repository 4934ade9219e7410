//! Clients, by the names that the runner assigns.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;
use std::{fs, thread};

use alikassa::binding::{Call, Response};
use alikassa::{
    CallOptions, Cert, Client, ClientBuilder, ClientEvent, Digest, Limits, PaymentStatus,
    RawRequest, SigningKey, VerifyingKey, WaitOptions,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::arguments::text;
use crate::{DriverError, bad_request, generated, responses, values};

/// The path at which the core's test hook panics. The core's constant exists only with the hook.
const PANIC_PATH: &str = "v1/test-panic";

/// Longer than any timeout of a scenario with a signer that hangs.
const HANG: Duration = Duration::from_secs(3);

#[derive(Default)]
pub(crate) struct Clients {
    named: BTreeMap<String, Client>,
    events: Arc<Mutex<Vec<Value>>>,
}

impl Clients {
    pub(crate) fn open(
        &mut self,
        name: String,
        options: &Map<String, Value>,
    ) -> Result<Value, DriverError> {
        let client = build(options, &self.events)?;
        self.named.insert(name, client);
        Ok(Value::Null)
    }

    pub(crate) fn derive(
        &mut self,
        name: &str,
        account: String,
        derived: String,
    ) -> Result<Value, DriverError> {
        let client = self.named(name)?.for_account(account)?;
        self.named.insert(derived, client);
        Ok(Value::Null)
    }

    pub(crate) fn named(&self, name: &str) -> Result<&Client, DriverError> {
        self.named
            .get(name)
            .ok_or_else(|| bad_request(format!("no client {name}")))
    }

    pub(crate) fn notices(&self) -> Value {
        self.named.values().flat_map(Client::take_notices).collect()
    }

    /// The events since the last call.
    pub(crate) fn events(&self) -> Value {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *events).into()
    }
}

/// An option that is null is not set. Each item of a list is set separately.
fn build(
    options: &Map<String, Value>,
    events: &Arc<Mutex<Vec<Value>>>,
) -> Result<Client, DriverError> {
    let account = options
        .get("account")
        .ok_or_else(|| bad_request("no account"))?;
    let mut builder = Client::builder(text(account)?);
    for (name, value) in options.iter().filter(|(name, _)| *name != "account") {
        if name == "limits" {
            builder = set_limits(builder, value)?;
            continue;
        }
        if name == "on_event" {
            builder = builder.on_event(hook(events, value == "raise"));
            continue;
        }
        let items = match value {
            Value::Null => &[],
            Value::Array(items) => items.as_slice(),
            item => std::slice::from_ref(item),
        };
        for item in items {
            builder = match (name.as_str(), item.get("external")) {
                ("payment_cert", Some(_)) => builder.payment_cert(external_key(item)?)?,
                ("payout_cert", Some(_)) => builder.payout_cert(external_key(item)?)?,
                _ => generated::set(builder, name, item)?,
            };
        }
    }
    Ok(builder.build()?)
}

/// A hook that collects the events, and panics if that is asked for.
fn hook(events: &Arc<Mutex<Vec<Value>>>, panics: bool) -> impl Fn(&ClientEvent) + use<> {
    let events = Arc::clone(events);
    move |event| {
        let mut collected = events.lock().unwrap_or_else(PoisonError::into_inner);
        collected.push(responses::client_event(event));
        drop(collected);
        assert!(!panics, "the hook failed");
    }
}

/// A key whose signatures a function makes with the key of a folder.
fn external_key(option: &Value) -> Result<SigningKey, DriverError> {
    let folder = text(&option["external"])?.to_owned();
    let fault = option["fault"].as_str().unwrap_or_default().to_owned();
    let key = SigningKey::load(&folder)?;
    let public = VerifyingKey::load(&folder)?;
    let sign = move |message: &[u8], digest: Digest| {
        let mut message = message.to_vec();
        match fault.as_str() {
            "raise" => return Err(fs::read_to_string(format!("{folder}/password.txt"))?.into()),
            "hang" => thread::sleep(HANG),
            "wrong" => message.push(b' '),
            _ => {}
        }
        Ok(STANDARD.decode(key.sign(&message, digest)?)?)
    };
    Ok(SigningKey::external(public, sign)?)
}

/// The limits of each operation; the function of a limit returns a word of JSON, or panics.
#[expect(clippy::panic, reason = "a merchant's function may panic")]
fn set_limits(mut builder: ClientBuilder, value: &Value) -> Result<ClientBuilder, DriverError> {
    let operations = value.as_object();
    let operations = operations.ok_or_else(|| bad_request("limits: no object"))?;
    for (operation, limits) in operations {
        let mut set = Limits::new();
        let limits = limits.as_object();
        for (name, value) in limits.ok_or_else(|| bad_request("limits: no object"))? {
            if let Some(result) = value.get("returns").and_then(Value::as_str) {
                let result = result.to_owned();
                set = set.allow_number(move |number| {
                    let allowed: Result<bool, _> = result.parse();
                    allowed.unwrap_or_else(|_| panic!("{result}: no list for {number}"))
                });
                continue;
            }
            let member = Map::from_iter([(name.clone(), value.clone())]);
            let member = values::fields(&member)?.pop();
            set = set.set(name, member.ok_or_else(|| bad_request("no member"))?.1);
        }
        builder = builder.limits(operation.clone(), set);
    }
    Ok(builder)
}

/// A call that the runner requests.
pub(crate) struct CallRequest<'a> {
    pub(crate) operation: &'a str,
    pub(crate) input: &'a Map<String, Value>,
    pub(crate) options: CallOptions,
    pub(crate) interval: Option<Duration>,
    pub(crate) cancel_after: Option<Duration>,
    pub(crate) dry_run: bool,
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
        if self.dry_run {
            return Ok(client.execute(self.named()?.dry_run(true), &self.options)?);
        }
        let with_options = client.with_options(self.options);
        match generated::call(&with_options, self.operation, self.input) {
            Some(result) => Ok(result?),
            None => Ok(client.execute(self.named()?, &self.options)?),
        }
    }

    fn wait(&self, client: &Client) -> Result<Value, DriverError> {
        let (sender, updates) = mpsc::channel();
        let mut options = WaitOptions::default();
        options.interval = self.interval;
        let with_options = client.with_options(self.options);
        let on_update = |status: &PaymentStatus| {
            // The receiver lives until the end of the call.
            _ = sender.send(status.as_str().to_owned());
        };
        let (operation, input) = (self.operation, self.input);
        let response = match generated::wait(&with_options, operation, input, &options, on_update) {
            Some(result) => result?,
            None => client.execute(self.named()?, &self.options)?,
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

/// Makes a call that panics on the pool, which contains the panic.
pub(crate) fn panic() -> Result<Value, DriverError> {
    let client = Client::builder("panic").build()?;
    let body = alikassa::Value::Map(Vec::new());
    let call = Call::raw(RawRequest::read(PANIC_PATH, body, Cert::Payout));
    let response = submit(&client, call, &CallOptions::default(), None)?;
    Ok(json!(format!("{response:?}")))
}
