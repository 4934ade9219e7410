//! Recording creates before they are sent.

use std::collections::HashMap;

use serde_json::Value;

use super::check::moved;
use super::claims::Claim;
use super::database::{Failed, IfUnclear};
use super::limit_sql::{ISOLATION, LOCK};
use super::rows::{change_json, starts};
use super::session::PostgresqlSession;
use crate::crypto::random::random_id;
use crate::error::{Error, Result};
use crate::ledger::day_limit::{DayLimit, Used};
use crate::ledger::entry::{Key, Stored};
use crate::ledger::store::{Begin, Begun, Change};
use crate::postgresql::{Answer, Statement};
use crate::types::amount::Amount;
use crate::types::ledger_state::LedgerState;

/// The columns of the fence in the answer of a begin.
const FENCE_COLUMNS: usize = 7;

/// Where what is used of a day is in the answer of a begin with limits.
const USED: usize = FENCE_COLUMNS + 4;

impl PostgresqlSession<'_> {
    pub(super) fn begin_all(&mut self, begins: &[Begin]) -> Result<Vec<Begun>> {
        // Several with limits would each be compared with the day without the others.
        let groups =
            begins.chunk_by(|one, next| one.day_limit.is_none() && next.day_limit.is_none());
        let mut begun = Vec::new();
        for group in groups {
            let claims: Vec<String> = group.iter().map(|_| random_id()).collect::<Result<_>>()?;
            let changes: Vec<Change> = group.iter().map(|begin| begin.change.clone()).collect();
            let limit = group.first().and_then(|begin| begin.day_limit.as_deref());
            let group = self.begin_once(&changes, limit, &claims);
            begun.extend(group.map_err(|failed| self.claim(&changes, &claims, failed))?);
        }
        Ok(begun)
    }

    /// Runs the statement that writes the rows. One with limits waits for those of other processes,
    /// so that each is compared with a day that has the others.
    fn begin_statement(
        &mut self,
        changes: &[Change],
        limit: Option<&DayLimit>,
        rows: &str,
    ) -> std::result::Result<Answer, Failed> {
        let wait = self.lock_timeout();
        let (Some(limit), [change, ..]) = (limit, changes) else {
            let are_first = changes.iter().all(|change| change.before.is_none());
            let sql = self.sql.begin(are_first);
            let parameters = [Some(rows), Some(wait.as_str())];
            return self.connections.run(&sql, &parameters, IfUnclear::Repeat);
        };
        let (row, sql) = (&change.row, self.sql.begin_limited());
        let name = self.sql.lock_name(&row.account, &row.operation);
        let starts = starts(&limit.zone);
        let max_count = limit.max_count.map(|max| max.to_string());
        let isolation = Statement {
            sql: ISOLATION,
            parameters: &[],
        };
        let lock = Statement {
            sql: LOCK,
            parameters: &[Some(&wait), Some(&name)],
        };
        let begin = Statement {
            sql: &sql,
            parameters: &[
                Some(rows),
                Some(&wait),
                Some(&starts),
                limit.max_amount.as_ref().map(Amount::as_str),
                max_count.as_deref(),
            ],
        };
        self.connections
            .run_after(&[isolation, lock], begin, IfUnclear::Repeat)
    }

    /// What of the day is used, if the limits of the create's day refused it.
    fn refused(&self, answer: &Answer) -> std::result::Result<Option<Used>, Error> {
        let column = |position| answer.rows.first().and_then(|row| row.get(USED + position));
        if column(3) == Some("t") {
            return Ok(None);
        }
        self.used_of(column(0), column(1), column(2)).map(Some)
    }

    fn begin_once(
        &mut self,
        changes: &[Change],
        limit: Option<&DayLimit>,
        claims: &[String],
    ) -> std::result::Result<Vec<Begun>, Failed> {
        let rows = changes.iter().zip(claims);
        let rows = rows.map(|(change, claim)| change_json(change, Some(claim)));
        let rows = Value::Array(rows.collect()).to_string();
        let answer = self.begin_statement(changes, limit, &rows)?;
        let fence = answer
            .rows
            .first()
            .filter(|fence| fence.get(0) == Some("t"));
        if fence.is_none() {
            let reason = answer.rows.first().map(moved);
            let error =
                reason.map_or_else(|| self.unexpected(), |reason| self.store().failed(&reason));
            return Err(Failed {
                error,
                is_unclear: false,
            });
        }
        let refused = match limit {
            Some(limit) => self
                .refused(&answer)
                .map_err(Failed::unclear)?
                .map(|used| (limit, used)),
            None => None,
        };
        // An earlier run of the statement may have had its effect.
        let written = self
            .written(&answer, FENCE_COLUMNS)
            .map_err(Failed::unclear)?;
        let keys: Vec<Key> = changes.iter().map(|change| Key::of(&change.row)).collect();
        let others = keys.iter().filter(|key| !written.contains_key(key));
        let others: Vec<Key> = others.cloned().collect();
        let others = match others.as_slice() {
            [] => HashMap::new(),
            others => self
                .others(others, changes, claims, &rows)
                .map_err(Failed::unclear)?,
        };
        let begun = changes.iter().zip(claims).zip(&keys);
        begun
            .map(|((change, claim), key)| {
                if let Some(time) = written.get(key) {
                    return Ok(Begun::Stored(change.stored(*time)));
                }
                let other = others.get(key);
                let is_own = other.is_some_and(|(stored, other)| {
                    other.as_ref() == Some(claim) && stored.row.state == LedgerState::Sending
                });
                let known = change.before.map(|before| before.revision);
                match (other, refused) {
                    (Some((stored, _)), _) if is_own => Ok(Begun::Stored(stored.clone())),
                    // The row is still the one to replace, or there is none.
                    (other, Some((limit, used)))
                        if other.map(|(stored, _)| stored.revision) == known =>
                    {
                        let refused = limit.check(used, change.row.amount.as_ref());
                        let error = refused.err().unwrap_or_else(|| self.unexpected());
                        Ok(Begun::Refused(error))
                    }
                    (Some((stored, _)), _) => Ok(Begun::Exists(stored.clone())),
                    (None, _) => Err(Failed::unclear(
                        self.store().failed("the row could not be read"),
                    )),
                }
            })
            .collect()
    }

    /// Remembers creates whose begin is unclear.
    fn claim(&self, changes: &[Change], claims: &[String], failed: Failed) -> Error {
        if failed.is_unclear {
            let unclear = changes.iter().zip(claims).map(|(change, claim)| {
                let mut not_sent = change.clone();
                not_sent.row.state = LedgerState::NotSent;
                if let Some(before) = &mut not_sent.before {
                    before.state = LedgerState::Sending;
                }
                not_sent.reason = Some(failed.error.code().to_owned());
                Claim {
                    row: change_json(&not_sent, Some(claim)),
                    revision: change.before.map(|before| before.revision),
                }
            });
            self.store().claims.get().add(unclear);
        }
        failed.error
    }

    /// The rows that a begin did not write. Those that an earlier run of it wrote are made durable
    /// first: it may have ended before a standby had them.
    fn others(
        &mut self,
        keys: &[Key],
        changes: &[Change],
        claims: &[String],
        rows: &str,
    ) -> Result<HashMap<Key, (Stored, Option<String>)>> {
        let found = self.find_with_claims(keys)?;
        let is_own = |(change, claim): (&Change, &String)| {
            let found = found.get(&Key::of(&change.row));
            found.is_some_and(|(_, other)| other.as_ref() == Some(claim))
        };
        if changes.iter().zip(claims).any(is_own) {
            let (sql, limit) = (self.sql.confirm(), self.lock_timeout());
            self.run(&sql, &[Some(rows), Some(&limit)], IfUnclear::Repeat)?;
        }
        Ok(found)
    }
}
