use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::error::ErrorKind;
use crate::ledger::day_limit::DayLimit;
use crate::ledger::lock::MAX_LOCK_WAIT;
use crate::ledger::sqlite::Sqlite;
use crate::ledger::zone::Zone;

const THREADS: usize = 64;
const CREATES: usize = 8;

#[test]
fn creates_at_once_have_their_own_results() {
    let (_folder, inner) = ledger();
    accept(&inner, "paid");
    let results = at_once(&inner, &["a", "b", "paid", "twice", "twice", "c"]);
    let refused = results.iter().filter_map(|(order, result)| {
        let error = result.as_ref().err()?;
        assert_eq!(error.kind(), ErrorKind::DuplicateOrder, "{error}");
        Some(*order)
    });
    assert_eq!(refused.collect::<Vec<_>>(), ["paid", "twice"]);
    let rows = ["a", "b", "c", "twice", "paid"].map(|order| state(&inner, order).unwrap());
    assert_eq!(rows[..4], [LedgerState::Sending; 4]);
    assert_eq!(rows[4], LedgerState::Accepted);
}

#[test]
fn outcomes_and_creates_at_once_are_recorded() {
    let (_folder, inner) = ledger();
    let begun = inner.begin(entry("ended"), soon()).unwrap();
    let held = inner.store.open(soon()).unwrap();
    std::thread::scope(|scope| {
        let ended = scope.spawn(|| inner.end(&begun, &accepted(7), soon()).unwrap());
        let created = scope.spawn(|| inner.begin(entry("begun"), soon()).unwrap());
        wait_for(&inner, 2);
        drop(held);
        let ended = ended.join().unwrap();
        let states = (LedgerState::Sending, LedgerState::Accepted);
        assert_eq!((ended.states, ended.learned), (Some(states), None));
        assert_eq!(created.join().unwrap().row.attempt, 1);
    });
    assert_eq!(state(&inner, "ended"), Some(LedgerState::Accepted));
    assert_eq!(state(&inner, "begun"), Some(LedgerState::Sending));
}

#[test]
fn a_create_that_waits_too_long_is_not_recorded() {
    let (_folder, inner) = ledger();
    let held = inner.store.open(soon()).unwrap();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| inner.begin(entry("first"), soon()));
        wait_for(&inner, 1);
        let short = LockDeadline::for_lock(Duration::from_millis(20));
        let late = inner.begin(entry("late"), short).unwrap_err();
        assert!(late.message().contains("another thread"), "{late}");
        drop(held);
        first.join().unwrap().unwrap();
    });
    assert_eq!(state(&inner, "late"), None);
    assert_eq!(state(&inner, "first"), Some(LedgerState::Sending));
}

#[test]
fn a_failed_commit_is_an_error_for_each_create_and_none_is_recorded() {
    let (folder, inner) = ledger();
    inner.begin(entry("before"), soon()).unwrap();
    let file = rusqlite::Connection::open(path(&folder)).unwrap();
    file.execute_batch(
        "CREATE TRIGGER refuse BEFORE INSERT ON events WHEN NEW.order_id = 'bad'
         BEGIN SELECT RAISE(ABORT, 'refused by the test'); END",
    )
    .unwrap();
    drop(file);
    for (order, result) in at_once(&inner, &["good", "bad", "other"]) {
        let error = result.unwrap_err();
        assert!(
            error.message().contains("refused by the test"),
            "{order}: {error}"
        );
        assert_eq!(state(&inner, order), None, "{order}");
    }
    inner.begin(entry("good"), soon()).unwrap();
}

#[test]
fn creates_of_a_group_see_those_before_them() {
    let (_folder, inner) = ledger();
    accept(&inner, "paid");
    let entries = [
        limited("a", 3),
        entry("b"),
        limited("paid", 1),
        limited("c", 3),
        limited("d", 3),
        entry("e"),
        limited("f", 5),
        Entry {
            key: Key {
                account: "another".to_owned(),
                ..limited("a", 1).key
            },
            ..limited("a", 1)
        },
    ];
    let mut session = inner.store.open(soon()).unwrap();
    let entries: Vec<&Entry> = entries.iter().collect();
    let results = inner.begin_all(&mut *session, &entries, soon());
    let results = results.iter().map(|result| result.as_ref().err());
    let kinds: Vec<_> = results.map(|error| error.map(Error::kind)).collect();
    let (guard, duplicate) = (Some(ErrorKind::Guard), Some(ErrorKind::DuplicateOrder));
    // "paid" is the first of the day, "a" the second and "b" the third.
    assert_eq!(
        kinds,
        [None, None, duplicate, guard, guard, None, None, None]
    );
}

#[test]
fn a_commit_that_fails_leaves_the_count_of_the_day() {
    let (folder, inner) = ledger();
    inner.begin(limited("before", 2), soon()).unwrap();
    let file = rusqlite::Connection::open(path(&folder)).unwrap();
    file.execute_batch(
        "CREATE TRIGGER refuse BEFORE INSERT ON events WHEN NEW.order_id = 'bad'
         BEGIN SELECT RAISE(ABORT, 'refused by the test'); END",
    )
    .unwrap();
    drop(file);
    for _ in 0..3 {
        let error = inner.begin(limited("bad", 2), soon()).unwrap_err();
        assert!(error.message().contains("refused by the test"), "{error}");
    }
    inner.begin(limited("good", 2), soon()).unwrap();
    let error = inner.begin(limited("late", 2), soon()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Guard);
}

fn limited(order_id: &str, max_count: i64) -> Entry {
    let limit = DayLimit {
        max_amount: None,
        max_count: Some(max_count),
        zone: Zone::named("UTC", "zone").unwrap(),
    };
    Entry {
        day_limit: Some(Arc::new(limit)),
        ..entry(order_id)
    }
}

/// 64 threads with 8 creates each: at least 8 creates share a wait for the disk, on average.
#[cfg(target_os = "linux")]
#[test]
fn creates_at_once_share_waits_for_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("slow_sync.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/data/slow_sync.c");
    let mut compiler = std::process::Command::new("cc");
    compiler
        .args(["-shared", "-fPIC", "-O1", source, "-ldl", "-o"])
        .arg(&library);
    assert!(compiler.status().unwrap().success());
    let syncs = |threads: usize, creates: usize| {
        let log = folder.path().join(format!("{threads}.log"));
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "ledger::creates::tests::child_process"])
            .env("LD_PRELOAD", &library)
            .env("SYNC_LOG", &log)
            .env("CREATES", format!("{threads} {creates}"))
            .output()
            .unwrap();
        assert!(child.status.success(), "{child:?}");
        usize::try_from(std::fs::metadata(log).unwrap().len()).unwrap()
    };
    let new_file = syncs(1, 0);
    let shared = syncs(THREADS, CREATES) - new_file;
    assert!(shared >= 1, "the preloaded library counts");
    assert!(shared * 8 <= THREADS * CREATES, "{shared} waits");
    let alone = syncs(2, 8) - new_file;
    assert!(alone * 8 > 2 * 8, "{alone} waits of two threads");
}

/// In a process of the test above: begins creates in several threads.
#[test]
fn child_process() {
    let Ok(numbers) = std::env::var("CREATES") else {
        return;
    };
    let (threads, creates) = numbers.split_once(' ').unwrap();
    let creates: usize = creates.parse().unwrap();
    let (_folder, inner) = ledger();
    drop(inner.open(soon()).unwrap());
    std::thread::scope(|scope| {
        for thread in 0..threads.parse().unwrap() {
            let inner = &inner;
            scope.spawn(move || {
                for n in 0..creates {
                    let long = LockDeadline::for_lock(Duration::from_secs(60));
                    inner.begin(entry(&format!("{thread}-{n}")), long).unwrap();
                }
            });
        }
    });
}

fn ledger() -> (TempDir, Inner) {
    let folder = tempfile::tempdir().unwrap();
    let inner = Inner::new(Box::new(Sqlite::new(path(&folder))));
    (folder, inner)
}

fn path(folder: &TempDir) -> std::path::PathBuf {
    Path::new(folder.path()).join("ledger.sqlite")
}

fn soon() -> LockDeadline {
    LockDeadline::for_lock(MAX_LOCK_WAIT)
}

fn entry(order_id: &str) -> Entry {
    Entry {
        key: Key {
            account: "account".to_owned(),
            operation: "payouts.create".to_owned(),
            order_id: order_id.to_owned(),
        },
        amount: Some("1.00".parse().unwrap()),
        service: None,
        body_tag: vec![1; 32],
        day_limit: None,
    }
}

fn accepted(id: i64) -> Completion {
    Completion::accepted(Some(id), Some("wait".to_owned()))
}

fn accept(inner: &Inner, order_id: &str) {
    let begun = inner.begin(entry(order_id), soon()).unwrap();
    inner.end(&begun, &accepted(1), soon()).unwrap();
}

fn state(inner: &Inner, order_id: &str) -> Option<LedgerState> {
    let row = inner.get(Some("account"), "payouts.create", order_id, soon());
    row.unwrap().map(|row| row.state)
}

/// Begins creates of these orders in threads of their own, all while the store is held.
fn at_once<'a>(inner: &Inner, orders: &[&'a str]) -> Vec<(&'a str, Result<Stored>)> {
    let held = inner.store.open(soon()).unwrap();
    std::thread::scope(|scope| {
        let begin = |order: &'a str| scope.spawn(move || inner.begin(entry(order), soon()));
        let threads: Vec<_> = orders.iter().map(|order| (*order, begin(order))).collect();
        wait_for(inner, orders.len());
        drop(held);
        let threads = threads.into_iter();
        threads
            .map(|(order, thread)| (order, thread.join().unwrap()))
            .collect()
    })
}

fn wait_for(inner: &Inner, operations: usize) {
    let start = std::time::Instant::now();
    while inner.queue.get().len() < operations {
        assert!(start.elapsed() < MAX_LOCK_WAIT, "the creates do not wait");
        std::thread::sleep(Duration::from_millis(1));
    }
}
