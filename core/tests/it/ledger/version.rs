//! A ledger that the first version of the library made is brought up to date.

use std::time::{SystemTime, UNIX_EPOCH};

use alikassa::{Ledger, LedgerRow, LedgerState, Limits, NoteResult};

use super::{Setup, changed, open};
use crate::fixture::payout;

/// A file with schema version 1, made by the first version of this library: one order in each
/// state.
const VERSION_1: &[u8] = include_bytes!("../data/ledger-1.sqlite");

const ACCOUNT: &str = "93d5df06-996c-48c3-9847-348d6b580b80";

fn row(ledger: &Ledger, order_id: &str) -> LedgerRow {
    ledger.get("payouts.create", order_id).unwrap().unwrap()
}

fn note(ledger: &Ledger, kind: &str, id: i64, order_id: &str, status: &str) -> NoteResult {
    let amount = if kind == "payment" { "7.00" } else { "5.00" };
    let text = format!(
        r#"{{"type":"{kind}","id":{id},"order_id":"{order_id}","payment_status":"{status}","amount":"{amount}","account":"{ACCOUNT}"}}"#
    );
    ledger.note_signed(text.as_bytes()).unwrap()
}

#[test]
fn the_rows_of_version_1_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    std::fs::write(&path, VERSION_1).unwrap();
    let ledger = Ledger::new(&path).unwrap();
    let states = [
        ("accepted", LedgerState::Accepted, Some(100_000_537)),
        ("not-sent", LedgerState::NotSent, None),
        ("paid", LedgerState::Accepted, Some(100_000_538)),
        ("rejected", LedgerState::Rejected, None),
        ("released", LedgerState::Released, None),
        ("sending", LedgerState::Sending, None),
        ("sent-again", LedgerState::Unknown, None),
        ("unknown", LedgerState::Unknown, None),
    ];
    for (order_id, state, id) in states {
        let row = row(&ledger, order_id);
        assert_eq!((row.state, row.id), (state, id), "{order_id}");
        assert_eq!(row.id_source, None, "version 1 does not say");
    }
    let reason = row(&ledger, "released").reason;
    assert_eq!(reason.as_deref(), Some("support: no such payout"));
    assert_eq!(changed(&ledger, 0).len(), 9);

    let seen = note(&ledger, "payment", 112_412_554, "payment", "wait");
    assert_eq!(seen, NoteResult::Seen);
    let other = note(&ledger, "payout", 888, "accepted", "fail");
    assert_eq!(other, NoteResult::Other);
    let unclear = note(&ledger, "payout", 888, "sent-again", "fail");
    assert_eq!(
        unclear,
        NoteResult::Other,
        "its release may have been early"
    );
    let own = note(&ledger, "payout", 888, "unknown", "paid");
    assert_eq!(own, NoteResult::New);
    assert_eq!(row(&ledger, "unknown").id_source.as_deref(), Some("match"));
}

#[test]
fn threads_bring_the_file_up_to_date_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    std::fs::write(&path, VERSION_1).unwrap();
    std::thread::scope(|scope| {
        let open = || open(&Ledger::new(&path).unwrap()).len();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), 5);
        }
    });
    let file = rusqlite::Connection::open(&path).unwrap();
    let version = file.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    assert_eq!(version.unwrap(), 4);
}

#[test]
fn the_attempts_of_version_1_count_on_the_day_of_their_row() {
    let setup = Setup::new();
    std::fs::write(setup.path(), VERSION_1).unwrap();
    let file = rusqlite::Connection::open(setup.path()).unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let today = format!("UPDATE creates SET created_ms = {}", now.as_millis());
    file.execute_batch(&today).unwrap();
    drop(file);
    let limited = |count| {
        let limits = Limits::new().max_count_per_day(count);
        let client = setup.builder().limits("payouts.create", limits).build();
        client.unwrap().payouts().create(payout("B-1"))
    };
    // Not those that are not sent and rejected.
    assert_eq!(limited(6).unwrap_err().reason(), Some("max_count_per_day"));
    limited(7).unwrap();
}

/// What version 4 added.
const TO_VERSION_3: &str = "
    DROP INDEX events_of_day;
    ALTER TABLE events DROP COLUMN counts;
    ALTER TABLE events DROP COLUMN began_ms;
    ALTER TABLE events DROP COLUMN amount;
    ALTER TABLE events DROP COLUMN support;
    PRAGMA user_version = 3;";

#[test]
fn the_attempts_of_version_3_count_on_their_day() {
    let setup = Setup::new();
    let client = setup.client();
    for order_id in ["B-1", "B-2"] {
        client.payouts().create(payout(order_id)).unwrap();
    }
    let unreachable = setup.unreachable_client();
    unreachable.payouts().create(payout("B-3")).unwrap_err();
    unreachable.payouts().create(payout("B-4")).unwrap_err();
    client.payouts().create(payout("B-4")).unwrap();
    client.close();
    let file = rusqlite::Connection::open(setup.path()).unwrap();
    let counted = "SELECT group_concat(concat_ws(' ', number, counts, began_ms, amount)) FROM events WHERE counts <> 0";
    let read = || {
        file.query_row(counted, [], |row| row.get::<_, String>(0))
            .unwrap()
    };
    let before = read();
    file.execute_batch(TO_VERSION_3).unwrap();
    let limits = |sum: &str| Limits::new().max_per_day(sum);
    let limited = |sum| {
        setup
            .builder()
            .limits("payouts.create", limits(sum))
            .build()
            .unwrap()
    };
    let refused = limited("19.99")
        .payouts()
        .create(payout("B-5"))
        .unwrap_err();
    assert_eq!(refused.reason(), Some("max_per_day"));
    assert_eq!(read(), before);
    limited("20.00").payouts().create(payout("B-5")).unwrap();
}
