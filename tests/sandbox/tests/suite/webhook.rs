//! A merchant's webhook server, and helpers to check what it receives.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use alikassa_sandbox::{Notification, Sandbox};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A received request.
pub(crate) struct Received {
    pub(crate) line: String,
    pub(crate) headers: String,
    pub(crate) body: String,
}

/// Responds to every request with the same status until the test ends.
pub(crate) struct Webhook {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Received>>>,
}

impl Webhook {
    pub(crate) fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        thread::spawn(move || {
            for socket in listener.incoming() {
                let requests = Arc::clone(&kept);
                thread::spawn(move || receive(socket.unwrap(), status, &requests));
            }
        });
        Self { address, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Waits for this many requests, and takes them.
    pub(crate) fn take(&self, count: usize) -> Vec<Received> {
        wait_until(|| self.requests.lock().unwrap().len() >= count);
        self.requests.lock().unwrap().drain(..).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.requests.lock().unwrap().is_empty()
    }
}

fn receive(mut socket: TcpStream, status: u16, requests: &Mutex<Vec<Received>>) {
    let mut reader = BufReader::new(socket.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut headers = String::new();
    while !headers.ends_with("\r\n\r\n") && headers != "\r\n" {
        reader.read_line(&mut headers).unwrap();
    }
    let length = headers.split("Content-Length: ").nth(1);
    let length = length.map_or(0, |rest| {
        rest.split("\r\n").next().unwrap().parse().unwrap()
    });
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    requests.lock().unwrap().push(Received {
        line: line.trim_end().to_owned(),
        headers,
        body,
    });
    write!(socket, "HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nOK").unwrap();
}

pub(crate) fn wait_until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(20), "timed out");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Waits until there are this many notifications, each with this many attempts.
pub(crate) fn wait_for_attempts(
    sandbox: &Sandbox,
    count: usize,
    attempts: usize,
) -> Vec<Notification> {
    wait_until(|| {
        let notifications = sandbox.notifications();
        let done = |notification: &Notification| notification.attempts.len() >= attempts;
        notifications.len() >= count && notifications.iter().all(done)
    });
    sandbox.notifications()
}

/// The decoded parameters of a query or form.
pub(crate) fn parameters(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
    pairs
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    let found = parameters(query).into_iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value)
}

fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap().replace('+', " ").into_bytes();
    for part in parts {
        bytes.extend(hex::decode(&part[..2]).unwrap());
        bytes.extend(part[2..].replace('+', " ").bytes());
    }
    String::from_utf8(bytes).unwrap()
}

/// Whether OpenSSL verifies the signature of the text.
pub(crate) fn verifies(archive: &Path, digest: &str, text: &str, sign: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let signature = folder.path().join("signature");
    std::fs::write(&signature, STANDARD.decode(sign).unwrap()).unwrap();
    let mut openssl = Command::new("openssl")
        .args(["dgst", &format!("-{digest}"), "-signature"])
        .arg(signature)
        .arg("-verify")
        .arg(archive.join("public.pem"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("these tests need the openssl command");
    let mut input = openssl.stdin.take().unwrap();
    input.write_all(text.as_bytes()).unwrap();
    drop(input);
    openssl.wait().unwrap().success()
}
