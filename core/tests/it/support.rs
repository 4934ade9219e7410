//! The record of a request for the provider's support.

use alikassa::{ErrorKind, OrderRef, PaymentRequest, Phase, RawRequest, Support, Value};
use alikassa_sandbox::{Fault, FaultKind, Sandbox};
use sha2::{Digest as _, Sha256};

use crate::fixture;

const CARD: &str = "4111111111111111";

/// The first digits of [`CARD`]; a masked number shows its last four.
const BEGINNING: &str = "4111111";

/// The record of a payout to [`CARD`] whose response is this one.
fn of_payout(sandbox: &Sandbox, status: u16, body: &[u8]) -> Support {
    sandbox.reset();
    let fault = FaultKind::Http {
        status,
        headers: Vec::new(),
        body: body.to_vec(),
    };
    sandbox.set_fault(Fault::new(fault).path("v1/payout"));
    let client = fixture::sha1_builder(sandbox).build().unwrap();
    let error = client.payouts().create(fixture::payout("B-1")).unwrap_err();
    error.support().unwrap().clone()
}

/// Everything that a program can read of it.
fn texts(support: &Support) -> String {
    format!("{}\n{:?}\n{support:?}", support.to_text(), support.fields())
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[test]
fn a_read_has_its_time_path_hash_signature_status_and_response() {
    let sandbox = fixture::sandbox();
    let client = fixture::sha1_builder(&sandbox).build().unwrap();
    let body = r#"{"message":"No","errors":{"id":["bad"]}}"#;
    sandbox.set_fault(fixture::response(400, body));
    let error = client.payouts().status(&OrderRef::id(7)).unwrap_err();
    let support = error.support().unwrap();
    let request = sandbox.log().pop().unwrap();
    assert_eq!(support.path(), "v1/payout/status");
    let hash = base16ct::lower::encode_string(&Sha256::digest(&request.body));
    assert_eq!(support.body_sha256(), Some(hash.as_str()));
    assert_eq!(support.sign(), &request.headers["sign"][..12]);
    assert_eq!(support.http_status(), Some(400));
    assert_eq!(support.response(), Some(body));
    let [attempt] = support.attempts() else {
        panic!("{:?}", support.attempts());
    };
    assert_eq!(attempt.time_ms, support.time_ms());
    assert_eq!((attempt.http_status, attempt.code), (Some(400), None));
    let text = support.to_text();
    let expected = [
        "Request to the AliKassa merchant API".to_owned(),
        "Path: POST /v1/payout/status".to_owned(),
        format!("SHA-256 of the body: {hash}"),
        format!("Sign begins with: {}", support.sign()),
        "HTTP status: 400".to_owned(),
        format!("Response, with numbers masked: {body}"),
    ];
    for line in expected {
        assert!(text.lines().any(|other| other == line), "{line}\n{text}");
    }
    let time = text
        .lines()
        .find(|line| line.starts_with("Time: "))
        .unwrap();
    assert!(time.ends_with(" GMT (UTC)"), "{time}");
    assert!(
        text.contains("Attempt 1: after 0 ms, HTTP 400, took "),
        "{text}"
    );
}

#[test]
fn each_retry_is_an_attempt() {
    let sandbox = fixture::sandbox();
    let client = fixture::sha1_builder(&sandbox).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Http500));
    let balance = client.account().balance().unwrap();
    let support = balance.support().unwrap();
    let attempts = support.attempts().iter();
    let statuses: Vec<_> = attempts.map(|attempt| attempt.http_status).collect();
    assert_eq!(statuses, [Some(500), Some(200)]);
    assert_eq!(support.http_status(), Some(200));
    assert!(support.response().unwrap().contains("93.84"));
}

#[test]
fn a_lost_response_has_its_phase_and_no_status() {
    let sandbox = fixture::sandbox();
    let client = fixture::sha1_builder(&sandbox).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::CloseAfterAct).path("v1/payout"));
    let error = client.payouts().create(fixture::payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    let support = error.support().unwrap();
    assert_eq!((support.http_status(), support.response()), (None, None));
    let attempt = support.attempts().last().unwrap();
    assert_eq!(
        (attempt.code, attempt.phase),
        (Some("transport"), Some(Phase::Receive))
    );
    let text = support.to_text();
    assert!(
        text.contains("no response, transport in the phase receive, took "),
        "{text}"
    );
}

#[test]
fn every_kind_of_reply_has_it() {
    let sandbox = fixture::sandbox();
    let client = fixture::sha1_builder(&sandbox).build().unwrap();
    let created = client.payouts().create(fixture::payout("B-1")).unwrap();
    assert_eq!(created.support().unwrap().path(), "v1/payout");
    let history = client
        .payments()
        .history(alikassa::HistoryRequest::new())
        .unwrap();
    assert_eq!(history.support().unwrap().path(), "v1/payment/history");
    let resolution = client.payouts().resolve("B-1", None).unwrap();
    let status = resolution.status.unwrap();
    assert_eq!(status.support().unwrap().path(), "v1/payout/status");
    let request = RawRequest::read(
        "v1/account/balance",
        Value::Map(Vec::new()),
        alikassa::Cert::Payout,
    );
    let raw = client.request(request).unwrap();
    assert_eq!(raw.support().unwrap().path(), "v1/account/balance");
}

#[test]
fn an_error_of_a_call_that_sent_nothing_has_none() {
    let sandbox = fixture::sandbox();
    let client = fixture::sha1_builder(&sandbox).build().unwrap();
    let error = client.payouts().create(fixture::payout("")).unwrap_err();
    assert!(error.support().is_none());
    client.close();
    assert!(client.account().balance().unwrap_err().support().is_none());
}

#[test]
fn a_failed_detection_of_the_digest_is_the_record_of_its_own_request() {
    let sandbox = fixture::sandbox();
    let client = fixture::builder(&sandbox).build().unwrap();
    sandbox.set_fault(fixture::response(401, r#"{"message":"No"}"#).times(2));
    let error = client.payouts().create(fixture::payout("B-1")).unwrap_err();
    let support = error.support().unwrap();
    assert_eq!(support.path(), "v1/account/balance");
    assert_eq!(support.attempts().len(), 2);
}

#[test]
fn the_hash_of_a_body_with_a_number_is_not_shown() {
    let sandbox = fixture::sandbox();
    let support = of_payout(&sandbox, 400, b"{}");
    assert_eq!(support.body_sha256(), None);
    assert!(support.to_text().contains("SHA-256 of the body: not shown"));
    let client = fixture::sha1_builder(&sandbox).build().unwrap();
    let hash = |payment: PaymentRequest| {
        let created = client.payments().create(payment).unwrap();
        created.support().unwrap().body_sha256().map(str::to_owned)
    };
    assert!(hash(fixture::payment("P-1")).is_some());
    // The order's own name is no number of a card, whatever it looks like.
    assert!(hash(fixture::payment(CARD)).is_some());
}

/// The card number as a hostile server can write it, so that a reader can put it together.
fn spellings() -> Vec<String> {
    let escaped = |backslashes: &str| {
        let escapes = CARD
            .chars()
            .map(|c| format!("{backslashes}u{:04x}", c as u32));
        escapes.collect::<String>()
    };
    let joined = |separator: &str| {
        let digits: Vec<String> = CARD.chars().map(String::from).collect();
        digits.join(separator)
    };
    let full_width = CARD
        .chars()
        .filter_map(|c| char::from_u32(c as u32 - 0x30 + 0xff10));
    vec![
        CARD.to_owned(),
        joined(" "),
        joined("-"),
        joined("."),
        joined("\u{200b}"),
        joined("\u{a0}"),
        joined("/"),
        joined("\n"),
        joined("\\u200b"),
        joined("\\\\u200b"),
        full_width.collect(),
        escaped("\\"),
        escaped("\\\\"),
        escaped("\\\\\\\\"),
        "5555 5555.5555-4444".to_owned(),
        format!("x{CARD}x"),
        format!("{CARD}{CARD}"),
    ]
}

#[test]
fn no_hostile_response_brings_a_card_number_into_the_record() {
    let sandbox = fixture::sandbox();
    for number in spellings() {
        for body in [
            format!(r#"{{"message":"No: {number}"}}"#),
            format!(r#"{{"errors":{{"{number}":["{number}"]}},"message":"x"}}"#),
            format!("<html>{number}</html>"),
            format!(r#"{{"message": {number}}}"#),
            number.clone(),
        ] {
            let support = of_payout(&sandbox, 400, body.as_bytes());
            let shown = texts(&support);
            for part in [BEGINNING, "5555555"] {
                assert!(
                    !digits(support.response().unwrap()).contains(part),
                    "{shown}"
                );
            }
            assert!(!shown.contains('\u{ff14}'), "{shown}");
            assert!(!shown.contains("\\u00"), "{shown}");
        }
    }
}

#[test]
fn a_number_that_is_cut_is_not_shown() {
    let sandbox = fixture::sandbox();
    let spaced = format!("41111111{}11111111", " ".repeat(9000));
    for length in (1930..2010).step_by(5).chain(7960..8005) {
        for number in [CARD, "5555555555554444", spaced.as_str()] {
            let body = format!("{}{number}", "x".repeat(length));
            let support = of_payout(&sandbox, 500, body.as_bytes());
            let shown = support.response().unwrap();
            assert!(digits(shown).len() <= 4, "{length}: {shown}");
            assert!(shown.chars().count() <= 2001);
        }
    }
}

#[test]
fn a_response_is_one_line_of_valid_text() {
    let sandbox = fixture::sandbox();
    let body = b"\xff\xfe{\"message\": \"a\r\nAttempt 9: after\\u000aAttempt 8\x1b[31m\\u202e\"}";
    let support = of_payout(&sandbox, 400, body);
    let text = support.to_text();
    assert_eq!(
        text.lines()
            .filter(|line| line.starts_with("Attempt"))
            .count(),
        1
    );
    assert!(!text.contains(['\r', '\u{1b}', '\u{202e}']), "{text:?}");
}

#[test]
fn the_signature_is_not_in_the_record_beyond_its_beginning() {
    let sandbox = fixture::sandbox();
    let client = fixture::sha1_builder(&sandbox).build().unwrap();
    let balance = client.account().balance().unwrap();
    let shown = texts(balance.support().unwrap());
    let request = sandbox.log().pop().unwrap();
    assert!(!shown.contains(&request.headers["sign"][..13]), "{shown}");
    assert!(!format!("{balance:?}").contains("sign"));
}
