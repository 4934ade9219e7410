use std::thread;

use alikassa_sandbox::{Duplicates, Options, Sandbox, Settle, Status};
use serde_json::{Value, json};

use crate::client::{call, control, payment, payout, send, signed, start, status};

fn with(duplicates: Duplicates) -> Sandbox {
    Sandbox::start(Options {
        duplicates,
        ..Options::default()
    })
    .unwrap()
}

fn count(sandbox: &Sandbox, list: &str) -> usize {
    sandbox.state()[list].as_array().unwrap().len()
}

#[test]
fn refuse_rejects_a_repeated_order_id() {
    let sandbox = start();
    for (path, list, body) in [
        ("/v1/payment", "payments", payment(&json!({}))),
        ("/v1/payout", "payouts", payout(&json!({}))),
    ] {
        assert_eq!(call(&sandbox, path, &body).status, 200);
        let before = sandbox.state();
        let response = call(&sandbox, path, &body);
        assert_eq!(response.status, 400);
        assert_eq!(
            response.json()["errors"],
            json!({"order_id": ["The order_id has already been taken."]})
        );
        assert_eq!(sandbox.state(), before);
        assert_eq!(count(&sandbox, list), 2);
    }
}

#[test]
fn an_order_id_is_never_available_again() {
    let sandbox = start();
    let documented = payout(&json!({"order_id": "6422494"}));
    assert_eq!(call(&sandbox, "/v1/payout", &documented).status, 400);
    call(&sandbox, "/v1/payout", &payout(&json!({})));
    sandbox
        .settle(&Settle::order_id("A-1", Status::Fail))
        .unwrap();
    assert_eq!(
        call(&sandbox, "/v1/payout", &payout(&json!({}))).status,
        400
    );
}

#[test]
fn replay_returns_the_response_of_the_first_create() {
    let sandbox = with(Duplicates::Replay);
    for (path, body) in [
        ("/v1/payment", payment(&json!({"service": "x_card"}))),
        ("/v1/payout", payout(&json!({}))),
    ] {
        let first = call(&sandbox, path, &body);
        let id = first.json()["id"].as_u64().unwrap();
        sandbox.settle(&Settle::id(id, Status::Paid)).unwrap();
        let before = sandbox.state();
        let second = call(&sandbox, path, &body);
        assert_eq!((second.status, second.body), (200, first.body));
        assert_eq!(sandbox.state(), before);
    }
}

#[test]
fn allow_creates_another_order() {
    let sandbox = with(Duplicates::Allow);
    for (resource, body, first) in [
        ("payment", payment(&json!({})), 112_412_554),
        ("payout", payout(&json!({})), 100_000_537),
    ] {
        let path = format!("/v1/{resource}");
        let ids = [(), ()].map(|()| call(&sandbox, &path, &body).json()["id"].clone());
        assert_eq!(ids, [json!(first), json!(first + 1)]);
        assert_eq!(status(&sandbox, resource, "A-1")["id"], ids[1]);
        let by_both = json!({"id": first.to_string(), "order_id": "A-1"});
        let found = call(&sandbox, &format!("{path}/status"), &by_both).json();
        assert_eq!(found["id"], ids[0]);
    }
    assert_eq!(sandbox.state()["balance"]["balance"], "33.84000000");
}

#[test]
fn a_payment_and_a_payout_may_have_the_same_order_id() {
    let sandbox = start();
    assert_eq!(
        call(&sandbox, "/v1/payment", &payment(&json!({}))).status,
        200
    );
    assert_eq!(
        call(&sandbox, "/v1/payout", &payout(&json!({}))).status,
        200
    );
}

#[test]
fn the_policy_for_duplicates_can_be_changed() {
    let sandbox = start();
    let body = payout(&json!({}));
    call(&sandbox, "/v1/payout", &body);
    let again = |sandbox: &Sandbox| call(sandbox, "/v1/payout", &body);
    let set = |value: Value| {
        let body = json!({"duplicates": value}).to_string();
        control(&sandbox, "POST", "duplicates", &body).status
    };
    assert_eq!(set(json!("replay")), 200);
    assert_eq!(again(&sandbox).json()["id"], 100_000_537);
    sandbox.set_duplicates(Duplicates::Allow);
    assert_eq!(sandbox.state()["duplicates"], "allow");
    assert_eq!(again(&sandbox).json()["id"], 100_000_538);
    assert_eq!(set(json!("refuse")), 200);
    assert_eq!(again(&sandbox).status, 400);
    assert_eq!(set(json!("sometimes")), 400);
}

#[test]
fn one_of_many_concurrent_creates_succeeds() {
    let sandbox = start();
    sandbox.set_balance("1000000".parse().unwrap());
    let body = payout(&json!({})).to_string();
    let request = signed(sandbox.payout_cert(), "/v1/payout", &body);
    let statuses: Vec<u16> = thread::scope(|scope| {
        let threads: Vec<_> = (0..64)
            .map(|_| scope.spawn(|| send(&sandbox, &request).status))
            .collect();
        let statuses = threads.into_iter().map(|thread| thread.join().unwrap());
        statuses.collect()
    });
    let created = statuses.iter().filter(|status| **status == 200).count();
    let refused = statuses.iter().filter(|status| **status == 400).count();
    assert_eq!((created, refused), (1, 63));
    assert_eq!(count(&sandbox, "payouts"), 2);
    assert_eq!(sandbox.state()["balance"]["balance"], "999970.00000000");
}
