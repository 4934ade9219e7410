//! The schema of the ledger in PostgreSQL. The library never runs it: the merchant does.

use crate::ledger::query::is_open;

/// The version of the schema below.
pub(super) const VERSION: i64 = 2;

/// The schema's name in the statements.
pub(super) const SCHEMA: &str = "{schema}";

/// The text of identifiers is compared byte by byte, as in SQLite.
const TABLES: &str = r#"BEGIN;
CREATE SCHEMA IF NOT EXISTS {schema};

CREATE TABLE IF NOT EXISTS {schema}.creates (
    account text COLLATE "C" NOT NULL,
    operation text COLLATE "C" NOT NULL,
    order_id text COLLATE "C" NOT NULL,
    state text NOT NULL,
    attempt bigint NOT NULL,
    amount text,
    service text,
    body_tag bytea NOT NULL,
    id bigint,
    payment_status text,
    reason text,
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL,
    id_source text,
    earlier_ids text NOT NULL DEFAULT '',
    has_unidentified_attempt boolean NOT NULL DEFAULT false,
    revision bigint NOT NULL DEFAULT 0,
    leased_until_ms bigint,
    claim text,
    PRIMARY KEY (account, operation, order_id)
);
CREATE INDEX IF NOT EXISTS changed_creates ON {schema}.creates (updated_ms);
CREATE INDEX IF NOT EXISTS open_creates ON {schema}.creates (created_ms)
    WHERE {is_open};

CREATE TABLE IF NOT EXISTS {schema}.notifications (
    account text COLLATE "C" NOT NULL,
    type text NOT NULL,
    subject text COLLATE "C" NOT NULL,
    payment_status text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    noted_ms bigint NOT NULL,
    PRIMARY KEY (account, type, subject, payment_status),
    UNIQUE (account, type, subject, number)
);

CREATE TABLE IF NOT EXISTS {schema}.events (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    time_ms bigint NOT NULL,
    account text COLLATE "C" NOT NULL,
    operation text COLLATE "C" NOT NULL,
    order_id text COLLATE "C" NOT NULL,
    attempt bigint NOT NULL,
    from_state text,
    to_state text NOT NULL,
    id bigint,
    payment_status text,
    source text NOT NULL,
    reason text,
    counts bigint,
    began_ms bigint,
    amount text,
    support text
);
CREATE INDEX IF NOT EXISTS events_of_order ON {schema}.events (order_id);

CREATE TABLE IF NOT EXISTS {schema}.facts (
    name text PRIMARY KEY,
    value text NOT NULL
);

/* What version 1 lacks. Only the attempts of the last three days are counted: older days have no limits. */
ALTER TABLE {schema}.events
    ADD COLUMN IF NOT EXISTS counts bigint,
    ADD COLUMN IF NOT EXISTS began_ms bigint,
    ADD COLUMN IF NOT EXISTS amount text,
    ADD COLUMN IF NOT EXISTS support text;
UPDATE {schema}.events AS e SET counts = 1, began_ms = e.time_ms, amount = c.amount
    FROM {schema}.creates AS c
    WHERE e.to_state = 'sending' AND e.time_ms > (SELECT max(time_ms) FROM {schema}.events) - 259200000
        AND c.account = e.account AND c.operation = e.operation AND c.order_id = e.order_id
        AND (SELECT value FROM {schema}.facts WHERE name = 'version') = '1';
UPDATE {schema}.events AS e SET counts = -1, began_ms = b.began_ms, amount = b.amount
    FROM {schema}.events AS b
    WHERE e.to_state IN ('not_sent', 'rejected') AND b.counts = 1 AND b.order_id = e.order_id
        AND b.account = e.account AND b.operation = e.operation AND b.attempt = e.attempt
        AND NOT EXISTS (SELECT FROM {schema}.events AS later WHERE later.order_id = e.order_id
            AND later.account = e.account AND later.operation = e.operation
            AND later.attempt = e.attempt AND later.number > e.number)
        AND (SELECT value FROM {schema}.facts WHERE name = 'version') = '1';
CREATE INDEX IF NOT EXISTS events_of_day ON {schema}.events (account, operation, began_ms)
    WHERE counts <> 0;

INSERT INTO {schema}.facts (name, value) VALUES ('version', '{version}'), ('readable_from', '{version}')
    ON CONFLICT (name) DO UPDATE SET value = excluded.value;
COMMIT;
"#;

/// The SQL that makes a ledger in this schema, or brings that of an older version up to date.
pub(in crate::ledger) fn schema_sql(schema: &str) -> String {
    TABLES
        .replace("{is_open}", &is_open())
        .replace("{version}", &VERSION.to_string())
        .replace(SCHEMA, schema)
}
