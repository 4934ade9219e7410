//! The sandbox, clients of it, and requests to send.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use alikassa::binding::{Call, Pending, Response};
use alikassa::{CallOptions, Client, ClientBuilder, Digest, Error, PaymentRequest, PayoutRequest};
use alikassa_sandbox::{Fault, FaultKind, Options, Sandbox};
use socket2::{Domain, Socket, Type};

pub(crate) fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).unwrap()
}

/// A client that uses plain HTTP and detects the digest.
pub(crate) fn builder(sandbox: &Sandbox) -> ClientBuilder {
    let builder = Client::builder(sandbox.account()).base_url(sandbox.url());
    builder
        .payment_cert(sandbox.payment_cert())
        .unwrap()
        .payout_cert(sandbox.payout_cert())
        .unwrap()
}

pub(crate) fn tls_builder(sandbox: &Sandbox) -> ClientBuilder {
    builder(sandbox)
        .base_url(sandbox.tls_url())
        .ca_file(sandbox.ca_file())
}

/// A client with a fixed digest: the log has no requests of digest detection.
pub(crate) fn sha1_builder(sandbox: &Sandbox) -> ClientBuilder {
    builder(sandbox).digest(Digest::Sha1)
}

pub(crate) fn payout(order_id: &str) -> PayoutRequest {
    PayoutRequest::new("5.00", "4111111111111111", order_id, "payment_card_rub")
}

pub(crate) fn payment(order_id: &str) -> PaymentRequest {
    PaymentRequest::new("5.00", order_id, "payment_card_rub_hpp", "18.191.80.10")
}

/// The URL of a port that refuses connections while the socket lives.
pub(crate) fn closed_port() -> (Socket, String) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&any.into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, format!("http://{address}"))
}

/// A response in place of the sandbox's own.
pub(crate) fn response(status: u16, body: &str) -> Fault {
    Fault::new(FaultKind::Http {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    })
}

/// The number of requests to `path` since the last reset.
pub(crate) fn request_count(sandbox: &Sandbox, path: &str) -> usize {
    let log = sandbox.log();
    log.iter().filter(|entry| entry.path == path).count()
}

/// The number of payouts with this `order_id` that the sandbox has.
pub(crate) fn payout_count(sandbox: &Sandbox, order_id: &str) -> usize {
    let state = sandbox.state();
    let payouts = state["payouts"].as_array().unwrap();
    payouts
        .iter()
        .filter(|payout| payout["order_id"] == order_id)
        .count()
}

pub(crate) fn submit(
    client: &Client,
    call: Call,
    options: &CallOptions,
) -> (Pending, Receiver<Result<Response, Error>>) {
    let (sender, receiver) = sync_channel(1);
    let pending = client.submit(call, options, move |result| sender.send(result).unwrap());
    (pending, receiver)
}

/// A command that runs the test `child_process` of `module` alone, in a process of its own without
/// the options that the environment of this one may set.
pub(crate) fn child_process(module: &str) -> Command {
    let (_binary, module) = module.split_once("::").unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    let test = format!("{module}::child_process");
    command.args(["--exact", &test, "--nocapture"]);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ALIKASSA_") {
            command.env_remove(name);
        }
    }
    command
}

/// Waits for another thread or process, for at most ten seconds.
#[track_caller]
pub(crate) fn wait_until(done: impl Fn() -> bool) {
    let started = Instant::now();
    while !done() {
        let elapsed = started.elapsed();
        assert!(elapsed < Duration::from_secs(10), "timed out");
        thread::yield_now();
    }
}
