//! The proxy of the environment, which is a process's own: each test runs its client in another one.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use crate::fixture;
use alikassa::{Client, Phase};

/// This machine, and no loopback address, which never goes through a proxy.
const HOST: &str = "https://0.0.0.0:9";

const SLOW: Duration = Duration::from_millis(1200);
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1500);

/// What the tests below run as another process: this same program, which prints how its call ended.
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
    println!("ended in {}.", error.phase().unwrap().as_str());
}

fn assert_ends_in(phase: Phase, environment: &[(&str, &str)]) {
    let sandbox = alikassa_sandbox::Sandbox::start(alikassa_sandbox::Options::default()).unwrap();
    let output = fixture::child_process(module_path!())
        .envs(environment.iter().copied())
        .env("PROXY_TEST_CERT", sandbox.payout_cert())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let expected = format!("ended in {}.", phase.as_str());
    assert!(printed.contains(&expected), "{printed}");
}

#[test]
fn a_slow_proxy_leaves_less_time_for_the_handshake() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]).unwrap();
        thread::sleep(SLOW);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        // The handshake is never answered.
        thread::sleep(SLOW * 4);
    });
    assert_ends_in(Phase::Tls, &[("HTTPS_PROXY", &proxy)]);
}

#[test]
fn a_host_that_no_proxy_names_is_reached_without_one() {
    let nobody = "http://127.0.0.1:9";
    assert_ends_in(Phase::Proxy, &[("HTTPS_PROXY", nobody)]);
    let past = [("HTTPS_PROXY", nobody), ("NO_PROXY", "0.0.0.0")];
    assert_ends_in(Phase::Connect, &past);
}
