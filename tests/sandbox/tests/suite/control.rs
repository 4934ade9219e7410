use alikassa_sandbox::{DigestPolicy, Duplicates, Rule, Status};
use serde_json::json;

use crate::client::{
    PAYOUT, PAYOUT_STATUS, call, control, payment, payout, payout_status, request, send, sign,
    signed, signed_headers, start,
};

#[test]
fn the_log_contains_every_property_of_a_request() {
    let sandbox = start();
    let sign = sign(sandbox.payout_cert(), "sha256", PAYOUT.as_bytes());
    let headers = format!(
        "{}\r\nContent-Length: {}\r\nX-Twice: a\r\nX-TWICE: b",
        signed_headers(&sign),
        PAYOUT.len()
    );
    send(&sandbox, &request("POST", PAYOUT_STATUS, &headers, PAYOUT));
    let log = control(&sandbox, "GET", "log", "").json();
    let entry = log[0].as_object().unwrap();
    assert!(entry["at_ms"].is_u64());
    assert!(entry["connection"].is_u64());
    let mut expected = json!({
        "n": 1,
        "at_ms": entry["at_ms"],
        "connection": entry["connection"],
        "tls": false,
        "method": "POST",
        "path": "/v1/payout/status",
        "headers": {
            "host": "sandbox",
            "content-type": "application/json",
            "content-length": "18",
            "account": "93d5df06-996c-48c3-9847-348d6b580b80",
            "sign": sign,
            "x-twice": "a, b",
        },
        "body": "eyJpZCI6IjEwMDAwMDUzNiJ9",
        "digest": "sha256",
        "certificate": "payout",
        "status": 200,
        "refusal": null,
        "fault": null,
    });
    assert_eq!(log, json!([expected]));

    control(
        &sandbox,
        "POST",
        "faults",
        r#"{"fault":"close_after_read"}"#,
    );
    let mut connection = crate::client::Connection::open(&sandbox);
    connection.send(&signed(sandbox.payment_cert(), PAYOUT_STATUS, "null"));
    connection.rest().unwrap();
    let log = control(&sandbox, "GET", "log", "").json();
    let entry = &log[1];
    expected["n"] = json!(2);
    for (key, value) in [
        ("n", json!(2)),
        ("body", json!("bnVsbA==")),
        ("digest", json!("sha1")),
        ("certificate", json!("payment")),
        ("status", json!(null)),
        ("fault", json!("close_after_read")),
    ] {
        assert_eq!(entry[key], value, "{key}");
    }
    assert!(
        entry["refusal"]
            .as_str()
            .unwrap()
            .starts_with("Signature refused")
    );
}

#[test]
fn unknown_routes_are_logged_and_control_routes_are_not() {
    let sandbox = start();
    send(&sandbox, &request("GET", "/", "X: y", ""));
    control(&sandbox, "GET", "log", "");
    control(&sandbox, "GET", "nothing", "");
    let log = sandbox.log();
    assert_eq!(log.len(), 1);
    assert_eq!((log[0].method.as_str(), log[0].path.as_str()), ("GET", "/"));
    assert_eq!((log[0].status, &log[0].refusal), (Some(404), &None));
}

#[test]
fn the_log_can_be_cleared() {
    let sandbox = start();
    let request = payout_status(&sandbox);
    send(&sandbox, &request);
    assert_eq!(control(&sandbox, "DELETE", "log", "").status, 200);
    assert!(sandbox.log().is_empty());
    send(&sandbox, &request);
    assert_eq!(sandbox.log()[0].n, 1);
    sandbox.clear_log();
    assert!(sandbox.log().is_empty());
}

#[test]
fn the_state_route_returns_the_records() {
    let sandbox = start();
    control(&sandbox, "POST", "faults", r#"{"fault":"cut","times":3}"#);
    let state = control(&sandbox, "GET", "state", "").json();
    assert_eq!(state["digest"], "any");
    assert_eq!(state["pending_faults"], 1);
    assert_eq!(state["duplicates"], "refuse");
    assert_eq!(state["rules"], 0);
    assert_eq!(state["payments"][0]["order_id"], "1756900030");
    assert_eq!(state["payouts"][0]["id"], 100_000_536);
    assert_eq!(state["balance"]["balance"], "93.84000000");
    assert_eq!(sandbox.state(), state);
}

#[test]
fn the_accepted_digests_can_be_changed() {
    let sandbox = start();
    let request = payout_status(&sandbox);
    let statuses = ["sha256", "any", "sha256", "sha1"].map(|digest| {
        let body = json!({"digest": digest}).to_string();
        assert_eq!(control(&sandbox, "POST", "digest", &body).status, 200);
        send(&sandbox, &request).status
    });
    assert_eq!(statuses, [401, 200, 401, 200]);
    for body in ["", "{}", r#"{"digest":"md5"}"#, r#"{"digest":"any","x":1}"#] {
        assert_eq!(
            control(&sandbox, "POST", "digest", body).status,
            400,
            "{body}"
        );
    }
}

#[test]
fn reset_restores_the_initial_state() {
    let sandbox = start();
    let request = payout_status(&sandbox);
    let before = control(&sandbox, "GET", "state", "").body;
    let by_route = || assert_eq!(control(&sandbox, "POST", "reset", "").status, 200);
    let by_method = || sandbox.reset();
    for reset in [&by_route as &dyn Fn(), &by_method] {
        send(&sandbox, &request);
        control(
            &sandbox,
            "POST",
            "faults",
            r#"{"fault":"http_500","times":-1}"#,
        );
        call(&sandbox, "/v1/payment", &payment(&json!({})));
        call(&sandbox, "/v1/payout", &payout(&json!({})));
        sandbox.set_digest(DigestPolicy::Sha256);
        sandbox.set_duplicates(Duplicates::Allow);
        sandbox.set_balance("1".parse().unwrap());
        sandbox.add_rule(Rule::new(Status::Fail));
        assert_ne!(control(&sandbox, "GET", "state", "").body, before);
        reset();
        assert_eq!(control(&sandbox, "GET", "state", "").body, before);
        assert!(sandbox.log().is_empty());
        assert_eq!(send(&sandbox, &request).status, 200);
    }
}

#[test]
fn control_responses_have_the_sandbox_header_and_unknown_routes_return_404() {
    let sandbox = start();
    let response = control(&sandbox, "POST", "reset", "");
    assert_eq!((response.status, response.json()), (200, json!({})));
    assert_eq!(
        response.headers["x-alikassa-sandbox"],
        env!("CARGO_PKG_VERSION")
    );
    for (method, name) in [
        ("GET", "reset"),
        ("PUT", "log"),
        ("GET", ""),
        ("POST", "log/"),
    ] {
        assert_eq!(
            control(&sandbox, method, name, "").status,
            404,
            "{method} {name}"
        );
    }
}
