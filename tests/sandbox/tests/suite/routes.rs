use alikassa_sandbox::{ACCOUNT, Sandbox};
use serde_json::{Value, json};

use crate::client::{
    Connection, PAYOUT, PAYOUT_STATUS, payout_status, request, send, sign, signed, signed_headers,
    start,
};

fn payment_status(sandbox: &Sandbox, body: &str) -> (u16, Value) {
    let response = send(
        sandbox,
        &signed(sandbox.payment_cert(), "/v1/payment/status", body),
    );
    (response.status, response.json())
}

#[test]
fn a_payment_has_the_documented_fields_in_the_documented_order() {
    let sandbox = start();
    let request = signed(
        sandbox.payment_cert(),
        "/v1/payment/status",
        r#"{"id":"112412553"}"#,
    );
    let response = send(&sandbox, &request);
    assert_eq!(response.status, 200);
    assert_eq!(
        String::from_utf8(response.body).unwrap(),
        concat!(
            r#"{"url":"https://redirectlinkpay.com/293259c3-688b-33c1-a832-d77e1cd82f45","#,
            r#""antiFraud":false,"payment_status":"paid","id":112412553,"#,
            r#""order_id":"1756900030","amount":"10.000000000","#,
            r#""payment_amount":"10.000000000","is_partial_payment":false,"#,
            r#""hold_amount":"","hold_at":null,"account_payment_amount":"9.000000000","#,
            r#""commission_amount":"1.000000000","currency":"EUR","#,
            r#""service_code":"payment_card_eur_card","account_old_balance":"16.00000000","#,
            r#""account_new_balance":"25.00000000","crypto_network":null,"crypto_txid":null,"#,
            r#""customer_phone":null,"customer_card_number":null,"#,
            r#""payment_error_message":null,"card_number":null,"card_holder_name":null,"#,
            r#""bank":null,"bik_bank":null}"#,
        )
    );
}

#[test]
fn a_payout_has_the_documented_fields_in_the_documented_order() {
    let sandbox = start();
    let response = send(&sandbox, &payout_status(&sandbox));
    assert_eq!(response.status, 200);
    assert_eq!(response.headers["content-type"], "application/json");
    assert_eq!(
        response.headers["x-alikassa-sandbox"],
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(
        String::from_utf8(response.body).unwrap(),
        concat!(
            r#"{"payment_status":"paid","id":100000536,"order_id":"6422494","amount":"300.00","#,
            r#""payment_amount":"300.00","is_partial_payment":false,"#,
            r#""account_payment_amount":"290","commission_amount":"10","#,
            r#""service_code":"payment_card_rub","rrn":"11111111111","#,
            r#""account_old_balance":"1290","account_new_balance":"1000"}"#,
        )
    );
}

#[test]
fn every_body_without_fields_returns_the_balance() {
    let sandbox = start();
    for body in ["[]", "{}", "null", ""] {
        let response = send(
            &sandbox,
            &signed(sandbox.payout_cert(), "/v1/account/balance", body),
        );
        assert_eq!(response.status, 200, "{body}");
        assert_eq!(
            String::from_utf8(response.body).unwrap(),
            concat!(
                r#"{"currency":"RUB","balance":"93.84000000","hold":"0.00000000","#,
                r#""rolling_reserve":"0.00000000","pending_payouts":"1234.00000000"}"#,
            )
        );
    }
}

#[test]
fn id_and_order_id_must_both_match() {
    let sandbox = start();
    for body in [
        r#"{"id":112412553}"#,
        r#"{"order_id":"1756900030"}"#,
        r#"{"id":"112412553","order_id":"1756900030"}"#,
        r#"{"id":null,"order_id":"1756900030"}"#,
    ] {
        assert_eq!(payment_status(&sandbox, body).0, 200, "{body}");
    }
    let not_found = (404, json!({"message": "Payment not found"}));
    for body in [
        r#"{"id":"1"}"#,
        r#"{"order_id":"112412553"}"#,
        r#"{"id":"112412553","order_id":"1"}"#,
        r#"{"id":"100000536"}"#,
    ] {
        assert_eq!(payment_status(&sandbox, body), not_found, "{body}");
    }
}

#[test]
fn an_unknown_payout_is_not_found() {
    let sandbox = start();
    let request = signed(sandbox.payout_cert(), PAYOUT_STATUS, r#"{"order_id":"1"}"#);
    let response = send(&sandbox, &request);
    assert_eq!(
        (response.status, response.message().as_str()),
        (404, "Payout not found")
    );
}

#[test]
fn a_status_request_requires_an_id() {
    let sandbox = start();
    for body in ["{}", "[]", r#"{"id":""}"#, r#"{"order_id":null}"#] {
        let (status, json) = payment_status(&sandbox, body);
        assert_eq!(status, 400, "{body}");
        assert_eq!(json["message"], "The given data was invalid.");
        assert!(json["errors"]["id"][0].is_string());
        assert!(json["errors"]["order_id"][0].is_string());
    }
}

#[test]
fn an_invalid_id_is_reported_by_field() {
    let sandbox = start();
    let long = format!(r#"{{"id":"1","order_id":"{}"}}"#, "ж".repeat(129));
    for body in [
        r#"{"id":"1","order_id":["6422494"]}"#,
        r#"{"order_id":true}"#,
        &long,
    ] {
        let (status, json) = payment_status(&sandbox, body);
        assert_eq!(status, 400, "{body}");
        assert_eq!(json["errors"].as_object().unwrap().len(), 1);
        assert!(json["errors"]["order_id"][0].is_string());
    }
    let longest = format!(r#"{{"order_id":"{}"}}"#, "ж".repeat(128));
    assert_eq!(payment_status(&sandbox, &longest).0, 404);
}

#[test]
fn a_body_that_is_not_an_object_is_invalid() {
    let sandbox = start();
    for body in ["[1]", "1", "\"{}\"", "{", "{\"id\":\"1\"}x"] {
        let (status, json) = payment_status(&sandbox, body);
        assert_eq!(status, 400, "{body}");
        assert!(json["errors"]["body"][0].is_string());
    }
}

#[test]
fn only_a_signed_json_post_of_the_account_is_accepted() {
    let sandbox = start();
    let sign = sign(sandbox.payout_cert(), "sha1", PAYOUT.as_bytes());
    let length = format!("Content-Length: {}", PAYOUT.len());
    let send_with = |method: &str, path: &str, headers: &str| {
        let headers = format!("{headers}\r\n{length}");
        send(&sandbox, &request(method, path, &headers, PAYOUT)).status
    };
    let valid = signed_headers(&sign);
    assert_eq!(send_with("POST", PAYOUT_STATUS, &valid), 200);
    assert_eq!(send_with("GET", PAYOUT_STATUS, &valid), 405);
    assert_eq!(send_with("POST", "/v1/nothing", &valid), 404);

    let replaced =
        |from: &str, to: &str| send_with("POST", PAYOUT_STATUS, &valid.replace(from, to));
    assert_eq!(
        replaced("application/json", "application/json; charset=utf-8"),
        200
    );
    assert_eq!(replaced("application/json", "text/plain"), 415);
    assert_eq!(replaced("Content-Type", "X-Type"), 415);
    assert_eq!(
        replaced(ACCOUNT, "93d5df06-996c-48c3-9847-348d6b580b81"),
        401
    );
    assert_eq!(replaced("Account", "X-Account"), 401);
}

#[test]
fn one_connection_serves_many_requests() {
    let sandbox = start();
    let request = payout_status(&sandbox);
    let mut connection = Connection::open(&sandbox);
    for _ in 0..3 {
        assert_eq!(connection.call(&request).status, 200);
    }
    send(&sandbox, &request);
    let log = sandbox.log();
    assert!(
        log[..3]
            .iter()
            .all(|entry| entry.connection == log[0].connection)
    );
    assert_ne!(log[3].connection, log[0].connection);
}
