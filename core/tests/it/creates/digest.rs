//! Digest detection before the first create.

use alikassa::{ErrorKind, Outcome};
use alikassa_sandbox::{Digest, DigestPolicy, Fault, FaultKind};

use super::{STALL, submit_payout};
use crate::fixture::{builder, payment, payout, request_count, response, sandbox, wait_until};
use crate::ledger::{Setup, Store, test_on_each_store};

#[test]
fn the_digest_is_detected_before_the_first_create() {
    let sandbox = sandbox();
    sandbox.set_digest(DigestPolicy::Sha256);
    let client = builder(&sandbox).build().unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    client.payouts().create(payout("B-2")).unwrap();
    let log = sandbox.log();
    let paths: Vec<_> = log.iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "/v1/account/balance",
            "/v1/account/balance",
            "/v1/payout",
            "/v1/payout"
        ]
    );
    assert_eq!(client.take_notices().len(), 1);
}

test_on_each_store! { a_create_cancelled_during_digest_detection_has_no_ledger_row }

fn a_create_cancelled_during_digest_detection_has_no_ledger_row(store: Store) {
    let setup = Setup::on(store);
    let (sandbox, ledger) = (&setup.sandbox, setup.ledger());
    let client = builder(sandbox).ledger(ledger.clone()).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    let (pending, result) = submit_payout(&client, "B-1");
    wait_until(|| sandbox.log().len() == 1);
    pending.cancel();
    let error = result.recv().unwrap().unwrap_err();
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    client.close();
    let missing = ledger.release("payouts.create", "B-1", "no such payout");
    assert_eq!(missing.unwrap_err().reason(), Some("unknown"));
}

#[test]
fn digest_detection_sends_no_application_header() {
    let sandbox = sandbox();
    let client = builder(&sandbox).application("an-application");
    let client = client.build().unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    let log = sandbox.log();
    assert_eq!(log.len(), 2);
    let mut headers = log.iter().map(|entry| &entry.headers);
    assert!(headers.all(|headers| !headers.contains_key("application")));
}

#[test]
fn a_create_is_not_sent_when_digest_detection_fails() {
    let sandbox = sandbox();
    for (status, body, kind) in [
        (401, r#"{"message":"no"}"#, ErrorKind::Authentication),
        (403, r#"{"message":"no"}"#, ErrorKind::Authentication),
        (
            400,
            r#"{"message":"bad signature"}"#,
            ErrorKind::Authentication,
        ),
    ] {
        sandbox.reset();
        let client = builder(&sandbox).build().unwrap();
        sandbox.set_fault(response(status, body).path("v1/account/balance").always());
        let error = client.payouts().create(payout("B-1")).unwrap_err();
        assert_eq!(error.kind(), kind, "{status}");
        assert_eq!(error.outcome(), Some(Outcome::NotSent));
        assert_eq!(request_count(&sandbox, "/v1/payout"), 0);
        assert_eq!(request_count(&sandbox, "/v1/account/balance"), 2);
    }
    sandbox.reset();
    let client = builder(&sandbox).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::CloseAfterRead).path("v1/account/balance"));
    let error = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert_eq!(sandbox.log().len(), 1);
}

#[test]
fn a_create_is_signed_with_sha1_when_digest_detection_is_inconclusive() {
    for (status, body) in [
        (400, r#"{"message":"no","errors":{"page":["no"]}}"#),
        (422, r#"{"message":"no"}"#),
    ] {
        let sandbox = sandbox();
        let client = builder(&sandbox).build().unwrap();
        sandbox.set_fault(response(status, body).path("v1/account/balance"));
        client.payouts().create(payout("B-1")).unwrap();
        let log = sandbox.log();
        assert_eq!(log.len(), 2);
        assert_eq!(log[1].digest, Some(Digest::Sha1));
    }
}

#[test]
fn nothing_is_sent_to_a_server_that_does_not_respond_like_the_provider() {
    let sandbox = sandbox();
    for (status, body) in [
        (200, "[]"),
        (200, "<html>"),
        (200, r#"{"ok":true}"#),
        (404, r#"{"message":"Not found"}"#),
        (405, r#"{"message":"no"}"#),
        (422, "[]"),
        (429, r#"{"message":"later"}"#),
        (500, r#"{"message":"Server Error"}"#),
        (502, "<html>"),
    ] {
        sandbox.reset();
        let client = builder(&sandbox).build().unwrap();
        sandbox.set_fault(response(status, body).path("v1/account/balance").always());
        for _ in 0..2 {
            let error = client.payouts().create(payout("B-1")).unwrap_err();
            assert_eq!(error.outcome(), Some(Outcome::NotSent), "{status} {body}");
            assert!(error.hint().unwrap().contains("digest="), "{error}");
        }
        assert_eq!(request_count(&sandbox, "/v1/payout"), 0);
    }
    sandbox.reset();
    let client = builder(&sandbox).build().unwrap();
    let history = response(200, r#"{"status":"ok"}"#).path("v1/payment/history");
    sandbox.set_fault(history);
    let error = client.payments().create(payment("A-1")).unwrap_err();
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert!(error.hint().unwrap().contains("digest="), "{error}");
    assert_eq!(request_count(&sandbox, "/v1/payment"), 0);
    client.payments().create(payment("A-1")).unwrap();

    let client = builder(&sandbox).digest(alikassa::Digest::Sha1);
    let client = client.build().unwrap();
    client.payouts().create(payout("B-1")).unwrap();
}
