use std::thread;
use std::time::Duration;

use alikassa_sandbox::{Kind, Options, Rule, Sandbox, Settle, SettleError, Status};
use serde_json::{Value, json};

use crate::client::{call, control, payment, payout, start, status};

fn create(sandbox: &Sandbox, order_id: &str) {
    for (path, body) in [
        ("/v1/payment", payment(&json!({"order_id": order_id}))),
        (
            "/v1/payout",
            payout(&json!({"order_id": order_id, "amount": 1})),
        ),
    ] {
        assert_eq!(call(sandbox, path, &body).status, 200);
    }
}

fn statuses(sandbox: &Sandbox, order_id: &str) -> [String; 2] {
    ["payment", "payout"].map(|resource| {
        let status = status(sandbox, resource, order_id);
        status["payment_status"].as_str().unwrap().to_owned()
    })
}

fn settle(sandbox: &Sandbox, body: &Value) -> (u16, Value) {
    let response = control(sandbox, "POST", "settle", &body.to_string());
    (response.status, response.json())
}

fn add_rule(sandbox: &Sandbox, body: &Value) -> u16 {
    control(sandbox, "POST", "rules", &body.to_string()).status
}

#[test]
fn settle_finds_an_order_by_either_id_and_by_kind() {
    let sandbox = start();
    create(&sandbox, "A-1");
    let (status, response) = settle(&sandbox, &json!({"order_id": "A-1", "status": "paid"}));
    assert_eq!(status, 400);
    assert!(response["message"].as_str().unwrap().contains("kind"));
    let body = json!({"order_id": "A-1", "kind": "payout", "status": "fail"});
    assert_eq!(settle(&sandbox, &body), (200, json!({})));
    assert_eq!(statuses(&sandbox, "A-1"), ["wait", "fail"]);
    for id in [json!(112_412_554), json!("112412554")] {
        settle(&sandbox, &json!({"id": id, "status": "cancel"}));
        assert_eq!(statuses(&sandbox, "A-1"), ["cancel", "fail"]);
    }
}

#[test]
fn settle_accepts_amounts() {
    let sandbox = start();
    create(&sandbox, "A-1");
    let body = json!({
        "order_id": "A-1", "kind": "payment", "status": "paid",
        "payment_amount": "9.00", "hold_amount": "1",
    });
    assert_eq!(settle(&sandbox, &body).0, 200);
    let paid = status(&sandbox, "payment", "A-1");
    assert_eq!(paid["payment_amount"], "9.000000000");
    assert_eq!(paid["hold_amount"], "1.000000000");
}

#[test]
fn a_rejected_settle_has_a_message() {
    let sandbox = start();
    for (expected, body) in [
        (404, json!({"order_id": "A-1", "status": "paid"})),
        (
            404,
            json!({"order_id": "6422494", "kind": "payment", "status": "paid"}),
        ),
        (
            404,
            json!({"order_id": "6422494", "id": 1, "status": "paid"}),
        ),
        (409, json!({"order_id": "6422494", "status": "fail"})),
        (409, json!({"order_id": "6422494", "status": "wait"})),
        (400, json!({"status": "paid"})),
        (400, json!({"order_id": "6422494", "status": "done"})),
        (400, json!({"order_id": "6422494"})),
        (
            400,
            json!({"order_id": "6422494", "status": "paid", "x": 1}),
        ),
        (
            400,
            json!({"order_id": "6422494", "status": "paid", "payment_amount": 1}),
        ),
        (400, json!({"id": true, "status": "paid"})),
    ] {
        let (status, response) = settle(&sandbox, &body);
        assert_eq!(status, expected, "{body}");
        assert!(!response["message"].as_str().unwrap().is_empty());
    }
    let again = sandbox.settle(&Settle::id(112_412_553, Status::Paid));
    assert_eq!(again, Err(SettleError::AlreadyFinal));
    let payout = Settle::id(112_412_553, Status::Paid).kind(Kind::Payout);
    assert_eq!(sandbox.settle(&payout), Err(SettleError::NotFound));
}

#[test]
fn a_rule_applies_to_later_creates() {
    let sandbox = start();
    create(&sandbox, "A-1");
    assert_eq!(add_rule(&sandbox, &json!({"status": "paid"})), 200);
    create(&sandbox, "A-2");
    assert_eq!(statuses(&sandbox, "A-1"), ["wait", "wait"]);
    assert_eq!(statuses(&sandbox, "A-2"), ["paid", "paid"]);
    assert_eq!(sandbox.state()["rules"], 1);
    assert_eq!(control(&sandbox, "DELETE", "rules", "").status, 200);
    create(&sandbox, "A-3");
    assert_eq!(statuses(&sandbox, "A-3"), ["wait", "wait"]);
}

#[test]
fn the_first_matching_rule_applies() {
    let sandbox = start();
    for rule in [
        json!({"match": {"path": "v1/payout", "order_id": "A-1"}, "status": "fail"}),
        json!({"match": {"order_id": "A-1"}, "status": "cancel"}),
        json!({"match": {"path": "/v1/payment"}, "status": "paid", "after_ms": 0}),
    ] {
        assert_eq!(add_rule(&sandbox, &rule), 200);
    }
    create(&sandbox, "A-1");
    create(&sandbox, "A-2");
    assert_eq!(statuses(&sandbox, "A-1"), ["cancel", "fail"]);
    assert_eq!(statuses(&sandbox, "A-2"), ["paid", "wait"]);
}

#[test]
fn a_rule_can_have_a_delay() {
    let sandbox = start();
    sandbox.add_rule(Rule::new(Status::Paid).after(Duration::from_millis(400)));
    create(&sandbox, "A-1");
    assert_eq!(sandbox.state()["payouts"][1]["payment_status"], "wait");
    thread::sleep(Duration::from_millis(450));
    // No status request triggers it.
    let state = sandbox.state();
    assert_eq!(state["payments"][1]["payment_status"], "paid");
    assert_eq!(state["payouts"][1]["payment_status"], "paid");
    assert_eq!(state["balance"]["balance"], "101.84000000");
}

#[test]
fn a_rule_can_count_status_requests() {
    let sandbox = start();
    let rule = json!({"match": {"path": "v1/payout"}, "status": "paid", "after_reads": 3});
    assert_eq!(add_rule(&sandbox, &rule), 200);
    create(&sandbox, "A-1");
    let seen = [(), (), (), ()].map(|()| statuses(&sandbox, "A-1")[1].clone());
    assert_eq!(seen, ["wait", "wait", "paid", "paid"]);

    sandbox.clear_rules();
    sandbox.add_rule(Rule::new(Status::Fail).order_id("A-2").at_read(1));
    create(&sandbox, "A-2");
    assert_eq!(sandbox.state()["payouts"][2]["payment_status"], "wait");
    assert_eq!(statuses(&sandbox, "A-2"), ["fail", "fail"]);
}

#[test]
fn settle_overrides_the_rules() {
    let sandbox = start();
    sandbox.add_rule(Rule::new(Status::Paid).path("v1/payout").at_read(1));
    sandbox.add_rule(Rule::new(Status::Paid).after(Duration::from_secs(1)));
    create(&sandbox, "A-1");
    let settle = |kind, status| {
        let settle = Settle::order_id("A-1", status).kind(kind);
        sandbox.settle(&settle).unwrap();
    };
    settle(Kind::Payment, Status::Wait);
    settle(Kind::Payout, Status::Cancel);
    thread::sleep(Duration::from_millis(1050));
    assert_eq!(statuses(&sandbox, "A-1"), ["wait", "cancel"]);
}

#[test]
fn the_rules_of_the_options_come_last_and_return_after_a_reset() {
    let sandbox = Sandbox::start(Options {
        rules: vec![Rule::new(Status::Paid)],
        ..Options::default()
    })
    .unwrap();
    let exception = Rule::new(Status::Wait).path("v1/payment");
    sandbox.add_rule(exception);
    create(&sandbox, "A-1");
    assert_eq!(statuses(&sandbox, "A-1"), ["wait", "paid"]);
    sandbox.clear_rules();
    create(&sandbox, "A-2");
    assert_eq!(statuses(&sandbox, "A-2"), ["wait", "wait"]);
    sandbox.reset();
    create(&sandbox, "A-1");
    assert_eq!(statuses(&sandbox, "A-1"), ["paid", "paid"]);
}

#[test]
fn an_invalid_rule_is_rejected() {
    let sandbox = start();
    for rule in [
        json!({}),
        json!({"status": "done"}),
        json!({"status": "paid", "after_reads": 0}),
        json!({"status": "paid", "after_reads": 1, "after_ms": 1}),
        json!({"status": "paid", "after_ms": -1}),
        json!({"status": "paid", "match": {"id": 1}}),
        json!({"status": "paid", "after": 1}),
    ] {
        assert_eq!(add_rule(&sandbox, &rule), 400, "{rule}");
    }
    assert_eq!(sandbox.state()["rules"], 0);
}
