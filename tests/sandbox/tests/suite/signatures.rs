use alikassa_sandbox::{Certificate, Digest, DigestPolicy, Sandbox};

use crate::client::{
    PAYOUT, PAYOUT_STATUS, Reply, ask, payout_status, request, sign, signed, signed_headers, start,
};

/// SHA-256 of [`PAYOUT`], by `printf '{"id":"100000536"}' | sha256sum`.
const PAYOUT_SHA256: &str = "4ac328bcbaceab62b4ce39c6c40279cd49934912951b09e8f0aae01d86139acf";

fn send(sandbox: &Sandbox, sign: &str, body: &str) -> Reply {
    let headers = format!("{}\r\nContent-Length: {}", signed_headers(sign), body.len());
    ask(sandbox, &request("POST", PAYOUT_STATUS, &headers, body))
}

fn send_digest(sandbox: &Sandbox, digest: &str) -> Reply {
    send(
        sandbox,
        &sign(sandbox.payout_cert(), digest, PAYOUT.as_bytes()),
        PAYOUT,
    )
}

#[test]
fn both_digests_are_accepted_and_told_apart() {
    let sandbox = start();
    assert_eq!(send_digest(&sandbox, "sha1").status, 200);
    assert_eq!(send_digest(&sandbox, "sha256").status, 200);
    let digests: Vec<_> = sandbox
        .log()
        .into_iter()
        .map(|entry| entry.digest.unwrap())
        .collect();
    assert_eq!(digests, [Digest::Sha1, Digest::Sha256]);
}

#[test]
fn another_digest_is_no_match() {
    let sandbox = start();
    let reply = send_digest(&sandbox, "sha512");
    assert_eq!(reply.status, 401);
    assert!(reply.message().contains("does not match"));
}

#[test]
fn a_policy_refuses_the_other_digest() {
    let sandbox = start();
    sandbox.set_digest(DigestPolicy::Sha256);
    let reply = send_digest(&sandbox, "sha1");
    assert_eq!(reply.status, 401);
    assert!(reply.message().contains("SHA-1, which is not accepted"));
    assert_eq!(send_digest(&sandbox, "sha256").status, 200);

    sandbox.set_digest(DigestPolicy::Sha1);
    assert_eq!(send_digest(&sandbox, "sha1").status, 200);
    assert_eq!(send_digest(&sandbox, "sha256").status, 401);
}

#[test]
fn a_refusal_says_what_was_verified_and_so_does_the_log() {
    let sandbox = start();
    let reply = ask(
        &sandbox,
        &signed(sandbox.payment_cert(), PAYOUT_STATUS, PAYOUT),
    );
    assert_eq!(reply.status, 401);
    assert_eq!(
        reply.message(),
        format!(
            "Signature refused: the payment certificate made the signature. \
             Verified with the payout certificate: 18 bytes, SHA-256 {PAYOUT_SHA256}."
        )
    );
    let entry = &sandbox.log()[0];
    assert_eq!(entry.refusal, Some(reply.message()));
    assert_eq!(entry.certificate, Some(Certificate::Payment));
    assert_eq!(entry.status, Some(401));
}

#[test]
fn each_route_wants_its_own_certificate() {
    let sandbox = start();
    let (payment, payout) = (sandbox.payment_cert(), sandbox.payout_cert());
    for (path, right, wrong) in [
        ("/v1/payment", payment, payout),
        ("/v1/payment/status", payment, payout),
        ("/v1/payout", payout, payment),
        ("/v1/payout/status", payout, payment),
        ("/v1/account/balance", payout, payment),
    ] {
        assert_ne!(
            ask(&sandbox, &signed(right, path, "{}")).status,
            401,
            "{path}"
        );
        assert_eq!(
            ask(&sandbox, &signed(wrong, path, "{}")).status,
            401,
            "{path}"
        );
    }
}

#[test]
fn a_key_of_somebody_else_is_refused() {
    let [sandbox, other] = [start(), start()];
    let reply = ask(&sandbox, &payout_status(&other));
    assert_eq!(reply.status, 401);
    assert_eq!(sandbox.log()[0].certificate, None);
    assert_eq!(sandbox.log()[0].digest, None);
}

#[test]
fn an_altered_body_is_refused() {
    let sandbox = start();
    let sign = sign(sandbox.payout_cert(), "sha1", PAYOUT.as_bytes());
    assert_eq!(send(&sandbox, &sign, PAYOUT).status, 200);
    // The same JSON in other bytes: what counts is the bytes.
    let reply = send(&sandbox, &sign, r#"{"id": "100000536"}"#);
    assert_eq!(reply.status, 401);
    assert!(
        reply.message().contains("does not match"),
        "{}",
        reply.message()
    );
    assert!(reply.message().contains("19 bytes"), "{}", reply.message());
}

#[test]
fn a_sign_header_that_is_none_is_refused() {
    let sandbox = start();
    let sign = sign(sandbox.payout_cert(), "sha1", PAYOUT.as_bytes());
    let headers = signed_headers("").replace("Sign: ", "X: ");
    let headers = format!("{headers}\r\nContent-Length: {}", PAYOUT.len());
    let missing = ask(&sandbox, &request("POST", PAYOUT_STATUS, &headers, PAYOUT));
    assert_eq!(missing.status, 401);
    assert!(missing.message().contains("Sign is missing"));

    let unpadded = sign.trim_end_matches('=');
    let broken = format!("{} {}", &sign[..76], &sign[76..]);
    let url_safe = sign.replace('+', "-").replace('/', "_");
    for sign in [unpadded, &broken, &url_safe, "", "Zm9v"] {
        assert_eq!(send(&sandbox, sign, PAYOUT).status, 401, "{sign}");
    }
}
