//! A schema that an older version of the library made is brought up to date.

use alikassa::{Ledger, Limits};

use crate::fixture::payout;
use crate::ledger::setup::SERVER;
use crate::ledger::{Setup, Store};

/// What version 2 added.
const TO_VERSION_1: &str = "
    DROP INDEX events_of_day;
    ALTER TABLE events DROP COLUMN counts, DROP COLUMN began_ms, DROP COLUMN amount,
        DROP COLUMN support;
    UPDATE facts SET value = '1' WHERE name IN ('version', 'readable_from');";

#[test]
fn the_attempts_of_version_1_count_on_their_day() {
    let setup = Setup::on(Store::Postgresql);
    let client = setup.client();
    for order_id in ["B-1", "B-2"] {
        client.payouts().create(payout(order_id)).unwrap();
    }
    let unreachable = setup.unreachable_client();
    unreachable.payouts().create(payout("B-3")).unwrap_err();
    unreachable.payouts().create(payout("B-4")).unwrap_err();
    client.payouts().create(payout("B-4")).unwrap();
    let schema = &setup.database().schema;
    let counted = format!(
        "SELECT string_agg(concat_ws(' ', number, counts, began_ms, amount), ',' ORDER BY number)
         FROM {schema}.events WHERE counts <> 0"
    );
    let read = || SERVER.execute(&counted).unwrap();
    let before = read();
    setup.execute(TO_VERSION_1);
    let limited = |sum: &str| {
        let limits = Limits::new().max_per_day(sum);
        setup
            .builder()
            .limits("payouts.create", limits)
            .build()
            .unwrap()
    };
    let error = limited("99").payouts().create(payout("B-5")).unwrap_err();
    assert!(
        error.message().contains("run the SQL of schema_sql"),
        "{error}"
    );
    // The second time it finds nothing to do.
    for _ in 0..2 {
        SERVER
            .execute(&Ledger::schema_sql(schema).unwrap())
            .unwrap();
        assert_eq!(read(), before);
    }
    let error = limited("19.99")
        .payouts()
        .create(payout("B-5"))
        .unwrap_err();
    assert_eq!(error.reason(), Some("max_per_day"));
    limited("20.00").payouts().create(payout("B-5")).unwrap();
}
