//! A ledger with many open rows: they are read in flat memory.

use std::fs;
use std::process::Stdio;

use alikassa::Ledger;

use super::{Setup, Store, test_on_each_store};
use crate::fixture::child_process as command;

test_on_each_store! { many_open_rows_are_read_in_flat_memory }

const ROWS: usize = 100_000;

/// Far less than the rows take.
const MAX_GROWTH_KB: u64 = 16 * 1024;

/// The most memory that this process had, in kB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

/// In a process of its own, whose memory is that of the rows: reads them all.
#[test]
fn child_process() {
    let Some(name) = std::env::var_os("MEMORY_TEST_NAME") else {
        return;
    };
    let before = peak();
    let ledger = Ledger::named(name).unwrap();
    assert_eq!(ledger.open().map(Result::unwrap).count(), ROWS);
    let growth = peak() - before;
    assert!(growth < MAX_GROWTH_KB, "{growth} kB");
    println!("all rows were read");
}

fn many_open_rows_are_read_in_flat_memory(store: Store) {
    let setup = Setup::on(store);
    assert_eq!(setup.ledger().open().count(), 0);
    let no_bytes = match store {
        Store::Sqlite => "x''",
        Store::Postgresql => "''",
    };
    setup.execute(&format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {ROWS})
         INSERT INTO creates (account, operation, order_id, state, attempt, amount, service, body_tag,
             created_ms, updated_ms)
         SELECT 'an-account', 'payouts.create', 'order-' || n, 'unknown', 1, '5.00',
             'payment_card_rub', {no_bytes}, n, n FROM numbers"
    ));
    let output = command(module_path!())
        .env("MEMORY_TEST_NAME", setup.name())
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains("all rows were read"), "{printed}");
}
