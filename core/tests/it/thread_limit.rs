//! A process that may start no more threads: `RLIMIT_NPROC`, or a container's limit of processes.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use alikassa::binding::Call;
use alikassa::{CallOptions, Error, ErrorKind, Ledger, LedgerState, Outcome, Phase};
use rustix::process::{Resource, Rlimit, getuid, setrlimit};

use crate::fixture;

const NOBODY: u32 = 65534;

/// In a process of its own, and not as root, to whom the limit does not apply.
#[test]
fn child_process() {
    if std::env::var_os("THREAD_LIMIT_TEST").is_none() {
        return;
    }
    assert!(!getuid().is_root());
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(folder.path().join("ledger.db")).unwrap();
    let sandbox = fixture::sandbox();
    let builder = fixture::sha1_builder(&sandbox).base_url("https://host.invalid");
    let client = builder
        .ledger(ledger.clone())
        .max_retries(1)
        .build()
        .unwrap();
    let limit = Rlimit {
        current: Some(1),
        maximum: Some(1),
    };
    setrlimit(Resource::Nproc, limit).unwrap();
    let thread = std::thread::Builder::new().spawn(|| {});
    assert!(thread.is_err(), "the limit does not apply");

    assert_dns(&client.account().balance().unwrap_err());
    let error = client
        .payouts()
        .create(fixture::payout("first"))
        .unwrap_err();
    assert_dns(&error);
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    let fields = [
        ("amount", "5.00"),
        ("number", "4111111111111111"),
        ("order_id", "second"),
        ("service", "payment_card_rub"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.into()));
    let call = Call::named("payouts.create", fields.to_vec()).unwrap();
    let (_, queued) = fixture::submit(&client, call, &CallOptions::default());
    let error = queued.recv().unwrap().unwrap_err();
    assert_dns(&error);
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    for order_id in ["first", "second"] {
        let row = ledger.get("payouts.create", order_id).unwrap().unwrap();
        assert_eq!(row.state, LedgerState::NotSent);
    }
    let again = client.payouts().create(fixture::payout("first"));
    assert_dns(&again.unwrap_err());
    client.close();
    println!("nothing was sent");
}

fn assert_dns(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
    assert_eq!(error.phase(), Some(Phase::Dns), "{error}");
    assert_eq!(error.attempts(), 2, "{error}");
}

#[test]
fn at_the_limit_nothing_is_sent_and_nothing_printed_and_the_client_closes() {
    let module = module_path!();
    // A build folder can be closed to others.
    let folder = tempfile::tempdir().unwrap();
    let mut child = fixture::child_process(module);
    if getuid().is_root() {
        let copy = folder.path().join("test");
        fs::copy(child.get_program(), &copy).unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut as_nobody = Command::new(copy);
        as_nobody.args(child.get_args()).uid(NOBODY).gid(NOBODY);
        as_nobody.current_dir("/");
        child = as_nobody;
    }
    let output = child.env("THREAD_LIMIT_TEST", "1").output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(printed.contains("nothing was sent"), "{printed}");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(errors, "");
}
