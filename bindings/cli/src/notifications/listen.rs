//! A server that shows the notifications it receives.
//!
//! Anybody who reaches the port can send anything: a connection has one request, and its time and
//! memory are limited, as is the number of connections. One thread does all, so that no line is cut
//! when the program ends.

use std::convert::Infallible;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use alikassa::{Client, ErrorKind, WebhookPayload};
use clap::Args;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::{sleep, timeout};

use crate::failure::Failure;
use crate::output::Output;

/// The time of a connection.
const LIMIT: Duration = Duration::from_secs(10);

/// The longest head, and the longest body: more than the library verifies.
const MAX_PART: usize = 128 * 1024;

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
    let (end, mut ended) = unbounded_channel();
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
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().map_err(failed)?;
    runtime.block_on(async {
        let listener = TcpListener::bind((address.host, address.port)).await;
        let listener = listener.map_err(failed)?;
        let url = format!("http://{}", listener.local_addr().map_err(failed)?);
        let line = if output.is_json() {
            json!({ "listening": url }).to_string()
        } else {
            format!("listening on {url}")
        };
        print(&format!("{line}\n"))?;
        tokio::select! {
            () = accept(listener, Arc::new(server)) => Ok(()),
            result = ended.recv() => result.unwrap_or(Ok(())),
        }
    })
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

async fn accept(listener: TcpListener, server: Arc<Server>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let server = Arc::clone(&server);
                tokio::spawn(async move {
                    server.serve(stream).await;
                    drop(place);
                });
            }
            Err(_) => sleep(PAUSE).await,
        }
    }
}

struct Server {
    client: Client,
    output: Output,
    /// Ends the program.
    end: UnboundedSender<Result<(), Failure>>,
}

impl Server {
    async fn serve(&self, stream: TcpStream) {
        let service = service_fn(async |request| Ok::<_, Infallible>(self.respond(request).await));
        let connection = http1::Builder::new()
            .keep_alive(false)
            .header_read_timeout(None)
            .max_buf_size(MAX_PART)
            .serve_connection(TokioIo::new(stream), service);
        let failure = match timeout(LIMIT, connection).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no whole request within {} s", LIMIT.as_secs()),
        };
        self.refuse(&Failure::usage(failure));
    }

    async fn respond(&self, request: Request<Incoming>) -> Response<String> {
        let (head, body) = request.into_parts();
        let query = head.uri.query().unwrap_or_default();
        let status = match head.method {
            Method::GET => self.receive(WebhookPayload::query(query)),
            Method::POST => match read(body).await {
                Ok(body) if body.is_empty() => self.receive(WebhookPayload::query(query)),
                Ok(body) => {
                    let content_type = head.headers.get(CONTENT_TYPE);
                    let content_type =
                        content_type.map(|value| String::from_utf8_lossy(value.as_bytes()));
                    self.receive(WebhookPayload::body(&body, content_type.as_deref()))
                }
                Err((status, reason)) => {
                    self.refuse(&Failure::usage(reason));
                    status
                }
            },
            _ => {
                self.refuse(&Failure::usage("a request that is neither GET nor POST"));
                StatusCode::METHOD_NOT_ALLOWED
            }
        };
        let text = status.canonical_reason().unwrap_or_default();
        let mut response = Response::new(text.to_owned());
        *response.status_mut() = status;
        if status == StatusCode::METHOD_NOT_ALLOWED {
            let methods = HeaderValue::from_static("GET, POST");
            response.headers_mut().insert(ALLOW, methods);
        }
        response
    }

    /// Prints the notification. Only one that was verified and printed is OK.
    fn receive(&self, payload: WebhookPayload<'_>) -> StatusCode {
        let verified = match verify(&self.client, payload) {
            Ok(verified) => verified,
            Err(error) => {
                let is_sender = error.kind().is_notification();
                self.refuse(&error.into());
                return if is_sender {
                    StatusCode::BAD_REQUEST
                } else {
                    StatusCode::INTERNAL_SERVER_ERROR
                };
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
            Ok(()) => StatusCode::OK,
            Err(failure) => {
                _ = self.end.send(Err(failure));
                StatusCode::INTERNAL_SERVER_ERROR
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

/// The body, or the status and the reason of the refusal.
async fn read(body: Incoming) -> Result<Vec<u8>, (StatusCode, &'static str)> {
    let too_long = (
        StatusCode::PAYLOAD_TOO_LARGE,
        "the body is longer than any notification",
    );
    let length = usize::try_from(body.size_hint().lower());
    if length.map_or(true, |length| length > MAX_PART) {
        return Err(too_long);
    }
    match Limited::new(body, MAX_PART).collect().await {
        Ok(collected) => Ok(collected.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_long),
        Err(_) => Err((StatusCode::BAD_REQUEST, "the body is not complete")),
    }
}
