//! Names of ledgers and of the schemas of databases, without a database.

use alikassa::Ledger;

use super::Setup;

#[test]
fn the_name_of_a_ledger_opens_it_again() {
    let setup = Setup::new();
    let ledger = setup.ledger();
    let again = Ledger::named(ledger.name().unwrap()).unwrap();
    assert_eq!(again.location(), ledger.location());
    let url = "postgresql://merchant@127.0.0.1:1/x?sslmode=disable";
    let location = "postgresql://127.0.0.1:1/x?schema=alikassa";
    assert_eq!(Ledger::named(url).unwrap().location(), location);
}

#[test]
fn the_sql_of_a_schema_has_its_name() {
    let sql = Ledger::schema_sql("payouts").unwrap();
    assert!(
        sql.contains("CREATE TABLE IF NOT EXISTS payouts.creates"),
        "{sql}"
    );
    for name in ["", "x; DROP TABLE y", "x\"y", "1x"] {
        let error = Ledger::schema_sql(name).unwrap_err();
        assert_eq!(error.field(), Some("schema"), "{name}");
    }
}
