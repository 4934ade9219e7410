//! The schema of the ledger in PostgreSQL. The library never runs it: the merchant does.

use crate::ledger::query::is_open;

/// The version of the schema below.
pub(super) const VERSION: i64 = 1;

/// The schema's name in the statements.
pub(super) const SCHEMA: &str = "{schema}";

/// The text of identifiers is compared byte by byte, as in SQLite.
const TABLES: &str = r#"BEGIN;
CREATE SCHEMA IF NOT EXISTS {schema};

CREATE TABLE {schema}.creates (
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
CREATE INDEX changed_creates ON {schema}.creates (updated_ms);
CREATE INDEX open_creates ON {schema}.creates (created_ms)
    WHERE {is_open};

CREATE TABLE {schema}.notifications (
    account text COLLATE "C" NOT NULL,
    type text NOT NULL,
    subject text COLLATE "C" NOT NULL,
    payment_status text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    noted_ms bigint NOT NULL,
    PRIMARY KEY (account, type, subject, payment_status),
    UNIQUE (account, type, subject, number)
);

CREATE TABLE {schema}.events (
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
    reason text
);
CREATE INDEX events_of_order ON {schema}.events (order_id);

CREATE TABLE {schema}.facts (
    name text PRIMARY KEY,
    value text NOT NULL
);
INSERT INTO {schema}.facts (name, value) VALUES ('version', '{version}'), ('readable_from', '{version}');
COMMIT;
"#;

/// The SQL that makes a ledger in this schema.
pub(in crate::ledger) fn schema_sql(schema: &str) -> String {
    TABLES
        .replace("{is_open}", &is_open())
        .replace("{version}", &VERSION.to_string())
        .replace(SCHEMA, schema)
}
