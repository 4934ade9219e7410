//! A ledger that the user of the process may not write.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};

use alikassa::{ClientBuilder, Digest};
use alikassa_sandbox::Sandbox;

use super::{Setup, open};
use crate::fixture::{self, payout};

/// In a process of another user: prints how a create failed.
#[test]
fn child_process() {
    if std::env::var_os("LEDGER_TEST_DENIED").is_some() {
        let builder = ClientBuilder::from_env().unwrap().digest(Digest::Sha1);
        let client = builder.build().unwrap();
        let error = client.payouts().create(payout("B-1")).unwrap_err();
        let (class, outcome) = (error.kind().class(), error.outcome());
        println!("failed: {class}, {outcome:?}: {}", error.message());
    }
}

/// A create that a process of another user tried with the ledger at `path`.
fn create_as_another_user(sandbox: &Sandbox, path: &Path) -> String {
    let read = |name| fs::read_to_string(sandbox.payout_cert().join(name)).unwrap();
    let mut child = fixture::child_process(module_path!());
    // A user without rights; the tests of another user than root lack the right by the mode alone.
    if rustix::process::geteuid().is_root() {
        child.uid(65_534);
    }
    let output = child
        .env("LEDGER_TEST_DENIED", "1")
        .env("ALIKASSA_ACCOUNT", sandbox.account())
        .env("ALIKASSA_BASE_URL", sandbox.url())
        .env("ALIKASSA_PAYOUT_KEY", read("private.pem"))
        .env("ALIKASSA_PAYOUT_PASSWORD", read("password.txt"))
        .env("ALIKASSA_LEDGER", path)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_ledger_without_permission_to_write_says_so_and_nothing_is_sent() {
    let allow = |path: &Path, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    };
    for (exists, denied, mode) in [
        (true, "payouts.sqlite", 0o000),
        (true, "payouts.sqlite", 0o444),
        (true, "payouts.sqlite-wal", 0o444),
        (true, "payouts.sqlite-shm", 0o444),
        (true, ".", 0o555),
        (false, ".", 0o555),
    ] {
        let setup = Setup::new();
        allow(setup.folder.path(), 0o777);
        if exists {
            open(&setup.ledger());
            allow(&setup.path(), 0o666);
        }
        let denied: PathBuf = setup.folder.path().join(denied).components().collect();
        if !denied.exists() {
            fs::write(&denied, "").unwrap();
        }
        allow(&denied, mode);
        let printed = create_as_another_user(&setup.sandbox, &setup.path());
        allow(setup.folder.path(), 0o777);
        let (_, failed) = printed
            .split_once("failed: ")
            .unwrap_or_else(|| panic!("{printed}"));
        assert!(
            failed.starts_with("LedgerError, Some(NotSent): ledger: "),
            "{failed}"
        );
        let denied = denied.display();
        let reason = format!("no permission to write {denied}: run this program as");
        assert!(failed.contains(&reason), "{failed}");
        assert!(setup.sandbox.log().is_empty());
    }
}
