use std::io;
use std::process::{Command, Stdio};
use std::sync::Arc;

use alikassa_sandbox::{BadTls, Fault, FaultKind, Options, Sandbox};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::client::{Connection, payout_status, socket};

fn connect(sandbox: &Sandbox, url: &str, name: &'static str) -> Connection {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(sandbox.ca_file()).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name).unwrap();
    let session = ClientConnection::new(Arc::new(config), name).unwrap();
    Connection::over(StreamOwned::new(session, socket(url)))
}

/// Makes two calls on one connection.
fn call_twice(sandbox: &Sandbox, url: &str, name: &'static str) -> io::Result<()> {
    let request = payout_status(sandbox);
    let mut connection = connect(sandbox, url, name);
    for _ in 0..2 {
        connection.try_send(&request)?;
        assert_eq!(connection.response()?.json()["order_id"], "6422494");
    }
    Ok(())
}

fn start(bad_tls: Option<BadTls>) -> Sandbox {
    Sandbox::start(Options {
        bad_tls,
        ..Options::default()
    })
    .unwrap()
}

#[test]
fn a_client_that_trusts_the_ca_is_served_by_every_loopback_name() {
    let sandbox = start(None);
    for name in ["127.0.0.1", "::1", "localhost"] {
        call_twice(&sandbox, sandbox.tls_url(), name).unwrap();
    }
    let log = sandbox.log();
    assert!(log.iter().all(|entry| entry.tls));
    assert_eq!(log[0].connection, log[1].connection);
    assert_ne!(log[1].connection, log[2].connection);
    assert_eq!(sandbox.bad_tls_url(), None);
}

#[test]
fn each_bad_certificate_is_rejected_for_its_own_reason() {
    for (reason, word) in [
        (BadTls::Expired, "certificate expired"),
        (BadTls::WrongHost, "not valid for name"),
        (BadTls::UnknownRoot, "UnknownIssuer"),
    ] {
        let sandbox = start(Some(reason));
        let error = call_twice(&sandbox, sandbox.bad_tls_url().unwrap(), "127.0.0.1").unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
        assert!(sandbox.log().is_empty());
        call_twice(&sandbox, sandbox.tls_url(), "127.0.0.1").unwrap();
    }
}

#[test]
fn only_a_connection_without_a_fault_ends_with_close_notify() {
    let sandbox = start(None);
    let request = String::from_utf8(payout_status(&sandbox)).unwrap();
    let closing = request.replace("HTTP/1.1", "HTTP/1.0");
    let rest = |sandbox: &Sandbox| {
        let mut connection = connect(sandbox, sandbox.tls_url(), "localhost");
        connection.send(closing.as_bytes());
        connection.rest()
    };
    assert!(!rest(&sandbox).unwrap().is_empty());
    for fault in [
        FaultKind::Cut,
        FaultKind::CloseAfterRead,
        FaultKind::CutAt(5000),
    ] {
        sandbox.set_fault(Fault::new(fault));
        assert_eq!(
            rest(&sandbox).unwrap_err().kind(),
            io::ErrorKind::UnexpectedEof
        );
    }
}

#[test]
fn the_certificates_pass_strict_verification() {
    let sandbox = start(None);
    for version in ["-tls1_2", "-tls1_3"] {
        let output = Command::new("openssl")
            .args(["s_client", version, "-x509_strict", "-verify_return_error"])
            .args(["-verify_ip", "127.0.0.1", "-connect"])
            .arg(sandbox.tls_url().strip_prefix("https://").unwrap())
            .arg("-CAfile")
            .arg(sandbox.ca_file())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(text.contains("Verify return code: 0 (ok)"), "{text}");
    }
}
