//! Proxies of the option and of the environment. A process has one environment, so each client that
//! reads it runs in a new one.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use alikassa::{Client, ClientBuilder, Error, ErrorKind, Phase};
use alikassa_sandbox::Sandbox;
use rustls::crypto::aws_lc_rs;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::PrivateKeyDer;

use crate::fixture;

/// An address of this machine. Loopback addresses never use a proxy.
const HOST: &str = "https://0.0.0.0:9";

/// A proxy that refuses connections.
const CLOSED: &str = "http://127.0.0.1:9";

const SLOW: Duration = Duration::from_millis(1200);
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1500);

const VARIABLES: [&str; 8] = [
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "http_proxy",
    "HTTP_PROXY",
    "no_proxy",
    "NO_PROXY",
];

fn builder(cert: impl AsRef<Path>) -> ClientBuilder {
    Client::builder("account")
        .base_url(HOST)
        .payout_cert(cert.as_ref())
        .unwrap()
        .max_retries(0)
        .connect_timeout(CONNECT_TIMEOUT)
}

/// In a process of its own: prints how a call failed.
#[test]
fn child_process() {
    let Ok(cert) = std::env::var("PROXY_TEST_CERT") else {
        return;
    };
    let mut builder = builder(cert);
    if let Ok(option) = std::env::var("PROXY_TEST_OPTION") {
        builder = builder.proxy(option);
    }
    if let Ok(base_url) = std::env::var("PROXY_TEST_BASE_URL") {
        builder = builder.base_url(base_url);
    }
    let started = Instant::now();
    let result = builder
        .build()
        .and_then(|client| client.account().balance());
    assert!(started.elapsed() < SLOW * 2, "{:?}", started.elapsed());
    println!("failed: {}.", summary(&result.unwrap_err()));
}

fn summary(error: &Error) -> String {
    match error.phase() {
        Some(phase) => phase.as_str().to_owned(),
        None => format!("{} {}", error.kind().class(), error.message()),
    }
}

/// How a call fails with these variables, of which `PROXY_TEST_…` are for the child.
fn failure(sandbox: &Sandbox, environment: &[(&str, &str)]) -> String {
    let mut child = fixture::child_process(module_path!());
    for name in VARIABLES {
        child.env_remove(name);
    }
    let output = child
        .envs(environment.iter().copied())
        .env("PROXY_TEST_CERT", sandbox.payout_cert())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let line = printed.lines().find_map(|line| line.split_once("failed: "));
    line.unwrap_or_else(|| panic!("{printed}")).1.to_owned()
}

#[test]
fn the_environment_is_read_as_curl_reads_it() {
    let sandbox = fixture::sandbox();
    let (proxy, direct) = ("proxy.", "connect.");
    let used = ("HTTPS_PROXY", CLOSED);
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[used], proxy),
        (&[("https_proxy", CLOSED)], proxy),
        (&[("ALL_PROXY", CLOSED)], proxy),
        (&[("all_proxy", CLOSED)], proxy),
        (&[("HTTPS_PROXY", "127.0.0.1:9")], proxy),
        (&[("HTTP_PROXY", CLOSED), ("http_proxy", CLOSED)], direct),
        (&[("HTTPS_PROXY", "")], direct),
        (&[used, ("NO_PROXY", "0.0.0.0")], direct),
        (&[used, ("no_proxy", "host.test, 0.0.0.0")], direct),
        (&[used, ("NO_PROXY", "*")], direct),
        (&[used, ("NO_PROXY", "0.0.0.0:9")], direct),
        (&[used, ("NO_PROXY", "0.0.0.0/8")], direct),
        (&[used, ("NO_PROXY", "0.0.0.0:10")], proxy),
        (&[used, ("NO_PROXY", "10.0.0.0/8")], proxy),
        // An unreadable value is no error if it is not used.
        (&[used, ("ALL_PROXY", "ftp://p:1")], proxy),
        (&[("HTTPS_PROXY", "ftp://p:1"), ("NO_PROXY", "*")], direct),
        (&[("HTTPS_PROXY", "socks5://p"), ("NO_PROXY", "*")], direct),
        (&[used, ("PROXY_TEST_OPTION", "none")], direct),
        (&[("PROXY_TEST_OPTION", CLOSED), ("NO_PROXY", "*")], proxy),
        (
            &[("PROXY_TEST_OPTION", CLOSED), ("HTTPS_PROXY", "ftp://p")],
            proxy,
        ),
        (
            &[("HTTPS_PROXY", "ftp://p"), ("PROXY_TEST_BASE_URL", CLOSED)],
            direct,
        ),
    ];
    for (environment, expected) in cases {
        assert_eq!(failure(&sandbox, environment), *expected, "{environment:?}");
    }
}

#[test]
fn an_unreadable_proxy_of_the_environment_is_a_configuration_error() {
    let sandbox = fixture::sandbox();
    for value in [
        "ftp://p:1",
        "http://",
        "http://127.0.0.1:9\n",
        "http://u:p#ss@h",
        "http://127.0.0.1:99999",
        "socks5://127.0.0.1:9",
    ] {
        let failure = failure(&sandbox, &[("HTTPS_PROXY", value)]);
        let expected = "ConfigurationError HTTPS_PROXY: ";
        assert!(failure.starts_with(expected), "{value:?}: {failure}");
        assert!(!failure.contains("p#ss"), "{failure}");
    }
}

#[test]
fn the_option_is_refused_for_a_loopback_base_url() {
    let sandbox = fixture::sandbox();
    let builder = builder(sandbox.payout_cert()).base_url("http://127.0.0.1:9");
    let error = builder.clone().proxy(CLOSED).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.message().contains("loopback"), "{error}");
    assert!(builder.proxy("none").build().is_ok());
}

/// A proxy for one connection. It answers CONNECT with `answer`, and forwards to `server` if there
/// is one. The receiver gets the request.
fn proxy(answer: String, server: Option<String>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.extend(byte);
        }
        sender.send(String::from_utf8(request).unwrap()).unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
        if let Some(server) = server {
            forward(&stream, &TcpStream::connect(server).unwrap());
        }
    });
    (format!("127.0.0.1:{}", address.port()), receiver)
}

fn forward(client: &TcpStream, server: &TcpStream) {
    thread::scope(|scope| {
        for (mut from, mut to) in [(client, server), (server, client)] {
            scope.spawn(move || {
                _ = std::io::copy(&mut from, &mut to);
                _ = to.shutdown(std::net::Shutdown::Both);
            });
        }
    });
}

/// A client of the sandbox over TLS, by a name that is not taken for loopback.
fn proxied(sandbox: &Sandbox, proxy: &str, ca_file: impl AsRef<Path>) -> Client {
    let port = sandbox.tls_url().rsplit(':').next().unwrap();
    let builder = fixture::builder(sandbox).base_url(format!("https://localhost.:{port}"));
    let builder = builder.ca_file(ca_file.as_ref()).proxy(proxy);
    builder.max_retries(0).build().unwrap()
}

#[test]
fn a_tunnel_carries_a_call_also_after_an_answer_with_a_hundred_headers() {
    let sandbox = fixture::sandbox();
    let server = sandbox.tls_url().trim_start_matches("https://").to_owned();
    let headers = format!("X-Header: {}\r\n", "x".repeat(100)).repeat(100);
    for answer in [
        "HTTP/1.0 200 Connection established\r\n\r\n".to_owned(),
        "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\n".to_owned(),
        format!("HTTP/1.1 200 OK\r\n{headers}\r\n"),
    ] {
        let (address, request) = proxy(answer, Some(server.clone()));
        let client = proxied(
            &sandbox,
            &format!("http://user:p%40ss@{address}"),
            sandbox.ca_file(),
        );
        client.account().balance().unwrap();
        let request = request.recv().unwrap();
        let port = server.rsplit(':').next().unwrap();
        let first = format!("CONNECT localhost.:{port} HTTP/1.1\r\nHost: localhost.:{port}\r\n");
        assert!(request.starts_with(&first), "{request}");
        // user:p@ss in base64.
        let authorization = "\r\nProxy-Authorization: Basic dXNlcjpwQHNz\r\n";
        assert!(request.contains(authorization), "{request}");
    }
}

/// A proxy over TLS for one connection, and its certificate in PEM.
fn tls_proxy(server: String) -> (String, String) {
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let private = PrivateKeyDer::try_from(key.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![key.cert.der().clone()], private)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let tls = ServerConnection::new(config.into()).unwrap();
        let mut client = StreamOwned::new(tls, stream);
        let _request = client.read(&mut [0; 1024]).unwrap();
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let mut server = TcpStream::connect(server).unwrap();
        // One thread forwards in both directions, because TLS cannot be shared by two.
        let wait = Some(Duration::from_millis(5));
        client.sock.set_read_timeout(wait).unwrap();
        server.set_read_timeout(wait).unwrap();
        while forward_once(&mut client, &mut server) && forward_once(&mut server, &mut client) {}
    });
    (format!("https://localhost:{port}"), key.cert.pem())
}

/// Forwards what has arrived. Returns false at the end of the connection.
fn forward_once(from: &mut impl Read, to: &mut impl Write) -> bool {
    let mut buffer = [0; 4096];
    match from.read(&mut buffer) {
        Ok(0) => false,
        Ok(amount) => to.write_all(&buffer[..amount]).is_ok(),
        Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
    }
}

#[test]
fn a_proxy_over_tls_carries_a_call_and_its_certificate_is_checked() {
    let sandbox = fixture::sandbox();
    let server = sandbox.tls_url().trim_start_matches("https://").to_owned();
    let folder = tempfile::tempdir().unwrap();
    let authorities = folder.path().join("authorities.pem");
    let (proxy, certificate) = tls_proxy(server.clone());
    let own = std::fs::read_to_string(sandbox.ca_file()).unwrap();
    std::fs::write(&authorities, own + &certificate).unwrap();
    let client = proxied(&sandbox, &proxy, &authorities);
    client.account().balance().unwrap();

    let (other, _) = tls_proxy(server);
    let client = proxied(&sandbox, &other, &authorities);
    let error = client.account().balance().unwrap_err();
    assert_eq!(error.phase(), Some(Phase::Proxy), "{error}");
    assert!(error.message().contains("certificate"), "{error}");
}

#[test]
fn a_refusal_names_its_status_and_any_other_answer_is_an_error() {
    let sandbox = fixture::sandbox();
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n", "x".repeat(70_000));
    for (answer, expected) in [
        (
            "HTTP/1.1 407 Auth\r\n\r\n",
            "the proxy requires a user name and password (HTTP 407) (write the proxy as",
        ),
        (
            "HTTP/1.1 403 Forbidden\r\n\r\n",
            "the proxy does not allow this connection (HTTP 403) (allow the provider's host",
        ),
        (
            "HTTP/1.1 301 Moved\r\n\r\n",
            "refused the connection with 301",
        ),
        ("HTTP/1.1 2000 OK\r\n\r\n", "is not HTTP"),
        ("HTTP/2 200 OK\r\n\r\n", "is not HTTP"),
        ("SSH-2.0-server\r\n\r\n", "is not HTTP"),
        ("HTTP/1.1 200 OK\r\n", "is not complete"),
        ("HTTP/1.1 200 OK\r\n\r\nmore", "after its end"),
        (&long, "is too long"),
    ] {
        let (address, _request) = proxy(answer.to_owned(), None);
        let client = proxied(&sandbox, &format!("http://{address}"), sandbox.ca_file());
        let error = client.account().balance().unwrap_err();
        assert_eq!(error.phase(), Some(Phase::Proxy), "{error}");
        let text = error.to_string();
        assert!(text.starts_with(&format!("proxy: {address}: ")), "{text}");
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn time_spent_on_the_proxy_is_taken_from_the_tls_handshake() {
    let sandbox = fixture::sandbox();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]).unwrap();
        thread::sleep(SLOW);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        // The handshake gets no response.
        thread::sleep(SLOW * 4);
    });
    assert_eq!(failure(&sandbox, &[("HTTPS_PROXY", &proxy)]), "tls.");
}
