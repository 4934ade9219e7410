use alikassa_sandbox::{Money, Options, ParseMoneyError, Sandbox, Settle, SettleError, Status};
use serde_json::{Value, json};

use crate::client::{call, control, payment, payout, start, status};

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn balance(sandbox: &Sandbox) -> [String; 3] {
    let balance = call(sandbox, "/v1/account/balance", &json!({})).json();
    ["balance", "hold", "pending_payouts"].map(|key| balance[key].as_str().unwrap().to_owned())
}

fn create(sandbox: &Sandbox, resource: &str, fields: &Value) -> u16 {
    let body = match resource {
        "payment" => payment(fields),
        _ => payout(fields),
    };
    call(sandbox, &format!("/v1/{resource}"), &body).status
}

fn settle(sandbox: &Sandbox, status: Status) {
    sandbox.settle(&Settle::order_id("A-1", status)).unwrap();
}

#[test]
fn a_payout_is_reserved_and_then_spent() {
    let sandbox = start();
    create(&sandbox, "payout", &json!({}));
    assert_eq!(
        balance(&sandbox),
        ["63.84000000", "0.00000000", "1264.00000000"]
    );
    settle(&sandbox, Status::Paid);
    assert_eq!(
        balance(&sandbox),
        ["63.84000000", "0.00000000", "1234.00000000"]
    );
    let paid = status(&sandbox, "payout", "A-1");
    let expected = json!({
        "payment_status": "paid", "id": 100_000_537, "order_id": "A-1", "amount": "30.00",
        "payment_amount": "30.00", "is_partial_payment": false, "account_payment_amount": "30",
        "commission_amount": "0", "service_code": "payment_card_rub", "rrn": "11111111111",
        "account_old_balance": "93.84", "account_new_balance": "63.84",
    });
    assert_eq!(paid, expected);
}

#[test]
fn the_amount_of_a_failed_payout_is_returned() {
    for final_status in [Status::Cancel, Status::Fail] {
        let sandbox = start();
        create(&sandbox, "payout", &json!({}));
        settle(&sandbox, final_status);
        assert_eq!(
            balance(&sandbox),
            ["93.84000000", "0.00000000", "1234.00000000"]
        );
        let failed = status(&sandbox, "payout", "A-1");
        assert_eq!(failed["payment_status"], json!(final_status));
        for key in ["payment_amount", "rrn", "account_new_balance"] {
            assert_eq!(failed[key], Value::Null, "{key}");
        }
    }
}

#[test]
fn the_unpaid_part_of_a_payout_is_returned() {
    let sandbox = start();
    create(&sandbox, "payout", &json!({}));
    let part = Settle::order_id("A-1", Status::Paid).payment_amount(money("29.99"));
    sandbox.settle(&part).unwrap();
    assert_eq!(
        balance(&sandbox),
        ["63.85000000", "0.00000000", "1234.00000000"]
    );
    let paid = status(&sandbox, "payout", "A-1");
    assert_eq!(paid["payment_amount"], "29.99");
    assert_eq!(paid["is_partial_payment"], true);
}

#[test]
fn a_payout_requires_a_sufficient_balance() {
    let sandbox = start();
    let body = payout(&json!({"amount": "93.85"}));
    let response = call(&sandbox, "/v1/payout", &body);
    assert_eq!(response.status, 400);
    let errors = json!({"amount": ["Insufficient funds."]});
    assert_eq!(response.json()["errors"], errors);
    assert_eq!(sandbox.state()["payouts"].as_array().unwrap().len(), 1);
    assert_eq!(create(&sandbox, "payout", &json!({"amount": "93.84"})), 200);
    assert_eq!(balance(&sandbox)[0], "0.00000000");
}

#[test]
fn a_payment_is_credited_less_a_commission_of_a_tenth() {
    let sandbox = start();
    create(&sandbox, "payment", &json!({"amount": "10.01"}));
    assert_eq!(balance(&sandbox)[0], "93.84000000");
    settle(&sandbox, Status::Paid);
    assert_eq!(
        balance(&sandbox),
        ["102.84900000", "0.00000000", "1234.00000000"]
    );
    let paid = status(&sandbox, "payment", "A-1");
    for (key, value) in [
        ("payment_status", json!("paid")),
        ("payment_amount", json!("10.010000000")),
        ("is_partial_payment", json!(false)),
        ("hold_amount", json!("")),
        ("account_payment_amount", json!("9.009000000")),
        ("commission_amount", json!("1.001000000")),
        ("account_old_balance", json!("93.84000000")),
        ("account_new_balance", json!("102.84900000")),
    ] {
        assert_eq!(paid[key], value, "{key}");
    }
}

#[test]
fn a_partial_payment_can_be_put_on_hold() {
    let sandbox = start();
    create(&sandbox, "payment", &json!({}));
    let part = Settle::order_id("A-1", Status::Paid)
        .payment_amount(money("9"))
        .hold_amount(money("8.1"));
    sandbox.settle(&part).unwrap();
    assert_eq!(
        balance(&sandbox),
        ["93.84000000", "8.10000000", "1234.00000000"]
    );
    let paid = status(&sandbox, "payment", "A-1");
    for (key, value) in [
        ("payment_amount", json!("9.000000000")),
        ("is_partial_payment", json!(true)),
        ("hold_amount", json!("8.100000000")),
        ("account_payment_amount", json!("8.100000000")),
        ("account_new_balance", json!("93.84000000")),
    ] {
        assert_eq!(paid[key], value, "{key}");
    }
}

#[test]
fn a_failed_payment_is_not_credited() {
    let sandbox = start();
    create(&sandbox, "payment", &json!({}));
    settle(&sandbox, Status::Fail);
    assert_eq!(balance(&sandbox)[0], "93.84000000");
    let failed = status(&sandbox, "payment", "A-1");
    assert_eq!(failed["payment_status"], "fail");
    assert_eq!(failed["payment_amount"], Value::Null);
}

#[test]
fn invalid_amounts_change_nothing() {
    let sandbox = start();
    create(&sandbox, "payment", &json!({}));
    create(&sandbox, "payout", &json!({"order_id": "A-2"}));
    let before = sandbox.state();
    let one = money("1");
    for settle in [
        Settle::order_id("A-1", Status::Paid).hold_amount(money("9.01")),
        Settle::order_id("A-1", Status::Cancel).hold_amount(one),
        Settle::order_id("A-1", Status::Wait).payment_amount(one),
        Settle::order_id("A-2", Status::Paid).hold_amount(one),
        Settle::order_id("A-2", Status::Paid).payment_amount(money("30.01")),
    ] {
        let error = sandbox.settle(&settle).unwrap_err();
        assert!(matches!(error, SettleError::Invalid(_)), "{error}");
    }
    assert_eq!(sandbox.state(), before);
}

#[test]
fn the_total_of_all_money_is_consistent() {
    let sandbox = start();
    sandbox.set_balance(money("500"));
    let mut random = Random(20_240_229);
    let mut spent = 0;
    let mut credited = 0;
    for n in 0..60 {
        let order_id = format!("R-{n}");
        let amount = 1 + random.below(20_000);
        let fields = json!({"order_id": order_id, "amount": in_rubles(amount)});
        let resource = ["payment", "payout"][random.below(2)];
        let created = create(&sandbox, resource, &fields) == 200;
        let part = random.below(amount + 1);
        let [wait, paid, cancel] = [Status::Wait, Status::Paid, Status::Cancel]
            .map(|status| Settle::order_id(&order_id, status));
        match (created, resource, random.below(5)) {
            (false, ..) => assert_eq!(resource, "payout"),
            (_, _, 0) => sandbox.settle(&wait).unwrap(),
            (_, _, 1) => sandbox.settle(&cancel).unwrap(),
            (_, "payout", _) => {
                let part = paid.payment_amount(money(&in_rubles(part)));
                sandbox.settle(&part).unwrap();
                spent += units(&status(&sandbox, "payout", &order_id)["payment_amount"]);
            }
            _ => {
                let held = money(&in_rubles(part / 2));
                sandbox.settle(&paid.hold_amount(held)).unwrap();
                let payment = status(&sandbox, "payment", &order_id);
                credited += units(&payment["account_payment_amount"]);
            }
        }
        let balance = &sandbox.state()["balance"];
        let total: u64 = ["balance", "hold", "pending_payouts"]
            .map(|key| units(&balance[key]))
            .iter()
            .sum();
        assert_eq!(total + spent, 1734 * UNIT + credited, "{order_id}");
    }
    assert!(spent > 0 && credited > 0);
}

const UNIT: u64 = 100_000_000;

/// The amount in units of 10⁻⁸, parsed independently of the sandbox.
fn units(amount: &Value) -> u64 {
    let (whole, fraction) = amount.as_str().unwrap().split_once('.').unwrap();
    let fraction = format!("{:0<8}", fraction.trim_end_matches('0'));
    whole.parse::<u64>().unwrap() * UNIT + fraction.parse::<u64>().unwrap()
}

fn in_rubles(kopecks: usize) -> String {
    format!("{}.{:02}", kopecks / 100, kopecks % 100)
}

/// A reproducible random number generator.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

#[test]
fn the_balance_can_be_set() {
    let sandbox = Sandbox::start(Options {
        balance: Some(money("5.5")),
        ..Options::default()
    })
    .unwrap();
    assert_eq!(balance(&sandbox)[0], "5.50000000");
    let set = |body: &str| control(&sandbox, "POST", "balance", body).status;
    assert_eq!(set(r#"{"balance":"100000.00"}"#), 200);
    assert_eq!(balance(&sandbox)[0], "100000.00000000");
    for body in [r#"{"balance":"-1"}"#, r#"{"balance":1}"#, "{}"] {
        assert_eq!(set(body), 400, "{body}");
    }
    sandbox.reset();
    assert_eq!(balance(&sandbox)[0], "5.50000000");
}

#[test]
fn money_is_parsed_from_plain_decimal_notation_without_loss() {
    for (text, shown) in [
        ("0", "0.00"),
        ("0.00000001", "0.00000001"),
        ("007.10", "7.10"),
        ("999999999999999999.99999999", "999999999999999999.99999999"),
    ] {
        assert_eq!(money(text).to_string(), shown);
    }
    for text in [
        "",
        ".",
        "1.",
        ".1",
        "-1",
        "1.000000001",
        "1e1",
        "1000000000000000000",
    ] {
        assert_eq!(text.parse::<Money>(), Err(ParseMoneyError), "{text}");
    }
}
