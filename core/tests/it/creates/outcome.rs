//! Creates against the sandbox: what is sent, what each answer means, and what cancelling does. That every language
//! says the same stands in `tests/vectors/outcomes.json`.

use std::io::Read as _;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use crate::fixture::{
    closed_port, payment, payout, payouts_made, plain, sandbox, sent, settled, submit, tls,
    wait_until,
};
use alikassa::binding::{Call, Response};
use alikassa::{
    CallOptions, Cert, Client, Error, ErrorKind, Ledger, LedgerState, Outcome, PayoutExtra, Phase,
    RawRequest, Value,
};
use alikassa_sandbox::{DigestPolicy, Fault, FaultKind};

const STALL: Duration = Duration::from_millis(400);

#[test]
fn a_payout_goes_out_in_the_order_of_the_table() {
    let sandbox = sandbox();
    let client = settled(&sandbox).build().unwrap();
    let request = payout("B-1")
        .customer_code("100000000111")
        .other_field("new", "1")
        .extra(
            PayoutExtra::new()
                .other_field("added", true)
                .card_holder("A B"),
        );
    let created = client.payouts().create(request).unwrap();
    assert_eq!(created.payment_status.unwrap(), "wait");
    assert_eq!(created.id, 100_000_537);
    let log = sandbox.log();
    assert_eq!(log.len(), 1);
    assert_eq!(
        String::from_utf8(log[0].body.clone()).unwrap(),
        r#"{"amount":"5.00","number":"4111111111111111","order_id":"B-1","service":"payment_card_rub","extra":{"card_holder":"A B","added":true},"customer_code":"100000000111","new":"1"}"#
    );
}

#[test]
fn a_payment_is_answered_with_its_link_and_requisites() {
    let sandbox = sandbox();
    let client = tls(&sandbox).build().unwrap();
    let created = client
        .payments()
        .create(payment("A-1").success_redirect_url("https://shop.example/paid"))
        .unwrap();
    assert!(created.url.is_some() && created.uuid.is_some());
    assert_eq!(
        created.success_redirect_url.as_deref(),
        Some("https://shop.example/paid")
    );
    assert!(!created.is_final());
    let request =
        alikassa::PaymentRequest::new("5.00", "A-2", "payment_card_number_rub_card", "2001:db8::1");
    let created = client.payments().create(request).unwrap();
    assert!(created.card_number.is_some() && created.card_holder_name.is_some());
}

#[test]
fn each_create_has_a_connection_of_its_own() {
    let sandbox = sandbox();
    let client = settled(&sandbox)
        .base_url(sandbox.tls_url())
        .ca_file(sandbox.ca_file())
        .build()
        .unwrap();
    client.account().balance().unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    client.payouts().create(payout("B-2")).unwrap();
    client.account().balance().unwrap();
    let connections: Vec<_> = sandbox.log().iter().map(|entry| entry.connection).collect();
    assert_eq!(connections[0], connections[3], "reads share one");
    assert!(connections[1] != connections[0] && connections[2] != connections[1]);
    assert_ne!(connections[2], connections[0]);
}

/// A field, a value that cannot be sent, and the field and reason of the error.
type Wrong = (&'static str, Value, &'static str, &'static str);

fn wrong_fields() -> Vec<Wrong> {
    let others = |name: &str| Value::Map(vec![(name.to_owned(), Value::from("x"))]);
    vec![
        ("amount", Value::Null, "amount", "required"),
        ("amount", Value::from(""), "amount", "format"),
        ("amount", Value::from("0.00"), "amount", "out_of_range"),
        ("amount", Value::from("-1"), "amount", "format"),
        ("amount", Value::from("01"), "amount", "format"),
        ("amount", Value::from("1."), "amount", "format"),
        ("amount", Value::from(".5"), "amount", "format"),
        ("amount", Value::from("1.005"), "amount", "format"),
        ("amount", Value::from("1e2"), "amount", "format"),
        ("amount", Value::from("٣"), "amount", "format"),
        (
            "amount",
            Value::from("1234567890"),
            "amount",
            "out_of_range",
        ),
        ("amount", Value::from(true), "amount", "type"),
        ("order_id", Value::from(7), "order_id", "type"),
        ("order_id", Value::from(""), "order_id", "empty"),
        (
            "order_id",
            Value::from("x".repeat(129)),
            "order_id",
            "too_long",
        ),
        (
            "customer_ip",
            Value::from("localhost"),
            "customer_ip",
            "format",
        ),
        ("lifetime", Value::from(899), "lifetime", "out_of_range"),
        ("lifetime", Value::from(3601), "lifetime", "out_of_range"),
        ("lifetime", Value::from("900"), "lifetime", "type"),
        (
            "customer_post_code",
            Value::from(-1),
            "customer_post_code",
            "out_of_range",
        ),
        (
            "customer_post_code",
            Value::from("1".repeat(13)),
            "customer_post_code",
            "too_long",
        ),
        (
            "success_redirect_url",
            Value::from("shop.example"),
            "success_redirect_url",
            "format",
        ),
        (
            "success_redirect_url",
            Value::from("https://"),
            "success_redirect_url",
            "format",
        ),
        (
            "fail_redirect_url",
            Value::from("https://a b"),
            "fail_redirect_url",
            "format",
        ),
        (
            "notification_endpoint_url",
            Value::from(format!("https://{}", "x".repeat(248))),
            "notification_endpoint_url",
            "too_long",
        ),
        (
            "cutsomer_code",
            Value::from("x"),
            "cutsomer_code",
            "unknown",
        ),
        ("other_fields", Value::from("x"), "other_fields", "type"),
        ("other_fields", others("desc"), "other_fields.desc", "typed"),
    ]
}

#[test]
fn what_cannot_be_sent_is_not_sent() {
    let sandbox = sandbox();
    let client = settled(&sandbox).build().unwrap();
    let payment_fields = |changes: &[(&str, Value)]| {
        let mut fields = vec![
            ("amount", Value::from("5.00")),
            ("order_id", Value::from("A-1")),
            ("service", Value::from("payment_card_rub_hpp")),
            ("customer_ip", Value::from("18.191.80.10")),
        ];
        for (name, value) in changes {
            fields.retain(|(other, _)| other != name);
            fields.push((*name, value.clone()));
        }
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    };
    for (name, value, field, reason) in wrong_fields() {
        let order_id = match (name, value.as_str()) {
            ("order_id", given) => given.map(|id| id.chars().take(128).collect()),
            _ => Some("A-1".to_owned()),
        };
        let call = Call::named("payments.create", payment_fields(&[(name, value)])).unwrap();
        let error = client.execute(call, &CallOptions::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{name} {reason}");
        assert_eq!((error.field(), error.reason()), (Some(field), Some(reason)));
        assert_eq!(error.outcome(), Some(Outcome::NotSent));
        assert_eq!(error.operation(), Some("payments.create"));
        assert_eq!(error.order_id(), order_id.as_deref(), "{name} {reason}");
    }
    let card_year = PayoutExtra::new().card_exp_year("2024");
    let error = client
        .payouts()
        .create(payout("B-1").extra(card_year))
        .unwrap_err();
    assert_eq!(error.field(), Some("extra.card_exp_year"));
    assert!(sandbox.log().is_empty());
}

#[test]
fn amounts_go_out_as_given() {
    let sandbox = sandbox();
    sandbox.set_balance("900000000000000000".parse().unwrap());
    let client = settled(&sandbox).build().unwrap();
    let mut bodies = Vec::new();
    for (order_id, amount) in [("1", "7"), ("2", "0.5"), ("3", "123456789012345678.90")] {
        let mut fields = vec![("amount", Value::Decimal(amount.to_owned()))];
        fields.extend([
            ("number", Value::from("4111111111111111")),
            ("order_id", Value::from(order_id)),
            ("service", Value::from("payment_card_rub")),
        ]);
        let fields = fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        let call = Call::named("payouts.create", fields.collect()).unwrap();
        client.execute(call, &CallOptions::default()).unwrap();
        bodies.push(format!("{{\"amount\":\"{amount}\""));
    }
    for (entry, begins) in sandbox.log().iter().zip(bodies) {
        assert!(String::from_utf8_lossy(&entry.body).starts_with(&begins));
    }
}

/// A status and a body, and whether they reject a payment and a payout.
type Row = (u16, &'static str, bool, bool);

const ANSWERS: &[Row] = &[
    (
        400,
        r#"{"message":"m","errors":{"amount":["low"]}}"#,
        true,
        true,
    ),
    (400, r#"{"message":"m","errors":{"amount":[]}}"#, true, true),
    (400, r#"{"message":"m","errors":["taken"]}"#, false, false),
    (400, r#"{"message":"m","errors":"taken"}"#, false, false),
    (400, r#"{"message":"m","errors":[]}"#, false, false),
    (
        400,
        r#"{"message":"m","errors":{"1":["taken"]}}"#,
        false,
        false,
    ),
    (
        400,
        r#"{"message":"m","errors":{"amount":["low"],"":["taken"]}}"#,
        false,
        false,
    ),
    (
        400,
        r#"{"message":"m","errors":{"order_id":["taken"]}}"#,
        false,
        false,
    ),
    (
        400,
        r#"{"message":"m","errors":{"data.order_id":["taken"]}}"#,
        false,
        false,
    ),
    (
        400,
        r#"{"message":"m","errors":{"order":{"order_id":["taken"]}}}"#,
        false,
        false,
    ),
    (
        400,
        r#"{"message":"m","errors":[{"order_id":["taken"]}]}"#,
        false,
        false,
    ),
    (
        400,
        r#"{"message":"m","errors":{"amount":["low"],"order_id":["taken"]}}"#,
        false,
        false,
    ),
    (400, r#"{"errors":{"amount":["low"]}}"#, false, false),
    (400, r#"{"message":"m"}"#, false, false),
    (400, r#"{"message":"m","errors":{}}"#, false, false),
    (400, r#"{"message":"Payment not found"}"#, false, false),
    (400, "<html>", false, false),
    (401, r#"{"message":"m"}"#, true, false),
    (403, r#"{"message":"m"}"#, true, false),
    (404, r#"{"message":"m"}"#, true, false),
    (422, r#"{"message":"m"}"#, true, false),
    (422, r#"{"message":"m","errors":[]}"#, true, false),
    (422, r#"{"message":"m","errors":null}"#, true, false),
    (422, r#"{"message":"m","errors":[7]}"#, false, false),
    (
        422,
        r#"{"message":"m","errors":{"amount":["low"]}}"#,
        true,
        false,
    ),
    (
        422,
        r#"{"message":"m","errors":{"order_id":["taken"]}}"#,
        false,
        false,
    ),
    (401, "<html>", false, false),
    (403, r#"{"error":"m"}"#, false, false),
    (404, r#"["message"]"#, false, false),
    (201, r#"{"id":7,"payment_status":"wait"}"#, false, false),
    (202, "", false, false),
    (204, "", false, false),
    (302, "", false, false),
    (402, r#"{"message":"m"}"#, false, false),
    (408, r#"{"message":"m"}"#, false, false),
    (409, r#"{"message":"m"}"#, false, false),
    (425, r#"{"message":"m"}"#, false, false),
    (429, r#"{"message":"m"}"#, false, false),
    (500, r#"{"message":"m"}"#, false, false),
    (502, "<html>", false, false),
    (
        503,
        r#"{"message":"m","errors":{"amount":["low"]}}"#,
        false,
        false,
    ),
    (200, r#"{"id":7,"errors":{"amount":["low"]}}"#, false, false),
    (200, r#"{"payment_status":"wait"}"#, false, false),
    (200, r#"{"id":"","payment_status":"wait"}"#, false, false),
    (200, r#"{"id":null}"#, false, false),
    (200, r#"{"id":[7]}"#, false, false),
    (200, r#"{"id":7,"order_id":"another"}"#, false, false),
    (200, r#"{"id":7,"amount":"5.01"}"#, false, false),
    (200, r#"{"id":7,"amount":"much"}"#, false, false),
    (200, r#"{"id":7"#, false, false),
    (200, "[]", false, false),
    (200, "", false, false),
    (200, "<html>", false, false),
];

#[test]
fn only_what_surely_made_nothing_is_rejected() {
    let sandbox = sandbox();
    let client = settled(&sandbox).build().unwrap();
    for (status, body, payment_rejected, payout_rejected) in ANSWERS {
        for is_payment in [true, false] {
            sandbox.reset();
            sandbox.set_fault(Fault::new(FaultKind::Http {
                status: *status,
                headers: Vec::new(),
                body: body.as_bytes().to_vec(),
            }));
            let (error, rejected) = if is_payment {
                let error = client.payments().create(payment("A-1")).unwrap_err();
                (error, *payment_rejected)
            } else {
                let error = client.payouts().create(payout("A-1")).unwrap_err();
                (error, *payout_rejected)
            };
            let place = format!("{status} {body} {error:?}");
            assert_eq!(sandbox.log().len(), 1, "{place}");
            assert_eq!(
                error.http_status(),
                error_status(*status, &error),
                "{place}"
            );
            assert_eq!(error.order_id(), Some("A-1"), "{place}");
            if rejected {
                assert_eq!(error.outcome(), Some(Outcome::Rejected), "{place}");
                assert_ne!(error.kind(), ErrorKind::OutcomeUnknown, "{place}");
            } else {
                assert_unknown(&error, Phase::Answer);
            }
        }
    }
}

/// A 200 that is no answer has no status to report.
fn error_status(status: u16, error: &Error) -> Option<u16> {
    let cause = error.cause().map(Error::kind);
    (cause != Some(ErrorKind::Protocol)).then_some(status)
}

fn assert_unknown(error: &Error, phase: Phase) {
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error:?}");
    assert_eq!(error.outcome(), Some(Outcome::Unknown));
    assert_eq!(error.phase(), Some(phase), "{error:?}");
    assert_eq!(error.cause().map(Error::attempts), Some(1));
    assert_eq!(error.attempts(), 1);
}

#[test]
fn a_200_counts_when_it_fits() {
    let sandbox = sandbox();
    let client = settled(&sandbox).build().unwrap();
    for body in [
        r#"{"id":7}"#,
        r#"{"id":"7","order_id":null,"amount":"","errors":null}"#,
        r#"{"id":7,"order_id":"B-1","amount":5.0,"payment_status":"wait"}"#,
    ] {
        sandbox.set_fault(answer(200, body));
        assert_eq!(
            client.payouts().create(payout("B-1")).unwrap().id,
            7,
            "{body}"
        );
    }
}

fn answer(status: u16, body: &str) -> Fault {
    Fault::new(FaultKind::Http {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    })
}

#[test]
fn a_payout_refused_for_its_fields_says_what_to_do_first() {
    let sandbox = sandbox();
    let client = settled(&sandbox).build().unwrap();
    sandbox.set_balance("1".parse().unwrap());
    let error = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation);
    assert_eq!(error.outcome(), Some(Outcome::Rejected));
    assert_eq!(
        error.hint(),
        Some("check the status before using a new order_id")
    );
}

#[test]
fn a_lost_answer_is_unknown_and_nothing_goes_out_again() {
    let sandbox = sandbox();
    let client = settled(&sandbox)
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
        wait_until(|| sent(&sandbox, "/v1/payout") == 1);
        assert_eq!(payouts_made(&sandbox, "B-1"), 1, "{name}");
    }
}

#[test]
fn what_never_connected_is_tried_again_and_not_sent() {
    let (_taken, url) = closed_port();
    let sandbox = sandbox();
    let client = settled(&sandbox)
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
fn a_create_that_fails_to_connect_goes_out_once_it_can() {
    let sandbox = sandbox();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let client = settled(&sandbox)
        .base_url(format!("https://{address}"))
        .max_retries(1)
        .build()
        .unwrap();
    let handshakes = thread::spawn(move || {
        (0..2)
            .filter(|_| {
                let (mut stream, _) = listener.accept().unwrap();
                // A client hello, and no answer to it.
                stream.read(&mut [0; 1024]).unwrap() > 0
            })
            .count()
    });
    let error = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.phase(), Some(Phase::Tls));
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert_eq!(handshakes.join().unwrap(), 2);
}

#[test]
fn a_read_settles_the_digest_before_the_first_create() {
    let sandbox = sandbox();
    sandbox.set_digest(DigestPolicy::Sha256);
    let client = plain(&sandbox).build().unwrap();
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

#[test]
fn a_create_cancelled_while_its_digest_is_found_out_leaves_no_record() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(folder.path().join("ledger.sqlite")).unwrap();
    let client = plain(&sandbox).ledger(ledger.clone()).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    let (pending, answered) = create(&client, "B-1");
    wait_until(|| sandbox.log().len() == 1);
    pending.cancel();
    let error = answered.recv().unwrap().unwrap_err();
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    client.close();
    let reason = "it is not there";
    let missing = ledger.release("payouts.create", "B-1", reason).unwrap_err();
    assert_eq!(missing.reason(), Some("unknown"));
}

#[test]
fn the_read_before_a_typed_create_names_no_application() {
    let sandbox = sandbox();
    let client = plain(&sandbox).application("an-application");
    let client = client.build().unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    let log = sandbox.log();
    assert_eq!(log.len(), 2);
    let mut headers = log.iter().map(|entry| &entry.headers);
    assert!(headers.all(|headers| !headers.contains_key("application")));
}

#[test]
fn a_create_whose_digest_cannot_be_settled_is_not_sent() {
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
        let client = plain(&sandbox).build().unwrap();
        sandbox.set_fault(answer(status, body).path("v1/account/balance").always());
        let error = client.payouts().create(payout("B-1")).unwrap_err();
        assert_eq!(error.kind(), kind, "{status}");
        assert_eq!(error.outcome(), Some(Outcome::NotSent));
        assert_eq!(sent(&sandbox, "/v1/payout"), 0);
        assert_eq!(sent(&sandbox, "/v1/account/balance"), 2);
    }
    sandbox.reset();
    let client = plain(&sandbox).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::CloseAfterRead).path("v1/account/balance"));
    let error = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert_eq!(sandbox.log().len(), 1);
}

#[test]
fn an_inconclusive_read_lets_the_create_go_out_with_sha1() {
    let sandbox = sandbox();
    let client = plain(&sandbox).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Http500).path("v1/account/balance"));
    client.payouts().create(payout("B-1")).unwrap();
    let log = sandbox.log();
    assert_eq!(log.len(), 2);
    assert_eq!(log[1].digest, Some(alikassa_sandbox::Digest::Sha1));
}

#[test]
fn a_raw_create_is_read_as_a_payout() {
    let sandbox = sandbox();
    let client = settled(&sandbox).build().unwrap();
    let body = Value::from([
        ("amount", "5.00"),
        ("order_id", "A-1"),
        ("service", "payment_card_rub_hpp"),
        ("customer_ip", "18.191.80.10"),
    ]);
    let create = RawRequest::create("v1/payment", body.clone(), Cert::Payment);
    assert_eq!(client.request(create.clone()).unwrap().status, 200);
    sandbox.set_fault(answer(404, r#"{"message":"m"}"#));
    assert_unknown(&client.request(create.clone()).unwrap_err(), Phase::Answer);
    for without_id in [r#"{"id":""}"#, r#"{"id":[7]}"#, r#"{"id":true}"#] {
        sandbox.set_fault(answer(200, without_id));
        assert_unknown(&client.request(create.clone()).unwrap_err(), Phase::Answer);
    }

    let error = client
        .request(RawRequest::read("v1/payment", body, Cert::Payment))
        .unwrap_err();
    assert_eq!(error.field(), Some("read"));
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert_eq!(sandbox.log().len(), 5);
}

fn create(client: &Client, order_id: &str) -> (alikassa::binding::Pending, Answered) {
    submit(client, create_call(order_id), &CallOptions::default())
}

fn create_call(order_id: &str) -> Call {
    let fields = [
        ("amount", "5.00"),
        ("number", "4111111111111111"),
        ("order_id", order_id),
        ("service", "payment_card_rub"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), Value::from(value)));
    Call::named("payouts.create", fields.to_vec()).unwrap()
}

type Answered = std::sync::mpsc::Receiver<Result<Response, Error>>;

#[test]
fn a_create_cancelled_in_the_queue_is_not_sent() {
    let sandbox = sandbox();
    let client = settled(&sandbox).max_connections(1).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    let (_first, first) = create(&client, "B-1");
    let (queued, second) = create(&client, "B-2");
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
fn a_create_cancelled_before_its_first_byte_is_never_sent() {
    let sandbox = sandbox();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = settled(&sandbox)
        .base_url(format!("https://{}", listener.local_addr().unwrap()))
        .build()
        .unwrap();
    let (pending, answered) = create(&client, "B-1");
    // The handshake has begun and will not end.
    let (stream, _) = listener.accept().unwrap();
    pending.cancel();
    let error = answered.recv().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    drop(stream);
    client.close();
}

#[test]
fn a_create_cancelled_on_its_way_is_unknown_at_once_and_close_waits_for_it() {
    let sandbox = sandbox();
    let client = settled(&sandbox).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    let (pending, answered) = create(&client, "B-1");
    wait_until(|| sandbox.log().len() == 1);
    let started = Instant::now();
    pending.cancel();
    let error = answered.recv().unwrap().unwrap_err();
    assert!(started.elapsed() < STALL / 2);
    assert_unknown_of(&error, ErrorKind::Cancelled);
    assert_eq!(error.attempts(), 1);
    client.close();
    assert!(started.elapsed() >= STALL / 2, "close has to wait for it");
}

fn assert_unknown_of(error: &Error, cause: ErrorKind) {
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error:?}");
    assert_eq!(error.outcome(), Some(Outcome::Unknown));
    assert_eq!(error.cause().map(Error::kind), Some(cause));
}

#[test]
fn a_create_whose_answer_cannot_be_handed_over_is_unknown() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(folder.path().join("ledger.sqlite")).unwrap();
    let client = settled(&sandbox).ledger(ledger.clone()).build().unwrap();
    let failing: [fn(Response) -> Result<(), Error>; 2] = [
        |_| Err(Error::internal("no room for it")),
        |_| panic!("asked for by a test"),
    ];
    for (order_id, hand_over) in ["B-1", "B-2"].into_iter().zip(failing) {
        let options = CallOptions::default();
        let handed_over = client.execute_into(create_call(order_id), &options, hand_over);
        let error = handed_over.unwrap_err();
        assert_unknown(&error, Phase::Answer);
        assert_unknown_of(&error, ErrorKind::Internal);
        assert_eq!(error.operation(), Some("payouts.create"));
        assert_eq!(error.order_id(), Some(order_id));

        let read = Call::named("account.balance", Vec::new()).unwrap();
        let error = client.execute_into(read, &options, hand_over).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert_eq!((error.outcome(), error.phase()), (None, None));
        assert_eq!(error.operation(), Some("account.balance"));
    }
    let states: Vec<_> = ledger.open().unwrap().iter().map(|row| row.state).collect();
    assert_eq!(states, [LedgerState::Accepted; 2]);
    client.close();
}

#[test]
fn a_deadline_that_cuts_a_create_leaves_it_unknown() {
    let sandbox = sandbox();
    let client = settled(&sandbox).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    let options = CallOptions::default().deadline(STALL / 4);
    let error = client
        .payouts()
        .create_with(payout("B-1"), &options)
        .unwrap_err();
    assert_unknown_of(&error, ErrorKind::DeadlineExceeded);
    assert_eq!(payouts_made(&sandbox, "B-1"), 1);
}

#[test]
fn no_text_of_a_create_shows_a_card() {
    let shown = format!(
        "{:?}",
        payout("B-1").extra(PayoutExtra::new().card_holder("A B"))
    );
    assert!(shown.contains("B-1") && !shown.contains("4111") && !shown.contains("A B"));
    let body = Value::from([("number", "4111111111111111")]);
    let raw = RawRequest::create("v1/payout", body, Cert::Payout);
    assert_eq!(
        format!("{raw:?}"),
        "RawRequest { path: \"v1/payout\", cert: Payout, read: false, .. }"
    );
}
