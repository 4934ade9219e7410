//! Settings, certificates and their files.

use super::setup::{Case, PASSWORD, Setup, permit, vector};

pub(super) fn everything_is_right() -> Case {
    let lines = [
        ("version", "ok", "alikassa 0.1.0"),
        ("settings", "ok", "payout_cert from ALIKASSA_PAYOUT_CERT"),
        ("account", "ok", "93d5df06-996c-48c3-9847-348d6b580b80"),
        ("payment_key", "ok", "2048 bits"),
        ("payment_pair", "ok", "belongs to private.pem"),
        ("payment_permissions", "ok", "only its owner"),
        ("payout_key", "ok", "2048 bits"),
        ("payout_pair", "ok", "belongs to private.pem"),
        ("payout_permissions", "ok", "only its owner"),
        ("different_keys", "ok", "different"),
        ("notification_key", "ok", "2048 bits"),
        ("base_url", "ok", "https://127.0.0.1:"),
        ("roots", "ok", "bundled, and the file of ALIKASSA_CA_FILE"),
        ("proxy", "ok", "none"),
        ("addresses", "ok", "127.0.0.1"),
        ("tcp", "ok", "accepts connections"),
        ("tls", "ok", "is verified"),
        ("clock", "ok", "the provider's"),
        ("payment_read", "ok", "payments.history is answered"),
        ("payout_read", "ok", "account.balance is answered"),
        ("digest", "ok", "pass --digest sha256"),
        ("balance", "ok", "93.84000000 RUB"),
        ("ledger", "skipped", "pass --ledger"),
    ];
    Setup::new().case(0, lines)
}

pub(super) fn nothing_is_set() -> Case {
    let setup = Setup::new()
        .unset("ALIKASSA_ACCOUNT")
        .unset("ALIKASSA_BASE_URL")
        .unset("ALIKASSA_CA_FILE")
        .unset("ALIKASSA_PAYMENT_CERT")
        .unset("ALIKASSA_PAYOUT_CERT")
        .unset("ALIKASSA_NOTIFICATION_CERT")
        .set("HTTPS_PROXY", "http://127.0.0.1:1");
    let lines = [
        ("settings", "ok", "none is set"),
        ("account", "failed", "not set"),
        ("payment_key", "skipped", "pass --payment-cert"),
        ("payout_permissions", "skipped", "not a folder"),
        ("different_keys", "skipped", "both keys"),
        ("base_url", "ok", "https://api-merchant.alikassa.com"),
        ("tls", "skipped", "no connection"),
        ("balance", "skipped", "was not answered"),
    ];
    setup.case(2, lines)
}

pub(super) fn account_is_missing() -> Case {
    let lines = [
        ("account", "failed", "set ALIKASSA_ACCOUNT"),
        ("tcp", "ok", "accepts connections"),
        ("payment_read", "skipped", "an account"),
    ];
    Setup::new().unset("ALIKASSA_ACCOUNT").case(2, lines)
}

pub(super) fn account_is_not_a_uuid() -> Case {
    let setup = Setup::new().set("ALIKASSA_ACCOUNT", PASSWORD);
    let lines = [
        ("account", "warning", "it is not a UUID"),
        ("payout_read", "failed", "check --account"),
    ];
    setup.case(2, lines)
}

pub(super) fn account_cannot_be_sent() -> Case {
    let setup = Setup::new().set("ALIKASSA_ACCOUNT", format!("{PASSWORD}!"));
    setup.case(2, [("account", "failed", "copy the account's UUID")])
}

pub(super) fn folder_is_missing() -> Case {
    let setup = Setup::new().set("ALIKASSA_PAYMENT_CERT", "paymnet");
    let lines = [
        (
            "payment_key",
            "failed",
            "name the folder of the unpacked archive",
        ),
        ("payment_pair", "skipped", "no private key"),
        ("payment_permissions", "skipped", "cannot be read"),
        ("payment_read", "skipped", "the key"),
        ("payout_read", "ok", "is answered"),
    ];
    setup.case(2, lines)
}

pub(super) fn private_key_is_missing() -> Case {
    let setup = Setup::new().remove("payment/private.pem");
    setup.case(2, [("payment_key", "failed", "private.pem: no such file")])
}

pub(super) fn password_is_wrong() -> Case {
    let setup = Setup::new().write("payout/password.txt", PASSWORD);
    let lines = [
        ("payout_key", "failed", "password.txt of the archive"),
        ("tls", "ok", "is verified"),
    ];
    setup.case(2, lines)
}

pub(super) fn password_is_missing() -> Case {
    let setup = Setup::new().remove("payout/password.txt");
    setup.case(
        2,
        [(
            "payout_key",
            "failed",
            "keep password.txt next to private.pem",
        )],
    )
}

pub(super) fn public_key_is_of_another_pair() -> Case {
    let setup = Setup::new();
    let other = std::fs::read(setup.path("payment/public.pem")).unwrap();
    let setup = setup.write("payout/public.pem", other);
    setup.case(
        1,
        [("payout_pair", "warning", "belongs to another private key")],
    )
}

pub(super) fn public_key_is_missing() -> Case {
    let setup = Setup::new().remove("payout/public.pem");
    setup.case(0, [("payout_pair", "skipped", "no public.pem")])
}

pub(super) fn key_is_too_small() -> Case {
    let setup = Setup::new().write("payment/private.pem", vector("matrix/rsa512.pem"));
    let line = ("payment_key", "failed", "create a key of 2048 bits");
    setup.case(2, [line])
}

pub(super) fn key_is_small() -> Case {
    let setup = Setup::new()
        .write("payment/private.pem", vector("rsa1024/private.pem"))
        .write("payment/password.txt", vector("rsa1024/password.txt"));
    let lines = [
        (
            "payment_key",
            "warning",
            "RSA key of 1024 bits: create one of 2048",
        ),
        (
            "payment_read",
            "failed",
            "was saved in the provider's cabinet",
        ),
    ];
    setup.case(2, lines)
}

pub(super) fn key_is_readable_by_others() -> Case {
    let setup = Setup::new();
    permit(&setup.path("payment/private.pem"), 0o644);
    permit(&setup.path("payment/password.txt"), 0o640);
    permit(&setup.path("payment"), 0o755);
    permit(&setup.path("payout/password.txt"), 0o644);
    permit(&setup.path("payout"), 0o755);
    let lines = [
        (
            "payment_permissions",
            "warning",
            "read private.pem and password.txt",
        ),
        ("payment_permissions", "warning", "chmod -R go= payment"),
        ("payout_permissions", "warning", "can read password.txt"),
    ];
    setup.case(1, lines)
}

pub(super) fn closed_folder_protects_its_files() -> Case {
    let setup = Setup::new();
    permit(&setup.path("payment/private.pem"), 0o644);
    permit(&setup.path("payment"), 0o700);
    setup.case(0, [("payment_permissions", "ok", "only its owner")])
}

pub(super) fn folder_is_given_twice() -> Case {
    let setup = Setup::new().set("ALIKASSA_PAYMENT_CERT", "payout");
    let lines = [
        ("different_keys", "failed", "have the same key"),
        ("payment_read", "failed", "this is the payout certificate"),
        ("payout_read", "ok", "is answered"),
    ];
    setup.case(2, lines)
}

pub(super) fn notification_key_is_missing() -> Case {
    let setup = Setup::new().unset("ALIKASSA_NOTIFICATION_CERT");
    setup.case(
        1,
        [("notification_key", "warning", "pass --notification-cert")],
    )
}

pub(super) fn notification_key_is_broken() -> Case {
    let setup = Setup::new().write("notification/public.pem", "-----BEGIN PUBLIC KEY-----\nAA");
    setup.case(2, [("notification_key", "failed", "copy the file again")])
}

pub(super) fn key_of_a_variable_does_not_open() -> Case {
    let setup = Setup::new();
    let pem = std::fs::read_to_string(setup.path("payout/private.pem")).unwrap();
    let setup = setup
        .unset("ALIKASSA_PAYOUT_CERT")
        .set("ALIKASSA_PAYOUT_KEY", pem)
        .set("ALIKASSA_PAYOUT_PASSWORD", PASSWORD);
    let lines = [
        (
            "settings",
            "failed",
            "ALIKASSA_PAYOUT_KEY: the password does not open",
        ),
        ("payout_key", "skipped", "payout_cert cannot be used"),
        ("payment_read", "ok", "is answered"),
        ("payout_read", "skipped", "and the key"),
    ];
    setup.case(2, lines)
}

/// The other settings are judged all the same.
pub(super) fn file_cannot_be_parsed() -> Case {
    let file = format!("proxy = {PASSWORD}\n");
    let lines = [
        ("settings", "failed", "alikassa.toml: "),
        ("payment_key", "ok", "2048 bits"),
        ("base_url", "ok", "https://127.0.0.1:"),
        ("proxy", "skipped", "the file that may set proxy"),
        ("tls", "skipped", "no connection"),
        ("ledger", "skipped", "the file that may set ledger"),
    ];
    Setup::new().write("alikassa.toml", file).case(2, lines)
}

pub(super) fn proxy_of_the_file_has_a_password() -> Case {
    let file = format!("proxy = \"http://user:{PASSWORD}@proxy:3128\"\n");
    let lines = [
        ("settings", "failed", "a password does not belong"),
        ("proxy", "skipped", "proxy cannot be used"),
        ("addresses", "skipped", "no connection"),
        ("payment_read", "skipped", "no connection"),
    ];
    Setup::new().write("alikassa.toml", file).case(2, lines)
}

pub(super) fn setting_is_unknown() -> Case {
    let setup = Setup::new().write("alikassa.toml", format!("password = {PASSWORD:?}\n"));
    let lines = [
        (
            "settings",
            "failed",
            "alikassa.toml: there is no setting password",
        ),
        ("account", "ok", "93d5df06"),
        ("payout_read", "ok", "is answered"),
    ];
    setup.case(2, lines)
}

pub(super) fn several_settings_are_wrong() -> Case {
    let file =
        "timeout = 0\ndeadline = \"soon\"\ndigest = \"md5\"\nroots = \"none\"\nledger = []\n";
    let setup = Setup::new()
        .write("alikassa.toml", file)
        .set("ALIKASSA_PAYMENT_CERT", "missing");
    let lines = [
        ("settings", "failed", "timeout: pass 0.1 to 3600 seconds"),
        ("settings", "failed", "deadline: pass a number of seconds"),
        ("settings", "failed", "digest: "),
        ("settings", "failed", "roots: "),
        ("settings", "failed", "ledger: write a text or a number"),
        ("settings", "failed", "correct these settings"),
        ("payment_key", "failed", "name the folder"),
        ("roots", "skipped", "roots cannot be used"),
        ("tls", "skipped", "no connection"),
        ("ledger", "skipped", "ledger cannot be used"),
    ];
    setup.case(2, lines)
}

pub(super) fn time_limit_is_out_of_range() -> Case {
    let lines = [
        ("settings", "failed", "timeout: pass 0.1 to 3600 seconds"),
        ("payout_read", "ok", "is answered"),
    ];
    Setup::new()
        .write("alikassa.toml", "timeout = 0\n")
        .case(2, lines)
}
