//! The outcome of a create for each failure of its connection.

use std::io::Read as _;
use std::net::TcpListener;
use std::thread;

use alikassa::{ErrorKind, Outcome, Phase};
use alikassa_sandbox::{Fault, FaultKind};

use super::{STALL, assert_unknown};
use crate::fixture::{
    closed_port, payout, payout_count, request_count, sandbox, sha1_builder, wait_until,
};

#[test]
fn a_lost_response_is_unknown_and_the_create_is_not_retried() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox)
        .timeout(STALL)
        .max_retries(5)
        .build()
        .unwrap();
    for (name, kind, phase) in [
        ("close", FaultKind::CloseAfterAct, Phase::Receive),
        ("reset", FaultKind::Reset, Phase::Receive),
        ("stall", FaultKind::Stall(STALL * 3), Phase::Receive),
        ("slow", FaultKind::Slow(STALL), Phase::Receive),
        ("cut", FaultKind::Cut, Phase::Receive),
        ("cut_at", FaultKind::CutAt(9), Phase::Receive),
        ("http_500", FaultKind::Http500, Phase::Answer),
        ("html_502", FaultKind::Html502, Phase::Answer),
        ("oversize", FaultKind::Oversize(2 << 20), Phase::Answer),
        ("deep", FaultKind::Deep(1000), Phase::Answer),
        ("wrong_type", FaultKind::WrongType, Phase::Answer),
        ("redirect", FaultKind::Redirect, Phase::Answer),
        ("raw", FaultKind::Raw(b"no HTTP".to_vec()), Phase::Receive),
    ] {
        sandbox.reset();
        sandbox.set_fault(Fault::new(kind).act(true).always());
        let error = client.payouts().create(payout("B-1")).unwrap_err();
        assert_unknown(&error, phase);
        wait_until(|| request_count(&sandbox, "/v1/payout") == 1);
        assert_eq!(payout_count(&sandbox, "B-1"), 1, "{name}");
    }
}

#[test]
fn a_refused_connection_is_retried_and_means_not_sent() {
    let (_taken, url) = closed_port();
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox)
        .base_url(url)
        .max_retries(2)
        .build()
        .unwrap();
    let error = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(error.phase(), Some(Phase::Connect));
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert_eq!(error.attempts(), 3);
}

#[test]
fn a_failed_tls_handshake_is_retried_and_means_not_sent() {
    let sandbox = sandbox();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let client = sha1_builder(&sandbox)
        .base_url(format!("https://{address}"))
        .max_retries(1)
        .build()
        .unwrap();
    let handshakes = thread::spawn(move || {
        (0..2)
            .filter(|_| {
                let (mut stream, _) = listener.accept().unwrap();
                // The client hello is read and not answered.
                stream.read(&mut [0; 1024]).unwrap() > 0
            })
            .count()
    });
    let error = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.phase(), Some(Phase::Tls));
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert_eq!(handshakes.join().unwrap(), 2);
}
