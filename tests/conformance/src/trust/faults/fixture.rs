//! Where the cases are played: the sandbox, and what its calls look like when nothing fails.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use alikassa::binding::Response;
use alikassa::{CallOptions, Client, ClientBuilder, Digest, SigningKey};
use alikassa_sandbox::{Duplicates, Options, Sandbox};
use serde_json::{Value, json};

use super::oracle::Ending;
use super::operation::Operation;
use super::proxy::{Cut, Seen, Way, Wire};
use crate::Fallible;
use crate::secrets::Secrets;
use crate::trust::orders::Order;

/// One attempt, and its connecting.
pub(super) const TIMEOUT: Duration = Duration::from_millis(500);

pub(super) const DEADLINE: Duration = Duration::from_secs(3);

pub(super) const MAX_RETRIES: usize = 2;

/// What reads ask for stays as it is, so creates have a sandbox of their own.
pub(super) struct Grounds {
    pub(super) creates: Ground,
    reads: Ground,
}

impl Grounds {
    pub(super) fn new() -> Fallible<Self> {
        Ok(Self {
            creates: Ground::new()?,
            reads: Ground::new()?,
        })
    }

    pub(super) fn of(&self, operation: &Operation) -> &Ground {
        if operation.creates() {
            &self.creates
        } else {
            &self.reads
        }
    }

    pub(super) fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        for Ground { sandbox, .. } in [&self.creates, &self.reads] {
            secrets.add_folder(sandbox.payment_cert());
            secrets.add_folder(sandbox.payout_cert());
        }
        secrets
    }
}

pub(super) struct Ground {
    pub(super) sandbox: Sandbox,
    builder: ClientBuilder,
    plain: SocketAddr,
    tls: SocketAddr,
}

/// How long a call is that nothing befalls, in bytes of the wire.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lengths {
    request: usize,
    answer: usize,
    pub(super) handshake: usize,
}

impl Lengths {
    pub(super) fn of(&self, way: Way) -> usize {
        match way {
            Way::Request => self.request,
            Way::Answer => self.answer,
        }
    }
}

/// A call that ended, and what its wire saw.
pub(super) struct Played {
    pub(super) ending: Ending,
    pub(super) connections: Vec<Seen>,
    pub(super) elapsed: Duration,
}

impl Ground {
    fn new() -> Fallible<Self> {
        let sandbox = Sandbox::start(Options {
            // A create that was sent twice is carried out twice.
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

    /// Makes the call with a new client on a new wire.
    pub(super) fn play(
        &self,
        operation: &Operation,
        order: Order,
        tls: bool,
        cut: Option<Cut>,
    ) -> Fallible<Played> {
        let wire = self.wire(tls, cut)?;
        let scheme = if tls { "https" } else { "http" };
        let base_url = format!("{scheme}://{}", wire.address());
        let client = self.builder.clone().base_url(base_url).build()?;
        let call = operation.call(order)?;
        let began = Instant::now();
        let result = client.execute(call, &CallOptions::default());
        let elapsed = began.elapsed();
        Ok(Played {
            ending: ending(result),
            connections: wire.finish(),
            elapsed,
        })
    }

    pub(super) fn wire(&self, tls: bool, cut: Option<Cut>) -> Fallible<Wire> {
        let upstream = if tls { self.tls } else { self.plain };
        Ok(Wire::start(upstream, cut)?)
    }

    /// Makes the call once with nothing in its way: its lengths, and what it is answered with.
    pub(super) fn measure(
        &self,
        operation: &Operation,
        order: Order,
        tls: bool,
    ) -> Fallible<(Lengths, Vec<u8>)> {
        let played = self.play(operation, order, tls, None)?;
        match (played.ending, &*played.connections) {
            (Ending::Reply(body), [seen]) => {
                let lengths = Lengths {
                    request: seen.sent.len(),
                    answer: seen.answered.len(),
                    handshake: seen.handshake.unwrap_or_default(),
                };
                Ok((lengths, body))
            }
            (ending, _) => Err(format!("{}, with no fault: {ending:?}", operation.name).into()),
        }
    }

    /// The options of a driver's client on this wire.
    pub(super) fn options(&self, wire: &Wire) -> Value {
        json!({
            "account": self.sandbox.account(),
            "payment_cert": self.sandbox.payment_cert(),
            "payout_cert": self.sandbox.payout_cert(),
            "base_url": format!("http://{}", wire.address()),
            "digest": "sha1",
            "connect_timeout": TIMEOUT.as_millis(),
            "timeout": TIMEOUT.as_millis(),
            "deadline": DEADLINE.as_millis(),
            "max_retries": MAX_RETRIES,
        })
    }
}

fn address(url: &str) -> Fallible<SocketAddr> {
    let (_, address) = url.split_once("://").ok_or("a URL without a scheme")?;
    Ok(address.parse()?)
}

fn ending(result: alikassa::Result<Response>) -> Ending {
    match result {
        Ok(Response::Reply(reply)) => Ending::Reply(reply.body),
        Ok(answer) => Ending::Reply(
            answer
                .record()
                .map(|record| record.raw.to_vec())
                .unwrap_or_default(),
        ),
        Err(error) => Ending::Error {
            class: error.kind().class().to_owned(),
            outcome: error.outcome().map(|outcome| outcome.as_str().to_owned()),
            phase: error.phase().map(|phase| phase.as_str().to_owned()),
        },
    }
}
