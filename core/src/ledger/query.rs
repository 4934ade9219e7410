//! Which rows are read, and the SQL for it. Both stores understand it.

use super::entry::{Key, Position, Stored};
use crate::types::ledger_event::LedgerEvent;
use crate::types::ledger_row::LedgerRow;
use crate::types::ledger_state::{IsOpen, LedgerState};
use crate::types::status::PaymentStatus;

/// The rows to read.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    pub(super) account: Option<String>,
    /// The operation and the `order_id`.
    pub(super) order: Option<(String, String)>,
    pub(super) states: States,
    /// Only rows that changed at this time or later; open rows that were created then.
    pub(super) since_ms: Option<i64>,
    /// Only rows that changed, or were created, at this time or before.
    pub(super) until_ms: Option<i64>,
    /// Only rows whose lease ended at this time or before, or that have none.
    pub(super) free_at_ms: Option<i64>,
    /// Only rows after this one.
    pub(super) after: Option<Position>,
    pub(super) limit: usize,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) enum States {
    #[default]
    All,
    Open,
    One(LedgerState),
}

/// A value in a statement.
#[derive(Debug)]
pub(super) enum Parameter {
    Integer(i64),
    Text(String),
}

/// The accounts that are looked for: whether there is more than one is enough.
const MAX_ACCOUNTS: usize = 2;

/// The names of the columns that [`read`] needs, in its order.
pub(super) const COLUMNS: &str = "account, operation, order_id, state, attempt, amount, service, id, payment_status, reason, created_ms, updated_ms, id_source, earlier_ids, has_unidentified_attempt, revision, body_tag";

/// The condition for rows with an unknown outcome or a status that is not final.
pub(super) fn is_open() -> String {
    let states = |wanted: IsOpen| {
        let states = LedgerState::ALL.into_iter();
        let states = states.filter(|state| state.is_open() == wanted);
        quoted(states.map(LedgerState::as_str))
    };
    format!(
        "(state IN ({}) OR (state IN ({}) AND coalesce(payment_status, '') NOT IN ({})))",
        states(IsOpen::Always),
        states(IsOpen::UntilFinal),
        quoted(PaymentStatus::final_words())
    )
}

fn quoted<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words
        .map(|word| format!("'{word}'"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Every account that has rows, read from the index: a ledger has few of them, and many rows.
const ACCOUNTS: &str = "
    WITH RECURSIVE accounts (account) AS (
        SELECT min(account) FROM {creates}
        UNION ALL
        SELECT (SELECT min(account) FROM {creates} WHERE account > accounts.account)
        FROM accounts WHERE account IS NOT NULL
    ) ";

impl Query {
    /// The rows of an order, in one account or in all.
    pub(super) fn of_order(account: Option<&str>, operation: &str, order_id: &str) -> Self {
        Self {
            account: account.map(str::to_owned),
            order: Some((operation.to_owned(), order_id.to_owned())),
            limit: MAX_ACCOUNTS,
            ..Self::default()
        }
    }

    /// The statement that reads the rows, and its parameters. `creates` is the name of the table.
    pub(super) fn sql(&self, creates: &str) -> (String, Vec<Parameter>) {
        self.select(COLUMNS, creates)
    }

    /// The statement that leases the rows until a time and returns them, and its parameters. `lock`
    /// is what keeps other processes from leasing the same rows.
    pub(super) fn lease_sql(
        &self,
        creates: &str,
        until_ms: i64,
        lock: &str,
    ) -> (String, Vec<Parameter>) {
        let (rows, parameters) = self.select("account, operation, order_id", creates);
        let sql = format!(
            "UPDATE {creates} SET leased_until_ms = {until_ms}
             WHERE (account, operation, order_id) IN ({rows}{lock}) RETURNING {COLUMNS}"
        );
        (sql, parameters)
    }

    fn select(&self, columns: &str, creates: &str) -> (String, Vec<Parameter>) {
        let mut conditions = Conditions::default();
        let mut accounts = String::new();
        if let Some(account) = &self.account {
            conditions.text("account =", account);
        } else if self.order.is_some() {
            accounts = ACCOUNTS.replace("{creates}", creates);
            let listed = "account IN (SELECT account FROM accounts)";
            conditions.texts.push(listed.to_owned());
        }
        if let Some((operation, order_id)) = &self.order {
            conditions.text("operation =", operation);
            conditions.text("order_id =", order_id);
        }
        match self.states {
            States::All => {}
            States::Open => conditions.texts.push(is_open()),
            States::One(state) => conditions.text("state =", state.as_str()),
        }
        let time = self.time();
        if let Some(since) = self.since_ms {
            conditions.integer(&format!("{time} >="), since);
        }
        if let Some(until) = self.until_ms {
            conditions.integer(&format!("{time} <="), until);
        }
        if let Some(free) = self.free_at_ms {
            conditions.integer("coalesce(leased_until_ms, 0) <=", free);
        }
        if let Some(Position { ms, key }) = &self.after {
            conditions.after(time, *ms, key);
        }
        let sql = format!(
            "{accounts}SELECT {columns} FROM {creates}{} ORDER BY {time}, account, operation, order_id LIMIT {}",
            conditions.sql(),
            self.limit
        );
        (sql, conditions.parameters)
    }

    /// The time that orders the rows.
    fn time(&self) -> &'static str {
        match self.states {
            States::Open => "created_ms",
            States::All | States::One(_) => "updated_ms",
        }
    }

    /// The place of a row in the order of this query.
    pub(super) fn position(&self, row: &LedgerRow) -> Position {
        let ms = match self.states {
            States::Open => row.created_ms,
            States::All | States::One(_) => row.updated_ms,
        };
        let key = Key::of(row);
        Position { ms, key }
    }
}

/// The events to read, oldest first.
#[derive(Clone)]
pub(super) struct EventQuery {
    pub(super) account: Option<String>,
    pub(super) operation: Option<String>,
    pub(super) order_id: Option<String>,
    pub(super) since_ms: Option<i64>,
    pub(super) until_ms: Option<i64>,
    /// Only events with a higher number.
    pub(super) after: i64,
    pub(super) limit: usize,
}

/// The names of the columns that [`read_event`] needs, in its order.
const EVENT_COLUMNS: &str = "time_ms, account, operation, order_id, attempt, from_state, to_state, id, payment_status, source, reason, support, number, counts, began_ms, amount";

impl EventQuery {
    /// The statement and its parameters. `events` is the name of the table.
    pub(super) fn sql(&self, events: &str) -> (String, Vec<Parameter>) {
        let mut conditions = Conditions::default();
        conditions.integer("number >", self.after);
        for (condition, value) in [
            ("account =", &self.account),
            ("operation =", &self.operation),
            ("order_id =", &self.order_id),
        ] {
            if let Some(value) = value {
                conditions.text(condition, value);
            }
        }
        if let Some(since) = self.since_ms {
            conditions.integer("time_ms >=", since);
        }
        if let Some(until) = self.until_ms {
            conditions.integer("time_ms <=", until);
        }
        let sql = format!(
            "SELECT {EVENT_COLUMNS} FROM {events}{} ORDER BY number LIMIT {}",
            conditions.sql(),
            self.limit
        );
        (sql, conditions.parameters)
    }
}

/// Reads the columns of an event, in their order.
pub(super) fn read_event<C: Columns>(columns: &mut C) -> Result<LedgerEvent, C::Error> {
    let state = |word: Option<String>| word.and_then(|word| LedgerState::read(&word));
    Ok(LedgerEvent {
        time_ms: columns.integer()?.unwrap_or_default(),
        account: columns.text()?.unwrap_or_default(),
        operation: columns.text()?.unwrap_or_default(),
        order_id: columns.text()?.unwrap_or_default(),
        attempt: columns.integer()?.unwrap_or_default(),
        from_state: state(columns.text()?),
        to_state: state(columns.text()?).unwrap_or(LedgerState::Unknown),
        id: columns.integer()?,
        payment_status: columns.text()?,
        source: columns.text()?.unwrap_or_default(),
        reason: columns.text()?,
        support: columns.text()?,
        number: columns.integer()?.unwrap_or_default(),
        counts: columns.integer()?,
        began_ms: columns.integer()?,
        amount: columns.text()?.and_then(|amount| amount.parse().ok()),
    })
}

#[derive(Default)]
struct Conditions {
    texts: Vec<String>,
    parameters: Vec<Parameter>,
}

impl Conditions {
    fn text(&mut self, condition: &str, value: &str) {
        self.parameters.push(Parameter::Text(value.to_owned()));
        let number = self.parameters.len();
        self.texts.push(format!("{condition} ${number}"));
    }

    fn integer(&mut self, condition: &str, value: i64) {
        self.parameters.push(Parameter::Integer(value));
        let number = self.parameters.len();
        self.texts.push(format!("{condition} ${number}"));
    }

    fn after(&mut self, time: &str, ms: i64, key: &Key) {
        let first = self.parameters.len() + 1;
        self.parameters.push(Parameter::Integer(ms));
        for text in [&key.account, &key.operation, &key.order_id] {
            self.parameters.push(Parameter::Text(text.clone()));
        }
        self.texts.push(format!(
            "({time}, account, operation, order_id) > (${first}, ${}, ${}, ${})",
            first + 1,
            first + 2,
            first + 3
        ));
    }

    fn sql(&self) -> String {
        if self.texts.is_empty() {
            return String::new();
        }
        format!(" WHERE {}", self.texts.join(" AND "))
    }
}

/// The columns of a row that was read, one after the other.
pub(super) trait Columns {
    type Error;
    fn text(&mut self) -> Result<Option<String>, Self::Error>;
    fn integer(&mut self) -> Result<Option<i64>, Self::Error>;
    fn boolean(&mut self) -> Result<bool, Self::Error>;
    fn bytes(&mut self) -> Result<Vec<u8>, Self::Error>;
}

/// Reads [`COLUMNS`], in their order: looking each up by its name takes longer than reading it.
pub(super) fn read<C: Columns>(columns: &mut C) -> Result<Stored, C::Error> {
    let row = LedgerRow {
        account: columns.text()?.unwrap_or_default(),
        operation: columns.text()?.unwrap_or_default(),
        order_id: columns.text()?.unwrap_or_default(),
        // A state of a newer version must block another create.
        state: LedgerState::read(&columns.text()?.unwrap_or_default())
            .unwrap_or(LedgerState::Unknown),
        attempt: columns.integer()?.unwrap_or_default(),
        amount: columns.text()?.and_then(|amount| amount.parse().ok()),
        service: columns.text()?,
        id: columns.integer()?,
        payment_status: columns.text()?,
        reason: columns.text()?,
        created_ms: columns.integer()?.unwrap_or_default(),
        updated_ms: columns.integer()?.unwrap_or_default(),
        id_source: columns.text()?,
        earlier_ids: columns
            .text()?
            .unwrap_or_default()
            .split_terminator(',')
            .filter_map(|id| id.parse().ok())
            .collect(),
        has_unidentified_attempt: columns.boolean()?,
    };
    Ok(Stored {
        row,
        revision: columns.integer()?.unwrap_or_default(),
        body_tag: columns.bytes()?,
    })
}

/// The column with the ids of earlier attempts.
pub(super) fn earlier_ids(row: &LedgerRow) -> String {
    let ids: Vec<String> = row.earlier_ids.iter().map(i64::to_string).collect();
    ids.join(",")
}
