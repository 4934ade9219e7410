use super::program::{Program, bare, run, text};

const BODY: &str = r#"{"id":"1"}"#;

#[test]
fn a_signature_is_verified_with_its_digest() {
    let program = Program::new();
    let (body, key) = (
        program.write("body.json", BODY),
        text(program.sandbox.payout_cert()),
    );
    for digest in ["sha1", "sha256"] {
        let signed = run(
            &mut bare(&["sign", "--key", key, "--body", &body, "--digest", digest]),
            "",
        );
        assert_eq!((signed.code, signed.stderr.as_str()), (0, ""));
        let sign = program.write("sign", &signed.stdout);
        let verify = ["verify", "--key", key, "--sign", &format!("@{sign}")];
        let verified = run(&mut bare(&verify), BODY);
        assert_eq!(
            (verified.code, verified.stdout),
            (0, format!("valid, {digest}\n"))
        );
        let other = run(&mut bare(&verify), r#"{"id":"2"}"#);
        assert_eq!(other.code, 1);
        assert!(other.stdout.starts_with("not a signature"), "{other:?}");
    }
}

#[test]
fn a_folder_is_inspected() {
    let program = Program::new();
    let (code, signing) = program.json(&["keys", "inspect", text(program.sandbox.payout_cert())]);
    assert_eq!(
        (code, &signing["kind"], &signing["bits"]),
        (0, &"signs and verifies".into(), &2048.into())
    );
    let (code, verifying) =
        program.json(&["keys", "inspect", text(program.sandbox.notification_cert())]);
    assert_eq!((code, &verifying["kind"]), (0, &"verifies".into()));
}

#[test]
fn a_folder_with_a_wrong_password_is_refused() {
    let program = Program::new();
    let folder = program.folder.path();
    for file in ["private.pem", "public.pem"] {
        std::fs::copy(program.sandbox.payout_cert().join(file), folder.join(file)).unwrap();
    }
    program.write("password.txt", "wrong-pass-word");
    let refused = run(&mut bare(&["keys", "inspect", text(folder)]), "");
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("password"), "{refused:?}");
    assert!(!refused.stderr.contains("wrong-pass-word"), "{refused:?}");
}

#[test]
fn a_public_key_of_another_pair_is_told() {
    let program = Program::new();
    let pair = |removed: &str| {
        let folder = program.folder.path();
        for (file, cert) in [
            ("private.pem", program.sandbox.payout_cert()),
            ("password.txt", program.sandbox.payout_cert()),
            ("public.pem", program.sandbox.payment_cert()),
        ] {
            std::fs::copy(cert.join(file), folder.join(file)).unwrap();
        }
        if !removed.is_empty() {
            std::fs::remove_file(folder.join(removed)).unwrap();
        }
        let (code, key) = program.json(&["keys", "inspect", text(folder)]);
        assert_eq!(code, 0, "{key}");
        key["pair"].as_str().unwrap().to_owned()
    };
    assert_eq!(pair(""), "public.pem belongs to another private key");
    assert!(pair("public.pem").starts_with("there is no public.pem"));
    let (_, whole) = program.json(&["keys", "inspect", text(program.sandbox.payout_cert())]);
    assert_eq!(whole["pair"], "public.pem belongs to private.pem");
}
