//! The statements of creates with limits of their day.

use super::sql::{FENCE, INSERT, IS_ROW, IS_SAME_PLACE, IS_SET, LOG, SET, SETTINGS, Sql};

/// Lets each statement of the transaction see what was committed when it starts, whatever the default
/// of the user or the database is.
pub(super) const ISOLATION: &str = "SET transaction_isolation TO 'read committed'";

/// Lets no other begin with limits of this account and operation start before this one is committed.
/// Parameters: the maximum wait for it, and what names them.
pub(super) const LOCK: &str = "WITH settings AS MATERIALIZED (
    SELECT set_config('lock_timeout', $1, true) AS bounded)
    SELECT pg_advisory_xact_lock(hashtextextended($2, 0)) FROM settings
    WHERE settings.bounded IS NOT NULL";

/// What of a day is used. The day is that of `{now}` among the starts of days in a parameter.
const DAY: &str = "day AS MATERIALIZED (SELECT now.ms AS now_ms,
        max(start) FILTER (WHERE start <= now.ms) AS start_ms,
        min(start) FILTER (WHERE start > now.ms) AS end_ms
        FROM unnest({starts}::bigint[]) AS start, (SELECT {now} AS ms) AS now GROUP BY now.ms),
    used AS MATERIALIZED (SELECT coalesce(sum(e.counts), 0) AS count,
        coalesce(sum(e.counts * greatest(e.amount::numeric, 0)), 0) AS amount
        FROM {schema}.events AS e, day WHERE e.account = {account} AND e.operation = {operation}
            AND e.counts <> 0 AND e.began_ms >= day.start_ms AND e.began_ms < day.end_ms)";

/// Whether the limits of the day in the parameters 4 and 5 allow the create.
const ALLOWED: &str = "allowed AS MATERIALIZED (
    SELECT day.now_ms, day.start_ms IS NOT NULL AND day.end_ms IS NOT NULL
        AND ($4::numeric IS NULL
            OR used.amount + coalesce((SELECT n.amount::numeric FROM n), 0) <= $4::numeric)
        AND ($5::bigint IS NULL OR used.count < $5::bigint) AS is_allowed
    FROM day, used)";

impl Sql {
    /// [`begin`](Self::begin) of one create with limits of its day. It is preceded by [`LOCK`].
    /// Parameters 3 to 5: the starts of days, the maximum amount and the maximum count. The row ends
    /// with what is used: the count, the amount, and the start of the day.
    pub(super) fn begin_limited(&self) -> String {
        let key = "account, operation, order_id";
        let day = DAY
            .replace("{starts}", "$3")
            .replace("{account}", "(SELECT n.account FROM n)")
            .replace("{operation}", "(SELECT n.operation FROM n)");
        // The time by which the day was chosen.
        let (insert, set) = (
            INSERT.replace("{now}", "allowed.now_ms"),
            SET.replace("{now}", "allowed.now_ms"),
        );
        let may = format!("{IS_SET} AND {IS_SAME_PLACE} AND allowed.is_allowed");
        self.complete(&format!(
            "WITH settings AS MATERIALIZED ({SETTINGS}), fence AS MATERIALIZED ({FENCE}),
            n AS MATERIALIZED (SELECT * FROM {{rows}}), {day}, {ALLOWED},
            inserted AS ({insert} FROM n, settings, fence, allowed WHERE {may}
                AND n.revision IS NULL ON CONFLICT DO NOTHING RETURNING {key}, updated_ms),
            updated AS (UPDATE {{schema}}.creates AS c SET {set}, claim = n.claim
                FROM n, settings, fence, allowed
                WHERE {may} AND {IS_ROW} AND c.revision = n.revision
                RETURNING c.account, c.operation, c.order_id, c.updated_ms),
            written AS (SELECT * FROM inserted UNION ALL SELECT * FROM updated), logged AS ({LOG})
            SELECT {IS_SAME_PLACE}, fence.timeline, fence.known_timeline, fence.system,
                fence.known_system, fence.database, fence.known_database,
                written.account, written.operation, written.order_id, written.updated_ms,
                used.count, used.amount, day.start_ms + 0 * day.end_ms, allowed.is_allowed
            FROM fence CROSS JOIN used CROSS JOIN day CROSS JOIN allowed LEFT JOIN written ON true"
        ))
    }

    /// What locks the days of an account and operation.
    pub(super) fn lock_name(&self, account: &str, operation: &str) -> String {
        format!("alikassa limits {} {account} {operation}", self.schema)
    }

    /// What of a day is used. Parameters: the starts of days, the account, the operation.
    pub(super) fn used(&self) -> String {
        let day = DAY
            .replace("{starts}", "$1")
            .replace("{account}", "$2")
            .replace("{operation}", "$3");
        self.complete(&format!(
            "WITH {day} SELECT used.count, used.amount, day.start_ms + 0 * day.end_ms FROM used, day"
        ))
    }
}
