//! Creates that are cancelled, or whose deadline passes.

use std::net::TcpListener;
use std::time::Instant;

use alikassa::{CallOptions, ErrorKind, Outcome};
use alikassa_sandbox::{Fault, FaultKind};

use super::{STALL, assert_unknown_because_of, submit_payout};
use crate::fixture::{payout, payout_count, sandbox, sha1_builder, wait_until};

#[test]
fn a_create_cancelled_in_the_queue_is_not_sent() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).max_connections(1).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    let (_first, first) = submit_payout(&client, "B-1");
    let (queued, second) = submit_payout(&client, "B-2");
    queued.cancel();
    let error = second.recv().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert_eq!(error.order_id(), Some("B-2"));
    first.recv().unwrap().unwrap();
    client.close();
    assert_eq!(sandbox.log().len(), 1);
}

#[test]
fn a_create_cancelled_before_its_first_byte_is_not_sent() {
    let sandbox = sandbox();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = sha1_builder(&sandbox)
        .base_url(format!("https://{}", listener.local_addr().unwrap()))
        .build()
        .unwrap();
    let (pending, result) = submit_payout(&client, "B-1");
    // The handshake has started and is never answered.
    let (stream, _) = listener.accept().unwrap();
    pending.cancel();
    let error = result.recv().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    drop(stream);
    client.close();
}

#[test]
fn a_create_cancelled_in_flight_is_unknown_at_once_and_close_waits_for_it() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    let (pending, result) = submit_payout(&client, "B-1");
    wait_until(|| sandbox.log().len() == 1);
    let started = Instant::now();
    pending.cancel();
    let error = result.recv().unwrap().unwrap_err();
    assert!(started.elapsed() < STALL / 2);
    assert_unknown_because_of(&error, ErrorKind::Cancelled);
    assert_eq!(error.attempts(), 1);
    client.close();
    assert!(
        started.elapsed() >= STALL / 2,
        "close must wait for the create"
    );
}

#[test]
fn a_create_whose_deadline_passes_in_flight_is_unknown() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    let options = CallOptions::default().deadline(STALL / 4);
    let error = client
        .payouts()
        .create_with(payout("B-1"), &options)
        .unwrap_err();
    assert_unknown_because_of(&error, ErrorKind::DeadlineExceeded);
    assert_eq!(payout_count(&sandbox, "B-1"), 1);
}
