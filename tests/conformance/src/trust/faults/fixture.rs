//! The sandboxes and clients of the cases, and calls without faults.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use alikassa::binding::Response;
use alikassa::{CallOptions, Client, ClientBuilder, Digest, SigningKey};
use alikassa_sandbox::{Duplicates, Options, Sandbox};
use serde_json::{Value, json};

use super::operation::Operation;
use super::oracle::CallResult;
use super::proxy::{Direction, Injection, Proxy, Traffic};
use crate::Result;
use crate::secrets::Secrets;
use crate::trust::orders::Order;

/// The timeouts of one attempt and of connecting.
pub(super) const TIMEOUT: Duration = Duration::from_millis(500);

pub(super) const DEADLINE: Duration = Duration::from_secs(3);

pub(super) const MAX_RETRIES: usize = 2;

/// Creates have their own sandbox, so that they do not change the responses to reads.
pub(super) struct Fixtures {
    pub(super) creates: Fixture,
    reads: Fixture,
}

impl Fixtures {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            creates: Fixture::new()?,
            reads: Fixture::new()?,
        })
    }

    pub(super) fn of(&self, operation: &Operation) -> &Fixture {
        if operation.creates() {
            &self.creates
        } else {
            &self.reads
        }
    }

    pub(super) fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        for Fixture { sandbox, .. } in [&self.creates, &self.reads] {
            secrets.add_folder(sandbox.payment_cert());
            secrets.add_folder(sandbox.payout_cert());
        }
        secrets
    }
}

pub(super) struct Fixture {
    pub(super) sandbox: Sandbox,
    builder: ClientBuilder,
    plain: SocketAddr,
    tls: SocketAddr,
}

/// The sizes of a call without faults, in bytes on the network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    request: usize,
    response: usize,
    pub(super) handshake: usize,
}

impl Sizes {
    pub(super) fn of(&self, direction: Direction) -> usize {
        match direction {
            Direction::Request => self.request,
            Direction::Response => self.response,
        }
    }
}

/// A call that ended, and the traffic of its connections.
pub(super) struct CompletedCall {
    pub(super) result: CallResult,
    pub(super) connections: Vec<Traffic>,
    pub(super) elapsed: Duration,
}

impl Fixture {
    fn new() -> Result<Self> {
        let sandbox = Sandbox::start(Options {
            // A create that is sent twice is executed twice.
            duplicates: Duplicates::Allow,
            balance: "1000000000000".parse().ok(),
            ..Options::default()
        })?;
        let builder = Client::builder(sandbox.account())
            .payment_cert(SigningKey::load(sandbox.payment_cert())?)?
            .payout_cert(SigningKey::load(sandbox.payout_cert())?)?
            .ca_file(sandbox.ca_file())
            .digest(Digest::Sha1)
            .connect_timeout(TIMEOUT)
            .timeout(TIMEOUT)
            .deadline(DEADLINE)
            .max_retries(u32::try_from(MAX_RETRIES)?);
        Ok(Self {
            builder,
            plain: address(sandbox.url())?,
            tls: address(sandbox.tls_url())?,
            sandbox,
        })
    }

    /// Makes the call with a new client through a new proxy.
    pub(super) fn call(
        &self,
        operation: &Operation,
        order: Order,
        tls: bool,
        injection: Option<Injection>,
    ) -> Result<CompletedCall> {
        let proxy = self.proxy(tls, injection)?;
        let scheme = if tls { "https" } else { "http" };
        let base_url = format!("{scheme}://{}", proxy.address());
        let client = self.builder.clone().base_url(base_url).build()?;
        let call = operation.call(order)?;
        let began = Instant::now();
        let result = client.execute(call, &CallOptions::default());
        let elapsed = began.elapsed();
        Ok(CompletedCall {
            result: call_result(result),
            connections: proxy.finish(),
            elapsed,
        })
    }

    pub(super) fn proxy(&self, tls: bool, injection: Option<Injection>) -> Result<Proxy> {
        let upstream = if tls { self.tls } else { self.plain };
        Ok(Proxy::start(upstream, injection)?)
    }

    /// Makes the call once without a fault. Returns its sizes and the response body.
    pub(super) fn measure(
        &self,
        operation: &Operation,
        order: Order,
        tls: bool,
    ) -> Result<(Sizes, Vec<u8>)> {
        let completed = self.call(operation, order, tls, None)?;
        match (completed.result, &*completed.connections) {
            (CallResult::Ok(body), [traffic]) => {
                let sizes = Sizes {
                    request: traffic.sent.len(),
                    response: traffic.received.len(),
                    handshake: traffic.handshake.unwrap_or_default(),
                };
                Ok((sizes, body))
            }
            (result, _) => Err(format!("{}, without a fault: {result:?}", operation.name).into()),
        }
    }

    /// The options of a driver's client that connects through the proxy.
    pub(super) fn options(&self, proxy: &Proxy) -> Value {
        json!({
            "account": self.sandbox.account(),
            "payment_cert": self.sandbox.payment_cert(),
            "payout_cert": self.sandbox.payout_cert(),
            "base_url": format!("http://{}", proxy.address()),
            "digest": "sha1",
            "connect_timeout": TIMEOUT.as_millis(),
            "timeout": TIMEOUT.as_millis(),
            "deadline": DEADLINE.as_millis(),
            "max_retries": MAX_RETRIES,
        })
    }
}

fn address(url: &str) -> Result<SocketAddr> {
    let (_, address) = url.split_once("://").ok_or("the URL has no scheme")?;
    Ok(address.parse()?)
}

fn call_result(result: alikassa::Result<Response>) -> CallResult {
    match result {
        Ok(Response::Reply(reply)) => CallResult::Ok(reply.body),
        Ok(response) => {
            let record = response.record();
            CallResult::Ok(record.map(|record| record.raw.to_vec()).unwrap_or_default())
        }
        Err(error) => CallResult::Error {
            class: error.kind().class().to_owned(),
            outcome: error.outcome().map(|outcome| outcome.as_str().to_owned()),
            phase: error.phase().map(|phase| phase.as_str().to_owned()),
        },
    }
}
