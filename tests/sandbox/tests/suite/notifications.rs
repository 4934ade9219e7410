use alikassa_sandbox::{
    Digest, Encoding, FieldList, Forged, Kind, Notify, NotifyError, Partial, Sandbox, Settle,
    SignatureKind, Status,
};
use serde_json::{Value, json};

use crate::client::{call, control, payment, payout, start};
use crate::webhook::{parameter, parameters, verifies};

/// The signed text for the documented payment.
const SIGNED: &str = concat!(
    r#"{"type":"payment","id":112412553,"order_id":"1756900030","payment_status":"paid","#,
    r#""amount":"10.000000000","payment_amount":"10.000000000","#,
    r#""commission_amount":"1.000000000","is_partial_payment":"0","#,
    r#""account":"93d5df06-996c-48c3-9847-348d6b580b80","#,
    r#""service":"payment_card_eur_card","desc":null}"#,
);

fn documented() -> Notify {
    Notify::id(112_412_553)
}

fn sign(forged: &Forged) -> String {
    parameter(&forged.query, "sign").unwrap()
}

fn is_valid(sandbox: &Sandbox, digest: &str, forged: &Forged) -> bool {
    let archive = sandbox.notification_cert();
    verifies(archive, digest, &forged.signed_text, &sign(forged))
}

fn parse(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

#[test]
fn a_notification_has_the_documented_fields_in_every_format() {
    let sandbox = start();
    let forged = sandbox.forge(&documented()).unwrap();
    assert_eq!(forged.signed_text, SIGNED);
    assert_eq!(
        forged.query.split_once("&sign=").unwrap().0,
        concat!(
            "type=payment&id=112412553&order_id=1756900030&payment_status=paid",
            "&amount=10.000000000&payment_amount=10.000000000&commission_amount=1.000000000",
            "&is_partial_payment=0&account=93d5df06-996c-48c3-9847-348d6b580b80",
            "&service=payment_card_eur_card",
        )
    );
    assert_eq!(forged.form, forged.query);
    let unsigned = forged.json.split_once(",\"sign\":").unwrap().0;
    assert_eq!(unsigned, SIGNED.strip_suffix('}').unwrap());
    assert_eq!(parse(&forged.json)["sign"], sign(&forged));
    assert!(!forged.query.contains(['+', '/', ' ']));

    let payout = sandbox.forge(&Notify::order_id("6422494")).unwrap();
    let payout = parse(&payout.signed_text);
    assert_eq!(payout["type"], "payout");
    assert_eq!(payout["commission_amount"], "10");
}

#[test]
fn openssl_verifies_the_signature_for_every_digest_and_encoding() {
    let sandbox = start();
    let desc = "a/ж😀";
    for encoding in [Encoding::Default, Encoding::Slashes, Encoding::Unicode] {
        for (digest, name, other) in [
            (Digest::Sha1, "sha1", "sha256"),
            (Digest::Sha256, "sha256", "sha1"),
        ] {
            let notify = documented().desc(desc).encoding(encoding).digest(digest);
            let forged = sandbox.forge(&notify).unwrap();
            assert!(is_valid(&sandbox, name, &forged), "{encoding:?} {name}");
            assert!(!is_valid(&sandbox, other, &forged));
            assert_eq!(parse(&forged.json)["desc"], desc);
            assert_eq!(parameter(&forged.query, "desc").unwrap(), desc);
        }
    }
    assert!(is_valid(
        &sandbox,
        "sha1",
        &sandbox.forge(&documented()).unwrap()
    ));
}

#[test]
fn the_encodings_match_those_of_php() {
    let sandbox = start();
    let desc = "a/ж😀\u{2028}\u{7f}\"\\\u{8}\u{c}\n\r\t\u{1}<~ *";
    let text = |encoding| {
        let notify = documented().desc(desc).encoding(encoding);
        let text = sandbox.forge(&notify).unwrap().signed_text;
        text.split_once("\"desc\":").unwrap().1.to_owned()
    };
    let rest = "\\u2028\u{7f}\\\"\\\\\\b\\f\\n\\r\\t\\u0001<~ *\"}";
    let escaped = r"\u0436\ud83d\ude00";
    assert_eq!(text(Encoding::Default), format!("\"a\\/{escaped}{rest}"));
    assert_eq!(text(Encoding::Slashes), format!("\"a/{escaped}{rest}"));
    assert_eq!(text(Encoding::Unicode), format!("\"a/ж😀{rest}"));

    let query = sandbox
        .forge(&documented().desc("a/ж~ *-_.&=+%"))
        .unwrap()
        .query;
    let encoded = "&desc=a%2F%D0%B6%7E+%2A-_.%26%3D%2B%25&";
    assert!(query.contains(encoded), "{query}");
}

#[test]
fn there_are_three_field_lists() {
    let sandbox = start();
    let forge = |notify: Notify| sandbox.forge(&notify).unwrap();
    let ten = forge(documented().fields(FieldList::Ten));
    let commission = r#""commission_amount":"1.000000000","#;
    assert_eq!(ten.signed_text, SIGNED.replace(commission, ""));
    assert_eq!(parameter(&ten.query, "commission_amount"), None);
    assert!(parse(&ten.json).get("commission_amount").is_none());

    let twelve = forge(documented().fields(FieldList::Twelve));
    let with = |brand| SIGNED.replace('}', &format!(",\"card_brand\":\"{brand}\"}}"));
    assert_eq!(twelve.signed_text, with("VISA"));
    assert_eq!(parameter(&twelve.query, "card_brand").unwrap(), "VISA");
    let mir = forge(documented().fields(FieldList::Twelve).card_brand("MIR"));
    assert_eq!(mir.signed_text, with("MIR"));
    for forged in [ten, twelve, mir] {
        assert!(is_valid(&sandbox, "sha1", &forged));
    }
}

#[test]
fn is_partial_payment_is_signed_as_received_or_as_a_boolean() {
    let sandbox = start();
    call(&sandbox, "/v1/payment", &payment(&json!({})));
    let part = Settle::order_id("A-1", Status::Paid).payment_amount("9.00".parse().unwrap());
    sandbox.settle(&part).unwrap();
    for (notify, signed, query) in [
        (Notify::order_id("A-1"), json!("1"), "1"),
        (
            Notify::order_id("A-1").partial(Partial::Bool),
            json!(true),
            "1",
        ),
        (documented(), json!("0"), "0"),
        (documented().partial(Partial::Bool), json!(false), "0"),
    ] {
        let forged = sandbox.forge(&notify).unwrap();
        for text in [&forged.signed_text, &forged.json] {
            assert_eq!(parse(text)["is_partial_payment"], signed);
        }
        assert_eq!(
            parameter(&forged.query, "is_partial_payment").unwrap(),
            query
        );
        assert!(is_valid(&sandbox, "sha1", &forged));
    }
}

#[test]
fn an_unknown_value_is_signed_as_null_and_omitted_from_a_query() {
    let sandbox = start();
    let order = payment(&json!({"desc": "Заказ 1/2"}));
    call(&sandbox, "/v1/payment", &order);
    let forged = sandbox.forge(&Notify::order_id("A-1")).unwrap();
    let signed = parse(&forged.signed_text);
    assert_eq!(signed["payment_status"], "wait");
    assert_eq!(signed["desc"], "Заказ 1/2");
    for name in ["payment_amount", "commission_amount"] {
        assert_eq!(signed.get(name), Some(&Value::Null));
        assert_eq!(parse(&forged.json).get(name), Some(&Value::Null));
        assert_eq!(parameter(&forged.query, name), None);
    }
    assert!(is_valid(&sandbox, "sha1", &forged));
}

#[test]
fn a_notification_can_differ_from_the_record() {
    let sandbox = start();
    let notify = documented().status("refunded").account("X").desc("");
    let forged = sandbox.forge(&notify).unwrap();
    let signed = parse(&forged.signed_text);
    assert_eq!(signed["payment_status"], "refunded");
    assert_eq!(signed["account"], "X");
    assert_eq!(signed["desc"], "");
    assert!(forged.query.contains("&desc=&"));
    assert!(is_valid(&sandbox, "sha1", &forged));
    let id = sandbox.state()["payments"][0]["payment_status"].clone();
    assert_eq!(id, "paid");
}

#[test]
fn each_invalid_signature_is_invalid_in_its_own_way() {
    let sandbox = start();
    let forge = |kind| sandbox.forge(&documented().signature(kind)).unwrap();
    let missing = forge(SignatureKind::Missing);
    assert_eq!(missing.json, SIGNED);
    assert_eq!(parameter(&missing.query, "sign"), None);

    for kind in [
        SignatureKind::Flipped,
        SignatureKind::OtherKey,
        SignatureKind::OtherBody,
    ] {
        let forged = forge(kind);
        assert_eq!(sign(&forged).len(), 344);
        assert_eq!(forged.signed_text, SIGNED);
        assert!(!is_valid(&sandbox, "sha1", &forged), "{kind:?}");
    }
    let other_key = sign(&forge(SignatureKind::OtherKey));
    assert!(verifies(sandbox.payout_cert(), "sha1", SIGNED, &other_key));
    let other_body = SIGNED.replace("1756900030", "somebody else's");
    let archive = sandbox.notification_cert();
    assert!(verifies(
        archive,
        "sha1",
        &other_body,
        &sign(&forge(SignatureKind::OtherBody))
    ));

    let good = sign(&forge(SignatureKind::Good));
    let flipped = sign(&forge(SignatureKind::Flipped));
    assert_eq!(good[..340], flipped[..340]);
    let truncated = sign(&forge(SignatureKind::Truncated));
    assert_eq!(truncated.len(), 172);
    assert_eq!(good[..168], truncated[..168]);
}

#[test]
fn extra_parameters_are_not_signed() {
    let sandbox = start();
    let notify = documented()
        .extra("amount", "1")
        .extra("fee", json!({"a": [1, null, true]}));
    let forged = sandbox.forge(&notify).unwrap();
    assert_eq!(forged.signed_text, SIGNED);
    assert!(is_valid(&sandbox, "sha1", &forged));
    let amounts = parameters(&forged.query).into_iter();
    let amounts = amounts.filter(|(name, _)| name == "amount").count();
    assert_eq!(amounts, 2);
    let query = "&amount=1&fee%5Ba%5D%5B0%5D=1&fee%5Ba%5D%5B2%5D=1&sign=";
    assert!(forged.query.contains(query));
    let json = r#","amount":"1","fee":{"a":[1,null,true]},"sign":"#;
    assert!(forged.json.contains(json));
}

#[test]
fn the_id_of_a_notification_must_match_exactly_one_order() {
    let sandbox = start();
    call(&sandbox, "/v1/payment", &payment(&json!({})));
    call(&sandbox, "/v1/payout", &payout(&json!({})));
    let forge = |notify: Notify| sandbox.forge(&notify).map(|forged| parse(&forged.json));
    assert_eq!(forge(Notify::order_id("A-1")), Err(NotifyError::Ambiguous));
    assert_eq!(forge(Notify::order_id("A-2")), Err(NotifyError::NotFound));
    for (kind, name) in [(Kind::Payment, "payment"), (Kind::Payout, "payout")] {
        let notify = Notify::order_id("A-1").kind(kind);
        assert_eq!(forge(notify).unwrap()["type"], name);
    }
}

#[test]
fn the_route_accepts_every_option_of_the_method() {
    let sandbox = start();
    let body = json!({
        "id": 112_412_553, "order_id": "1756900030", "kind": "payment", "url": null,
        "transport": "json", "fields": 12, "encoding": "unicode", "partial": "bool",
        "digest": "sha256", "delay_ms": 1, "times": 2, "status": "wait", "desc": "/ж",
        "card_brand": "MIR", "account": "X", "signature": "other_key", "extra": {"a": "b"},
    });
    let response = control(&sandbox, "POST", "notify", &body.to_string());
    assert_eq!(response.status, 200);
    let notify = documented()
        .fields(FieldList::Twelve)
        .encoding(Encoding::Unicode)
        .partial(Partial::Bool)
        .digest(Digest::Sha256)
        .status("wait")
        .desc("/ж")
        .card_brand("MIR")
        .account("X")
        .signature(SignatureKind::OtherKey)
        .extra("a", "b");
    assert_eq!(response.json(), json!(sandbox.forge(&notify).unwrap()));
    assert!(sandbox.notifications().is_empty());
}

#[test]
fn invalid_requests_are_rejected() {
    let sandbox = start();
    for (status, body) in [
        (400, json!({})),
        (400, json!({"id": "112412553", "x": 1})),
        (400, json!({"id": "112412553", "fields": 9})),
        (400, json!({"id": "112412553", "transport": "put"})),
        (400, json!({"id": "112412553", "card_brand": "MIR"})),
        (400, json!({"id": "112412553", "times": 0})),
        (400, json!({"id": "112412553", "times": 1001})),
        (400, json!({"id": "112412553", "url": "https://127.0.0.1/"})),
        (404, json!({"id": "112412553", "kind": "payout"})),
    ] {
        let response = control(&sandbox, "POST", "notify", &body.to_string());
        assert_eq!(response.status, status, "{body}");
        assert!(!response.message().is_empty());
    }
    assert!(sandbox.notifications().is_empty());
}
