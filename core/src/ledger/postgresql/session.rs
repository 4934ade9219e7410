//! The operations of the ledger as statements.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use super::check::{self, ONLY_READS};
use super::database::{Connections, IfUnclear, Postgresql};
use super::rows::{
    TextColumns, Unexpected, change_json, event_json, key_json, noted_json, starts, stored_json,
};
use super::sql::Sql;
use super::take_back::take_back;
use crate::error::{Error, Result};
use crate::ledger::day_limit::Used;
use crate::ledger::entry::{Key, Stored};
use crate::ledger::lock::LockDeadline;
use crate::ledger::query::{COLUMNS, Columns as _, EventQuery, Parameter, Query, read, read_event};
use crate::ledger::store::{Begin, Begun, Change, Durability, Imported, Noted, Session};
use crate::ledger::zone::Zone;
use crate::postgresql::{Answer, Row};
use crate::types::ledger_event::LedgerEvent;
use crate::webhook::notification::Notification;

pub(super) struct PostgresqlSession<'a> {
    pub(super) connections: Connections<'a>,
    pub(super) sql: Arc<Sql>,
}

impl<'a> PostgresqlSession<'a> {
    pub(super) fn open(store: &'a Postgresql, deadline: LockDeadline) -> Result<Self> {
        let mut connections = Connections::new(store, deadline.instant());
        let known = store.facts.get();
        let sql = if let Some(facts) = known.get() {
            Arc::clone(&facts.sql)
        } else {
            let facts = check::facts(&mut connections)?;
            Arc::clone(&known.get_or_init(|| facts).sql)
        };
        if let Err(error) = take_back(store, deadline.instant()) {
            log::debug!(target: "alikassa", "{}", error.message());
        }
        Ok(Self { connections, sql })
    }

    pub(super) fn store(&self) -> &'a Postgresql {
        self.connections.store()
    }

    pub(super) fn run(
        &mut self,
        sql: &str,
        parameters: &[Option<&str>],
        if_unclear: IfUnclear,
    ) -> Result<Answer> {
        Ok(self.connections.run(sql, parameters, if_unclear)?)
    }

    /// The wait for locks: less than the time that is left, so that the server's refusal arrives. It
    /// is clear, and the end of the time is not.
    pub(super) fn lock_timeout(&self) -> String {
        let remaining = self
            .connections
            .deadline
            .saturating_duration_since(Instant::now());
        (remaining * 9 / 10).as_millis().max(1).to_string()
    }

    pub(super) fn unexpected(&self) -> Error {
        self.store()
            .failed("the database returned a row of another type")
    }

    fn read(&self, answer: &Answer) -> Result<Vec<Stored>> {
        let rows = answer.rows.iter();
        let rows = rows.map(|row| read(&mut TextColumns::new(row, 0)));
        rows.collect::<std::result::Result<_, Unexpected>>()
            .map_err(|Unexpected| self.unexpected())
    }

    /// The rows of orders, each with its claim.
    pub(super) fn find_with_claims(
        &mut self,
        keys: &[Key],
    ) -> Result<HashMap<Key, (Stored, Option<String>)>> {
        let keys = Value::Array(keys.iter().map(key_json).collect()).to_string();
        let sql = self.sql.find(COLUMNS);
        let answer = self.run(&sql, &[Some(&keys)], IfUnclear::Repeat)?;
        let claims = answer
            .rows
            .iter()
            .map(|row| row.get(CLAIM).map(str::to_owned));
        let rows = self.read(&answer)?.into_iter().zip(claims);
        Ok(rows
            .map(|(stored, claim)| (Key::of(&stored.row), (stored, claim)))
            .collect())
    }
}

/// The place of the claim behind [`COLUMNS`].
const CLAIM: usize = 17;

impl Session for PostgresqlSession<'_> {
    fn find(&mut self, keys: &[Key]) -> Result<Vec<Option<Stored>>> {
        let rows = self.find_with_claims(keys)?;
        let find = |key| rows.get(key).map(|(stored, _)| stored.clone());
        Ok(keys.iter().map(find).collect())
    }

    fn select(&mut self, query: &Query) -> Result<Vec<Stored>> {
        let (sql, parameters) = query.sql(&self.sql.creates());
        let parameters = texts(parameters);
        let answer = self.run(&sql, &borrowed(&parameters), IfUnclear::Repeat)?;
        self.read(&answer)
    }

    fn events(&mut self, query: &EventQuery) -> Result<Vec<LedgerEvent>> {
        let (sql, parameters) = query.sql(&self.sql.events());
        let parameters = texts(parameters);
        let answer = self.run(&sql, &borrowed(&parameters), IfUnclear::Repeat)?;
        let read = |row: &Row| read_event(&mut TextColumns::new(row, 0));
        let events = answer.rows.iter().map(read);
        events
            .collect::<std::result::Result<_, Unexpected>>()
            .map_err(|Unexpected| self.unexpected())
    }

    fn begin(&mut self, begins: &[Begin]) -> Result<Vec<Begun>> {
        self.begin_all(begins)
    }

    fn used(&mut self, account: &str, operation: &str, zone: &Zone) -> Result<Used> {
        let (sql, starts) = (self.sql.used(), starts(zone));
        let parameters = [Some(starts.as_str()), Some(account), Some(operation)];
        let answer = self.run(&sql, &parameters, IfUnclear::Repeat)?;
        let row = answer.rows.first().ok_or_else(|| self.unexpected())?;
        self.used_of(row.get(0), row.get(1), row.get(2))
    }

    fn write(&mut self, changes: &[Change], durability: Durability) -> Result<Vec<Option<i64>>> {
        // Of two changes of a row, the database would write either.
        let mut keys = HashSet::new();
        let is_first: Vec<bool> = changes
            .iter()
            .map(|change| keys.insert(Key::of(&change.row)))
            .collect();
        let firsts = changes
            .iter()
            .zip(&is_first)
            .filter(|(_, is_first)| **is_first);
        let rows = firsts.map(|(change, _)| change_json(change, None));
        let rows = Value::Array(rows.collect()).to_string();
        let (sql, limit) = (
            self.sql.write(durability == Durability::Full),
            self.lock_timeout(),
        );
        let parameters = [Some(rows.as_str()), Some(limit.as_str())];
        let answer = self.connections.run(&sql, &parameters, IfUnclear::Repeat)?;
        let written = self.written(&answer, 0)?;
        let time = |(change, is_first): (&Change, bool)| {
            written
                .get(&Key::of(&change.row))
                .copied()
                .filter(|_| is_first)
        };
        Ok(changes.iter().zip(is_first).map(time).collect())
    }

    fn noted(&mut self, event: &Notification, subject: &str) -> Result<Vec<String>> {
        let account = event.account.as_deref().unwrap_or_default();
        let parameters = [Some(account), Some(event.kind.as_str()), Some(subject)];
        let sql = self.sql.noted();
        let answer = self.run(&sql, &parameters, IfUnclear::Repeat)?;
        let statuses = answer.rows.iter().filter_map(|row| row.get(0));
        Ok(statuses.map(str::to_owned).collect())
    }

    fn note(
        &mut self,
        event: &Notification,
        subject: &str,
        known: usize,
        change: Option<&Change>,
    ) -> Result<bool> {
        let rows = change.map(|change| change_json(change, None));
        let rows = Value::Array(rows.into_iter().collect()).to_string();
        let (limit, number) = (self.lock_timeout(), (known + 1).to_string());
        let parameters = [
            Some(rows.as_str()),
            Some(limit.as_str()),
            Some(event.account.as_deref().unwrap_or_default()),
            Some(event.kind.as_str()),
            Some(subject),
            Some(event.payment_status.as_str()),
            Some(number.as_str()),
        ];
        let sql = self.sql.note();
        let answer = self.run(&sql, &parameters, IfUnclear::Fail)?;
        Ok(!answer.rows.is_empty())
    }

    fn lease(&mut self, query: &Query, until_ms: i64) -> Result<Vec<Stored>> {
        let creates = self.sql.creates();
        let (sql, parameters) = query.lease_sql(&creates, until_ms, " FOR UPDATE SKIP LOCKED");
        let parameters = texts(parameters);
        let answer = self.run(&sql, &borrowed(&parameters), IfUnclear::Fail)?;
        self.read(&answer)
    }

    fn end_leases(&mut self, leases: &[(Key, i64)], ended_ms: Option<i64>) -> Result<()> {
        let lease = |(key, until_ms): &(Key, i64)| {
            json!({
                "account": key.account, "operation": key.operation, "order_id": key.order_id,
                "until_ms": until_ms,
            })
        };
        let leases = Value::Array(leases.iter().map(lease).collect()).to_string();
        let ended = ended_ms.map(|ended| ended.to_string());
        let sql = self.sql.end_leases();
        self.run(&sql, &[Some(&leases), ended.as_deref()], IfUnclear::Repeat)
            .map(drop)
    }

    fn now_ms(&mut self) -> Result<i64> {
        let sql = self.sql.now();
        let answer = self.run(&sql, &[], IfUnclear::Repeat)?;
        let now = answer.rows.first().and_then(|row| row.get(0)?.parse().ok());
        now.ok_or_else(|| self.unexpected())
    }

    fn check(&mut self) -> Result<Vec<String>> {
        let sql = self.sql.recovery();
        let answer = self.run(&sql, &[], IfUnclear::Repeat)?;
        if answer.rows.first().and_then(|row| row.get(0)) != Some("f") {
            return Err(self.store().failed(ONLY_READS));
        }
        let sql = self.sql.check();
        let answer = self.run(&sql, &[], IfUnclear::Repeat)?;
        let row = answer.rows.first().ok_or_else(|| self.unexpected())?;
        check::warnings(self.store(), row)
    }

    fn import(&mut self, rows: &[Imported]) -> Result<Vec<bool>> {
        let events = rows.iter().flat_map(|imported| &imported.events);
        let events = Value::Array(events.map(event_json).collect()).to_string();
        let keys = rows.iter().map(|imported| Key::of(&imported.stored.row));
        let keys: Vec<Key> = keys.collect();
        let rows = rows.iter().map(|imported| stored_json(&imported.stored));
        let rows = Value::Array(rows.collect()).to_string();
        let (sql, limit) = (self.sql.import(), self.lock_timeout());
        let parameters = [
            Some(rows.as_str()),
            Some(limit.as_str()),
            Some(events.as_str()),
        ];
        let answer = self.run(&sql, &parameters, IfUnclear::Repeat)?;
        let inserted = answer.rows.iter();
        let inserted: HashSet<Key> = inserted
            .filter_map(|row| TextColumns::new(row, 0).key())
            .collect();
        Ok(keys.iter().map(|key| inserted.contains(key)).collect())
    }

    fn import_notifications(&mut self, notifications: &[Noted]) -> Result<()> {
        let rows = Value::Array(notifications.iter().map(noted_json).collect()).to_string();
        let sql = self.sql.import_notifications();
        self.run(&sql, &[Some(&rows)], IfUnclear::Repeat).map(drop)
    }

    fn resume(&mut self, reason: &str) -> Result<()> {
        let sql = self.sql.resume();
        self.run(&sql, &[Some(reason)], IfUnclear::Fail).map(drop)
    }
}

impl PostgresqlSession<'_> {
    /// What of a day is used, from the columns of a statement: the count, the sum, and a number if the
    /// server's clock is on one of the days.
    pub(super) fn used_of(
        &self,
        count: Option<&str>,
        sum: Option<&str>,
        day: Option<&str>,
    ) -> Result<Used> {
        if day.is_none() {
            return Err(self.store().failed(
                "the clock of the database and that of this machine differ by days: correct them",
            ));
        }
        let used = count
            .zip(sum)
            .and_then(|(count, sum)| Used::read(count, sum));
        used.ok_or_else(|| self.unexpected())
    }

    /// The keys and times of the rows that were written, from this column on.
    pub(super) fn written(&self, answer: &Answer, first: usize) -> Result<HashMap<Key, i64>> {
        let mut written = HashMap::new();
        for row in &answer.rows {
            let mut columns = TextColumns::new(row, first);
            let Some(key) = columns.key() else { continue };
            let time = columns.integer().ok().flatten();
            written.insert(key, time.ok_or_else(|| self.unexpected())?);
        }
        Ok(written)
    }
}

fn texts(parameters: Vec<Parameter>) -> Vec<String> {
    let text = |parameter| match parameter {
        Parameter::Integer(value) => i64::to_string(&value),
        Parameter::Text(value) => value,
    };
    parameters.into_iter().map(text).collect()
}

fn borrowed(parameters: &[String]) -> Vec<Option<&str>> {
    parameters.iter().map(|text| Some(text.as_str())).collect()
}
