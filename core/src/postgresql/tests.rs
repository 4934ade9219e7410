//! The client with real servers.

use std::time::{Duration, Instant};

use alikassa_servers::{Options, Postgres};

use super::*;
use crate::net::tls::{Roots, TlsRoots};

fn pool(url: &str) -> Pool {
    let roots = TlsRoots::load(Roots::Bundled, None).unwrap();
    Pool::new(Target::parse_with(url, &roots, &|_| None).unwrap())
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

fn server() -> Postgres {
    Postgres::start(&Options::default()).unwrap()
}

#[test]
fn a_statement_is_answered() {
    let server = server();
    for url in [server.url(), server.socket_url()] {
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
    }
}
