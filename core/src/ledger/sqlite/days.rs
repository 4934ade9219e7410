//! What of a day is used. The sum of a day takes as long as the day has creates, so each process keeps
//! it, with the number of the last event in it, and adds the events after that one.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Row, named_params};

use crate::ledger::day_limit::Used;
use crate::ledger::zone::Zone;
use crate::types::amount::Amount;
use crate::types::ledger_row::LedgerRow;

/// The limit of days that a process keeps: of many accounts, it sums the others again.
const MAX_DAYS: usize = 1024;

/// The day of an operation and account that starts at this time.
#[derive(Clone, Eq, Hash, PartialEq)]
struct Day {
    account: String,
    operation: String,
    start_ms: i64,
    end_ms: i64,
}

impl Day {
    fn new(account: &str, operation: &str, zone: &Zone, now_ms: i64) -> Self {
        let (start_ms, end_ms) = zone.day(now_ms);
        Self {
            account: account.to_owned(),
            operation: operation.to_owned(),
            start_ms,
            end_ms,
        }
    }
}

/// What was used after the events up to this number.
#[derive(Clone, Copy, Default)]
struct Tally {
    used: Used,
    last_number: i64,
}

/// The days that a process has summed, from committed events alone.
#[derive(Default)]
pub(super) struct Days(Mutex<HashMap<Day, Tally>>);

impl Days {
    /// What of the day of this time is used, before this transaction writes anything.
    fn used(&self, connection: &Connection, day: &Day) -> rusqlite::Result<Used> {
        let sql = "SELECT coalesce(max(number), 0) FROM events";
        let last_number = connection.query_row(sql, [], |row| row.get(0))?;
        let known = self.lock().get(day).copied();
        let tally = match known {
            // A file that was put back has fewer events.
            Some(known) if known.last_number <= last_number => Tally {
                used: added(known.used, connection, day, Some(known.last_number))?,
                last_number,
            },
            _ => Tally {
                used: added(Used::default(), connection, day, None)?,
                last_number,
            },
        };
        let mut days = self.lock();
        if days.len() >= MAX_DAYS {
            days.clear();
        }
        // Another day of the same creates is over, or has not begun.
        days.retain(|other, _| {
            let is_same = other.account == day.account && other.operation == day.operation;
            !is_same || other.end_ms > day.start_ms
        });
        days.insert(day.clone(), tally);
        Ok(tally.used)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Day, Tally>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds the events of the day, all or those after a number.
fn added(
    mut used: Used,
    connection: &Connection,
    day: &Day,
    after: Option<i64>,
) -> rusqlite::Result<Used> {
    // With a plus, SQLite reads the newest events instead of the index of the whole day.
    let sql = match after {
        None => {
            "SELECT counts, amount FROM events WHERE account = :account
             AND operation = :operation AND counts <> 0
             AND began_ms >= :start AND began_ms < :end AND number > :after"
        }
        Some(_) => {
            "SELECT counts, amount FROM events WHERE +account = :account
             AND +operation = :operation AND +counts <> 0
             AND +began_ms >= :start AND +began_ms < :end AND number > :after"
        }
    };
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(named_params! {
        ":account": day.account, ":operation": day.operation, ":start": day.start_ms,
        ":end": day.end_ms, ":after": after.unwrap_or(0),
    })?;
    while let Some(row) = rows.next()? {
        let (counts, amount) = read(row)?;
        used.add(counts, amount.as_ref());
    }
    Ok(used)
}

fn read(row: &Row<'_>) -> rusqlite::Result<(i64, Option<Amount>)> {
    let amount: Option<String> = row.get(1)?;
    Ok((row.get(0)?, amount.and_then(|amount| amount.parse().ok())))
}

/// The days that one transaction needs. It reads them before it writes, and then adds its own
/// creates.
pub(super) struct Today<'a> {
    days: &'a Days,
    used: HashMap<Day, Used>,
    now_ms: i64,
}

impl<'a> Today<'a> {
    pub(super) fn new(days: &'a Days, now_ms: i64) -> Self {
        Self {
            days,
            used: HashMap::new(),
            now_ms,
        }
    }

    /// What is used of today, with the creates that were added.
    pub(super) fn used(
        &mut self,
        connection: &Connection,
        account: &str,
        operation: &str,
        zone: &Zone,
    ) -> rusqlite::Result<Used> {
        let day = Day::new(account, operation, zone, self.now_ms);
        if let Some(used) = self.used.get(&day) {
            return Ok(*used);
        }
        let used = self.days.used(connection, &day)?;
        self.used.insert(day, used);
        Ok(used)
    }

    /// Adds a create of this transaction.
    pub(super) fn add(&mut self, row: &LedgerRow) {
        for (day, used) in &mut self.used {
            if day.account == row.account && day.operation == row.operation {
                used.add(1, row.amount.as_ref());
            }
        }
    }
}
