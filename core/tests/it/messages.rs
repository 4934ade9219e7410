//! What messages name, so that an operator knows what to do.

use std::time::Duration;

use alikassa::{Client, Error, ErrorKind, Phase};
use alikassa_sandbox::{Fault, FaultKind};

use crate::fixture;

#[test]
fn an_error_of_a_connection_names_its_host() {
    let sandbox = fixture::sandbox();
    let (_closed, closed) = fixture::closed_port();
    let plain = sandbox.url().replace("http://", "https://");
    let balance = |base_url: &str| -> Error {
        let builder = fixture::builder(&sandbox).base_url(base_url);
        let client = builder.max_retries(0).build().unwrap();
        client.account().balance().unwrap_err()
    };
    let server = |url: &str| url.rsplit('/').next().unwrap().to_owned();
    for (base_url, phase, host) in [
        (
            "https://no-such-host.invalid",
            Phase::Dns,
            "no-such-host.invalid".to_owned(),
        ),
        (&closed, Phase::Connect, server(&closed)),
        (&plain, Phase::Tls, server(&plain)),
        (sandbox.tls_url(), Phase::Tls, server(sandbox.tls_url())),
    ] {
        let error = balance(base_url);
        assert_eq!(error.phase(), Some(phase), "{error}");
        let expected = format!("{}: {host}: ", phase.as_str());
        assert!(error.message().starts_with(&expected), "{error}");
        let is_unknown_issuer = base_url == sandbox.tls_url();
        let names_ca_file = error.to_string().contains("ca_file");
        assert_eq!(names_ca_file, is_unknown_issuer, "{error}");
    }
}

#[test]
fn a_time_limit_that_passed_has_its_value_and_unit() {
    let sandbox = fixture::sandbox();
    let balance = |timeout, deadline| {
        sandbox.set_fault(Fault::new(FaultKind::Stall(Duration::from_secs(1))));
        let builder = fixture::sha1_builder(&sandbox).max_retries(0);
        let builder = builder.timeout(Duration::from_millis(timeout));
        let builder = builder.deadline(Duration::from_millis(deadline));
        builder.build().unwrap().account().balance().unwrap_err()
    };
    assert_eq!(
        balance(150, 60_000).message(),
        "receive: no complete response within the timeout (0.15 s)"
    );
    assert_eq!(
        balance(60_000, 150).message(),
        "the deadline of 0.15 s passed while the call was in flight"
    );
}

#[test]
fn an_account_that_is_no_uuid_gets_a_notice() {
    for (account, has_notice) in [
        ("93d5df06-996c-48c3-9847-348d6b580b80", false),
        ("93D5DF06-996C-48C3-9847-348D6B580B80", false),
        ("93d5df06-996c-48c3-9847-348d6b580b8", true),
        ("93d5df06-996c-48c3-9847-348d6b580b80a", true),
        ("93d5df06-996c-48c3-9847-348d6b580b8x", true),
        ("93d5df06.996c-48c3-9847-348d6b580b80", true),
        ("account", true),
    ] {
        let notices = Client::builder(account).build().unwrap().take_notices();
        assert_eq!(!notices.is_empty(), has_notice, "{account}: {notices:?}");
        assert!(notices.iter().all(|notice| notice.starts_with("account: ")));
    }
}

#[test]
fn a_misspelt_field_is_named_before_the_missing_one() {
    let sandbox = fixture::sandbox();
    let client = fixture::sha1_builder(&sandbox).build().unwrap();
    let fields = vec![("ammount".to_owned(), alikassa::Value::from("5.00"))];
    let call = alikassa::binding::Call::named("payouts.create", fields).unwrap();
    let error = client
        .execute(call, &alikassa::CallOptions::default())
        .unwrap_err();
    assert_eq!(
        (error.field(), error.reason()),
        (Some("ammount"), Some("unknown"))
    );
}

#[test]
fn a_response_of_a_proxy_that_wants_a_password_is_told_from_a_403() {
    let sandbox = fixture::sandbox();
    let client = fixture::sha1_builder(&sandbox).build().unwrap();
    for (status, kind, hint) in [
        (407, ErrorKind::Api, "a proxy on the way"),
        (403, ErrorKind::Authentication, "check the account"),
    ] {
        sandbox.set_fault(fixture::response(status, ""));
        let error = client.account().balance().unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(error.hint().unwrap().starts_with(hint), "{error}");
    }
}

#[test]
fn a_byte_order_mark_before_json_or_a_certificate_is_ignored() {
    let sandbox = fixture::sandbox();
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    let marked = |text: &str| format!("\u{feff}{text}");
    let ca = std::fs::read_to_string(sandbox.ca_file()).unwrap();
    std::fs::write(&ca_file, marked(&ca)).unwrap();
    let builder = fixture::sha1_builder(&sandbox).base_url(sandbox.tls_url());
    let client = builder.clone().ca_file(&ca_file).build().unwrap();
    let balance = r#"{"currency":"RUB","balance":"1.25","hold":"0"}"#;
    sandbox.set_fault(fixture::response(200, &marked(balance)));
    assert_eq!(client.account().balance().unwrap().balance.as_str(), "1.25");
    let created = r#"{"id":5,"payment_status":"wait"}"#;
    sandbox.set_fault(fixture::response(200, &marked(created)));
    assert_eq!(
        client.payouts().create(fixture::payout("A-1")).unwrap().id,
        5
    );

    let utf16: Vec<u8> = marked(&ca)
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(&ca_file, utf16).unwrap();
    let error = builder.ca_file(&ca_file).build().unwrap_err();
    assert!(error.message().contains("this is UTF-16 text"), "{error}");
}
