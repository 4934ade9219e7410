//! Whether the database can keep a ledger.

use std::sync::Arc;

use super::database::{Connections, Facts, IfUnclear, Postgresql};
use super::schema::VERSION;
use super::sql::Sql;
use crate::error::Result;
use crate::ledger::lock::now_ms;
use crate::postgresql::Row;

/// How far the clocks may differ before the operator is told, in milliseconds.
const MAX_CLOCK_DIFFERENCE: u64 = 5000;

/// Why creates cannot be recorded on a standby.
pub(super) const ONLY_READS: &str = "this server only reads, because it is a standby: write the hosts of all servers and target_session_attrs=read-write";

/// Checks that the ledger can be used, and records where it is if nobody did.
pub(super) fn facts(connections: &mut Connections<'_>) -> Result<Facts> {
    let store = connections.store();
    let sql = Sql::new(&store.schema, false);
    let answer = connections.run(&sql.facts(), &[], IfUnclear::Repeat)?;
    let row = answer.rows.first();
    let fact = |position| row.and_then(|row| row.get(position));
    let number = |position| fact(position).and_then(|text: &str| text.parse::<i64>().ok());
    match (number(0), number(1)) {
        (Some(version), _) if version < VERSION => {
            return Err(store.failed(
                "the schema is that of an older version of the library: run the SQL of schema_sql",
            ));
        }
        (Some(_), Some(readable_from)) if readable_from <= VERSION => {}
        _ => return Err(store.failed("the schema is that of a newer version of the library")),
    }
    let sql = Sql::new(&store.schema, fact(2) == Some("t"));
    if fact(3) == Some("0") {
        connections.run(&sql.record_place(), &[], IfUnclear::Repeat)?;
    }
    Ok(Facts { sql: Arc::new(sql) })
}

/// The columns of [`Sql::check`] behind those of the fence.
const FSYNC: usize = 7;
const FULL_PAGE_WRITES: usize = 8;
const STANDBYS: usize = 9;
const SYNCHRONOUS: usize = 10;
const NOW: usize = 11;
const MISSING_RIGHTS: usize = 12;

/// What the operator should know, or why creates cannot be recorded.
pub(super) fn warnings(store: &Postgresql, row: &Row) -> Result<Vec<String>> {
    if row.get(0) != Some("t") {
        return Err(store.failed(&moved(row)));
    }
    if let Some(rights) = row.get(MISSING_RIGHTS) {
        return Err(store.failed(&format!("the user lacks rights: {rights}")));
    }
    for (position, name) in [(FSYNC, "fsync"), (FULL_PAGE_WRITES, "full_page_writes")] {
        if row.get(position) != Some("on") {
            let reason =
                "is off: a crash of the server can lose orders that were sent; switch it on";
            return Err(store.failed(&format!("{name} {reason}")));
        }
    }
    let mut warnings = store.pool.get().target().notices().to_vec();
    if row.get(STANDBYS) != Some("0") && row.get(SYNCHRONOUS) == Some("") {
        warnings.push("there are standbys, but synchronous_standby_names is empty: after a failover the newest orders can be missing".to_owned());
    }
    if row.get(3) == Some("?") {
        warnings.push("the user may not run pg_control_system(): a restore into another cluster is not recognised".to_owned());
    }
    let now = row.get(NOW).and_then(|now| now.parse::<i64>().ok());
    let difference = now.map_or(0, |now| now.abs_diff(now_ms()));
    if difference > MAX_CLOCK_DIFFERENCE {
        warnings.push(format!(
            "the clock of the database and that of this machine differ by {} s",
            difference / 1000
        ));
    }
    Ok(warnings)
}

/// Why creates are blocked in this place of the database.
pub(super) fn moved(fence: &Row) -> String {
    let differs = |now, known| fence.get(now) != fence.get(known);
    let is_known = |position| fence.get(position) != Some("?");
    let what = if differs(3, 4) && is_known(3) && is_known(4) {
        "it was copied or restored into another PostgreSQL cluster"
    } else if differs(5, 6) {
        "it was copied into another database"
    } else {
        "a standby was promoted, or it was restored to an earlier time"
    };
    format!(
        "{what}, so it may lack the newest orders: reconcile, check the payouts made since, then call resume"
    )
}
