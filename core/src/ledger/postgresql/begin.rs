//! Recording creates before they are sent.

use std::collections::HashMap;

use serde_json::Value;

use super::check::moved;
use super::claims::Claim;
use super::database::{Failed, IfUnclear};
use super::rows::change_json;
use super::session::PostgresqlSession;
use crate::crypto::random::random_id;
use crate::error::{Error, Result};
use crate::ledger::entry::{Key, Stored};
use crate::ledger::store::{Begun, Change};
use crate::types::ledger_state::LedgerState;

/// The columns of the fence in the answer of a begin.
const FENCE_COLUMNS: usize = 7;

impl PostgresqlSession<'_> {
    pub(super) fn begin_all(&mut self, changes: &[Change]) -> Result<Vec<Begun>> {
        let claims: Vec<String> = changes.iter().map(|_| random_id()).collect::<Result<_>>()?;
        let begun = self.begin_once(changes, &claims);
        begun.map_err(|failed| self.claim(changes, &claims, failed))
    }

    fn begin_once(
        &mut self,
        changes: &[Change],
        claims: &[String],
    ) -> std::result::Result<Vec<Begun>, Failed> {
        let rows = changes.iter().zip(claims);
        let rows = rows.map(|(change, claim)| change_json(change, Some(claim)));
        let rows = Value::Array(rows.collect()).to_string();
        let are_first = changes.iter().all(|change| change.before.is_none());
        let (sql, limit) = (self.sql.begin(are_first), self.lock_timeout());
        let parameters = [Some(rows.as_str()), Some(limit.as_str())];
        let answer = self.connections.run(&sql, &parameters, IfUnclear::Repeat)?;
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
            .map(
                |((change, claim), key)| match (written.get(key), others.get(key)) {
                    (Some(time), _) => Ok(Begun::Stored(change.stored(*time))),
                    (None, Some((stored, other))) => {
                        Ok(begun_before(stored, other.as_deref(), claim))
                    }
                    (None, None) => Err(Failed::unclear(
                        self.store().failed("the row could not be read"),
                    )),
                },
            )
            .collect()
    }

    /// Remembers creates whose begin is unclear.
    fn claim(&self, changes: &[Change], claims: &[String], failed: Failed) -> Error {
        if failed.is_unclear {
            let unclear = changes.iter().zip(claims).map(|(change, claim)| {
                let mut not_sent = change.clone();
                not_sent.row.state = LedgerState::NotSent;
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

/// The row that a begin did not write. It did before, if the row has its claim.
fn begun_before(stored: &Stored, claim_of_row: Option<&str>, claim: &str) -> Begun {
    if claim_of_row == Some(claim) && stored.row.state == LedgerState::Sending {
        Begun::Stored(stored.clone())
    } else {
        Begun::Exists(stored.clone())
    }
}
