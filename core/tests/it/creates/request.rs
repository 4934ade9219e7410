//! What a create sends, and which requests are not sent at all.

use alikassa::binding::Call;
use alikassa::{
    CallOptions, Cert, ErrorKind, Outcome, PaymentRequest, PayoutExtra, RawRequest, Value,
};

use crate::fixture::{payment, payout, sandbox, sha1_builder, tls_builder};

#[test]
fn a_payout_body_has_its_fields_in_table_order() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    let request = payout("B-1")
        .customer_code("100000000111")
        .other_field("new", "1")
        .extra(
            PayoutExtra::new()
                .other_field("added", true)
                .card_holder("A B"),
        );
    let created = client.payouts().create(request).unwrap();
    assert_eq!(created.payment_status.unwrap(), "wait");
    assert_eq!(created.id, 100_000_537);
    let log = sandbox.log();
    assert_eq!(log.len(), 1);
    assert_eq!(
        String::from_utf8(log[0].body.clone()).unwrap(),
        r#"{"amount":"5.00","number":"4111111111111111","order_id":"B-1","service":"payment_card_rub","extra":{"card_holder":"A B","added":true},"customer_code":"100000000111","new":"1"}"#
    );
}

#[test]
fn a_created_payment_has_a_link_or_card_details() {
    let sandbox = sandbox();
    let client = tls_builder(&sandbox).build().unwrap();
    let created = client
        .payments()
        .create(payment("A-1").success_redirect_url("https://shop.example/paid"))
        .unwrap();
    assert!(created.url.is_some() && created.uuid.is_some());
    assert_eq!(
        created.success_redirect_url.as_deref(),
        Some("https://shop.example/paid")
    );
    assert!(!created.is_final());
    let service = "payment_card_number_rub_card";
    let request = PaymentRequest::new("5.00", "A-2", service, "2001:db8::1");
    let created = client.payments().create(request).unwrap();
    assert!(created.card_number.is_some() && created.card_holder_name.is_some());
}

#[test]
fn each_create_opens_its_own_connection() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox)
        .base_url(sandbox.tls_url())
        .ca_file(sandbox.ca_file())
        .build()
        .unwrap();
    client.account().balance().unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    client.payouts().create(payout("B-2")).unwrap();
    client.account().balance().unwrap();
    let connections: Vec<_> = sandbox.log().iter().map(|entry| entry.connection).collect();
    assert_eq!(connections[0], connections[3], "reads share a connection");
    assert!(connections[1] != connections[0] && connections[2] != connections[1]);
    assert_ne!(connections[2], connections[0]);
}

/// A field, an invalid value, and the field and reason of the error.
type InvalidField = (&'static str, Value, &'static str, &'static str);

fn invalid_fields() -> Vec<InvalidField> {
    let others = |name: &str| Value::Map(vec![(name.to_owned(), Value::from("x"))]);
    vec![
        ("amount", Value::Null, "amount", "required"),
        ("amount", Value::from(""), "amount", "format"),
        ("amount", Value::from("0.00"), "amount", "out_of_range"),
        ("amount", Value::from("-1"), "amount", "format"),
        ("amount", Value::from("01"), "amount", "format"),
        ("amount", Value::from("1."), "amount", "format"),
        ("amount", Value::from(".5"), "amount", "format"),
        ("amount", Value::from("1.005"), "amount", "format"),
        ("amount", Value::from("1e2"), "amount", "format"),
        ("amount", Value::from("1.5é"), "amount", "format"),
        ("amount", Value::from("٣"), "amount", "format"),
        (
            "amount",
            Value::from("1234567890"),
            "amount",
            "out_of_range",
        ),
        ("amount", Value::from(true), "amount", "type"),
        ("order_id", Value::from(7), "order_id", "type"),
        ("order_id", Value::from(""), "order_id", "empty"),
        (
            "order_id",
            Value::from("x".repeat(129)),
            "order_id",
            "too_long",
        ),
        (
            "customer_ip",
            Value::from("localhost"),
            "customer_ip",
            "format",
        ),
        ("lifetime", Value::from(899), "lifetime", "out_of_range"),
        ("lifetime", Value::from(3601), "lifetime", "out_of_range"),
        ("lifetime", Value::from("900"), "lifetime", "type"),
        (
            "customer_post_code",
            Value::from(-1),
            "customer_post_code",
            "out_of_range",
        ),
        (
            "customer_post_code",
            Value::from("1".repeat(13)),
            "customer_post_code",
            "too_long",
        ),
        (
            "success_redirect_url",
            Value::from("shop.example"),
            "success_redirect_url",
            "format",
        ),
        (
            "success_redirect_url",
            Value::from("https://"),
            "success_redirect_url",
            "format",
        ),
        (
            "fail_redirect_url",
            Value::from("https://a b"),
            "fail_redirect_url",
            "format",
        ),
        (
            "notification_endpoint_url",
            Value::from(format!("https://{}", "x".repeat(248))),
            "notification_endpoint_url",
            "too_long",
        ),
        (
            "cutsomer_code",
            Value::from("x"),
            "cutsomer_code",
            "unknown",
        ),
        ("other_fields", Value::from("x"), "other_fields", "type"),
        ("other_fields", others("desc"), "other_fields.desc", "typed"),
    ]
}

#[test]
fn an_invalid_field_is_reported_and_nothing_is_sent() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    let payment_fields = |changes: &[(&str, Value)]| {
        let mut fields = vec![
            ("amount", Value::from("5.00")),
            ("order_id", Value::from("A-1")),
            ("service", Value::from("payment_card_rub_hpp")),
            ("customer_ip", Value::from("18.191.80.10")),
        ];
        for (name, value) in changes {
            fields.retain(|(other, _)| other != name);
            fields.push((*name, value.clone()));
        }
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    };
    for (name, value, field, reason) in invalid_fields() {
        let order_id = match (name, value.as_str()) {
            ("order_id", id) => id.map(|id| id.chars().take(128).collect()),
            _ => Some("A-1".to_owned()),
        };
        let call = Call::named("payments.create", payment_fields(&[(name, value)])).unwrap();
        let error = client.execute(call, &CallOptions::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{name} {reason}");
        assert_eq!((error.field(), error.reason()), (Some(field), Some(reason)));
        assert_eq!(error.outcome(), Some(Outcome::NotSent));
        assert_eq!(error.operation(), Some("payments.create"));
        assert_eq!(error.order_id(), order_id.as_deref(), "{name} {reason}");
    }
    let card_year = PayoutExtra::new().card_exp_year("2024");
    let error = client
        .payouts()
        .create(payout("B-1").extra(card_year))
        .unwrap_err();
    assert_eq!(error.field(), Some("extra.card_exp_year"));
    assert!(sandbox.log().is_empty());
}

#[test]
fn amounts_are_sent_as_written() {
    let sandbox = sandbox();
    sandbox.set_balance("900000000000000000".parse().unwrap());
    let client = sha1_builder(&sandbox).build().unwrap();
    let mut expected = Vec::new();
    for (order_id, amount) in [("1", "7"), ("2", "0.5"), ("3", "123456789012345678.90")] {
        let mut fields = vec![("amount", Value::Decimal(amount.to_owned()))];
        fields.extend([
            ("number", Value::from("4111111111111111")),
            ("order_id", Value::from(order_id)),
            ("service", Value::from("payment_card_rub")),
        ]);
        let fields = fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        let call = Call::named("payouts.create", fields.collect()).unwrap();
        client.execute(call, &CallOptions::default()).unwrap();
        expected.push(format!(r#"{{"amount":"{amount}""#));
    }
    for (entry, start) in sandbox.log().iter().zip(expected) {
        assert!(String::from_utf8_lossy(&entry.body).starts_with(&start));
    }
}

#[test]
fn debug_output_of_a_create_shows_no_card_data() {
    let request = payout("B-1").extra(PayoutExtra::new().card_holder("A B"));
    let shown = format!("{request:?}");
    assert!(shown.contains("B-1") && !shown.contains("4111") && !shown.contains("A B"));
    let body = Value::from([("number", "4111111111111111")]);
    let raw = RawRequest::create("v1/payout", body, Cert::Payout);
    assert_eq!(
        format!("{raw:?}"),
        "RawRequest { path: \"v1/payout\", cert: Payout, read: false, .. }"
    );
}
