use std::io::ErrorKind;
use std::thread;
use std::time::{Duration, Instant};

use alikassa_sandbox::{Fault, FaultKind, LogEntry, Sandbox};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::client::{
    Connection, PAYOUT_STATUS, Response, control, payout_status, send, signed, start,
};

/// Sets a fault by the control route, and sends a status request for the documented payout.
fn send_with_fault(sandbox: &Sandbox, fault: &Value) -> Connection {
    let response = control(sandbox, "POST", "faults", &fault.to_string());
    let text = String::from_utf8_lossy(&response.body);
    assert_eq!(response.status, 200, "{fault}: {text}");
    let mut connection = Connection::open(sandbox);
    connection.send(&payout_status(sandbox));
    connection
}

fn response_with_fault(sandbox: &Sandbox, fault: &Value) -> Response {
    send_with_fault(sandbox, fault).response().unwrap()
}

/// All bytes of a response without a fault.
fn response_without_fault(sandbox: &Sandbox) -> Vec<u8> {
    let mut request = String::from_utf8(payout_status(sandbox)).unwrap();
    request = request.replace("HTTP/1.1", "HTTP/1.0");
    let mut connection = Connection::open(sandbox);
    connection.send(request.as_bytes());
    let response = String::from_utf8(connection.rest().unwrap()).unwrap();
    response.replace("Connection: close\r\n", "").into_bytes()
}

fn last(sandbox: &Sandbox) -> LogEntry {
    sandbox.log().pop().unwrap()
}

#[test]
fn close_before_does_not_read_the_body() {
    let sandbox = start();
    control(&sandbox, "POST", "faults", r#"{"fault":"close_before"}"#);
    let request = payout_status(&sandbox);
    let head = request.len() - "{\"id\":\"100000536\"}".len();
    let mut connection = Connection::open(&sandbox);
    connection.send(&request[..head]);
    assert_eq!(connection.rest().unwrap(), b"");
    let entry = last(&sandbox);
    assert_eq!((entry.fault, entry.status), (Some("close_before"), None));
    assert_eq!(entry.path, PAYOUT_STATUS);
    assert!(entry.body.is_empty());
}

#[test]
fn close_before_with_an_order_id_reads_the_body() {
    let sandbox = start();
    let fault = json!({"match": {"order_id": "100000536"}, "fault": "close_before"});
    assert_eq!(send_with_fault(&sandbox, &fault).rest().unwrap(), b"");
    assert_eq!(last(&sandbox).fault, Some("close_before"));
    assert!(!last(&sandbox).body.is_empty());
}

#[test]
fn an_earlier_fault_takes_precedence_over_close_before() {
    let sandbox = start();
    sandbox.set_fault(Fault::new(FaultKind::Http500).order_id("100000536"));
    sandbox.set_fault(Fault::new(FaultKind::CloseBefore));
    assert_eq!(send(&sandbox, &payout_status(&sandbox)).status, 500);
}

#[test]
fn close_after_read_and_close_after_act_differ_in_the_log_only() {
    let sandbox = start();
    for (name, status) in [("close_after_read", None), ("close_after_act", Some(200))] {
        assert_eq!(
            send_with_fault(&sandbox, &json!({"fault": name}))
                .rest()
                .unwrap(),
            b""
        );
        let entry = last(&sandbox);
        assert_eq!((entry.fault, entry.status), (Some(name), status));
        assert!(entry.digest.is_some());
    }
}

#[test]
fn reset_resets_the_connection() {
    let sandbox = start();
    let error = send_with_fault(&sandbox, &json!({"fault": "reset"}))
        .rest()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(last(&sandbox).status, None);
}

#[test]
fn stall_delays_the_response() {
    let sandbox = start();
    let before = Instant::now();
    let response = response_with_fault(&sandbox, &json!({"fault": "stall", "n": 300}));
    assert_eq!(response.status, 200);
    assert!(before.elapsed() >= Duration::from_millis(300));
}

#[test]
fn a_stall_is_interrupted_when_the_sandbox_stops() {
    let sandbox = start();
    let mut connection = send_with_fault(&sandbox, &json!({"fault": "stall", "n": 60_000}));
    while sandbox.log().is_empty() {
        thread::sleep(Duration::from_millis(5));
    }
    let before = Instant::now();
    drop(sandbox);
    assert!(before.elapsed() < Duration::from_secs(2));
    assert!(connection.rest().unwrap_or_default().is_empty());
}

#[test]
fn slow_responds_byte_by_byte() {
    let sandbox = start();
    let before = Instant::now();
    let response = response_with_fault(&sandbox, &json!({"fault": "slow", "n": 1}));
    assert_eq!(response.status, 200);
    // One millisecond per byte, and the head alone has over a hundred bytes.
    assert!(before.elapsed() >= Duration::from_millis(response.body.len() as u64 + 100));
}

#[test]
fn cut_truncates_the_response_in_the_middle_of_the_body() {
    let sandbox = start();
    let whole = response_without_fault(&sandbox);
    let rest = send_with_fault(&sandbox, &json!({"fault": "cut"}))
        .rest()
        .unwrap();
    let body = send(&sandbox, &payout_status(&sandbox)).body.len();
    let cut = whole.len() - body.div_ceil(2);
    assert_eq!(undated(rest.clone()), undated(whole.clone())[..cut]);
    assert!(rest.ends_with(&whole[whole.len() - body..][..body / 2]));
}

#[test]
fn cut_at_truncates_the_response_after_n_bytes() {
    let sandbox = start();
    let whole = response_without_fault(&sandbox);
    for n in [0, 1, 40, whole.len() - 1, whole.len() + 1] {
        let rest = send_with_fault(&sandbox, &json!({"fault": "cut_at", "n": n}))
            .rest()
            .unwrap();
        let cut = n.min(whole.len());
        assert_eq!(undated(rest), undated(whole.clone())[..cut], "{n}");
    }
}

/// A response whose date is not the time of day, so that it equals an earlier one.
fn undated(mut response: Vec<u8>) -> Vec<u8> {
    const NAME: &[u8] = b"\r\nDate: ";
    const LENGTH: usize = "Sun, 06 Nov 1994 08:49:37 GMT".len();
    let mut places = response.windows(NAME.len());
    if let Some(place) = places.position(|bytes| bytes == NAME) {
        response
            .iter_mut()
            .skip(place + NAME.len())
            .take(LENGTH)
            .for_each(|byte| *byte = b'-');
    }
    response
}

#[test]
fn wrong_type_wraps_every_value_in_a_list() {
    let sandbox = start();
    let response = response_with_fault(&sandbox, &json!({"fault": "wrong_type"}));
    assert_eq!(response.status, 200);
    let fields = response.json().as_object().unwrap().clone();
    assert_eq!(fields.len(), 12);
    assert_eq!(fields["id"], json!([100_000_536]));
    assert!(fields.values().all(Value::is_array));
}

#[test]
fn oversize_pads_valid_json_to_over_a_mebibyte() {
    let sandbox = start();
    let response = response_with_fault(&sandbox, &json!({"fault": "oversize"}));
    assert!(response.body.len() > 2 * 1024 * 1024);
    assert_eq!(response.json()["order_id"], "6422494");
    let response = response_with_fault(&sandbox, &json!({"fault": "oversize", "n": 10}));
    assert_eq!(response.json()["padding"], " ".repeat(10));
}

#[test]
fn deep_nests_lists_n_levels_deep() {
    let sandbox = start();
    let text =
        |fault: &Value| String::from_utf8(response_with_fault(&sandbox, fault).body).unwrap();
    let thousand = text(&json!({"fault": "deep"}));
    assert!(thousand.starts_with(r#"{"payment_status":"paid","#));
    let lists = format!(r#","deep":{}{}}}"#, "[".repeat(1000), "]".repeat(1000));
    assert!(thousand.ends_with(&lists));
    assert!(text(&json!({"fault": "deep", "n": 2})).ends_with(r#","deep":[[]]}"#));
}

#[test]
fn http_500_is_the_documented_response() {
    let sandbox = start();
    let response = response_with_fault(&sandbox, &json!({"fault": "http_500"}));
    assert_eq!(
        (response.status, response.message().as_str()),
        (500, "Internal server error")
    );
    assert_eq!(last(&sandbox).status, Some(500));
}

#[test]
fn html_502_is_an_html_page() {
    let sandbox = start();
    let response = response_with_fault(&sandbox, &json!({"fault": "html_502"}));
    assert_eq!(response.status, 502);
    assert_eq!(response.headers["content-type"], "text/html");
    assert!(response.body.starts_with(b"<html>"));
}

#[test]
fn redirect_points_to_the_same_path() {
    let sandbox = start();
    let response = response_with_fault(&sandbox, &json!({"fault": "redirect"}));
    assert_eq!(
        (response.status, response.headers["location"].as_str()),
        (307, PAYOUT_STATUS)
    );
}

#[test]
fn http_sends_any_response() {
    let sandbox = start();
    let fault = json!({"fault": "http", "status": 429, "headers": {"Retry-After": "2"}});
    let response = response_with_fault(&sandbox, &fault);
    assert_eq!(response.status, 429);
    assert_eq!(response.headers["retry-after"], "2");
    assert_eq!(response.headers["content-type"], "application/json");
    assert_eq!(
        response.headers["x-alikassa-sandbox"],
        env!("CARGO_PKG_VERSION")
    );
    assert!(response.body.is_empty());

    // JSON is sent in its original spelling and order.
    let fault = r#"{"fault": "http", "status": 409, "body": {"message": "\u0416",  "a": 1.50}}"#;
    control(&sandbox, "POST", "faults", fault);
    let response = send(&sandbox, &payout_status(&sandbox));
    assert_eq!(response.status, 409);
    assert_eq!(response.body, br#"{"message": "\u0416",  "a": 1.50}"#);

    let fault = json!({
        "fault": "http", "status": 403, "headers": {"content-type": "text/html"}, "body": "<p>{",
    });
    let response = response_with_fault(&sandbox, &fault);
    assert_eq!(
        (response.status, response.body.as_slice()),
        (403, b"<p>{".as_slice())
    );
    assert_eq!(response.headers["content-type"], "text/html");
}

#[test]
fn raw_writes_its_bytes_unchanged() {
    let sandbox = start();
    let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n\xff\x00";
    let fault = json!({"fault": "raw", "body": STANDARD.encode(bytes)});
    assert_eq!(send_with_fault(&sandbox, &fault).rest().unwrap(), bytes);
    assert_eq!(last(&sandbox).status, None);
}

#[test]
fn every_fault_is_logged_with_its_name() {
    let sandbox = start();
    let names = [
        "close_before",
        "close_after_read",
        "close_after_act",
        "reset",
        "stall",
        "slow",
        "cut",
        "cut_at",
        "wrong_type",
        "oversize",
        "deep",
        "http_500",
        "html_502",
        "redirect",
        "http",
        "raw",
    ];
    for name in names {
        let body = if name == "raw" { "" } else { "{}" };
        let fault = json!({"fault": name, "n": 0, "status": 200, "body": body});
        _ = send_with_fault(&sandbox, &fault).response();
    }
    let log = sandbox.log();
    assert_eq!(
        log.iter()
            .map(|entry| entry.fault.unwrap())
            .collect::<Vec<_>>(),
        names
    );
}

#[test]
fn faults_are_injected_in_order_and_as_many_times_as_requested() {
    let sandbox = start();
    for fault in [
        json!({"fault": "http", "status": 503, "times": 2}),
        json!({"fault": "http", "status": 425}),
    ] {
        control(&sandbox, "POST", "faults", &fault.to_string());
    }
    let request = payout_status(&sandbox);
    let statuses: Vec<_> = (0..5).map(|_| send(&sandbox, &request).status).collect();
    assert_eq!(statuses, [503, 503, 425, 200, 200]);

    control(
        &sandbox,
        "POST",
        "faults",
        r#"{"fault": "http_500", "times": -1}"#,
    );
    assert!((0..20).all(|_| send(&sandbox, &request).status == 500));
    control(&sandbox, "DELETE", "faults", "");
    assert_eq!(send(&sandbox, &request).status, 200);
}

#[test]
fn a_fault_affects_matching_requests_only() {
    let sandbox = start();
    let by_id = payout_status(&sandbox);
    let by_order = signed(
        sandbox.payout_cert(),
        PAYOUT_STATUS,
        r#"{"order_id":"6422494"}"#,
    );
    let balance = signed(sandbox.payout_cert(), "/v1/account/balance", "[]");
    let statuses = |matching: Value| {
        sandbox.reset();
        let fault = json!({"match": matching, "fault": "http_500", "times": -1});
        control(&sandbox, "POST", "faults", &fault.to_string());
        [&by_id, &by_order, &balance].map(|request| send(&sandbox, request).status)
    };
    assert_eq!(statuses(json!({})), [500, 500, 500]);
    assert_eq!(
        statuses(json!({"path": "v1/payout/status"})),
        [500, 500, 200]
    );
    assert_eq!(
        statuses(json!({"path": "/v1/account/balance"})),
        [200, 200, 500]
    );
    assert_eq!(statuses(json!({"order_id": "6422494"})), [200, 500, 200]);
    assert_eq!(statuses(json!({"order_id": "100000536"})), [500, 200, 200]);
    let both = json!({"path": "v1/account/balance", "order_id": "6422494"});
    assert_eq!(statuses(both), [200, 200, 200]);
}

#[test]
fn faults_set_in_rust_have_the_same_effect() {
    let sandbox = start();
    let fault = Fault::new(FaultKind::Http {
        status: 408,
        headers: vec![("X-Why".into(), "test".into())],
        body: b"{}".to_vec(),
    });
    sandbox.set_fault(
        fault
            .clone()
            .path("v1/payout/status")
            .order_id("100000536")
            .times(2),
    );
    sandbox.set_fault(fault.clone().times(0));
    sandbox.set_fault(Fault::new(FaultKind::Html502).always());
    let request = payout_status(&sandbox);
    let statuses: Vec<_> = (0..4).map(|_| send(&sandbox, &request).status).collect();
    assert_eq!(statuses, [408, 408, 502, 502]);
}

#[test]
fn an_invalid_fault_is_rejected() {
    let sandbox = start();
    for fault in [
        "",
        "[]",
        "{}",
        r#"{"fault":"earthquake"}"#,
        r#"{"fault":"cut","macth":{}}"#,
        r#"{"fault":"cut","match":{"orderId":"1"}}"#,
        r#"{"fault":"cut","times":0}"#,
        r#"{"fault":"cut","times":-2}"#,
        r#"{"fault":"cut_at"}"#,
        r#"{"fault":"cut_at","n":-1}"#,
        r#"{"fault":"oversize","n":67108865}"#,
        r#"{"fault":"http"}"#,
        r#"{"fault":"http","status":199}"#,
        r#"{"fault":"http","status":600}"#,
        r#"{"fault":"http","status":200,"headers":{"A":"b\r\nC: d"}}"#,
        r#"{"fault":"raw"}"#,
        r#"{"fault":"raw","body":"?"}"#,
    ] {
        let response = control(&sandbox, "POST", "faults", fault);
        assert_eq!(response.status, 400, "{fault}");
        assert!(!response.message().is_empty());
    }
    assert_eq!(
        control(&sandbox, "GET", "state", "").json()["pending_faults"],
        0
    );
}
