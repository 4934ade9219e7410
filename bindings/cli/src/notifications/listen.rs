//! A server that shows the notifications it receives.
//!
//! Anybody who reaches the port can send anything: a connection has one request, and its time and
//! memory are limited, as is the number of connections.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use alikassa::{Client, ErrorKind, WebhookPayload};
use clap::Args;
use serde_json::json;

use super::request::{Exchange, Received, Request};
use crate::failure::Failure;
use crate::output::Output;

/// Others wait until one of these has ended.
const MAX_CONNECTIONS: usize = 64;

/// The pause after a connection that the system refused, such as for too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// The time that the last line has to be written after Ctrl-C.
const END_LIMIT: Duration = Duration::from_secs(1);

#[derive(Args)]
pub(super) struct Address {
    /// The port; 0 takes one that is free
    #[arg(long)]
    port: u16,

    /// The address of this machine; 0.0.0.0 lets other machines in
    #[arg(long, default_value_t = Ipv4Addr::LOCALHOST.into(), value_name = "ADDRESS")]
    host: IpAddr,
}

/// Listens until Ctrl-C, or until the standard output cannot be written.
pub(super) fn run(address: &Address, client: Client, output: &Output) -> Result<(), Failure> {
    // Without a key, no notification could be verified.
    if let Err(error) = verify(&client, WebhookPayload::query(""))
        && error.kind() == ErrorKind::Configuration
    {
        return Err(error.into());
    }
    let (end, ended) = channel();
    let server = Server {
        client,
        output: output.clone(),
        end: end.clone(),
    };
    let set = ctrlc::set_handler(move || {
        _ = end.send(Ok(()));
        // Whoever reads the standard output may have stopped, which would hold this program.
        thread::sleep(END_LIMIT);
        std::process::exit(0);
    });
    set.map_err(|error| Failure::usage(format!("Ctrl-C cannot be handled: {error}")))?;
    let place = format!("{}:{}", address.host, address.port);
    let failed = |error: io::Error| Failure::file(&place, &error);
    let listener = TcpListener::bind((address.host, address.port)).map_err(failed)?;
    let url = format!("http://{}", listener.local_addr().map_err(failed)?);
    let line = if output.is_json() {
        json!({ "listening": url }).to_string()
    } else {
        format!("listening on {url}")
    };
    print(&format!("{line}\n"))?;
    thread::spawn(move || accept(&listener, &Arc::new(server)));
    let result = ended.recv().unwrap_or(Ok(()));
    // The line that another thread is writing is not cut.
    std::mem::forget(io::stdout().lock());
    result
}

fn verify(
    client: &Client,
    payload: WebhookPayload<'_>,
) -> alikassa::Result<alikassa::binding::Response> {
    client.verify("notifications.verify", payload, None)
}

fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes());
    let written = written.and_then(|()| stdout.flush());
    written.map_err(|error| Failure::file("standard output", &error))
}

/// Serves each connection on a thread of its own.
fn accept(listener: &TcpListener, server: &Arc<Server>) {
    // Each connection takes a place, and leaves it when it ends.
    let (leave, places) = sync_channel(MAX_CONNECTIONS);
    for _ in 0..MAX_CONNECTIONS {
        _ = leave.send(());
    }
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            thread::sleep(PAUSE);
            continue;
        };
        _ = places.recv();
        let (leave, server) = (leave.clone(), Arc::clone(server));
        let serve = move || {
            server.serve(Exchange::new(stream));
            _ = leave.send(());
        };
        if thread::Builder::new().spawn(serve).is_err() {
            thread::sleep(PAUSE);
        }
    }
}

struct Server {
    client: Client,
    output: Output,
    /// Ends the program.
    end: Sender<Result<(), Failure>>,
}

impl Server {
    fn serve(&self, mut exchange: Exchange) {
        let status = match exchange.receive() {
            Received::Request(request) => self.respond(&request),
            Received::Refused(status, reason) => {
                self.refuse(&Failure::usage(reason));
                status
            }
            Received::Late(reason) => return self.refuse(&Failure::usage(reason)),
            Received::Nothing => return,
        };
        exchange.respond(status);
    }

    /// A request without a body is about its query, as with GET.
    fn respond(&self, request: &Request) -> u16 {
        if request.method != "GET" && request.method != "POST" {
            self.refuse(&Failure::usage("a request that is neither GET nor POST"));
            return 405;
        }
        if request.method == "GET" || request.body.is_empty() {
            return self.receive(WebhookPayload::query(&request.query));
        }
        let content_type = request.content_type.as_deref();
        self.receive(WebhookPayload::body(&request.body, content_type))
    }

    /// Prints the notification. Only one that was verified and printed is OK.
    fn receive(&self, payload: WebhookPayload<'_>) -> u16 {
        let verified = match verify(&self.client, payload) {
            Ok(verified) => verified,
            Err(error) => {
                let is_sender = error.kind().is_notification();
                self.refuse(&error.into());
                return if is_sender { 400 } else { 500 };
            }
        };
        let lines = verified.record().map(|record| {
            let lines = self.output.of_record(&record);
            if self.output.is_json() {
                lines
            } else {
                format!("\n{lines}")
            }
        });
        match print(&lines.unwrap_or_default()) {
            Ok(()) => 200,
            Err(failure) => {
                _ = self.end.send(Err(failure));
                500
            }
        }
    }

    /// Says why a request is not a notification.
    fn refuse(&self, failure: &Failure) {
        if !self.output.is_json() {
            // Nothing else can be done without a standard error.
            _ = writeln!(io::stderr(), "{failure}");
        } else if let Err(failure) = print(&format!("{}\n", failure.json())) {
            _ = self.end.send(Err(failure));
        }
    }
}
