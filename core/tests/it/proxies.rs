//! Proxies from environment variables. A process has one environment, so each client runs in a new
//! one.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use alikassa::{Client, Phase};

use crate::fixture;

/// An address of this machine. Loopback addresses never use a proxy.
const HOST: &str = "https://0.0.0.0:9";

const SLOW: Duration = Duration::from_millis(1200);
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1500);

/// In a process of its own: prints the phase in which a call failed.
#[test]
fn child_process() {
    let Ok(cert) = std::env::var("PROXY_TEST_CERT") else {
        return;
    };
    let client = Client::builder("account")
        .base_url(HOST)
        .payout_cert(cert.as_str())
        .unwrap()
        .max_retries(0)
        .connect_timeout(CONNECT_TIMEOUT)
        .build()
        .unwrap();
    let started = Instant::now();
    let error = client.account().balance().unwrap_err();
    assert!(started.elapsed() < SLOW * 2, "{:?}", started.elapsed());
    println!("failed in {}.", error.phase().unwrap().as_str());
}

fn assert_fails_in(phase: Phase, environment: &[(&str, &str)]) {
    let sandbox = alikassa_sandbox::Sandbox::start(alikassa_sandbox::Options::default()).unwrap();
    let output = fixture::child_process(module_path!())
        .envs(environment.iter().copied())
        .env("PROXY_TEST_CERT", sandbox.payout_cert())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let expected = format!("failed in {}.", phase.as_str());
    assert!(printed.contains(&expected), "{printed}");
}

#[test]
fn time_spent_on_the_proxy_is_taken_from_the_tls_handshake() {
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
    assert_fails_in(Phase::Tls, &[("HTTPS_PROXY", &proxy)]);
}

#[test]
fn a_host_in_no_proxy_is_connected_directly() {
    let closed_port = "http://127.0.0.1:9";
    assert_fails_in(Phase::Proxy, &[("HTTPS_PROXY", closed_port)]);
    let direct = [("HTTPS_PROXY", closed_port), ("NO_PROXY", "0.0.0.0")];
    assert_fails_in(Phase::Connect, &direct);
}
