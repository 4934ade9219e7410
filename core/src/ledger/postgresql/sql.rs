//! The statements of the ledger in PostgreSQL. Rows are passed as one JSON array, so that a statement
//! takes any number of them.

use std::borrow::Cow;

use super::schema::SCHEMA;

/// The server's clock, in milliseconds since 1970.
const NOW: &str = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

/// The rows of the first parameter. A statement that needs them several times reads the JSON once.
const ROWS: &str = "json_to_recordset($1::json) AS n (account text, operation text, order_id text,
    state text, attempt bigint, amount text, service text, body_tag text, id bigint, id_source text,
    earlier_ids text, has_unidentified_attempt boolean, payment_status text, reason text,
    revision bigint, claim text, from_state text, source text, event_reason text,
    counted bigint, support text)";

/// The places of the database now: which cluster it is in, which history of it, and which database.
const PLACE: &str = "SELECT left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) AS timeline,
    {system} AS system,
    (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS database";

/// The place that is recorded, beside the place now.
pub(super) const FENCE: &str = "SELECT now.*,
    (SELECT value FROM {schema}.facts WHERE name = 'timeline') AS known_timeline,
    (SELECT value FROM {schema}.facts WHERE name = 'system') AS known_system,
    (SELECT value FROM {schema}.facts WHERE name = 'database') AS known_database
    FROM ({place}) AS now";

/// Whether the place is the one that is recorded. A system identifier that may not be read is `?`.
pub(super) const IS_SAME_PLACE: &str = "(fence.timeline = fence.known_timeline
    AND fence.database = fence.known_database
    AND (fence.system = fence.known_system OR '?' IN (fence.system, fence.known_system)))";

/// Makes the commit durable whatever the session's settings are, and bounds the wait for locks.
pub(super) const SETTINGS: &str = "SELECT set_config('synchronous_commit', 'on', true) AS durable,
    set_config('lock_timeout', $2, true) AS bounded";

/// The same for a commit that only a crash of the process must not undo.
const LOCAL_SETTINGS: &str =
    "SELECT 'on' AS durable, set_config('lock_timeout', $2, true) AS bounded";

pub(super) const IS_ROW: &str =
    "c.account = n.account AND c.operation = n.operation AND c.order_id = n.order_id";

pub(super) const SET: &str =
    "state = n.state, attempt = n.attempt, amount = n.amount, service = n.service,
    body_tag = coalesce(decode(n.body_tag, 'hex'), c.body_tag), id = n.id, id_source = n.id_source,
    earlier_ids = n.earlier_ids, has_unidentified_attempt = n.has_unidentified_attempt,
    payment_status = n.payment_status, reason = n.reason, updated_ms = {now},
    revision = c.revision + 1";

pub(super) const INSERT: &str =
    "INSERT INTO {schema}.creates AS c (account, operation, order_id, state, attempt,
    amount, service, body_tag, created_ms, updated_ms, claim)
    SELECT n.account, n.operation, n.order_id, n.state, n.attempt, n.amount, n.service,
        decode(n.body_tag, 'hex'), {now}, {now}, n.claim";

/// `counts` is how the change changes the attempts of the day on which its attempt began.
pub(super) const LOG: &str =
    "INSERT INTO {schema}.events (time_ms, account, operation, order_id, attempt,
    from_state, to_state, id, payment_status, source, reason, counts, began_ms, amount, support)
    SELECT written.updated_ms, n.account, n.operation, n.order_id, n.attempt, n.from_state, n.state,
        n.id, n.payment_status, n.source, n.event_reason, day.counts,
        CASE WHEN day.counts <> 0 THEN coalesce(day.began_ms, written.updated_ms) END,
        CASE WHEN day.counts <> 0 THEN n.amount END, n.support
    FROM n JOIN written USING (account, operation, order_id)
    LEFT JOIN LATERAL (SELECT n.counted - coalesce(sum(e.counts), 0)::bigint AS counts,
            min(e.began_ms) AS began_ms
        FROM {schema}.events AS e WHERE e.account = n.account AND e.operation = n.operation
            AND e.order_id = n.order_id AND e.attempt = n.attempt AND e.counts <> 0
            AND n.state <> 'sending'
    ) AS day ON n.counted IS NOT NULL";

/// Where `settings` is evaluated before rows are locked.
pub(super) const IS_SET: &str = "settings.durable IS NOT NULL AND settings.bounded IS NOT NULL";

pub(super) struct Sql {
    pub(super) schema: String,
    system: &'static str,
    /// The statements of each create, which take some time to put together.
    begin_first: String,
    write: String,
}

impl Sql {
    pub(super) fn new(schema: &str, reads_system: bool) -> Self {
        let sql = Self {
            schema: schema.to_owned(),
            system: if reads_system {
                "(SELECT system_identifier::text FROM pg_control_system())"
            } else {
                "'?'"
            },
            begin_first: String::new(),
            write: String::new(),
        };
        Self {
            begin_first: sql.complete_begin(true),
            write: sql.complete_write(false),
            ..sql
        }
    }

    pub(super) fn complete(&self, sql: &str) -> String {
        sql.replace("{place}", PLACE)
            .replace("{rows}", ROWS)
            .replace("{now}", NOW)
            .replace("{system}", self.system)
            .replace(SCHEMA, &self.schema)
    }

    /// Writes the rows of creates that are about to be sent, if the database is still where it was.
    /// Returns one row at least: the fence, and the key and time of a row that was written.
    /// `are_first`: no create was recorded before.
    pub(super) fn begin(&self, are_first: bool) -> Cow<'_, str> {
        if are_first {
            Cow::Borrowed(&self.begin_first)
        } else {
            Cow::Owned(self.complete_begin(false))
        }
    }

    fn complete_begin(&self, are_first: bool) -> String {
        let insert = format!("{INSERT} FROM n, settings, fence WHERE {IS_SET} AND {IS_SAME_PLACE}");
        let key = "account, operation, order_id";
        let written = if are_first {
            // It updates nothing. But a right to update that is missing must be noticed before
            // anything is sent.
            format!(
                "written AS ({insert} ON CONFLICT ({key}) DO UPDATE SET claim = c.claim WHERE false
                    RETURNING {key}, updated_ms)"
            )
        } else {
            format!(
                "inserted AS ({insert} AND n.revision IS NULL ON CONFLICT DO NOTHING
                    RETURNING {key}, updated_ms),
                updated AS (UPDATE {{schema}}.creates AS c SET {SET}, claim = n.claim
                    FROM n, settings, fence
                    WHERE {IS_SET} AND {IS_SAME_PLACE} AND {IS_ROW} AND c.revision = n.revision
                    RETURNING c.account, c.operation, c.order_id, c.updated_ms),
                written AS (SELECT * FROM inserted UNION ALL SELECT * FROM updated)"
            )
        };
        self.complete(&format!(
            "WITH settings AS MATERIALIZED ({SETTINGS}), fence AS MATERIALIZED ({FENCE}),
            n AS MATERIALIZED (SELECT * FROM {{rows}}), {written}, logged AS ({LOG})
            SELECT {IS_SAME_PLACE}, fence.timeline, fence.known_timeline, fence.system,
                fence.known_system, fence.database, fence.known_database,
                written.account, written.operation, written.order_id, written.updated_ms
            FROM fence LEFT JOIN written ON true"
        ))
    }

    /// Commits the rows of an earlier run of a begin once more: when this is durable, so are they.
    pub(super) fn confirm(&self) -> String {
        self.complete(&format!(
            "WITH settings AS MATERIALIZED ({SETTINGS})
            UPDATE {{schema}}.creates AS c SET claim = c.claim FROM {{rows}}, settings
            WHERE {IS_SET} AND {IS_ROW} AND c.claim = n.claim"
        ))
    }

    /// Takes back the begin of creates that were not sent: the rows that it wrote become not sent,
    /// and if it is still to come, it writes nothing.
    pub(super) fn take_back(&self) -> String {
        self.complete(&format!(
            "WITH settings AS MATERIALIZED ({SETTINGS}),
            n AS MATERIALIZED (SELECT * FROM {{rows}}),
            written AS ({INSERT} FROM n, settings WHERE {IS_SET}
                ON CONFLICT (account, operation, order_id) DO UPDATE SET
                    state = CASE WHEN c.claim = excluded.claim THEN excluded.state ELSE c.state END,
                    updated_ms = excluded.updated_ms, revision = c.revision + 1
                WHERE (c.claim = excluded.claim AND c.state = 'sending')
                    OR c.revision = $3::bigint
                RETURNING account, operation, order_id, updated_ms, claim),
            logged AS ({LOG} WHERE written.claim = n.claim)
            SELECT count(*) FROM written"
        ))
    }

    /// Writes rows that have not changed meanwhile. Returns the key and time of each.
    pub(super) fn write(&self, is_durable: bool) -> Cow<'_, str> {
        if is_durable {
            Cow::Owned(self.complete_write(true))
        } else {
            Cow::Borrowed(&self.write)
        }
    }

    fn complete_write(&self, is_durable: bool) -> String {
        let settings = if is_durable { SETTINGS } else { LOCAL_SETTINGS };
        self.complete(&format!(
            "WITH settings AS MATERIALIZED ({settings}),
            n AS MATERIALIZED (SELECT * FROM {{rows}}),
            written AS (UPDATE {{schema}}.creates AS c SET {SET} FROM n, settings
                WHERE {IS_SET} AND {IS_ROW} AND c.revision = n.revision
                RETURNING c.account, c.operation, c.order_id, c.updated_ms),
            logged AS ({LOG})
            SELECT account, operation, order_id, updated_ms FROM written"
        ))
    }

    /// Records a notification if nobody recorded another of its subject meanwhile, together with the
    /// change of a row if that has not changed. Parameters 3 to 7: account, type, subject, status and
    /// number of the notification. Returns a row if it did.
    pub(super) fn note(&self) -> String {
        self.complete(&format!(
            "WITH settings AS MATERIALIZED ({SETTINGS}),
            n AS MATERIALIZED (SELECT * FROM {{rows}}),
            locked AS MATERIALIZED (SELECT c.account, c.operation, c.order_id
                FROM {{schema}}.creates AS c, n, settings
                WHERE {IS_SET} AND {IS_ROW} AND c.revision = n.revision FOR UPDATE OF c),
            noted AS (INSERT INTO {{schema}}.notifications
                    (account, type, subject, payment_status, number, noted_ms)
                SELECT $3, $4, $5, $6, $7::bigint, {{now}} FROM settings
                WHERE {IS_SET}
                    AND (SELECT count(*) FROM locked) = json_array_length($1::json)
                ON CONFLICT DO NOTHING RETURNING number),
            written AS (UPDATE {{schema}}.creates AS c SET {SET} FROM n, noted
                WHERE {IS_ROW}
                RETURNING c.account, c.operation, c.order_id, c.updated_ms),
            logged AS ({LOG})
            SELECT number FROM noted"
        ))
    }

    /// Inserts the rows of another ledger that this one does not have, with the events in the third
    /// parameter. Returns the keys of those rows.
    pub(super) fn import(&self) -> String {
        self.complete(&format!(
            "WITH settings AS MATERIALIZED ({SETTINGS}),
            inserted AS (INSERT INTO {{schema}}.creates (account, operation, order_id, state, attempt,
                    amount, service, body_tag, id, id_source, earlier_ids,
                    has_unidentified_attempt, payment_status, reason, created_ms, updated_ms, revision)
                SELECT n.account, n.operation, n.order_id, n.state, n.attempt, n.amount, n.service,
                    decode(n.body_tag, 'hex'), n.id, n.id_source, n.earlier_ids,
                    n.has_unidentified_attempt, n.payment_status, n.reason, n.created_ms,
                    n.updated_ms, n.revision
                FROM json_to_recordset($1::json) AS n (account text, operation text, order_id text,
                    state text, attempt bigint, amount text, service text, body_tag text, id bigint,
                    id_source text, earlier_ids text, has_unidentified_attempt boolean,
                    payment_status text, reason text, created_ms bigint, updated_ms bigint,
                    revision bigint), settings
                WHERE {IS_SET} ON CONFLICT DO NOTHING RETURNING account, operation, order_id),
            logged AS (INSERT INTO {{schema}}.events (time_ms, account, operation, order_id, attempt,
                    from_state, to_state, id, payment_status, source, reason, counts, began_ms,
                    amount, support)
                SELECT e.time_ms, e.account, e.operation, e.order_id, e.attempt, e.from_state,
                    e.to_state, e.id, e.payment_status, e.source, e.reason, e.counts, e.began_ms,
                    e.amount, e.support
                FROM json_to_recordset($3::json) AS e (number bigint, time_ms bigint, account text,
                    operation text, order_id text, attempt bigint, from_state text, to_state text,
                    id bigint, payment_status text, source text, reason text, counts bigint,
                    began_ms bigint, amount text, support text)
                JOIN inserted USING (account, operation, order_id) ORDER BY e.number)
            SELECT account, operation, order_id FROM inserted"
        ))
    }

    /// Inserts the notifications of another ledger that this one does not have.
    pub(super) fn import_notifications(&self) -> String {
        self.complete(
            "INSERT INTO {schema}.notifications
                (account, type, subject, payment_status, number, noted_ms)
            SELECT n.account, n.type, n.subject, n.payment_status,
                row_number() OVER (PARTITION BY n.account, n.type, n.subject ORDER BY n.noted_ms)
                + (SELECT count(*) FROM {schema}.notifications AS known WHERE known.account = n.account
                    AND known.type = n.type AND known.subject = n.subject),
                n.noted_ms
            FROM json_to_recordset($1::json) AS n (account text, type text, subject text,
                payment_status text, noted_ms bigint)
            WHERE NOT EXISTS (SELECT FROM {schema}.notifications AS known
                WHERE known.account = n.account AND known.type = n.type
                    AND known.subject = n.subject AND known.payment_status = n.payment_status)",
        )
    }

    /// What the operator should know of the database.
    pub(super) fn check(&self) -> String {
        self.complete(&format!(
            "SELECT {IS_SAME_PLACE}, fence.timeline, fence.known_timeline, fence.system,
                fence.known_system, fence.database, fence.known_database,
                current_setting('fsync'), current_setting('full_page_writes'),
                (SELECT count(*) FROM pg_stat_replication),
                current_setting('synchronous_standby_names'), {{now}},
                (SELECT string_agg(name || ' ' || privilege, ', ')
                    FROM unnest(ARRAY['creates', 'events', 'facts', 'notifications']) AS name,
                        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS privilege
                    WHERE NOT has_table_privilege('{{schema}}.' || name, privilege))
            FROM ({FENCE}) AS fence"
        ))
    }

    /// Whether the server only reads.
    pub(super) fn recovery(&self) -> String {
        self.complete("SELECT pg_is_in_recovery()")
    }

    /// The statuses of a subject. Parameters: account, type, subject.
    pub(super) fn noted(&self) -> String {
        self.complete(
            "SELECT payment_status FROM {schema}.notifications
            WHERE account = $1 AND type = $2 AND subject = $3",
        )
    }

    /// The rows of the orders in the first parameter, each with its claim as it was given.
    pub(super) fn find(&self, columns: &str) -> String {
        self.complete(&format!(
            "SELECT {columns}, replace(claim::text, '-', '') FROM {{schema}}.creates JOIN
            json_to_recordset($1::json) AS k (account text, operation text, order_id text)
            USING (account, operation, order_id)"
        ))
    }

    /// Ends leases. Parameters: the rows with the end that was given to each, and the end now.
    pub(super) fn end_leases(&self) -> String {
        self.complete(&format!(
            "UPDATE {{schema}}.creates AS c SET leased_until_ms = $2::bigint
            FROM json_to_recordset($1::json)
                AS n (account text, operation text, order_id text, until_ms bigint)
            WHERE {IS_ROW} AND c.leased_until_ms = n.until_ms"
        ))
    }

    pub(super) fn now(&self) -> String {
        self.complete("SELECT {now}")
    }

    /// What a process needs to know of the ledger before it uses it.
    pub(super) fn facts(&self) -> String {
        self.complete(
            "SELECT (SELECT value FROM {schema}.facts WHERE name = 'version'),
                (SELECT value FROM {schema}.facts WHERE name = 'readable_from'),
                has_function_privilege('pg_control_system()', 'execute'),
                (SELECT count(*) FROM {schema}.facts WHERE name = 'timeline')",
        )
    }

    /// Records where the database is, if nothing is recorded.
    pub(super) fn record_place(&self) -> String {
        self.complete(
            "INSERT INTO {schema}.facts (name, value)
            SELECT name, value FROM ({place}) AS now, LATERAL (VALUES
                ('timeline', now.timeline), ('system', now.system), ('database', now.database)
            ) AS facts (name, value) ON CONFLICT DO NOTHING",
        )
    }

    /// Records where the database is now, and why creates may be sent there, if it was another place
    /// before. Parameter: the reason.
    pub(super) fn resume(&self) -> String {
        self.complete(&format!(
            "WITH fence AS MATERIALIZED ({FENCE})
            INSERT INTO {{schema}}.facts (name, value)
            SELECT name, value FROM fence, LATERAL (VALUES ('timeline', fence.timeline),
                ('system', fence.system), ('database', fence.database),
                ('resumed', {{now}} || ' ' || $1)) AS facts (name, value)
            WHERE {IS_SAME_PLACE} IS NOT TRUE
            ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ))
    }

    /// The table of the creates.
    pub(super) fn creates(&self) -> String {
        self.complete("{schema}.creates")
    }

    /// The table of the events.
    pub(super) fn events(&self) -> String {
        self.complete("{schema}.events")
    }
}
