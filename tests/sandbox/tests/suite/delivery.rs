use std::net::TcpListener;
use std::time::{Duration, Instant};

use alikassa_sandbox::{Notify, NotifyError, Rule, Settle, Status, Transport};
use serde_json::{Value, json};

use crate::client::{call, control, payment, payout, start, status};
use crate::webhook::{Webhook, parameter, verifies, wait_for_attempts, wait_until};

fn documented(webhook: &Webhook) -> Notify {
    Notify::id(112_412_553).to(webhook.url())
}

#[test]
fn each_transport_sends_the_listed_content() {
    let sandbox = start();
    let webhook = Webhook::start(200);
    let forged = sandbox.forge(&documented(&webhook)).unwrap();

    sandbox.notify(&documented(&webhook)).unwrap();
    let received = &webhook.take(1)[0];
    assert_eq!(
        received.line,
        format!("GET /hook?{} HTTP/1.1", forged.query)
    );
    assert_eq!(received.body, "");

    for (transport, content_type, body) in [
        (
            Transport::Form,
            "application/x-www-form-urlencoded",
            &forged.form,
        ),
        (Transport::Json, "application/json", &forged.json),
    ] {
        sandbox
            .notify(&documented(&webhook).transport(transport))
            .unwrap();
        let received = &webhook.take(1)[0];
        assert_eq!(received.line, "POST /hook HTTP/1.1");
        assert!(
            received
                .headers
                .contains(&format!("Content-Type: {content_type}\r\n"))
        );
        assert_eq!(received.body, *body);
    }

    let listed = json!(wait_for_attempts(&sandbox, 3, 1));
    let attempt = |index: usize| {
        let at_ms = listed[index]["attempts"][0]["at_ms"].as_u64().unwrap();
        json!([{"at_ms": at_ms, "status": 200, "error": null}])
    };
    let entry = |index: usize, transport: &str, query: Value, body: Value| {
        json!({
            "id": index + 1, "url": webhook.url(), "transport": transport, "query": query,
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
fn the_route_returns_an_id_immediately() {
    let sandbox = start();
    let webhook = Webhook::start(200);
    let body = json!({"order_id": "6422494", "url": webhook.url(), "delay_ms": 60_000});
    for number in 1..=2 {
        let response = control(&sandbox, "POST", "notify", &body.to_string());
        assert_eq!(
            (response.status, response.json()),
            (200, json!({"id": number}))
        );
    }
    assert!(sandbox.notifications()[1].attempts.is_empty());
    assert!(webhook.is_empty());
}

#[test]
fn a_query_in_the_url_is_kept() {
    let sandbox = start();
    let webhook = Webhook::start(200);
    let notify = documented(&webhook).to(webhook.url() + "?shop=1#top");
    sandbox.notify(&notify).unwrap();
    let line = &webhook.take(1)[0].line;
    assert!(line.starts_with("GET /hook?shop=1&type=payment&"), "{line}");
}

#[test]
fn an_error_of_the_merchant_is_listed_and_not_retried() {
    let sandbox = start();
    let webhook = Webhook::start(500);
    sandbox.notify(&documented(&webhook)).unwrap();
    let attempts = &wait_for_attempts(&sandbox, 1, 1)[0].attempts;
    assert_eq!((attempts[0].status, &attempts[0].error), (Some(500), &None));

    let unused = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", unused.local_addr().unwrap());
    drop(unused);
    sandbox.notify(&documented(&webhook).to(url)).unwrap();
    let attempts = &wait_for_attempts(&sandbox, 2, 1)[1].attempts;
    assert_eq!(attempts[0].status, None);
    assert!(attempts[0].error.as_ref().unwrap().contains("refused"));
    assert_eq!(webhook.take(1).len(), 1);
}

#[test]
fn a_notification_is_delivered_as_many_times_as_requested() {
    let sandbox = start();
    let webhook = Webhook::start(200);
    sandbox.notify(&documented(&webhook).times(3)).unwrap();
    let lines: Vec<_> = webhook
        .take(3)
        .into_iter()
        .map(|received| received.line)
        .collect();
    assert!(lines.iter().all(|line| *line == lines[0]));
    assert_eq!(wait_for_attempts(&sandbox, 1, 3)[0].attempts.len(), 3);
}

#[test]
fn a_delayed_notification_arrives_after_a_later_one() {
    let sandbox = start();
    let webhook = Webhook::start(200);
    let delayed = documented(&webhook).status("wait");
    sandbox
        .notify(&delayed.after(Duration::from_millis(400)))
        .unwrap();
    sandbox.notify(&documented(&webhook)).unwrap();
    let requests = webhook.take(2);
    let status = |index: usize| parameter(&requests[index].line, "payment_status").unwrap();
    assert_eq!([status(0), status(1)], ["paid", "wait"]);
    let at_ms = wait_for_attempts(&sandbox, 2, 1).into_iter();
    let at_ms: Vec<_> = at_ms.map(|listed| listed.attempts[0].at_ms).collect();
    assert!(at_ms[0] >= at_ms[1] + 200, "{at_ms:?}");
}

#[test]
fn only_loopback_urls_are_called() {
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
    let webhook = Webhook::start(200);
    for host in ["localhost", "LOCALHOST", "127.0.0.1"] {
        let url = webhook.url().replace("127.0.0.1", host);
        sandbox.notify(&documented(&webhook).to(url)).unwrap();
        let headers = &webhook.take(1)[0].headers;
        assert!(headers.contains(&format!("Host: {host}:")), "{headers}");
    }
}

fn with_url(fields: &Value, url: &str) -> Value {
    let mut fields = fields.clone();
    fields["notification_endpoint_url"] = json!(url);
    fields
}

#[test]
fn a_final_status_is_notified_automatically() {
    let sandbox = start();
    let webhook = Webhook::start(200);
    let create = |path: &str, fields: Value| {
        let created = call(&sandbox, path, &with_url(&fields, &webhook.url()));
        assert_eq!(created.status, 200);
    };
    let assert_notified = |kind: &str, status: &str| {
        let requests = webhook.take(1);
        assert_eq!(requests.len(), 1);
        let line = &requests[0].line;
        assert_eq!(parameter(line, "payment_status").unwrap(), status);
        assert!(line.contains(&format!("type={kind}&")), "{line}");
    };
    let by_delay = Rule::new(Status::Paid).after(Duration::from_millis(50));
    sandbox.add_rule(by_delay.order_id("time"));
    create("/v1/payment", payment(&json!({"order_id": "time"})));
    assert_notified("payment", "paid");

    sandbox.add_rule(Rule::new(Status::Fail).order_id("read").at_read(2));
    create("/v1/payout", payout(&json!({"order_id": "read"})));
    status(&sandbox, "payout", "read");
    assert!(sandbox.notifications().len() == 1);
    status(&sandbox, "payout", "read");
    assert_notified("payout", "fail");

    create("/v1/payment", payment(&json!({"order_id": "hand"})));
    let settle = |status| sandbox.settle(&Settle::order_id("hand", status));
    settle(Status::Wait).unwrap();
    settle(Status::Cancel).unwrap();
    settle(Status::Paid).unwrap_err();
    assert_notified("payment", "cancel");

    let listed = wait_for_attempts(&sandbox, 3, 1);
    assert_eq!(listed.len(), 3);
    for notification in listed {
        let sign = parameter(&notification.query.unwrap(), "sign").unwrap();
        let archive = sandbox.notification_cert();
        assert!(verifies(archive, "sha1", &notification.signed_text, &sign));
    }
}

#[test]
fn a_url_on_another_machine_is_listed_and_not_called() {
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
fn sixty_four_notifications_are_delivered_concurrently() {
    let sandbox = start();
    let webhook = Webhook::start(200);
    let start = Instant::now();
    for _ in 0..64 {
        sandbox.notify(&documented(&webhook)).unwrap();
    }
    let listed = wait_for_attempts(&sandbox, 64, 1);
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
    for notification in listed {
        assert_eq!(notification.attempts[0].status, Some(200));
    }
    assert_eq!(webhook.take(64).len(), 64);
}

#[test]
fn a_slow_merchant_delays_no_other_delivery() {
    let sandbox = start();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let webhook = Webhook::start(200);
    let url = format!("http://{}/", silent.local_addr().unwrap());
    sandbox.notify(&documented(&webhook).to(url)).unwrap();
    let _connection = silent.accept().unwrap();
    sandbox.notify(&documented(&webhook)).unwrap();
    webhook.take(1);
    let late = documented(&webhook).after(Duration::from_secs(60));
    sandbox.notify(&late).unwrap();

    let start = Instant::now();
    drop(sandbox);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_reset_cancels_pending_deliveries() {
    let sandbox = start();
    let webhook = Webhook::start(200);
    let late = documented(&webhook).after(Duration::from_millis(100));
    assert_eq!(sandbox.notify(&late), Ok(1));
    sandbox.reset();
    assert!(sandbox.notifications().is_empty());
    assert_eq!(sandbox.notify(&late), Ok(2));
    wait_for_attempts(&sandbox, 1, 1);
    assert_eq!(webhook.take(1).len(), 1);
}
