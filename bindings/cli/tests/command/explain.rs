use super::program::{Program, Run, bare, run, text};

/// What is said about a signature over `signed` when `sent` was sent.
fn explain(program: &Program, signed: &str, sent: &str, digest: &str) -> Run {
    let key = text(program.sandbox.payout_cert());
    let sign = run(
        &mut bare(&["sign", "--key", key, "--digest", digest]),
        signed,
    )
    .stdout;
    run(&mut program.command(&["explain", "--sign", &sign]), sent)
}

#[test]
fn the_key_and_the_digest_are_named() {
    let program = Program::new();
    let canonical = r#"{"url":"http:\/\/x"}"#;
    let explained = explain(&program, canonical, canonical, "sha256");
    assert_eq!(explained.code, 0, "{explained:?}");
    assert_eq!(
        explained.stdout,
        "the bytes are signed with the key of payout_cert, sha256\nthe bytes are canonical\n"
    );
}

#[test]
fn bytes_that_were_changed_after_signing_are_found() {
    let program = Program::new();
    let canonical = "{\"url\":\"http:\\/\\/x\",\"name\":\"\\u0418\"}";
    for (signed, form) in [
        (canonical, "the canonical form"),
        (
            "{\"url\":\"http://x\",\"name\":\"\\u0418\"}",
            "the body with / in place of \\/",
        ),
        (
            "{\"url\":\"http:\\/\\/x\",\"name\":\"И\"}",
            "the body with letters in place of \\u escapes",
        ),
        (
            "{\"url\":\"http://x\",\"name\":\"И\"}",
            "the body with both",
        ),
        (
            "{\"url\": \"http://x\", \"name\": \"\\u0418\"}",
            "the body with a blank after each comma and colon",
        ),
        (
            "{\"name\":\"\\u0418\",\"url\":\"http:\\/\\/x\"}",
            "the body with its members sorted",
        ),
    ] {
        let sent = canonical.replace("\"name\":", "\"name\" :");
        let explained = explain(&program, signed, &sent, "sha1");
        assert_eq!(explained.code, 1, "{explained:?}");
        let wanted = format!(
            "{form} is signed with the key of payout_cert, sha1, but other bytes were sent"
        );
        assert!(
            explained.stdout.starts_with(&wanted),
            "{wanted}: {explained:?}"
        );
        assert!(
            explained
                .stdout
                .contains("differ from the canonical form at byte 26"),
            "{explained:?}"
        );
    }
}

#[test]
fn another_key_or_body_is_not_explained() {
    let program = Program::new();
    let explained = explain(&program, r#"{"id":"1"}"#, r#"{"id":"2"}"#, "sha1");
    assert_eq!(explained.code, 1, "{explained:?}");
    assert!(
        explained.stdout.starts_with("no key signed these bytes"),
        "{explained:?}"
    );
    let without = run(&mut bare(&["explain", "--sign", "AAAA"]), "{}");
    assert_eq!(without.code, 2, "{without:?}");
}
