use alikassa_sandbox::{Certificate, Digest, DigestPolicy, Sandbox};

use crate::client::{
    PAYOUT, PAYOUT_STATUS, Response, payout_status, request, send, sign, signed, signed_headers,
    start,
};

/// SHA-256 of [`PAYOUT`], by `printf '{"id":"100000536"}' | sha256sum`.
const PAYOUT_SHA256: &str = "4ac328bcbaceab62b4ce39c6c40279cd49934912951b09e8f0aae01d86139acf";

fn send_signed(sandbox: &Sandbox, sign: &str, body: &str) -> Response {
    let headers = format!("{}\r\nContent-Length: {}", signed_headers(sign), body.len());
    send(sandbox, &request("POST", PAYOUT_STATUS, &headers, body))
}

fn send_digest(sandbox: &Sandbox, digest: &str) -> Response {
    send_signed(
        sandbox,
        &sign(sandbox.payout_cert(), digest, PAYOUT.as_bytes()),
        PAYOUT,
    )
}

#[test]
fn both_digests_are_accepted_and_distinguished() {
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
fn an_unsupported_digest_does_not_match() {
    let sandbox = start();
    let response = send_digest(&sandbox, "sha512");
    assert_eq!(response.status, 401);
    assert!(response.message().contains("does not match"));
}

#[test]
fn the_policy_rejects_the_other_digest() {
    let sandbox = start();
    sandbox.set_digest(DigestPolicy::Sha256);
    let response = send_digest(&sandbox, "sha1");
    assert_eq!(response.status, 401);
    assert!(response.message().contains("SHA-1, which is not accepted"));
    assert_eq!(send_digest(&sandbox, "sha256").status, 200);

    sandbox.set_digest(DigestPolicy::Sha1);
    assert_eq!(send_digest(&sandbox, "sha1").status, 200);
    assert_eq!(send_digest(&sandbox, "sha256").status, 401);
}

#[test]
fn the_error_and_the_log_describe_what_was_verified() {
    let sandbox = start();
    let response = send(
        &sandbox,
        &signed(sandbox.payment_cert(), PAYOUT_STATUS, PAYOUT),
    );
    assert_eq!(response.status, 401);
    assert_eq!(
        response.message(),
        format!(
            "Signature refused: the payment certificate made the signature. \
             Verified with the payout certificate: 18 bytes, SHA-256 {PAYOUT_SHA256}."
        )
    );
    let entry = &sandbox.log()[0];
    assert_eq!(entry.refusal, Some(response.message()));
    assert_eq!(entry.certificate, Some(Certificate::Payment));
    assert_eq!(entry.status, Some(401));
}

#[test]
fn each_route_requires_its_certificate() {
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
            send(&sandbox, &signed(right, path, "{}")).status,
            401,
            "{path}"
        );
        assert_eq!(
            send(&sandbox, &signed(wrong, path, "{}")).status,
            401,
            "{path}"
        );
    }
}

#[test]
fn the_key_of_another_merchant_is_rejected() {
    let [sandbox, other] = [start(), start()];
    let response = send(&sandbox, &payout_status(&other));
    assert_eq!(response.status, 401);
    assert_eq!(sandbox.log()[0].certificate, None);
    assert_eq!(sandbox.log()[0].digest, None);
}

#[test]
fn a_modified_body_is_rejected() {
    let sandbox = start();
    let sign = sign(sandbox.payout_cert(), "sha1", PAYOUT.as_bytes());
    assert_eq!(send_signed(&sandbox, &sign, PAYOUT).status, 200);
    // The same JSON in other bytes: the signature covers the bytes.
    let response = send_signed(&sandbox, &sign, r#"{"id": "100000536"}"#);
    assert_eq!(response.status, 401);
    assert!(
        response.message().contains("does not match"),
        "{}",
        response.message()
    );
    assert!(
        response.message().contains("19 bytes"),
        "{}",
        response.message()
    );
}

#[test]
fn an_invalid_sign_header_is_rejected() {
    let sandbox = start();
    let sign = sign(sandbox.payout_cert(), "sha1", PAYOUT.as_bytes());
    let headers = signed_headers("").replace("Sign: ", "X: ");
    let headers = format!("{headers}\r\nContent-Length: {}", PAYOUT.len());
    let missing = send(&sandbox, &request("POST", PAYOUT_STATUS, &headers, PAYOUT));
    assert_eq!(missing.status, 401);
    assert!(missing.message().contains("Sign is missing"));

    let unpadded = sign.trim_end_matches('=');
    let broken = format!("{} {}", &sign[..76], &sign[76..]);
    let url_safe = sign.replace('+', "-").replace('/', "_");
    for sign in [unpadded, &broken, &url_safe, "", "Zm9v"] {
        assert_eq!(send_signed(&sandbox, sign, PAYOUT).status, 401, "{sign}");
    }
}
