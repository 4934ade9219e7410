//! The row of a create, from before it is sent until its outcome.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use alikassa::{Cert, ErrorKind, LedgerRow, LedgerState, Outcome, RawRequest, Value};
use alikassa_sandbox::{Fault, FaultKind};

use super::{STALL, Setup, Store, open, test_on_each_store};
use crate::fixture::{payment, payout, payout_count, request_count, wait_until};

test_on_each_store! {
    an_accepted_create_is_recorded_with_its_id,
    a_recorded_order_is_not_sent_again,
    each_outcome_of_a_create_is_a_state,
    a_create_in_flight_has_a_row,
    a_raw_create_is_recorded_as_the_operation_of_its_path,
    an_outcome_that_could_not_be_recorded_is_recorded_at_the_close,
}

fn an_accepted_create_is_recorded_with_its_id(store: Store) {
    let setup = Setup::on(store);
    setup.client().payouts().create(payout("B-1")).unwrap();
    let rows = open(&setup.ledger());
    assert_eq!(rows.len(), 1);
    let LedgerRow {
        operation,
        order_id,
        state,
        amount,
        service,
        id,
        payment_status,
        ..
    } = rows[0].clone();
    assert_eq!(
        (operation.as_str(), order_id.as_str()),
        ("payouts.create", "B-1")
    );
    assert_eq!(state, LedgerState::Accepted);
    assert_eq!(amount.unwrap().as_str(), "5.00");
    assert_eq!(service.as_deref(), Some("payment_card_rub"));
    assert_eq!(id, Some(100_000_537));
    assert_eq!(payment_status.as_deref(), Some("wait"));
    assert!(rows[0].created_ms <= rows[0].updated_ms);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let age = since.saturating_sub(Duration::from_millis(rows[0].created_ms.unsigned_abs()));
    assert!(age < Duration::from_secs(60), "{age:?}");
    let fields = rows[0].fields();
    assert_eq!(fields.len(), LedgerRow::TYPE.fields.len());
    assert_eq!(fields[2], ("order_id", Value::from("B-1")));
    let shown = format!("Ledger {{ location: {:?} }}", setup.ledger().location());
    assert_eq!(format!("{:?}", setup.ledger()), shown);
}

fn a_recorded_order_is_not_sent_again(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    let again = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::DuplicateOrder);
    assert_eq!(again.outcome(), Some(Outcome::Created));
    assert_eq!(again.previous().unwrap().state, LedgerState::Accepted);
    assert_eq!(again.same_body(), Some(true));
    assert!(again.hint().unwrap().starts_with("it was created"));

    let changed = client
        .payouts()
        .create(payout("B-1").customer_code("x"))
        .unwrap_err();
    assert_eq!(changed.same_body(), Some(false));
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 1);

    client.payments().create(payment("B-1")).unwrap();
    assert_eq!(
        request_count(&setup.sandbox, "/v1/payment"),
        1,
        "the same order_id of another operation"
    );
}

fn each_outcome_of_a_create_is_a_state(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    setup.lose_next_response();
    client.payouts().create(payout("unknown")).unwrap_err();
    assert_eq!(setup.state(), "unknown");
    let again = client.payouts().create(payout("unknown")).unwrap_err();
    assert_eq!(again.previous().unwrap().state, LedgerState::Unknown);
    assert_eq!(again.outcome(), Some(Outcome::Unknown));
    assert!(again.hint().unwrap().starts_with("never send it again"));
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 1);

    let setup = Setup::on(store);
    let client = setup.client();
    setup.sandbox.set_balance("1".parse().unwrap());
    client.payouts().create(payout("rejected")).unwrap_err();
    assert_eq!(setup.state(), "rejected");
    setup.sandbox.set_balance("100".parse().unwrap());
    client.payouts().create(payout("rejected")).unwrap();
    assert_eq!(setup.state(), "accepted");

    let setup = Setup::on(store);
    let unreachable = setup.unreachable_client();
    unreachable
        .payouts()
        .create(payout("not_sent"))
        .unwrap_err();
    assert_eq!(setup.state(), "not_sent");
    assert_eq!(open(&setup.ledger()), []);
    setup.client().payouts().create(payout("not_sent")).unwrap();
    assert_eq!(setup.state(), "accepted");
}

#[test]
fn an_invalid_argument_does_not_create_the_file() {
    let setup = Setup::new();
    let client = setup.client();
    client.payouts().create(payout("")).unwrap_err();
    assert!(!setup.path().exists());
}

fn a_create_in_flight_has_a_row(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    setup.sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    std::thread::scope(|scope| {
        let create = scope.spawn(|| client.payouts().create(payout("B-1")));
        wait_until(|| !setup.sandbox.log().is_empty());
        let rows = open(&setup.ledger());
        assert_eq!(rows[0].state, LedgerState::Sending);
        assert_eq!(rows[0].state.to_string(), "sending");
        let again = client.payouts().create(payout("B-1")).unwrap_err();
        assert_eq!(again.previous().unwrap().state, LedgerState::Sending);
        assert_eq!(again.outcome(), Some(Outcome::Unknown));
        create.join().unwrap().unwrap();
    });
    assert_eq!(payout_count(&setup.sandbox, "B-1"), 1);
}

fn a_raw_create_is_recorded_as_the_operation_of_its_path(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    let body = |order_id: Value| {
        Value::from([
            ("amount", Value::from("5.00")),
            ("number", Value::from("4111")),
            ("order_id", order_id),
            ("service", Value::from("payment_card_rub")),
        ])
    };
    let request = RawRequest::create("v1/payout", body(Value::from(7)), Cert::Payout);
    let error = client.request(request).unwrap_err();
    assert_eq!(
        (error.field(), error.outcome()),
        (Some("order_id"), Some(Outcome::NotSent))
    );
    assert!(setup.sandbox.log().is_empty());

    let request = RawRequest::create("v1/payout", body(Value::from("B-1")), Cert::Payout);
    client.request(request).unwrap();
    let typed = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(typed.previous().unwrap().operation, "payouts.create");
    assert_eq!(
        setup.row(),
        ("accepted".into(), Some(100_000_537), Some("wait".into()))
    );
}

fn an_outcome_that_could_not_be_recorded_is_recorded_at_the_close(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    setup.sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    std::thread::scope(|scope| {
        let create = scope.spawn(|| client.payouts().create(payout("B-1")));
        wait_until(|| !setup.sandbox.log().is_empty());
        setup.execute("ALTER TABLE creates RENAME TO lost");
        create.join().unwrap().unwrap();
        setup.execute("ALTER TABLE lost RENAME TO creates");
    });
    assert_eq!(setup.count("state = 'sending'"), 1);
    client.close();
    assert_eq!(setup.count("state = 'accepted'"), 1);
}
