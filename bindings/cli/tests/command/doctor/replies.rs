//! What the provider answers to reads.

use alikassa_sandbox::{DigestPolicy, Fault, FaultKind, Options};

use super::setup::{Case, Setup, vector};

fn with_fault(path: &str, kind: FaultKind) -> Setup {
    let setup = Setup::new();
    setup
        .program
        .sandbox
        .set_fault(Fault::new(kind).path(path).always());
    setup
}

fn http(status: u16, body: &str) -> FaultKind {
    FaultKind::Http {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    }
}

fn with_digest(digest: DigestPolicy) -> Setup {
    Setup::with(Options {
        digest,
        ..Options::default()
    })
}

pub(super) fn folders_are_swapped() -> Case {
    let setup = Setup::new()
        .set("ALIKASSA_PAYMENT_CERT", "payout")
        .set("ALIKASSA_PAYOUT_CERT", "payment");
    let lines = [
        ("payment_read", "failed", "payments.history: HTTP 401"),
        (
            "payment_read",
            "failed",
            "this is the payout certificate: pass --payment-cert with the folder of the payment",
        ),
        (
            "payout_read",
            "failed",
            "this is the payment certificate: pass --payout-cert with the folder of the payout",
        ),
        ("digest", "skipped", "no signature was accepted"),
    ];
    setup.case(2, lines)
}

pub(super) fn certificate_is_of_another_account() -> Case {
    let kind = http(403, r#"{"message": "Forbidden"}"#);
    let lines = [
        ("payment_read", "ok", "is answered"),
        (
            "payout_read",
            "failed",
            "account.balance: HTTP 403: Forbidden",
        ),
        (
            "payout_read",
            "failed",
            "the certificate is not of this account",
        ),
        ("digest", "ok", "payment takes sha1 and sha256"),
        ("balance", "skipped", "was not answered"),
    ];
    with_fault("v1/account/balance", kind).case(2, lines)
}

pub(super) fn certificate_is_not_saved() -> Case {
    let setup = Setup::new()
        .write("payout/private.pem", vector("rsa2048/private.pem"))
        .write("payout/password.txt", vector("rsa2048/password.txt"));
    let lines = [
        ("payout_key", "ok", "2048 bits"),
        ("payout_pair", "warning", "another private key"),
        (
            "payout_read",
            "failed",
            "that this payout certificate was saved",
        ),
    ];
    setup.case(2, lines)
}

pub(super) fn provider_takes_sha256_alone() -> Case {
    let lines = [
        ("digest", "ok", "payment takes sha256, payout takes sha256"),
        ("digest", "ok", "pass --digest sha256"),
        ("balance", "ok", "93.84"),
    ];
    with_digest(DigestPolicy::Sha256).case(0, lines)
}

pub(super) fn provider_takes_sha1_alone() -> Case {
    let lines = [
        ("digest", "ok", "payment takes sha1, payout takes sha1"),
        ("digest", "ok", "pass --digest sha1"),
    ];
    with_digest(DigestPolicy::Sha1).case(0, lines)
}

pub(super) fn pinned_digest_is_refused() -> Case {
    let setup = with_digest(DigestPolicy::Sha256).set("ALIKASSA_DIGEST", "sha1");
    let lines = [
        ("payout_read", "ok", "is answered"),
        ("digest", "failed", "and the setting is sha1"),
        ("digest", "failed", "pass --digest sha256"),
    ];
    setup.case(2, lines)
}

pub(super) fn pinned_digest_is_taken() -> Case {
    let setup = Setup::new().set("ALIKASSA_DIGEST", "sha1");
    setup.case(0, [("digest", "ok", "payout takes sha1 and sha256")])
}

pub(super) fn gateway_answers_with_html() -> Case {
    let lines = [
        ("payment_read", "failed", "payments.history: HTTP 502"),
        ("payment_read", "failed", "a gateway or proxy answered"),
        ("payout_read", "ok", "is answered"),
    ];
    with_fault("v1/payment/history", FaultKind::Html502).case(2, lines)
}

pub(super) fn page_of_html_is_no_balance() -> Case {
    let lines = [
        ("payout_read", "failed", "account.balance: "),
        ("payout_read", "failed", "check --base-url"),
    ];
    with_fault("v1/account/balance", http(200, "<html>hello</html>")).case(2, lines)
}

pub(super) fn provider_fails() -> Case {
    let lines = [
        ("payment_read", "failed", "HTTP 500: Internal server error"),
        ("payment_read", "failed", "ask its support"),
    ];
    with_fault("v1/payment/history", FaultKind::Http500).case(2, lines)
}

pub(super) fn text_of_the_provider_is_one_line() -> Case {
    let setup = with_fault(
        "v1/account/balance",
        http(200, r#"{"balance": "1.00", "currency": "R\u001b[31m\nUB"}"#),
    );
    setup.case(0, [("balance", "ok", "1.00 R [31m UB")])
}
