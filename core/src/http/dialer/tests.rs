use std::io::Write as _;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use alikassa_sandbox::{Options, Sandbox};
use ureq::Timeout;

use super::*;
use crate::net::tls::{Roots, TlsRoots};

/// A name, and not the literal that the resolver knows.
const HOST: &str = "localhost.";

fn address_of(url: &str) -> SocketAddr {
    let authority = url.rsplit('/').next().unwrap();
    authority.parse().unwrap()
}

/// A dialer of a name with these addresses, and TLS with the sandbox's authority.
fn dialer(sandbox: &Sandbox, addresses: Vec<SocketAddr>) -> Dialer {
    let target = Server {
        host: HOST.to_owned(),
        port: 443,
        tls: true,
    };
    let roots = TlsRoots::load(Roots::Bundled, Some(sandbox.ca_file().as_ref())).unwrap();
    let mut dialer = Dialer::new(target, None, roots.client_config(), "test".to_owned());
    dialer.names = Resolver::known(dialer.target.clone(), addresses);
    dialer
}

fn dial(dialer: &Dialer, limit: Duration) -> Result<Box<dyn Stream>, ureq::Error> {
    let timeout = NextTimeout {
        after: limit.into(),
        reason: Timeout::Connect,
        ..NextTimeout::default()
    };
    progress::enter(dialer.first_phase());
    dialer.dial(timeout, &|_| Ok(()))
}

/// A server that answers a handshake with this, and keeps the connection open.
fn server(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let streams: Vec<_> = listener.incoming().take(1).flatten().collect();
        for mut stream in &streams {
            stream.write_all(answer).unwrap();
        }
        thread::sleep(Duration::from_secs(10));
    });
    address
}

fn closed() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

#[test]
fn the_next_address_is_tried_after_a_failure_of_tls() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let good = address_of(sandbox.tls_url());
    let plain = server(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let dialer = dialer(&sandbox, vec![closed(), plain, good]);
    assert!(dial(&dialer, Duration::from_secs(5)).is_ok());
}

#[test]
fn an_address_that_hangs_leaves_time_for_the_next() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let good = address_of(sandbox.tls_url());
    let dialer = dialer(&sandbox, vec![server(b""), good]);
    assert!(dial(&dialer, Duration::from_secs(2)).is_ok());
}

#[test]
fn the_error_is_that_of_tls_if_another_address_only_refuses() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let plain = server(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let both = dialer(&sandbox, vec![plain, closed()]);
    assert!(dial(&both, Duration::from_secs(5)).is_err());
    assert_eq!(progress::phase(), Phase::Tls);
    let refused = dialer(&sandbox, vec![closed(), closed()]);
    assert!(dial(&refused, Duration::from_secs(5)).is_err());
    assert_eq!(progress::phase(), Phase::Connect);
}
