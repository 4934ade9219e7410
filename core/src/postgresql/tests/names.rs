//! Statements that the server keeps under a name.

use alikassa_servers::PgBouncer;

use super::*;
use crate::postgresql::PooledConnection;

const SQL: &str = "SELECT $1::int + 1";

fn run(connection: &mut PooledConnection, sql: &str) -> String {
    let answer = connection.query(sql, &[Some("6")], soon()).unwrap();
    answer.rows[0].get(0).unwrap().to_owned()
}

/// The text and the number of runs of each statement with a name.
fn named(connection: &mut PooledConnection) -> Vec<(String, String)> {
    let sql = "SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements
        WHERE name <> '' ORDER BY prepare_time";
    let answer = connection.query(sql, &[], soon()).unwrap();
    let rows = answer.rows.iter();
    let column = |row: &crate::postgresql::Row, at| row.get(at).unwrap().to_owned();
    rows.map(|row| (column(row, 0), column(row, 1))).collect()
}

#[test]
fn the_server_keeps_a_statement_from_its_second_run_on() {
    let server = server();
    let pool = pool(&server.url());
    let mut connection = pool.get(soon()).unwrap();
    assert_eq!(run(&mut connection, SQL), "7");
    assert_eq!(named(&mut connection), []);
    for _ in 0..3 {
        assert_eq!(run(&mut connection, SQL), "7");
    }
    assert_eq!(named(&mut connection)[0], (SQL.to_owned(), "3".to_owned()));
}

#[test]
fn the_number_of_names_in_a_session_is_limited() {
    let server = server();
    let pool = pool(&server.url());
    let mut connection = pool.get(soon()).unwrap();
    for number in 0..40 {
        for _ in 0..2 {
            let sql = format!("SELECT $1::int + {number}");
            assert_eq!(run(&mut connection, &sql), (number + 6).to_string());
        }
    }
    assert_eq!(named(&mut connection).len(), 16);
}

#[test]
fn a_pooler_sees_no_names() {
    let server = server();
    let pgbouncer = PgBouncer::start(&server, 1).unwrap();
    let pool = pool(&pgbouncer.url());
    let mut connection = pool.get(soon()).unwrap();
    for _ in 0..4 {
        assert_eq!(run(&mut connection, SQL), "7");
    }
    assert_eq!(named(&mut connection), []);
}

/// As behind a pooler that passes the server's process id on.
#[test]
fn a_name_that_the_session_lost_or_has_for_something_else_is_not_used_again() {
    let server = server();
    let pool = pool(&server.url());
    let mut connection = pool.get(soon()).unwrap();
    for _ in 0..3 {
        assert_eq!(run(&mut connection, SQL), "7");
    }
    let name = "SELECT name FROM pg_prepared_statements WHERE name LIKE 'alikassa%'";
    let name = run_alone(&mut connection, name);
    run_alone(&mut connection, "DEALLOCATE ALL");
    for _ in 0..3 {
        assert_eq!(run(&mut connection, SQL), "7");
    }
    assert_eq!(named(&mut connection), []);

    let mut other = pool.get(soon()).unwrap();
    run_alone(&mut other, &format!("PREPARE {name} AS SELECT 1"));
    for _ in 0..3 {
        assert_eq!(run(&mut other, SQL), "7");
    }
}

fn run_alone(connection: &mut PooledConnection, sql: &str) -> String {
    let answer = connection.query(sql, &[], soon()).unwrap();
    let first = answer.rows.first().and_then(|row| row.get(0));
    first.unwrap_or_default().to_owned()
}

#[test]
fn a_column_of_another_type_does_not_fail_a_kept_statement() {
    let server = server();
    server
        .execute(
            "CREATE TABLE words (n int); INSERT INTO words VALUES (7); GRANT ALL ON words TO pay",
        )
        .unwrap();
    let pool = pool(&server.url());
    let mut connection = pool.get(soon()).unwrap();
    let sql = "SELECT n FROM words WHERE $1 = '6'";
    for _ in 0..3 {
        assert_eq!(run(&mut connection, sql), "7");
    }
    server
        .execute("ALTER TABLE words ALTER n TYPE text USING n || 'th'")
        .unwrap();
    for _ in 0..3 {
        assert_eq!(run(&mut connection, sql), "7th");
    }
}

#[test]
fn a_statement_that_fails_keeps_its_name() {
    let server = server();
    let pool = pool(&server.url());
    let mut connection = pool.get(soon()).unwrap();
    let sql = "SELECT 12 / $1::int";
    for _ in 0..3 {
        assert_eq!(run(&mut connection, sql), "2");
        let failed = connection.query(sql, &[Some("0")], soon());
        assert!(matches!(failed, Err(Failure::Refused(refusal)) if refusal.sqlstate == "22012"));
    }
    assert_eq!(named(&mut connection)[0].0, sql);
}
