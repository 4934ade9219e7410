#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod listen;
#[cfg(unix)]
pub(crate) mod listener;

use alikassa::{Digest, SigningKey};

use super::program::Program;

const QUERY: &str = "type=payment&id=112412553&order_id=A-1&payment_status=paid&amount=10.00&payment_amount=10.00\
    &commission_amount=1.00&is_partial_payment=0&account=93d5df06-996c-48c3-9847-348d6b580b80\
    &service=payment_card_rub_hpp&desc=%D0%97%D0%B0%D0%BA%D0%B0%D0%B7+1%2F2";

const SIGNED: &str = r#"{"type":"payment","id":112412553,"order_id":"A-1","payment_status":"paid","amount":"10.00","payment_amount":"10.00","commission_amount":"1.00","is_partial_payment":"0","account":"93d5df06-996c-48c3-9847-348d6b580b80","service":"payment_card_rub_hpp","desc":"\u0417\u0430\u043a\u0430\u0437 1\/2"}"#;

/// The query of a notification that the sandbox's provider signed.
pub(crate) fn notification(program: &Program) -> String {
    let key = SigningKey::load(program.sandbox.notification_private_cert()).unwrap();
    let sign = key.sign(SIGNED.as_bytes(), Digest::Sha1).unwrap();
    format!("{QUERY}&sign={}", sign.replace('+', "%2B"))
}

#[test]
fn a_notification_is_verified_as_query_and_as_form() {
    let program = Program::new();
    let query = notification(&program);
    let (code, verified) = program.json(&["notifications", "verify", "--query", &query]);
    assert_eq!(
        (code, &verified["order_id"]),
        (0, &"A-1".into()),
        "{verified}"
    );
    let body = program.write("body", &query);
    let form = "application/x-www-form-urlencoded";
    let verified = program.run(&[
        "notifications",
        "verify",
        "--body",
        &body,
        "--content-type",
        form,
    ]);
    assert_eq!(verified.code, 0, "{verified:?}");
    let mut lines = verified.stdout.lines();
    assert!(
        lines.any(|line| line.starts_with("payment_status ") && line.ends_with(" paid")),
        "{verified:?}"
    );
    assert!(program.sandbox.log().is_empty());
}

#[test]
fn a_forged_notification_is_refused() {
    let program = Program::new();
    let forged = notification(&program).replacen("A-1", "A-2", 1);
    let refused = program.run(&["notifications", "verify", "--query", &forged]);
    assert_ne!(refused.code, 0, "{refused:?}");
    assert_eq!(refused.stdout, "", "{refused:?}");
}

#[cfg(unix)]
#[test]
fn the_sandbox_is_started_with_its_arguments() {
    use std::os::unix::fs::PermissionsExt;

    let program = Program::new();
    let start = |folder: &std::path::Path| {
        let mut command = program.command(&["sandbox", "--json", "--port", "1"]);
        super::program::run(command.env("PATH", folder), "")
    };
    let missing = start(program.folder.path());
    assert_eq!(missing.code, 2, "{missing:?}");
    assert!(
        missing.stdout.contains("pip install alikassa-sandbox"),
        "{missing:?}"
    );
    let script = program.write("alikassa-sandbox", "#!/bin/sh\necho \"$@\"\nexit 7\n");
    std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let started = start(program.folder.path());
    assert_eq!(
        (started.code, started.stdout.as_str()),
        (7, "--port 1 --json\n")
    );
}
