//! Notifications and redirects: which are accepted, which are rejected, and which are new. The
//! signed texts are written by hand; `tests/vectors` has those that PHP writes.

use std::path::Path;

use alikassa::{
    Client, ClientBuilder, Digest, Error, ErrorKind, NoteResult, Notification, SigningKey, Value,
    WebhookPayload,
};

use crate::ledger::{Setup, Store, test_on_each_store};

const ACCOUNT: &str = "93d5df06-996c-48c3-9847-348d6b580b80";

const TEXT: &str = r#"{"type":"payment","id":112412553,"order_id":"A-1","payment_status":"paid","amount":"10.00","payment_amount":"10.00","commission_amount":"1.00","is_partial_payment":"0","account":"93d5df06-996c-48c3-9847-348d6b580b80","service":"payment_card_rub_hpp","desc":"\u0417\u0430\u043a\u0430\u0437 1\/2"}"#;

const QUERY: &str = "type=payment&id=112412553&order_id=A-1&payment_status=paid&amount=10.00&payment_amount=10.00\
    &commission_amount=1.00&is_partial_payment=0&account=93d5df06-996c-48c3-9847-348d6b580b80\
    &service=payment_card_rub_hpp&desc=%D0%97%D0%B0%D0%BA%D0%B0%D0%B7+1%2F2";

fn key_in(folder: &str) -> SigningKey {
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/keys");
    SigningKey::load(keys.join(folder)).unwrap()
}

fn key() -> SigningKey {
    key_in("rsa2048")
}

fn builder() -> ClientBuilder {
    Client::builder(ACCOUNT)
        .notification_cert(key().verifying_key().clone())
        .unwrap()
}

fn sign(text: &str, digest: Digest) -> String {
    key().sign(text.as_bytes(), digest).unwrap()
}

/// Percent-encoded for a query.
fn escaped(signature: &str) -> String {
    signature
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D")
}

fn query(fields: &str, text: &str) -> String {
    format!("?{fields}&sign={}", escaped(&sign(text, Digest::Sha1)))
}

fn verify(query: &str) -> Result<Notification, Error> {
    builder()
        .build()
        .unwrap()
        .notifications()
        .verify(WebhookPayload::query(query))
}

fn rejection(query: &str) -> ErrorKind {
    let error = verify(query).unwrap_err();
    assert_eq!(error.operation(), Some("notifications.verify"));
    assert!(!error.to_string().contains("112412553"));
    error.kind()
}

#[test]
fn the_documented_variant_is_accepted() {
    let event = verify(&query(QUERY, TEXT)).unwrap();
    assert_eq!(
        (event.kind.as_str(), event.id),
        ("payment", Some(112_412_553))
    );
    assert_eq!(event.payment_status, "paid");
    assert_eq!(event.payment_amount.as_ref().unwrap().as_str(), "10.00");
    assert_eq!(event.is_partial_payment, Some(false));
    assert_eq!(event.desc.as_deref(), Some("Заказ 1/2"));
    assert_eq!(event.variant.to_string(), "f11-default");
    assert_eq!(event.digest, Digest::Sha1);
    assert_eq!(event.signed_text(), TEXT.as_bytes());
    assert!(event.unsigned().is_empty() && event.is_final());
    assert_eq!(
        verify(&query(QUERY, TEXT).replace("%2B", "+")).unwrap().id,
        event.id
    );
}

#[test]
fn each_known_variant_is_accepted() {
    let slashes = TEXT.replace("\\/", "/");
    let unicode = slashes.replace(r"\u0417\u0430\u043a\u0430\u0437", "Заказ");
    let bool = TEXT.replace(
        r#""is_partial_payment":"0""#,
        r#""is_partial_payment":false"#,
    );
    let without = QUERY.replace("&commission_amount=1.00", "");
    let null = TEXT.replace(
        r#""commission_amount":"1.00""#,
        r#""commission_amount":null"#,
    );
    let f10 = TEXT.replace(r#""commission_amount":"1.00","#, "");
    let brand = format!("{QUERY}&card_brand=visa");
    let f12 = TEXT.replace(r#"1\/2"}"#, r#"1\/2","card_brand":"visa"}"#);
    for (fields, text, variant) in [
        (QUERY, slashes.as_str(), "f11-slashes"),
        (QUERY, &unicode, "f11-unicode"),
        (QUERY, &bool, "f11-default-bool"),
        (&without, &null, "f11-default"),
        (&without, &f10, "f10-default"),
        (&brand, &f12, "f12-default"),
        (&brand, TEXT, "f11-default"),
    ] {
        let event = verify(&query(fields, text)).unwrap();
        assert_eq!(event.variant.to_string(), variant);
        assert_eq!(event.card_brand.is_some(), variant.starts_with("f12"));
    }
    let unsigned = verify(&query(&brand, TEXT)).unwrap();
    assert_eq!(
        unsigned.unsigned(),
        [("card_brand".to_owned(), Value::from("visa"))]
    );
}

#[test]
fn a_known_field_that_was_sent_must_be_signed() {
    let f10 = TEXT.replace(r#""commission_amount":"1.00","#, "");
    assert_eq!(rejection(&query(QUERY, &f10)), ErrorKind::SignatureMismatch);
    let f12 = TEXT.replace(r#"1\/2"}"#, r#"1\/2","card_brand":null}"#);
    assert_eq!(rejection(&query(QUERY, &f12)), ErrorKind::SignatureMismatch);
}

#[test]
fn json_and_form_bodies_are_accepted_like_queries() {
    let client = builder().build().unwrap();
    let signature = sign(TEXT, Digest::Sha256);
    let json = TEXT.replace('}', &format!(r#","sign":"{signature}","extra":[1.5]}}"#));
    let event = client
        .notifications()
        .verify(WebhookPayload::body(
            json.as_bytes(),
            Some("Application/JSON; charset=utf-8"),
        ))
        .unwrap();
    assert_eq!(event.digest, Digest::Sha256);
    assert_eq!(event.unsigned().len(), 1);
    let without_content_type = client
        .notifications()
        .verify(WebhookPayload::body(json.as_bytes(), None));
    assert_eq!(without_content_type.unwrap().id, event.id);

    let form = query(QUERY, TEXT).split_off(1);
    for content_type in [None, Some("application/x-www-form-urlencoded")] {
        let payload = WebhookPayload::body(form.as_bytes(), content_type);
        assert_eq!(client.notifications().verify(payload).unwrap().id, event.id);
    }
    let multipart = WebhookPayload::body(form.as_bytes(), Some("multipart/form-data; boundary=x"));
    let error = client.notifications().verify(multipart).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MalformedNotification);
    assert!(error.message().contains("multipart"), "{error}");
}

#[test]
fn an_id_may_be_zero_but_not_negative() {
    for (id, is_accepted) in [("0", true), ("-1", false)] {
        let text = TEXT.replace("112412553", id);
        let signature = sign(&text, Digest::Sha1);
        let json = text.replace('}', &format!(r#","sign":"{signature}"}}"#));
        let payload = WebhookPayload::body(json.as_bytes(), None);
        let event = builder().build().unwrap().notifications().verify(payload);
        assert_eq!(event.is_ok(), is_accepted, "{id}");
    }
}

#[test]
fn a_fixed_digest_rejects_the_other() {
    let client = builder().digest(Digest::Sha256).build().unwrap();
    let query = query(QUERY, TEXT);
    let error = client
        .notifications()
        .verify(WebhookPayload::query(&query))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SignatureMismatch);
    let event = client
        .notifications()
        .with_digest(Digest::Sha1)
        .verify(WebhookPayload::query(&query));
    assert_eq!(event.unwrap().digest, Digest::Sha1);
}

#[test]
fn a_changed_value_is_rejected() {
    let good = query(QUERY, TEXT);
    for (from, to) in [
        ("type=payment", "type=payout"),
        ("id=112412553", "id=112412554"),
        ("order_id=A-1", "order_id=A-2"),
        ("payment_status=paid", "payment_status=wait"),
        ("&amount=10.00", "&amount=10.01"),
        ("payment_amount=10.00", "payment_amount=99.00"),
        ("commission_amount=1.00", "commission_amount=0.00"),
        ("is_partial_payment=0", "is_partial_payment=1"),
        ("service=payment", "service=Payment"),
        ("1%2F2", "1%2F3"),
        ("&desc=", "&Desc="),
    ] {
        assert!(good.contains(from));
        let changed = good.replacen(from, to, 1);
        assert_eq!(rejection(&changed), ErrorKind::SignatureMismatch, "{to}");
    }
    let flipped = good.replacen("sign=", "sign=A", 1);
    assert_eq!(rejection(&flipped), ErrorKind::SignatureMismatch);
}

#[test]
fn a_malformed_payload_is_rejected() {
    let good = query(QUERY, TEXT);
    let list = good.replace("&amount=10.00", "&amount[]=10.00");
    for bad in [
        String::new(),
        QUERY.to_owned(),
        format!("{good}&amount=10.00"),
        format!("{good}&extra=1&extra=2"),
        format!("{good}&amount[]=10.00"),
        list,
        good.replace("id=112412553", "id=1e3"),
        good.replace("id=112412553", "id=-1"),
        good.replace("id=112412553", "id="),
        good.replace("id=112412553", "id=99999999999999999999"),
        good.replace("order_id=A-1", "order_id=%FF"),
        format!("{good}&{}", "x".repeat(70_000)),
        (0..300).fold(good.clone(), |query, n| format!("{query}&x{n}=")),
    ] {
        let shown: String = bad.chars().take(120).collect();
        assert_eq!(rejection(&bad), ErrorKind::MalformedNotification, "{shown}");
    }
    let client = builder().build().unwrap();
    for bad in [
        "[]",
        r#"{"type":"payment","type":"payout","sign":"x"}"#,
        r#"{"amount":10.5,"sign":"x"}"#,
        r#"{"amount":1e1,"sign":"x"}"#,
        r#"{"amount":["1"],"sign":"x"}"#,
        r#"{"amount":true,"sign":"x"}"#,
        r#"{"sign":7}"#,
        r#"{"sign":"\ud800"}"#,
    ] {
        let payload = WebhookPayload::body(bad.as_bytes(), Some("application/json"));
        let error = client.notifications().verify(payload).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MalformedNotification, "{bad}");
    }
}

#[test]
fn another_account_is_reported_only_with_a_valid_signature() {
    let text = TEXT.replace(ACCOUNT, "another-account");
    let fields = QUERY.replace(ACCOUNT, "another-account");
    assert_eq!(
        rejection(&query(&fields, &text)),
        ErrorKind::AccountMismatch
    );
    let unsigned = format!(
        "{}&account=x",
        QUERY.replace(&format!("&account={ACCOUNT}"), "")
    );
    assert_eq!(
        rejection(&query(&unsigned, TEXT)),
        ErrorKind::SignatureMismatch
    );
}

#[test]
fn each_notification_certificate_is_tried() {
    let other = key_in("rsa2048-b");
    let query = query(QUERY, TEXT);
    let without = Client::builder(ACCOUNT).build().unwrap();
    let error = without
        .notifications()
        .verify(WebhookPayload::query(&query))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let rotating = Client::builder(ACCOUNT)
        .notification_cert(other.verifying_key().clone())
        .unwrap()
        .notification_cert(key().verifying_key().clone())
        .unwrap()
        .build()
        .unwrap();
    rotating
        .notifications()
        .verify(WebhookPayload::query(&query))
        .unwrap();
}

#[test]
fn the_signature_of_a_redirect_covers_its_two_fields() {
    let client = builder().build().unwrap();
    let signature = escaped(&sign(
        r#"{"order_id":"A\/1","uuid":"293259c3"}"#,
        Digest::Sha1,
    ));
    let form = format!("uuid=293259c3&order_id=A%2F1&sign={signature}&payment_status=paid");
    let redirect = client
        .redirects()
        .verify(WebhookPayload::body(form.as_bytes(), None))
        .unwrap();
    assert_eq!(
        (redirect.order_id.as_str(), redirect.uuid.as_str()),
        ("A/1", "293259c3")
    );
    assert_eq!(redirect.unsigned().len(), 1);
    let changed = form.replace("293259c3", "293259c4");
    let error = client
        .redirects()
        .verify(WebhookPayload::body(changed.as_bytes(), None))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SignatureMismatch);
}

fn event(status: &str) -> Notification {
    let change = |text: &str| text.replace("paid", status);
    verify(&query(&change(QUERY), &change(TEXT))).unwrap()
}

test_on_each_store! { a_status_is_new_once_and_stale_after_a_final_one }

fn a_status_is_new_once_and_stale_after_a_final_one(store: Store) {
    let setup = Setup::on(store);
    let ledger = setup.ledger();
    let note = |status| ledger.note(&event(status)).unwrap();
    assert_eq!(note("wait").as_str(), "new");
    assert_eq!(note("wait").as_str(), "seen");
    assert_eq!(note("paid"), NoteResult::New);
    assert_eq!(note("paid"), NoteResult::Seen);
    assert_eq!(note("wait"), NoteResult::Seen);
    assert_eq!(note("fail"), NoteResult::Stale);
    assert_eq!(note("fail").as_str(), "stale");
    let other = |text: &str| text.replace("112412553", "112412554");
    let other = verify(&query(&other(QUERY), &other(TEXT))).unwrap();
    assert_eq!(ledger.note(&other).unwrap(), NoteResult::New);
    let again = setup.another_ledger();
    assert_eq!(again.note(&event("paid")).unwrap(), NoteResult::Seen);
    let signed = again.note_signed(event("paid").signed_text());
    assert_eq!(signed.unwrap(), NoteResult::Seen);
    assert_eq!(
        again.note_signed(b"{}").unwrap_err().kind(),
        ErrorKind::MalformedNotification
    );
}
