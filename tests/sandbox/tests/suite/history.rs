use std::process::Command;

use alikassa_sandbox::{Rule, Sandbox, Status};
use serde_json::{Value, json};

use crate::client::{call, payment, send, signed, start};

const HISTORY: &str = "/v1/payment/history";

fn create_payments(sandbox: &Sandbox, count: usize) {
    for n in 1..=count {
        let order = payment(&json!({"order_id": format!("A-{n}")}));
        assert_eq!(call(sandbox, "/v1/payment", &order).status, 200);
    }
}

fn order_ids(page: &Value) -> Vec<&str> {
    let data = page["data"].as_array().unwrap().iter();
    data.map(|entry| entry["order_id"].as_str().unwrap())
        .collect()
}

fn today() -> String {
    let date = Command::new("date").args(["-u", "+%F"]).output().unwrap();
    String::from_utf8(date.stdout).unwrap().trim().to_owned()
}

#[test]
fn the_first_page_of_a_new_account_contains_the_documented_payment() {
    let sandbox = start();
    let response = call(&sandbox, HISTORY, &json!({}));
    assert_eq!(response.status, 200);
    assert_eq!(
        String::from_utf8(response.body).unwrap(),
        concat!(
            r#"{"data":[{"created_at":"2025-09-03 11:47:10","id":112412553,"#,
            r#""order_id":"1756900030","amount":"10.000000000","#,
            r#""commission_amount":"1.000000000","currency":"EUR","status":"paid"}],"#,
            r#""links":{"first":"https://api.sandbox.invalid/v1/payment/history?page=1","#,
            r#""last":"https://api.sandbox.invalid/v1/payment/history?page=1","#,
            r#""prev":null,"next":null},"#,
            r#""meta":{"current_page":1,"from":1,"last_page":1,"#,
            r#""path":"https://api.sandbox.invalid/v1/payment/history","#,
            r#""per_page":12,"to":1,"total":1}}"#,
        )
    );
}

#[test]
fn the_pages_go_from_the_newest_to_the_oldest_payment() {
    let sandbox = start();
    create_payments(&sandbox, 4);
    let page = |number: u64| {
        let body = json!({"page": number, "paginate": 2});
        call(&sandbox, HISTORY, &body).json()
    };
    let pages = [1, 2, 3, 4].map(page);
    assert_eq!(order_ids(&pages[0]), ["A-4", "A-3"]);
    assert_eq!(order_ids(&pages[1]), ["A-2", "A-1"]);
    assert_eq!(order_ids(&pages[2]), ["1756900030"]);
    assert_eq!(order_ids(&pages[3]), [""; 0]);

    let link =
        |number: u64| format!("https://api.sandbox.invalid/v1/payment/history?page={number}");
    assert_eq!(
        pages[1]["links"],
        json!({"first": link(1), "last": link(3), "prev": link(1), "next": link(3)})
    );
    assert_eq!(pages[2]["links"]["next"], json!(null));
    let part = |page: &Value| [&page["meta"]["from"], &page["meta"]["to"]].map(Value::clone);
    assert_eq!(part(&pages[1]), [json!(3), json!(4)]);
    assert_eq!(part(&pages[2]), [json!(5), json!(5)]);
    assert_eq!(part(&pages[3]), [json!(null), json!(null)]);
    for (index, page) in pages.iter().enumerate() {
        assert_eq!(page["meta"]["current_page"], index + 1);
        assert_eq!(page["meta"]["last_page"], 3);
        assert_eq!(page["meta"]["per_page"], 2);
        assert_eq!(page["meta"]["total"], 5);
    }
}

#[test]
fn a_page_has_twelve_entries_by_default() {
    let sandbox = start();
    create_payments(&sandbox, 12);
    let page = call(&sandbox, HISTORY, &json!({})).json();
    assert_eq!(order_ids(&page).len(), 12);
    let page = call(&sandbox, HISTORY, &json!({"paginate": 1000})).json();
    assert_eq!(order_ids(&page).len(), 13);
}

#[test]
fn both_days_of_a_range_are_inclusive() {
    let sandbox = start();
    let before = today();
    create_payments(&sandbox, 1);
    let after = today();
    let between = |from: &str, to: &str| {
        let body = json!({"date_from": from, "date_to": to});
        let page = call(&sandbox, HISTORY, &body).json();
        order_ids(&page).join(" ")
    };
    assert_eq!(between("2025-09-03", "2025-09-03"), "1756900030");
    assert_eq!(between(&before, &after), "A-1");
    assert_eq!(between("2025-09-03", &after), "A-1 1756900030");
    assert_eq!(between("2025-09-01", "2025-09-02"), "");
    assert_eq!(between(&after, "2025-09-03"), "");
    assert_eq!(between("", ""), "A-1 1756900030");
}

#[test]
fn an_entry_has_the_status_of_its_payment() {
    let sandbox = start();
    sandbox.add_rule(Rule::new(Status::Fail).order_id("A-1"));
    create_payments(&sandbox, 2);
    let page = call(&sandbox, HISTORY, &json!({})).json();
    let [pending, failed] = [0, 1].map(|index| page["data"][index].clone());
    assert_eq!(pending["status"], "wait");
    assert_eq!(
        failed,
        json!({
            "created_at": failed["created_at"], "id": 112_412_554, "order_id": "A-1",
            "amount": "10.000000000", "commission_amount": null, "currency": "RUB",
            "status": "fail",
        })
    );
}

#[test]
fn all_invalid_fields_are_reported_together() {
    let sandbox = start();
    for (name, values) in [
        (
            "date_from",
            json!([
                "2025-02-29",
                "03.09.2025",
                "2025-9-3",
                "2025-13-01",
                "2025-09-03 00:00:00",
                "2025-09-03-",
                "+025-09-03",
                20_250_903
            ]),
        ),
        (
            "date_to",
            json!(["yesterday", true, "2025-00-01", "2025-09-31", "2100-02-29"]),
        ),
        ("page", json!([0, -1, 1.5, "1", 1u64 << 32])),
        ("paginate", json!([0, 1001, "12"])),
    ] {
        for value in values.as_array().unwrap() {
            let response = call(&sandbox, HISTORY, &json!({name: value}));
            assert_eq!(response.status, 400, "{name} {value}");
            let errors = response.json()["errors"].clone();
            assert_eq!(errors.as_object().unwrap().len(), 1, "{name} {value}");
            assert!(errors[name][0].is_string());
        }
    }
    let body = json!({"date_from": 1, "date_to": 1, "page": 0, "paginate": 0});
    let errors = call(&sandbox, HISTORY, &body).json()["errors"].clone();
    assert_eq!(errors.as_object().unwrap().len(), 4);
    for day in ["2024-02-29", "2000-02-29", "2025-12-31"] {
        assert_eq!(
            call(&sandbox, HISTORY, &json!({"date_from": day})).status,
            200
        );
    }
}

#[test]
fn the_history_requires_the_payment_certificate() {
    let sandbox = start();
    let request = signed(sandbox.payout_cert(), HISTORY, "{}");
    assert_eq!(send(&sandbox, &request).status, 401);
}

#[test]
fn the_account_has_the_documented_services() {
    let sandbox = start();
    let service = json!([{
        "method": "payment_card", "currency": "RUB", "service_code": "payment_card_rub_hpp",
        "status": "active",
    }]);
    for body in ["[]", "{}"] {
        let request = signed(sandbox.payout_cert(), "/v1/account/info", body);
        let response = send(&sandbox, &request);
        assert_eq!(response.status, 200);
        assert_eq!(
            response.json(),
            json!({
                "is_allowed_payment": true, "is_allowed_payout": true,
                "payments": service, "payouts": service,
            })
        );
    }
    let request = signed(sandbox.payment_cert(), "/v1/account/info", "[]");
    assert_eq!(send(&sandbox, &request).status, 401);
}
