//! A minimal client that shares no code with the server under test.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use alikassa_sandbox::{ACCOUNT, Options, Sandbox};
use serde_json::{Value, json};

pub(crate) const PAYOUT: &str = r#"{"id":"100000536"}"#;
pub(crate) const PAYOUT_STATUS: &str = "/v1/payout/status";

pub(crate) fn start() -> Sandbox {
    Sandbox::start(Options::default()).unwrap()
}

/// Signs with OpenSSL, which also proves that OpenSSL can load the key.
pub(crate) fn sign(archive: &Path, digest: &str, body: &[u8]) -> String {
    let password = format!("file:{}", archive.join("password.txt").display());
    let mut openssl = Command::new("openssl")
        .args(["dgst", &format!("-{digest}"), "-passin", &password, "-sign"])
        .arg(archive.join("private.pem"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("these tests need the openssl command");
    openssl.stdin.take().unwrap().write_all(body).unwrap();
    let output = openssl.wait_with_output().unwrap();
    assert!(output.status.success());
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, output.stdout)
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().unwrap().to_owned()
    }
}

/// A persistent connection.
pub(crate) struct Connection(BufReader<Box<dyn Duplex>>);

pub(crate) trait Duplex: Read + Write {}
impl<T: Read + Write> Duplex for T {}

impl Connection {
    pub(crate) fn open(sandbox: &Sandbox) -> Self {
        Self::over(socket(sandbox.url()))
    }

    pub(crate) fn over(stream: impl Duplex + 'static) -> Self {
        Self(BufReader::new(Box::new(stream)))
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.try_send(bytes).unwrap();
    }

    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(bytes)?;
        self.0.get_mut().flush()
    }

    /// Reads one response with a Content-Length.
    pub(crate) fn response(&mut self) -> io::Result<Response> {
        let status_line = self.line()?;
        let status = status_line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = BTreeMap::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            let duplicate = headers.insert(name.to_ascii_lowercase(), value.to_owned());
            assert_eq!(duplicate, None, "{name}");
        }
        let mut body = vec![0; headers["content-length"].parse().unwrap()];
        self.0.read_exact(&mut body)?;
        Ok(Response {
            status,
            headers,
            body,
        })
    }

    pub(crate) fn read_exact(&mut self, bytes: &mut [u8]) {
        self.0.read_exact(bytes).unwrap();
    }

    /// Reads to the end of the stream.
    pub(crate) fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest)?;
        Ok(rest)
    }

    pub(crate) fn call(&mut self, request: &[u8]) -> Response {
        self.send(request);
        self.response().unwrap()
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.0.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}

/// Connects to the host of a base URL.
pub(crate) fn socket(url: &str) -> TcpStream {
    let socket = TcpStream::connect(url.split_once("://").unwrap().1).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    socket
}

/// A request with a Host header and these headers.
pub(crate) fn request(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("{method} {path} HTTP/1.1\r\nHost: sandbox\r\n{headers}\r\n\r\n{body}").into_bytes()
}

pub(crate) fn signed_headers(sign: &str) -> String {
    format!("Content-Type: application/json\r\nAccount: {ACCOUNT}\r\nSign: {sign}")
}

/// A correctly signed request.
pub(crate) fn signed(archive: &Path, path: &str, body: &str) -> Vec<u8> {
    let sign = sign(archive, "sha1", body.as_bytes());
    let headers = format!(
        "{}\r\nContent-Length: {}",
        signed_headers(&sign),
        body.len()
    );
    request("POST", path, &headers, body)
}

/// A correctly signed status request for the documented payout.
pub(crate) fn payout_status(sandbox: &Sandbox) -> Vec<u8> {
    signed(sandbox.payout_cert(), PAYOUT_STATUS, PAYOUT)
}

/// Sends a request on a new connection.
pub(crate) fn send(sandbox: &Sandbox, request: &[u8]) -> Response {
    Connection::open(sandbox).call(request)
}

/// Calls a control route.
pub(crate) fn control(sandbox: &Sandbox, method: &str, name: &str, body: &str) -> Response {
    let length = format!("Content-Length: {}", body.len());
    send(
        sandbox,
        &request(method, &format!("/_sandbox/{name}"), &length, body),
    )
}

/// Calls a provider's route with the required certificate.
pub(crate) fn call(sandbox: &Sandbox, path: &str, body: &Value) -> Response {
    let archive = if path.starts_with("/v1/payment") {
        sandbox.payment_cert()
    } else {
        sandbox.payout_cert()
    };
    send(sandbox, &signed(archive, path, &body.to_string()))
}

/// The body of a payment's create, with these fields replaced.
pub(crate) fn payment(fields: &Value) -> Value {
    let defaults = json!({
        "amount": "10.00", "order_id": "A-1", "service": "payment_card_rub_hpp",
        "customer_ip": "18.191.80.10",
    });
    with(defaults, fields)
}

/// The body of a payout's create, with these fields replaced.
pub(crate) fn payout(fields: &Value) -> Value {
    let defaults = json!({
        "amount": "30.00", "number": "4111111111111111", "order_id": "A-1",
        "service": "payment_card_rub",
    });
    with(defaults, fields)
}

/// A null removes a field.
fn with(mut defaults: Value, fields: &Value) -> Value {
    let target = defaults.as_object_mut().unwrap();
    target.extend(fields.as_object().unwrap().clone());
    target.retain(|_, value| !value.is_null());
    defaults
}

/// The status response for the order with this `order_id`.
pub(crate) fn status(sandbox: &Sandbox, resource: &str, order_id: &str) -> Value {
    let path = format!("/v1/{resource}/status");
    call(sandbox, &path, &json!({"order_id": order_id})).json()
}
