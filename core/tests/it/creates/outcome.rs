//! The outcome of a create for each response.

use alikassa::binding::{Call, Response};
use alikassa::{
    CallOptions, Cert, Error, ErrorKind, LedgerState, Outcome, Phase, RawRequest, Value,
};

use super::{assert_unknown, assert_unknown_because_of, create_payout};
use crate::fixture::{payment, payout, response, sandbox, sha1_builder};
use crate::ledger::{Setup, Store, open, test_on_each_store};

/// A status, a body, whether it rejects a payment, and whether it rejects a payout.
type Row = (u16, &'static str, bool, bool);

const RESPONSES: &[Row] = &[
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
    (
        400,
        r#"{"message":"m","errors":{"order_id[]":["taken"]}}"#,
        false,
        false,
    ),
    (
        400,
        r#"{"message":"m","errors":{"order":["taken"]}}"#,
        false,
        false,
    ),
    (
        400,
        r#"{"message":"m","errors":{"amount[0]":["low"],"customer_code.0":["bad"]}}"#,
        true,
        true,
    ),
    (
        400,
        r#"{"message":"m","errors":{"extra.card_holder":["bad"]}}"#,
        false,
        true,
    ),
    (
        400,
        r#"{"message":"m","errors":{"extra.Order-ID":["bad"]}}"#,
        false,
        false,
    ),
    (
        400,
        r#"{"message":"Order id taken","errors":{"amount":["low"]}}"#,
        false,
        false,
    ),
    (
        400,
        r#"{"message":"m","errors":{"amount":["orderId taken"]}}"#,
        false,
        false,
    ),
    (
        400,
        r#"{"message":"m","errors":{"amount":["low"]},"id":7}"#,
        false,
        false,
    ),
    (
        400,
        r#"{"message":"m","errors":{"amount":["low"]},"payment_status":"wait"}"#,
        false,
        false,
    ),
    (
        400,
        r#"{"message":"m","errors":{"amount":["low"]},"id":null,"payment_status":null}"#,
        true,
        true,
    ),
    (
        400,
        r#"{"message":"m","message":"m","errors":{"amount":["low"]}}"#,
        false,
        false,
    ),
    (
        401,
        r#"{"message":"m","errors":{"account":["unknown"]}}"#,
        true,
        false,
    ),
    (
        404,
        r#"{"message":"m","errors":{"number_of_order":["taken"]}}"#,
        false,
        false,
    ),
    (422, r#"{"message":"order_id taken"}"#, false, false),
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
    (200, r#"{"id":7,"id":7}"#, false, false),
    (200, r#"{"id":7,"order_id":"another"}"#, false, false),
    (200, r#"{"id":7,"amount":"5.01"}"#, false, false),
    (200, r#"{"id":7,"amount":"much"}"#, false, false),
    (200, r#"{"id":7"#, false, false),
    (200, "[]", false, false),
    (200, "", false, false),
    (200, "<html>", false, false),
];

#[test]
fn a_create_is_rejected_only_when_the_response_proves_that_no_order_exists() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    for (status, body, payment_rejected, payout_rejected) in RESPONSES {
        for is_payment in [true, false] {
            sandbox.reset();
            sandbox.set_fault(response(*status, body));
            let (error, rejected) = if is_payment {
                let error = client.payments().create(payment("A-1")).unwrap_err();
                (error, *payment_rejected)
            } else {
                let error = client.payouts().create(payout("A-1")).unwrap_err();
                (error, *payout_rejected)
            };
            let case = format!("{status} {body} {error:?}");
            assert_eq!(sandbox.log().len(), 1, "{case}");
            assert_eq!(
                error.http_status(),
                reported_status(*status, &error),
                "{case}"
            );
            assert_eq!(error.order_id(), Some("A-1"), "{case}");
            if rejected {
                assert_eq!(error.outcome(), Some(Outcome::Rejected), "{case}");
                assert_ne!(error.kind(), ErrorKind::OutcomeUnknown, "{case}");
                let hint = error.hint().unwrap_or_default();
                assert!(!hint.contains("never created"), "{case}: {hint}");
            } else {
                assert_unknown(&error, Phase::Answer);
            }
        }
    }
}

#[test]
fn the_id_of_a_created_order_is_a_positive_integer() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    for (id, is_typed_id, is_raw_id) in [
        ("7", true, true),
        (r#""7""#, true, true),
        ("0", false, false),
        ("-5", false, false),
        (r#""0""#, false, false),
        (r#""-5""#, false, false),
        (r#""""#, false, false),
        ("7.0", false, false),
        (r#""+12""#, false, true),
        (r#""00012""#, false, true),
        (r#""x""#, false, true),
    ] {
        sandbox.reset();
        sandbox.set_fault(response(200, &format!(r#"{{"id":{id}}}"#)));
        let created = client.payouts().create(payout("A-1"));
        assert_eq!(created.is_ok(), is_typed_id, "{id}");
        sandbox.reset();
        sandbox.set_fault(response(200, &format!(r#"{{"id":{id}}}"#)));
        let body = Value::from([("amount", "5.00"), ("order_id", "A-1")]);
        let created = client.request(RawRequest::create("v1/payout", body, Cert::Payout));
        assert_eq!(created.is_ok(), is_raw_id, "{id}");
    }
}

/// A malformed response with status 200 is reported without its status.
fn reported_status(status: u16, error: &Error) -> Option<u16> {
    let cause = error.cause().map(Error::kind);
    (cause != Some(ErrorKind::Protocol)).then_some(status)
}

#[test]
fn a_200_that_matches_the_request_is_a_success() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    for body in [
        r#"{"id":7}"#,
        r#"{"id":"7","order_id":null,"amount":"","errors":null}"#,
        r#"{"id":7,"order_id":"B-1","amount":5.0,"payment_status":"wait"}"#,
    ] {
        sandbox.set_fault(response(200, body));
        assert_eq!(
            client.payouts().create(payout("B-1")).unwrap().id,
            7,
            "{body}"
        );
    }
}

#[test]
fn a_payout_rejected_for_its_fields_has_a_hint() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
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
fn the_response_to_a_raw_create_has_the_outcome_of_a_payout() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    let body = Value::from([
        ("amount", "5.00"),
        ("order_id", "A-1"),
        ("service", "payment_card_rub_hpp"),
        ("customer_ip", "18.191.80.10"),
    ]);
    let create = RawRequest::create("v1/payment", body.clone(), Cert::Payment);
    assert_eq!(client.request(create.clone()).unwrap().status, 200);
    sandbox.set_fault(response(404, r#"{"message":"m"}"#));
    assert_unknown(&client.request(create.clone()).unwrap_err(), Phase::Answer);
    for without_id in [r#"{"id":""}"#, r#"{"id":[7]}"#, r#"{"id":true}"#] {
        sandbox.set_fault(response(200, without_id));
        assert_unknown(&client.request(create.clone()).unwrap_err(), Phase::Answer);
    }

    let error = client
        .request(RawRequest::read("v1/payment", body, Cert::Payment))
        .unwrap_err();
    assert_eq!(error.field(), Some("read"));
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert_eq!(sandbox.log().len(), 5);
}

test_on_each_store! { a_create_is_unknown_when_its_response_cannot_be_converted }

fn a_create_is_unknown_when_its_response_cannot_be_converted(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    let failing: [fn(Response) -> Result<(), Error>; 2] = [
        |_| Err(Error::internal("out of memory")),
        |_| panic!("a panic of the test"),
    ];
    for (order_id, convert) in ["B-1", "B-2"].into_iter().zip(failing) {
        let options = CallOptions::default();
        let converted = client.execute_into(create_payout(order_id), &options, convert);
        let error = converted.unwrap_err();
        assert_unknown(&error, Phase::Answer);
        assert_unknown_because_of(&error, ErrorKind::Internal);
        assert_eq!(error.operation(), Some("payouts.create"));
        assert_eq!(error.order_id(), Some(order_id));

        let read = Call::named("account.balance", Vec::new()).unwrap();
        let error = client.execute_into(read, &options, convert).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert_eq!((error.outcome(), error.phase()), (None, None));
        assert_eq!(error.operation(), Some("account.balance"));
    }
    let states: Vec<_> = open(&setup.ledger()).iter().map(|row| row.state).collect();
    assert_eq!(states, [LedgerState::Accepted; 2]);
    client.close();
}
