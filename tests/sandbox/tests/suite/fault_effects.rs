use std::io::ErrorKind;
use std::thread;
use std::time::Duration;

use alikassa_sandbox::{Fault, FaultKind, Sandbox};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::client::{Connection, call, control, payout, payout_status, signed, socket, start};

/// Every fault, and whether it executes a payout by default.
const FAULTS: [(&str, bool); 16] = [
    ("close_before", false),
    ("close_after_read", false),
    ("close_after_act", true),
    ("reset", false),
    ("stall", true),
    ("slow", true),
    ("cut", true),
    ("cut_at", true),
    ("wrong_type", true),
    ("oversize", true),
    ("deep", true),
    ("http_500", true),
    ("html_502", false),
    ("redirect", false),
    ("http", false),
    ("raw", false),
];

/// Sends a payout under the fault of this name, and reads what arrives.
fn create_with_fault(sandbox: &Sandbox, name: &str, act: Option<bool>) {
    let body = if name == "raw" { "" } else { "{}" };
    let mut fault = json!({"fault": name, "n": 0, "status": 200, "body": body});
    if let Some(act) = act {
        fault["act"] = json!(act);
    }
    let response = control(sandbox, "POST", "faults", &fault.to_string());
    assert_eq!(response.status, 200, "{fault}");
    let mut connection = Connection::open(sandbox);
    let order = payout(&json!({"order_id": name, "amount": 1})).to_string();
    let sent = connection.try_send(&signed(sandbox.payout_cert(), "/v1/payout", &order));
    assert!(sent.is_ok() || name == "close_before");
    _ = connection.response();
}

fn has_payout(sandbox: &Sandbox, order_id: &str) -> bool {
    let state = sandbox.state();
    let mut payouts = state["payouts"].as_array().unwrap().iter();
    payouts.any(|payout| payout["order_id"] == order_id)
}

#[test]
fn every_fault_executes_the_request_by_default_or_not() {
    let sandbox = start();
    for (name, acts) in FAULTS {
        create_with_fault(&sandbox, name, None);
        assert_eq!(has_payout(&sandbox, name), acts, "{name}");
    }
    let faults = sandbox.log().into_iter().map(|entry| entry.fault.unwrap());
    assert!(faults.eq(FAULTS.map(|(name, _)| name)));
}

#[test]
fn act_overrides_every_fault() {
    for act in [true, false] {
        let sandbox = start();
        for (name, _) in FAULTS {
            create_with_fault(&sandbox, name, Some(act));
            assert_eq!(has_payout(&sandbox, name), act, "{name}");
        }
    }
}

#[test]
fn a_request_that_is_not_executed_changes_nothing() {
    let sandbox = start();
    let before = sandbox.state();
    for kind in [FaultKind::Http500, FaultKind::CloseAfterAct] {
        sandbox.set_fault(Fault::new(kind).act(false));
    }
    let order = payout(&json!({}));
    assert_eq!(call(&sandbox, "/v1/payout", &order).status, 500);
    let mut connection = Connection::open(&sandbox);
    let request = signed(sandbox.payout_cert(), "/v1/payout", &order.to_string());
    connection.send(&request);
    assert_eq!(connection.rest().unwrap(), b"");
    assert_eq!(sandbox.log()[1].status, None);
    assert_eq!(sandbox.state(), before);
    assert_eq!(call(&sandbox, "/v1/payout", &order).status, 200);
}

#[test]
fn a_reset_can_follow_an_executed_payout() {
    let sandbox = start();
    sandbox.set_fault(Fault::new(FaultKind::Reset).act(true));
    let order = payout(&json!({})).to_string();
    let mut connection = Connection::open(&sandbox);
    connection.send(&signed(sandbox.payout_cert(), "/v1/payout", &order));
    let error = connection.rest().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert!(has_payout(&sandbox, "A-1"));
    assert_eq!(sandbox.log()[0].status, Some(200));
}

#[test]
fn a_response_can_be_about_another_order() {
    let sandbox = start();
    let other = json!({"payment_status": "wait", "id": 1, "order_id": "B-1", "amount": "1.00"});
    let fault = json!({"fault": "http", "status": 200, "body": other, "act": true});
    control(&sandbox, "POST", "faults", &fault.to_string());
    let response = call(&sandbox, "/v1/payout", &payout(&json!({}))).json();
    assert_eq!(response, other);
    assert!(has_payout(&sandbox, "A-1"));
}

#[test]
fn a_fault_does_not_execute_a_rejected_request() {
    let sandbox = start();
    sandbox.set_fault(Fault::new(FaultKind::Html502).act(true).times(2));
    let order = payout(&json!({})).to_string();
    let badly_signed = signed(sandbox.payment_cert(), "/v1/payout", &order);
    assert_eq!(crate::client::send(&sandbox, &badly_signed).status, 502);
    let invalid = payout(&json!({"amount": 0}));
    assert_eq!(call(&sandbox, "/v1/payout", &invalid).status, 502);
    assert!(!has_payout(&sandbox, "A-1"));
}

#[test]
fn a_stall_without_a_delay_ends_with_the_connection_only() {
    let sandbox = start();
    let fault = json!({"fault": "stall", "times": -1});
    control(&sandbox, "POST", "faults", &fault.to_string());
    let request = payout_status(&sandbox);
    let stalled = |n: usize| {
        let socket = socket(sandbox.url());
        let timeout = Some(Duration::from_millis(300));
        socket.set_read_timeout(timeout).unwrap();
        let mut connection = Connection::over(socket);
        connection.send(&request);
        while sandbox.log().len() < n {
            thread::sleep(Duration::from_millis(1));
        }
        connection
    };
    let mut stalled_client = stalled(1);
    let error = stalled_client.rest().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    // More than the connection limit: each client that disconnects must free its slot.
    for n in 2..=600 {
        drop(stalled(n));
    }
    sandbox.reset();
    assert_eq!(
        call(&sandbox, "/v1/account/balance", &json!({})).status,
        200
    );
    drop(sandbox);
    assert!(stalled_client.rest().unwrap_or_default().is_empty());
}

#[test]
fn act_must_be_a_boolean() {
    let sandbox = start();
    for act in [json!(1), json!("true"), Value::Array(Vec::new())] {
        let fault = json!({"fault": "html_502", "act": act});
        let response = control(&sandbox, "POST", "faults", &fault.to_string());
        assert_eq!(response.status, 400, "{fault}");
    }
    let raw = json!({"fault": "raw", "body": STANDARD.encode("x"), "act": null});
    assert_eq!(
        control(&sandbox, "POST", "faults", &raw.to_string()).status,
        200
    );
}
