use std::net::TcpListener;
use std::time::{Duration, Instant};

use alikassa_sandbox::{Notify, NotifyError, Rule, Settle, Status, Transport};
use serde_json::{Value, json};

use crate::client::{call, control, payment, payout, start, status};
use crate::webhook::{Hook, delivered, parameter, verifies, wait_until};

fn documented(hook: &Hook) -> Notify {
    Notify::id(112_412_553).to(hook.url())
}

#[test]
fn each_transport_carries_what_the_list_shows() {
    let sandbox = start();
    let hook = Hook::start(200);
    let forged = sandbox.forge(&documented(&hook)).unwrap();

    sandbox.notify(&documented(&hook)).unwrap();
    let visit = &hook.visits(1)[0];
    assert_eq!(visit.line, format!("GET /hook?{} HTTP/1.1", forged.query));
    assert_eq!(visit.body, "");

    for (transport, content_type, body) in [
        (
            Transport::Form,
            "application/x-www-form-urlencoded",
            &forged.form,
        ),
        (Transport::Json, "application/json", &forged.json),
    ] {
        sandbox
            .notify(&documented(&hook).transport(transport))
            .unwrap();
        let visit = &hook.visits(1)[0];
        assert_eq!(visit.line, "POST /hook HTTP/1.1");
        assert!(
            visit
                .headers
                .contains(&format!("Content-Type: {content_type}\r\n"))
        );
        assert_eq!(visit.body, *body);
    }

    let listed = json!(delivered(&sandbox, 3, 1));
    let attempt = |index: usize| {
        let at_ms = listed[index]["attempts"][0]["at_ms"].as_u64().unwrap();
        json!([{"at_ms": at_ms, "status": 200, "error": null}])
    };
    let entry = |index: usize, transport: &str, query: Value, body: Value| {
        json!({
            "id": index + 1, "url": hook.url(), "transport": transport, "query": query,
            "body": body, "signed_text": forged.signed_text, "refusal": null,
            "attempts": attempt(index),
        })
    };
    assert_eq!(
        listed,
        json!([
            entry(0, "get", json!(forged.query), json!(null)),
            entry(1, "form", json!(null), json!(forged.form)),
            entry(2, "json", json!(null), json!(forged.json)),
        ])
    );
    assert_eq!(control(&sandbox, "GET", "notifications", "").json(), listed);
}

#[test]
fn the_route_answers_at_once_with_a_number() {
    let sandbox = start();
    let hook = Hook::start(200);
    let body = json!({"order_id": "6422494", "url": hook.url(), "delay_ms": 60_000});
    for number in 1..=2 {
        let reply = control(&sandbox, "POST", "notify", &body.to_string());
        assert_eq!((reply.status, reply.json()), (200, json!({"id": number})));
    }
    assert!(sandbox.notifications()[1].attempts.is_empty());
    assert!(hook.is_unvisited());
}

#[test]
fn a_query_of_the_url_stays() {
    let sandbox = start();
    let hook = Hook::start(200);
    let notify = documented(&hook).to(hook.url() + "?shop=1#top");
    sandbox.notify(&notify).unwrap();
    let line = &hook.visits(1)[0].line;
    assert!(line.starts_with("GET /hook?shop=1&type=payment&"), "{line}");
}

#[test]
fn a_refusal_of_the_merchant_is_listed_and_not_tried_again() {
    let sandbox = start();
    let hook = Hook::start(500);
    sandbox.notify(&documented(&hook)).unwrap();
    let attempts = &delivered(&sandbox, 1, 1)[0].attempts;
    assert_eq!((attempts[0].status, &attempts[0].error), (Some(500), &None));

    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    sandbox.notify(&documented(&hook).to(url)).unwrap();
    let attempts = &delivered(&sandbox, 2, 1)[1].attempts;
    assert_eq!(attempts[0].status, None);
    assert!(attempts[0].error.as_ref().unwrap().contains("refused"));
    assert_eq!(hook.visits(1).len(), 1);
}

#[test]
fn a_notification_comes_as_often_as_asked_for() {
    let sandbox = start();
    let hook = Hook::start(200);
    sandbox.notify(&documented(&hook).times(3)).unwrap();
    let lines: Vec<_> = hook.visits(3).into_iter().map(|visit| visit.line).collect();
    assert!(lines.iter().all(|line| *line == lines[0]));
    assert_eq!(delivered(&sandbox, 1, 3)[0].attempts.len(), 3);
}

#[test]
fn a_delay_lets_a_later_one_overtake() {
    let sandbox = start();
    let hook = Hook::start(200);
    let late = documented(&hook).status("wait");
    sandbox
        .notify(&late.after(Duration::from_millis(400)))
        .unwrap();
    sandbox.notify(&documented(&hook)).unwrap();
    let visits = hook.visits(2);
    let status = |index: usize| parameter(&visits[index].line, "payment_status").unwrap();
    assert_eq!([status(0), status(1)], ["paid", "wait"]);
    let at_ms = delivered(&sandbox, 2, 1).into_iter();
    let at_ms: Vec<_> = at_ms.map(|listed| listed.attempts[0].at_ms).collect();
    assert!(at_ms[0] >= at_ms[1] + 200, "{at_ms:?}");
}

#[test]
fn only_this_machine_is_called() {
    let sandbox = start();
    for url in [
        "",
        "http://",
        "http://example.com/",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1@example.com/",
        "http://user@127.0.0.1/",
        "https://127.0.0.1/",
        "http://10.0.0.1/",
        "http://[::2]/",
        "http://0.0.0.0/",
        "http://127.0.0.1:x/",
        "http://127.0.0.1:65536/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nX: y",
        "http://localhost./",
    ] {
        let refused = sandbox.notify(&Notify::id(112_412_553).to(url));
        assert!(matches!(refused, Err(NotifyError::Invalid(_))), "{url}");
    }
    assert!(sandbox.notifications().is_empty());
    let hook = Hook::start(200);
    for host in ["localhost", "LOCALHOST", "127.0.0.1"] {
        let url = hook.url().replace("127.0.0.1", host);
        sandbox.notify(&documented(&hook).to(url)).unwrap();
        let headers = &hook.visits(1)[0].headers;
        assert!(headers.contains(&format!("Host: {host}:")), "{headers}");
    }
}

fn with_url(fields: &Value, url: &str) -> Value {
    let mut fields = fields.clone();
    fields["notification_endpoint_url"] = json!(url);
    fields
}

#[test]
fn what_becomes_final_is_told_by_itself() {
    let sandbox = start();
    let hook = Hook::start(200);
    let create = |path: &str, fields: Value| {
        let made = call(&sandbox, path, &with_url(&fields, &hook.url()));
        assert_eq!(made.status, 200);
    };
    let told = |kind: &str, status: &str| {
        let visits = hook.visits(1);
        assert_eq!(visits.len(), 1);
        let line = &visits[0].line;
        assert_eq!(parameter(line, "payment_status").unwrap(), status);
        assert!(line.contains(&format!("type={kind}&")), "{line}");
    };
    let by_time = Rule::new(Status::Paid).after(Duration::from_millis(50));
    sandbox.add_rule(by_time.order_id("time"));
    create("/v1/payment", payment(&json!({"order_id": "time"})));
    told("payment", "paid");

    sandbox.add_rule(Rule::new(Status::Fail).order_id("read").at_read(2));
    create("/v1/payout", payout(&json!({"order_id": "read"})));
    status(&sandbox, "payout", "read");
    assert!(sandbox.notifications().len() == 1);
    status(&sandbox, "payout", "read");
    told("payout", "fail");

    create("/v1/payment", payment(&json!({"order_id": "hand"})));
    let settle = |status| sandbox.settle(&Settle::order_id("hand", status));
    settle(Status::Wait).unwrap();
    settle(Status::Cancel).unwrap();
    settle(Status::Paid).unwrap_err();
    told("payment", "cancel");

    let listed = delivered(&sandbox, 3, 1);
    assert_eq!(listed.len(), 3);
    for notification in listed {
        let sign = parameter(&notification.query.unwrap(), "sign").unwrap();
        let archive = sandbox.notification_cert();
        assert!(verifies(archive, "sha1", &notification.signed_text, &sign));
    }
}

#[test]
fn a_url_elsewhere_is_listed_and_not_called() {
    let sandbox = start();
    sandbox.add_rule(Rule::new(Status::Paid));
    let url = "https://shop.example.com/hook";
    call(
        &sandbox,
        "/v1/payment",
        &with_url(&payment(&json!({})), url),
    );
    wait_until(|| sandbox.notifications().len() == 1);
    let listed = &sandbox.notifications()[0];
    assert_eq!(listed.url, url);
    assert!(listed.refusal.unwrap().contains("127.0.0.1"));
    assert!(listed.attempts.is_empty());

    let without = payment(&json!({"order_id": "A-2"}));
    call(&sandbox, "/v1/payment", &without);
    let empty = payment(&json!({"order_id": "A-3"}));
    call(&sandbox, "/v1/payment", &with_url(&empty, ""));
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(sandbox.notifications().len(), 1);
}

#[test]
fn sixty_four_arrive_quickly_under_load() {
    let sandbox = start();
    let hook = Hook::start(200);
    let begun = Instant::now();
    for _ in 0..64 {
        sandbox.notify(&documented(&hook)).unwrap();
    }
    let listed = delivered(&sandbox, 64, 1);
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "{:?}",
        begun.elapsed()
    );
    for notification in listed {
        assert_eq!(notification.attempts[0].status, Some(200));
    }
    assert_eq!(hook.visits(64).len(), 64);
}

#[test]
fn a_merchant_that_hangs_holds_up_nobody() {
    let sandbox = start();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let hook = Hook::start(200);
    let url = format!("http://{}/", silent.local_addr().unwrap());
    sandbox.notify(&documented(&hook).to(url)).unwrap();
    let _connection = silent.accept().unwrap();
    sandbox.notify(&documented(&hook)).unwrap();
    hook.visits(1);
    let late = documented(&hook).after(Duration::from_secs(60));
    sandbox.notify(&late).unwrap();

    let begun = Instant::now();
    drop(sandbox);
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_reset_forgets_what_is_under_way() {
    let sandbox = start();
    let hook = Hook::start(200);
    let late = documented(&hook).after(Duration::from_millis(100));
    assert_eq!(sandbox.notify(&late), Ok(1));
    sandbox.reset();
    assert!(sandbox.notifications().is_empty());
    assert_eq!(sandbox.notify(&late), Ok(2));
    delivered(&sandbox, 1, 1);
    assert_eq!(hook.visits(1).len(), 1);
}
