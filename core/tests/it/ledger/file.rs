//! The ledger's file: missing, broken, locked, or of another program.

use std::time::{Duration, Instant};

use alikassa::{CallOptions, ErrorKind, Ledger, LedgerState, Outcome};
use alikassa_sandbox::{Fault, FaultKind};
use rusqlite::Connection;

use super::{STALL, Setup, open};
use crate::fixture::{payout, payout_count, sha1_builder, wait_until};

fn assert_not_sent(setup: &Setup, message: &str) {
    let error = setup.client().payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ledger, "{error:?}");
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert!(error.message().contains(message), "{error}");
    assert!(setup.sandbox.log().is_empty());
}

#[test]
fn nothing_is_sent_when_the_file_cannot_be_used() {
    let setup = Setup::new();
    std::fs::write(setup.path(), [0xA5; 8192]).unwrap();
    assert_not_sent(&setup, "not a database");

    let setup = Setup::new();
    Connection::open(setup.path())
        .unwrap()
        .execute_batch("CREATE TABLE mine (x)")
        .unwrap();
    assert_not_sent(&setup, "not a ledger");

    let setup = Setup::new();
    open(&setup.ledger());
    Connection::open(setup.path())
        .unwrap()
        .execute_batch("PRAGMA user_version = 5")
        .unwrap();
    assert_not_sent(&setup, "newer version");

    let setup = Setup::new();
    std::fs::create_dir(setup.path()).unwrap();
    assert_not_sent(&setup, "payouts.sqlite");

    let setup = Setup::new();
    let missing = Ledger::new(setup.folder.path().join("missing/payouts.sqlite")).unwrap();
    let client = sha1_builder(&setup.sandbox)
        .ledger(missing)
        .build()
        .unwrap();
    let error = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ledger);
    assert!(
        error.message().contains("No such file or directory"),
        "{error}"
    );
    assert!(setup.sandbox.log().is_empty());
}

#[cfg(unix)]
#[test]
fn nothing_is_sent_when_the_path_is_a_loop_of_links() {
    let setup = Setup::new();
    std::os::unix::fs::symlink(setup.path(), setup.path()).unwrap();
    assert_not_sent(&setup, "symbolic links");
}

#[test]
fn nothing_is_sent_when_the_file_in_use_has_another_version() {
    for (version, reason) in [
        (5, "newer version"),
        (3, "was replaced while it was in use"),
    ] {
        let setup = Setup::new();
        let client = setup.client();
        client.payouts().create(payout("B-1")).unwrap();
        let other = Connection::open(setup.path()).unwrap();
        let changed = format!("PRAGMA user_version = {version}");
        other.execute_batch(&changed).unwrap();
        let error = client.payouts().create(payout("B-2")).unwrap_err();
        assert_eq!(error.outcome(), Some(Outcome::NotSent));
        assert!(error.message().contains(reason), "{error}");
        assert_eq!(payout_count(&setup.sandbox, "B-2"), 0);
    }
}

#[test]
fn the_file_of_another_program_is_not_changed() {
    let setup = Setup::new();
    let other = Connection::open(setup.path()).unwrap();
    other.execute_batch("CREATE TABLE mine (x)").unwrap();
    drop(other);
    let before = std::fs::read(setup.path()).unwrap();
    setup.ledger().open().next().unwrap().unwrap_err();
    assert_eq!(std::fs::read(setup.path()).unwrap(), before);
}

#[test]
fn the_process_that_creates_the_file_is_awaited_within_the_deadline() {
    let setup = Setup::new();
    let first = Connection::open(setup.path()).unwrap();
    first.execute_batch("BEGIN IMMEDIATE").unwrap();
    let options = CallOptions::default().deadline(Duration::from_millis(300));
    let started = Instant::now();
    let result = setup
        .client()
        .with_options(options)
        .payouts()
        .create(payout("B-1"));
    assert_eq!(result.unwrap_err().outcome(), Some(Outcome::NotSent));
    assert!(started.elapsed() < Duration::from_secs(2));

    let ledger = setup.ledger();
    let second = std::thread::spawn(move || ledger.open().next());
    std::thread::sleep(Duration::from_millis(100));
    first.execute_batch("ROLLBACK").unwrap();
    assert!(second.join().unwrap().is_none());
}

/// SQLite does not wait itself for the lock to begin the log.
#[test]
fn a_writer_of_a_file_without_a_log_is_awaited_within_the_deadline() {
    let setup = Setup::new();
    open(&setup.ledger());
    let writer = Connection::open(setup.path()).unwrap();
    writer
        .execute_batch("PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE")
        .unwrap();
    let options = CallOptions::default().deadline(Duration::from_millis(300));
    let client = setup.client().with_options(options);
    let error = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert!(error.message().contains("locked"), "{error}");

    let ledger = setup.ledger();
    let second = std::thread::spawn(move || ledger.open().next());
    std::thread::sleep(Duration::from_millis(100));
    writer.execute_batch("COMMIT").unwrap();
    assert!(second.join().unwrap().is_none());
}

#[test]
fn nothing_is_sent_when_a_table_is_corrupt() {
    let setup = Setup::new();
    setup.client().payouts().create(payout("B-0")).unwrap();
    setup.sandbox.clear_log();
    let file = Connection::open(setup.path()).unwrap();
    file.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
        .unwrap();
    drop(file);
    let mut bytes = std::fs::read(setup.path()).unwrap();
    bytes[4096..].fill(0xA5);
    std::fs::write(setup.path(), bytes).unwrap();
    assert_not_sent(&setup, "malformed");
}

#[test]
fn nothing_is_sent_when_the_file_is_locked_until_the_deadline() {
    let setup = Setup::new();
    open(&setup.ledger());
    let locker = Connection::open(setup.path()).unwrap();
    locker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let options = CallOptions::default().deadline(Duration::from_millis(300));
    let started = Instant::now();
    let error = setup
        .client()
        .with_options(options)
        .payouts()
        .create(payout("B-1"))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ledger);
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(setup.sandbox.log().is_empty());
    locker.execute_batch("ROLLBACK").unwrap();
    setup.client().payouts().create(payout("B-1")).unwrap();
}

#[test]
fn a_response_is_returned_when_it_cannot_be_recorded() {
    let setup = Setup::new();
    let client = setup.client();
    setup.sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    std::thread::scope(|scope| {
        let create = scope.spawn(|| client.payouts().create(payout("B-1")));
        wait_until(|| !setup.sandbox.log().is_empty());
        let other = Connection::open(setup.path()).unwrap();
        other
            .execute_batch("ALTER TABLE creates RENAME TO lost")
            .unwrap();
        assert_eq!(create.join().unwrap().unwrap().id, 100_000_537);
        other
            .execute_batch("ALTER TABLE lost RENAME TO creates")
            .unwrap();
    });
    assert_eq!(setup.state(), "sending");
    let notices = client.take_notices();
    assert!(
        notices.iter().any(|notice| notice.contains("stays open")),
        "{notices:?}"
    );
    assert!(!notices.concat().contains("4111"));

    let row = client.ledger().unwrap().get("payouts.create", "B-1");
    let row = row.unwrap().unwrap();
    let state = (row.state, row.id);
    assert_eq!(
        state,
        (LedgerState::Accepted, Some(100_000_537)),
        "it is written later"
    );
}

#[test]
fn the_write_ahead_log_stays_short_after_many_creates() {
    const MAX_LENGTH: u64 = 1024 * 1024;
    let setup = Setup::new();
    let unreachable = setup.unreachable_client();
    for number in 0..200 {
        let order_id = format!("B-{number}");
        unreachable.payouts().create(payout(&order_id)).unwrap_err();
    }
    let log = setup.folder.path().join("payouts.sqlite-wal");
    let length = std::fs::metadata(log).map_or(0, |log| log.len());
    assert!(length < MAX_LENGTH, "{length} bytes");
}

#[test]
fn the_file_is_private_and_has_no_card_number() {
    let setup = Setup::new();
    setup.client().payouts().create(payout("B-1")).unwrap();
    for file in std::fs::read_dir(setup.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("4111111111111111"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(setup.path())
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
