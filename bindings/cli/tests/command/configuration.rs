use super::program::{Program, bare, run};

#[test]
fn flags_are_before_the_environment_and_that_before_the_file() {
    let program = Program::new();
    let sandbox = &program.sandbox;
    let file = |account: &str| {
        let (base_url, ca_file, payout_cert) =
            (sandbox.tls_url(), sandbox.ca_file(), sandbox.payout_cert());
        program.write(
            "alikassa.toml",
            &format!("account = {account:?}\nbase_url = {base_url:?}\nca_file = {ca_file:?}\npayout_cert = {payout_cert:?}\n"),
        );
    };
    let balance = |account: Option<&str>, flags: &[&str]| {
        let mut command = bare(&[&["balance"], flags].concat());
        command.current_dir(program.folder.path());
        account.map(|account| command.env("ALIKASSA_ACCOUNT", account));
        run(&mut command, "").code
    };
    file(sandbox.account());
    assert_eq!(balance(None, &[]), 0);
    file("of-the-file");
    assert_eq!(balance(None, &[]), 1);
    assert_eq!(balance(Some(sandbox.account()), &[]), 0);
    assert_eq!(balance(Some("of-the-environment"), &[]), 1);
    assert_eq!(
        balance(
            Some("of-the-environment"),
            &["--account", sandbox.account()]
        ),
        0
    );
}

#[test]
fn paths_in_the_file_are_relative_to_it() {
    let program = Program::new();
    let folder = program.folder.path().join("settings");
    std::fs::create_dir(&folder).unwrap();
    let key = program.folder.path().join("key");
    std::fs::create_dir(&key).unwrap();
    for name in ["private.pem", "public.pem", "password.txt"] {
        std::fs::copy(program.sandbox.payout_cert().join(name), key.join(name)).unwrap();
    }
    std::fs::write(folder.join("a.toml"), "payout_cert = \"../key\"\n").unwrap();
    let explained = run(
        bare(&["explain", "--sign", "AAAA", "--config", "settings/a.toml"])
            .current_dir(program.folder.path()),
        "{}",
    );
    assert_eq!(explained.code, 1, "{explained:?}");
}

#[test]
fn a_file_with_a_secret_or_an_unknown_setting_is_refused() {
    let program = Program::new();
    for (line, reason) in [
        (
            "ledger = \"postgresql://pay:hidden-word@db/pay\"",
            "a password does not belong",
        ),
        (
            "proxy = \"http://user:hidden-word@proxy:3128\"",
            "a password does not belong",
        ),
        ("password = \"hidden-word\"", "there is no setting password"),
        ("account = [\"hidden-word\"]", "write a text or a number"),
        ("account = hidden-word", "alikassa.toml"),
    ] {
        program.write("alikassa.toml", line);
        let refused = program.run(&["balance"]);
        assert_eq!(refused.code, 2, "{line}: {refused:?}");
        assert!(refused.stderr.contains(reason), "{line}: {refused:?}");
        assert!(
            !refused.stderr.contains("hidden-word"),
            "{line}: {refused:?}"
        );
    }
    let missing = program.run(&["balance", "--config", "other.toml"]);
    assert_eq!(missing.code, 2, "{missing:?}");
    assert!(program.sandbox.log().is_empty());
}
