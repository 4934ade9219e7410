use alikassa_sandbox::{Digest, Encoding, NotifyError, Redirect, SignatureKind};
use serde_json::json;

use crate::client::{call, control, payment, start};
use crate::webhook::{parameters, verifies};

const SIGNED: &str = r#"{"order_id":"1756900030","uuid":"293259c3-688b-33c1-a832-d77e1cd82f45"}"#;

#[test]
fn a_redirect_is_the_form_that_a_browser_posts() {
    let sandbox = start();
    let redirected = sandbox.redirect(&Redirect::id(112_412_553)).unwrap();
    assert_eq!(redirected.signed_text, SIGNED);
    let sign = redirected.sign.clone().unwrap();
    assert!(verifies(sandbox.notification_cert(), "sha1", SIGNED, &sign));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        parameters(&redirected.form),
        [
            pair("order_id", "1756900030"),
            pair("uuid", &redirected.uuid),
            pair("sign", &sign),
        ]
    );
    let response = control(&sandbox, "POST", "redirect", r#"{"order_id":"1756900030"}"#);
    assert_eq!(response.json(), json!(redirected));
}

#[test]
fn a_redirect_has_the_uuid_of_the_create_response() {
    let sandbox = start();
    let order = payment(&json!({"order_id": "A/ж"}));
    let created = call(&sandbox, "/v1/payment", &order).json();
    let redirect = Redirect::order_id("A/ж")
        .encoding(Encoding::Unicode)
        .digest(Digest::Sha256);
    let redirected = sandbox.redirect(&redirect).unwrap();
    assert_eq!(created["uuid"], redirected.uuid);
    let text = format!(r#"{{"order_id":"A/ж","uuid":"{}"}}"#, redirected.uuid);
    assert_eq!(redirected.signed_text, text);
    let sign = redirected.sign.unwrap();
    assert!(verifies(
        sandbox.notification_cert(),
        "sha256",
        &text,
        &sign
    ));
}

#[test]
fn a_redirect_can_have_an_invalid_signature_or_none() {
    let sandbox = start();
    let redirect = |kind| {
        let redirect = Redirect::order_id("1756900030").signature(kind);
        sandbox.redirect(&redirect).unwrap()
    };
    let missing = redirect(SignatureKind::Missing);
    assert_eq!(missing.sign, None);
    assert!(!missing.form.contains("sign"));
    for kind in [
        SignatureKind::Flipped,
        SignatureKind::OtherKey,
        SignatureKind::OtherBody,
    ] {
        let sign = redirect(kind).sign.unwrap();
        assert!(!verifies(
            sandbox.notification_cert(),
            "sha1",
            SIGNED,
            &sign
        ));
    }
}

#[test]
fn only_payments_have_redirects() {
    let sandbox = start();
    let redirect = Redirect::order_id("6422494");
    assert_eq!(sandbox.redirect(&redirect), Err(NotifyError::NotFound));
    for (status, body) in [
        (404, r#"{"id":"100000536"}"#),
        (400, "{}"),
        (400, r#"{"id":"112412553","fields":11}"#),
    ] {
        assert_eq!(control(&sandbox, "POST", "redirect", body).status, status);
    }
}
