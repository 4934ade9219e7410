//! The client with real servers.

use std::time::{Duration, Instant};

use alikassa_servers::{Options, Postgres, Tls};

use super::*;
use crate::net::tls::{Roots, TlsRoots};

mod fakes;
mod faults;
mod fork;
mod hosts;
mod kept;
mod login;
mod names;

fn target(url: &str) -> Target {
    let roots = TlsRoots::load(Roots::Bundled, None).unwrap();
    Target::parse_with(url, &roots, &|_| None).unwrap()
}

fn pool(url: &str) -> Pool {
    Pool::new(target(url))
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

fn server() -> Postgres {
    Postgres::start(&Options::default()).unwrap()
}

fn tls_server(tls: Tls) -> Postgres {
    let tls = Some(tls);
    Postgres::start(&Options {
        tls,
        ..Options::default()
    })
    .unwrap()
}

/// The first column of the first row, in a connection of the pool.
fn ask(pool: &Pool, sql: &str) -> String {
    let answer = pool.get(soon()).unwrap().query(sql, &[], soon()).unwrap();
    answer.rows[0].get(0).unwrap().to_owned()
}

/// Why no connection is made, and what to do about it, as one text. It has no password.
fn refusal(url: &str) -> String {
    let Err(Failure::NotSent(reason)) = pool(url).get(soon()).map(|_| ()) else {
        panic!("{url}: it is connected");
    };
    let text = format!("{reason:?}");
    let shown = format!("{} ({})", reason.message, reason.hint.unwrap_or_default());
    for secret in [
        alikassa_servers::PASSWORD,
        alikassa_servers::ESCAPED_PASSWORD,
        "s3cret",
    ] {
        assert!(!text.contains(secret), "{text}");
    }
    shown
}

/// Asserts that this ended at about this time after it began.
fn ended_after(began: Instant, limit: Duration) {
    let elapsed = began.elapsed();
    let late = limit + Duration::from_millis(500);
    assert!((limit..late).contains(&elapsed), "{elapsed:?}");
}

#[test]
fn a_statement_is_answered_over_tcp_tls_and_a_unix_socket() {
    let server = tls_server(Tls::Loopback);
    for (url, uses_tls) in [(server.url(), "true"), (server.socket_url(), "false")] {
        let pool = pool(&url);
        let mut connection = pool.get(soon()).unwrap();
        let sql = "SELECT $1::text, $2::text, 7 UNION ALL SELECT 'x', 'é', 8";
        let answer = connection
            .query(sql, &[Some("a\nb"), None], soon())
            .unwrap();
        assert_eq!(answer.rows_affected, 2);
        let row: Vec<_> = (0..3).map(|column| answer.rows[0].get(column)).collect();
        assert_eq!(row, [Some("a\nb"), None, Some("7")]);
        assert_eq!(answer.rows[1].get(1), Some("é"));
        let sql = "SELECT ssl::text || ' ' || application_name FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                   WHERE pid = pg_backend_pid()";
        drop(connection);
        assert_eq!(ask(&pool, sql), format!("{uses_tls} alikassa"));
    }
}
