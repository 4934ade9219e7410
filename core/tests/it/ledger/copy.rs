//! The ledger's three files: moved into one at the end, copied by backup, and never separated
//! without being noticed where that is possible.

use std::path::{Path, PathBuf};
use std::process::Command;

use alikassa::{Error, ErrorKind, Ledger, LedgerState, Outcome};
use alikassa_sandbox::{Settle, Status};

use super::{Setup, changed, open};
use crate::fixture::{self, payout, sha1_builder};

fn companion(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.to_path_buf().into_os_string();
    path.push(ending);
    path.into()
}

/// The length of the log next to the file.
fn log_length(path: &Path) -> u64 {
    std::fs::metadata(companion(path, "-wal")).map_or(0, |log| log.len())
}

fn assert_refused(error: &Error, message: &str) {
    assert_eq!(error.kind(), ErrorKind::Ledger, "{error:?}");
    assert!(error.message().contains(message), "{error}");
}

/// Whether the ledger in a copy of the one file knows the order.
fn copy_knows(setup: &Setup, order_id: &str) -> bool {
    let copy = setup.folder.path().join("copied.sqlite");
    std::fs::copy(setup.path(), &copy).unwrap();
    let row = Ledger::new(&copy).unwrap().get("payouts.create", order_id);
    row.is_ok_and(|row| row.is_some())
}

#[test]
fn a_closed_client_leaves_one_file_with_every_row() {
    let setup = Setup::new();
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    assert!(log_length(&setup.path()) > 0, "the rows are in the log");
    assert!(!copy_knows(&setup, "B-1"));
    client.close();
    assert_eq!(log_length(&setup.path()), 0);
    assert!(copy_knows(&setup, "B-1"));
}

#[test]
fn a_dropped_client_leaves_one_file_too() {
    let setup = Setup::new();
    setup.client().payouts().create(payout("B-1")).unwrap();
    assert_eq!(log_length(&setup.path()), 0);
    assert!(copy_knows(&setup, "B-1"));
}

/// In a process that [`the_end_of_a_program_leaves_one_file`] started, because it concerns every
/// ledger of a process.
#[test]
fn child_process() {
    let Ok(path) = std::env::var("LEDGER_TEST_CHECKPOINT") else {
        return;
    };
    let ledger = Ledger::new(&path).unwrap();
    let _newer = Ledger::new(Path::new(&path).with_extension("newer")).unwrap();
    let event = br#"{"type":"payout","id":7,"payment_status":"wait","account":"a"}"#;
    ledger.note_signed(event).unwrap();
    assert!(log_length(Path::new(&path)) > 0);
    alikassa::binding::checkpoint_all();
    assert_eq!(log_length(Path::new(&path)), 0);
    // Without dropping the ledger.
    std::process::exit(0);
}

#[test]
fn the_end_of_a_program_leaves_one_file() {
    let setup = Setup::new();
    let mut child = fixture::child_process(module_path!());
    child.env("LEDGER_TEST_CHECKPOINT", setup.path());
    assert!(child.status().unwrap().success());
    assert_eq!(log_length(&setup.path()), 0);
}

#[test]
fn closing_does_not_wait_for_another_process() {
    let setup = Setup::new();
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    let other = rusqlite::Connection::open(setup.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = std::time::Instant::now();
    client.close();
    assert!(started.elapsed() < std::time::Duration::from_secs(3));
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    assert!(copy_knows(&setup, "B-1"), "the last one moves the log");
}

#[test]
fn a_copy_without_its_log_and_tables_is_refused() {
    let setup = Setup::new();
    let file = rusqlite::Connection::open(setup.path()).unwrap();
    file.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    drop(file);
    let error = setup.client().payouts().create(payout("B-1")).unwrap_err();
    assert_refused(&error, "without its -wal file");
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert!(setup.sandbox.log().is_empty());
}

#[test]
fn a_file_that_vanished_or_was_replaced_is_refused() {
    let setup = Setup::new();
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    let moved = setup.folder.path().join("moved.sqlite");
    for ending in ["", "-wal", "-shm"] {
        _ = std::fs::rename(companion(&setup.path(), ending), companion(&moved, ending));
    }
    let error = client.payouts().create(payout("B-2")).unwrap_err();
    assert_refused(&error, "removed");
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert!(!setup.path().exists(), "no new ledger in its place");

    open(&setup.ledger());
    let error = client.payouts().create(payout("B-2")).unwrap_err();
    assert_refused(&error, "replaced");
    assert_eq!(fixture::request_count(&setup.sandbox, "/v1/payout"), 1);

    setup.client().payouts().create(payout("B-2")).unwrap();
}

/// The file system may give a new file the number of the old one, here by writing into it.
#[test]
fn another_ledger_in_the_same_place_is_refused() {
    let setup = Setup::new();
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    let other = setup.folder.path().join("other.sqlite");
    open(&Ledger::new(&other).unwrap());
    for ending in ["-wal", "-shm"] {
        _ = std::fs::remove_file(companion(&setup.path(), ending));
    }
    std::fs::copy(&other, setup.path()).unwrap();
    let error = client.payouts().create(payout("B-1")).unwrap_err();
    assert_refused(&error, "replaced");
    assert_eq!(fixture::request_count(&setup.sandbox, "/v1/payout"), 1);
}

#[test]
fn a_log_without_its_file_is_kept() {
    let setup = Setup::new();
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    let log = std::fs::read(companion(&setup.path(), "-wal")).unwrap();
    client.close();
    std::fs::remove_file(setup.path()).unwrap();
    std::fs::write(companion(&setup.path(), "-wal"), &log).unwrap();
    let error = setup.client().payouts().create(payout("B-1")).unwrap_err();
    assert_refused(&error, "-wal file has rows");
    assert_eq!(log_length(&setup.path()), log.len() as u64);
    assert!(!setup.path().exists());
    std::fs::write(companion(&setup.path(), "-wal"), "").unwrap();
    assert!(open(&setup.ledger()).is_empty());
}

#[test]
fn an_idle_connection_does_not_keep_the_log() {
    let setup = Setup::new();
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    let other = rusqlite::Connection::open(setup.path()).unwrap();
    let rows = other.query_row("SELECT count(*) FROM creates", [], |row| {
        row.get::<_, i64>(0)
    });
    assert_eq!(rows.unwrap(), 1);
    client.close();
    assert_eq!(log_length(&setup.path()), 0);
}

#[cfg(unix)]
#[test]
fn the_files_stay_together_behind_a_symbolic_link() {
    let setup = Setup::new();
    let (data, link) = (
        setup.folder.path().join("data"),
        setup.folder.path().join("link.sqlite"),
    );
    std::fs::create_dir(&data).unwrap();
    std::os::unix::fs::symlink("data/real.sqlite", &link).unwrap();
    let real = data.join("real.sqlite");
    let ledger = Ledger::new(&link).unwrap();
    assert_eq!(ledger.location(), link.to_str().unwrap());
    let client = sha1_builder(&setup.sandbox)
        .ledger(ledger)
        .base_url("http://127.0.0.1:1");
    let client = client.max_retries(0).build().unwrap();
    for number in 0..200 {
        let order_id = format!("B-{number}");
        client.payouts().create(payout(&order_id)).unwrap_err();
    }
    assert!(log_length(&real) > 0);
    assert!(log_length(&real) < 1024 * 1024, "{}", log_length(&real));
    assert_eq!(log_length(&link), 0);

    // The rows stay where they are if the link changes under a living client.
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("elsewhere.sqlite", &link).unwrap();
    client.payouts().create(payout("B-200")).unwrap_err();
    client.close();
    let rows = changed(&Ledger::new(&real).unwrap(), 0);
    assert_eq!(rows.len(), 201);
}

#[cfg(unix)]
#[test]
fn a_file_with_several_names_is_one_notice() {
    let setup = Setup::new();
    open(&setup.ledger());
    std::fs::hard_link(setup.path(), setup.folder.path().join("linked.sqlite")).unwrap();
    let client = setup.client();
    let notices = client.take_notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices[0].contains("hard links"), "{notices:?}");
    client.payouts().create(payout("B-1")).unwrap();
    assert_eq!(client.take_notices(), [""; 0]);
}

/// In a process that [`a_file_that_is_a_mount_point_is_refused`] started.
#[test]
fn mounted_child() {
    if let Ok(path) = std::env::var("LEDGER_TEST_MOUNTED") {
        let error = Ledger::new(path)
            .unwrap()
            .open()
            .next()
            .unwrap()
            .unwrap_err();
        assert_refused(&error, "mount its folder");
    }
}

/// Two containers that mount the one file have a log each, and both send an order.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_a_mount_point_is_refused() {
    let setup = Setup::new();
    open(&setup.ledger());
    let mounted = setup.folder.path().join("mounted.sqlite");
    std::fs::write(&mounted, "").unwrap();
    let child = fixture::child_process(&module_path!().replace("copy", "copy"));
    let script = r#"mount --bind "$1" "$2" && exec "$3" --exact ledger::copy::mounted_child"#;
    let output = Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            script,
            "sh",
        ])
        .args([setup.path(), mounted.clone()])
        .arg(child.get_program())
        .env("LEDGER_TEST_MOUNTED", &mounted)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("1 passed"), "{text}{errors}");
    assert_eq!(open(&setup.ledger()), [], "the file itself is fine");
}

#[test]
fn a_restored_copy_refuses_creates_until_resume() {
    let setup = Setup::new();
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    let copy = setup.folder.path().join("copy.sqlite");
    setup.ledger().backup(&copy).unwrap();
    let error = setup.ledger().backup(&copy).unwrap_err();
    assert_eq!(error.field(), Some("path"));
    assert_eq!(log_length(&copy), 0, "the copy is one file");
    client.payouts().create(payout("B-2")).unwrap();
    client.close();

    for ending in ["", "-wal", "-shm"] {
        _ = std::fs::remove_file(companion(&setup.path(), ending));
    }
    std::fs::rename(&copy, setup.path()).unwrap();
    let client = setup.client();
    for order_id in ["B-1", "B-2", "B-3"] {
        let error = client.payouts().create(payout(order_id)).unwrap_err();
        assert_refused(&error, "resume");
        assert_eq!(error.outcome(), Some(Outcome::NotSent));
        assert!(
            error
                .hint()
                .unwrap()
                .contains("whether an earlier call sent it")
        );
    }
    let paid = Settle::order_id("B-1", Status::Paid);
    setup.sandbox.settle(&paid).unwrap();
    let rows = client.reconcile().unwrap();
    assert_eq!(rows[0].payment_status.as_deref(), Some("paid"));
    assert_eq!(fixture::payout_count(&setup.sandbox, "B-2"), 1);

    let ledger = setup.ledger();
    assert_eq!(ledger.resume(" ").unwrap_err().field(), Some("reason"));
    ledger
        .resume("B-2 is known: checked in the cabinet")
        .unwrap();
    ledger.resume("again").unwrap();
    client.payouts().create(payout("B-3")).unwrap();
    assert_eq!(
        ledger.get("payouts.create", "B-3").unwrap().unwrap().state,
        LedgerState::Accepted
    );
}

#[test]
fn a_backup_of_an_unusable_ledger_leaves_nothing() {
    let setup = Setup::new();
    std::fs::write(setup.path(), [0xA5; 8192]).unwrap();
    let copy = setup.folder.path().join("copy.sqlite");
    assert_refused(&setup.ledger().backup(&copy).unwrap_err(), "not a database");
    assert!(!copy.exists());
    let error = setup.ledger().backup(copy.join("x")).unwrap_err();
    assert_eq!(error.field(), Some("path"));
}
