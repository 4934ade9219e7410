use alikassa_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::{call, payment, payout, send, signed, start, status};

/// The fields with an error. Each must have exactly one message.
fn error_fields(sandbox: &Sandbox, path: &str, body: &Value) -> Vec<String> {
    let response = call(sandbox, path, body);
    assert_eq!(response.status, 400, "{body}");
    assert_eq!(response.message(), "The given data was invalid.");
    let errors = response.json()["errors"].as_object().unwrap().clone();
    for messages in errors.values() {
        assert_eq!(messages.as_array().unwrap().len(), 1, "{messages}");
        assert!(messages[0].is_string());
    }
    errors.keys().cloned().collect()
}

#[test]
fn a_new_payment_has_the_status_wait_and_the_documented_fields() {
    let sandbox = start();
    let body = payment(&json!({"success_redirect_url": "https://shop.example/ok"}));
    let response = call(&sandbox, "/v1/payment", &body);
    let uuid = "293259c3-688b-33c1-a832-000006b3478a";
    assert_eq!(response.status, 200);
    assert_eq!(
        String::from_utf8(response.body).unwrap(),
        format!(
            r#"{{"url":"https://pay.sandbox.invalid/{uuid}","payment_status":"wait",
            "id":112412554,"uuid":"{uuid}","success_redirect_url":"https://shop.example/ok"}}"#
        )
        .replace("\n            ", "")
    );

    let request = signed(
        sandbox.payment_cert(),
        "/v1/payment/status",
        r#"{"id":"112412554"}"#,
    );
    assert_eq!(
        String::from_utf8(send(&sandbox, &request).body).unwrap(),
        format!(
            r#"{{"url":"https://pay.sandbox.invalid/{uuid}","antiFraud":false,
            "payment_status":"wait","id":112412554,"order_id":"A-1","amount":"10.000000000",
            "payment_amount":null,"is_partial_payment":false,"hold_amount":"","hold_at":null,
            "account_payment_amount":null,"commission_amount":null,"currency":"RUB",
            "service_code":"payment_card_rub_hpp","account_old_balance":null,
            "account_new_balance":null,"crypto_network":null,"crypto_txid":null,
            "customer_phone":null,"customer_card_number":null,"payment_error_message":null,
            "card_number":null,"card_holder_name":null,"bank":null,"bik_bank":null}}"#
        )
        .replace("\n            ", "")
    );
}

#[test]
fn a_payment_by_card_number_contains_the_card() {
    let sandbox = start();
    let body = payment(&json!({"service": "payment_card_number_rub_card"}));
    let created = call(&sandbox, "/v1/payment", &body).json();
    assert_eq!(created["success_redirect_url"], Value::Null);
    let found = status(&sandbox, "payment", "A-1");
    for (key, same) in [
        ("cardNumber", "card_number"),
        ("cardHolderName", "card_holder_name"),
        ("bank", "bank"),
    ] {
        assert!(created[key].is_string(), "{key}");
        assert_eq!(created[key], found[same], "{key}");
    }
}

#[test]
fn a_new_payout_has_the_status_wait_and_the_documented_fields() {
    let sandbox = start();
    let response = call(&sandbox, "/v1/payout", &payout(&json!({})));
    assert_eq!(response.status, 200);
    assert_eq!(
        response.json(),
        json!({"payment_status": "wait", "id": 100_000_537})
    );

    let request = signed(
        sandbox.payout_cert(),
        "/v1/payout/status",
        r#"{"order_id":"A-1"}"#,
    );
    assert_eq!(
        String::from_utf8(send(&sandbox, &request).body).unwrap(),
        concat!(
            r#"{"payment_status":"wait","id":100000537,"order_id":"A-1","amount":"30.00","#,
            r#""payment_amount":null,"is_partial_payment":false,"account_payment_amount":null,"#,
            r#""commission_amount":null,"service_code":"payment_card_rub","rrn":null,"#,
            r#""account_old_balance":null,"account_new_balance":null}"#,
        )
    );
}

#[test]
fn ids_are_ascending() {
    let sandbox = start();
    for (path, first) in [("/v1/payment", 112_412_554), ("/v1/payout", 100_000_537)] {
        for n in 0..3 {
            let fields = json!({"order_id": format!("B-{n}"), "amount": "1"});
            let body = if path == "/v1/payment" {
                payment(&fields)
            } else {
                payout(&fields)
            };
            assert_eq!(call(&sandbox, path, &body).json()["id"], first + n);
        }
    }
}

#[test]
fn all_errors_of_a_payment_are_reported_together() {
    let sandbox = start();
    let required = ["amount", "customer_ip", "order_id", "service"];
    assert_eq!(error_fields(&sandbox, "/v1/payment", &json!([])), required);
    let body = json!({"amount": "", "customer_ip": null, "order_id": "", "service": ""});
    assert_eq!(error_fields(&sandbox, "/v1/payment", &body), required);

    let body = json!({
        "amount": "x", "customer_ip": "18.191.80.256", "fail_redirect_url": 1, "lifetime": 899,
        "notification_endpoint_url": "x".repeat(256), "order_id": "x".repeat(129),
        "service": "x".repeat(101), "success_redirect_url": "x".repeat(256),
    });
    let all: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    assert_eq!(error_fields(&sandbox, "/v1/payment", &body), all);
    assert_eq!(sandbox.state()["payments"].as_array().unwrap().len(), 1);
}

#[test]
fn all_errors_of_a_payout_are_reported_together() {
    let sandbox = start();
    let required = ["amount", "number", "order_id", "service"];
    assert_eq!(error_fields(&sandbox, "/v1/payout", &json!({})), required);
    let body = json!({
        "amount": true, "extra": [1], "notification_endpoint_url": "x".repeat(256),
        "number": 4_111_111_111_111_111_u64, "order_id": 1, "service": ["x"],
    });
    let all: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    assert_eq!(error_fields(&sandbox, "/v1/payout", &body), all);
    assert_eq!(sandbox.state()["payouts"].as_array().unwrap().len(), 1);
}

#[test]
fn an_amount_must_be_positive_with_at_most_two_decimals() {
    let sandbox = start();
    for amount in [
        "0",
        "0.00",
        "-1",
        "+1",
        "1e2",
        "1.",
        ".5",
        "1.001",
        "1,00",
        " 1",
        "0x1",
        "1_0",
        "١",
        "1000000000",
    ] {
        let body = payment(&json!({"amount": amount}));
        assert_eq!(
            error_fields(&sandbox, "/v1/payment", &body),
            ["amount"],
            "{amount}"
        );
    }
    for (n, (amount, stored)) in [
        (json!("999999999.99"), "999999999.990000000"),
        (json!("0.01"), "0.010000000"),
        (json!(500), "500.000000000"),
        (json!(10.5), "10.500000000"),
    ]
    .into_iter()
    .enumerate()
    {
        let order = format!("C-{n}");
        let body = payment(&json!({"amount": amount, "order_id": order}));
        assert_eq!(call(&sandbox, "/v1/payment", &body).status, 200, "{amount}");
        assert_eq!(status(&sandbox, "payment", &order)["amount"], stored);
    }
}

#[test]
fn a_number_keeps_its_digits() {
    let sandbox = start();
    sandbox.set_balance("999999999999999999.99".parse().unwrap());
    let body = r#"{"amount":999999999999999999.99,"number":"1","order_id":"D","service":"s"}"#;
    let request = signed(sandbox.payout_cert(), "/v1/payout", body);
    assert_eq!(send(&sandbox, &request).status, 200);
    let found = status(&sandbox, "payout", "D");
    assert_eq!(found["amount"], "999999999999999999.99");
}

#[test]
fn valid_fields_are_accepted() {
    let sandbox = start();
    for (n, fields) in [
        json!({"lifetime": 900, "customer_ip": "2001:db8::1"}),
        json!({"lifetime": 3600, "success_redirect_url": "ж".repeat(255)}),
        json!({"service": "ж".repeat(100), "lifetime": "", "fail_redirect_url": ""}),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = payment(&fields);
        body["order_id"] = json!(format!("{n}{}", "ж".repeat(127)));
        assert_eq!(call(&sandbox, "/v1/payment", &body).status, 200, "{body}");
    }
    for (n, extra) in [
        json!({}),
        json!([]),
        json!({"card_exp_year": "24"}),
        json!(null),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = payout(&json!({"amount": 1, "order_id": format!("E-{n}")}));
        body["extra"] = extra;
        assert_eq!(call(&sandbox, "/v1/payout", &body).status, 200, "{body}");
    }
}

#[test]
fn an_invalid_lifetime_or_extra_is_reported() {
    let sandbox = start();
    for lifetime in [json!(3601), json!("900"), json!(900.5), json!(-900)] {
        let body = payment(&json!({"lifetime": lifetime}));
        assert_eq!(error_fields(&sandbox, "/v1/payment", &body), ["lifetime"]);
    }
    for extra in [json!("x"), json!(1), json!([{}])] {
        let body = payout(&json!({"extra": extra}));
        assert_eq!(error_fields(&sandbox, "/v1/payout", &body), ["extra"]);
    }
}

#[test]
fn unknown_fields_are_stored() {
    let sandbox = start();
    let body = payout(&json!({"customer_code": "100000000111", "new": {"a": [1.50]}}));
    assert_eq!(call(&sandbox, "/v1/payout", &body).status, 200);
    assert_eq!(sandbox.state()["payouts"][1]["request"], body);
}

#[test]
fn a_rejected_signature_creates_nothing() {
    let sandbox = start();
    for (path, archive, body) in [
        ("/v1/payment", sandbox.payout_cert(), payment(&json!({}))),
        ("/v1/payout", sandbox.payment_cert(), payout(&json!({}))),
    ] {
        let response = send(&sandbox, &signed(archive, path, &body.to_string()));
        assert_eq!(response.status, 401, "{path}");
    }
    let state = sandbox.state();
    assert_eq!(state["payments"].as_array().unwrap().len(), 1);
    assert_eq!(state["payouts"].as_array().unwrap().len(), 1);
    assert_eq!(state["balance"]["balance"], "93.84000000");
}
