//! Connections that are kept: reused while they work, bounded, and replaced when they do not.

use std::collections::BTreeSet;
use std::thread;

use alikassa_servers::PgBouncer;

use super::*;
use crate::postgresql::pool::MAX_CONNECTIONS;

const PID: &str = "SELECT pg_backend_pid()";

#[test]
fn an_idle_connection_is_used_again() {
    let server = tls_server(Tls::Loopback);
    for url in [server.url(), server.socket_url()] {
        let pool = pool(&url);
        let pid = ask(&pool, PID);
        assert_eq!(ask(&pool, PID), pid);
        // After an error too, since the session is as before.
        let refused = pool.get(soon()).unwrap().query("SELECT 1/0", &[], soon());
        assert!(matches!(refused, Err(Failure::Refused(refusal)) if refusal.sqlstate == "22012"));
        assert_eq!(ask(&pool, PID), pid);
    }
}

#[test]
fn a_connection_in_a_transaction_is_not_kept() {
    let server = server();
    let pool = pool(&server.url());
    let pid = ask(&pool, PID);
    pool.get(soon())
        .unwrap()
        .query("BEGIN", &[], soon())
        .unwrap();
    assert_ne!(ask(&pool, PID), pid);
}

#[test]
fn a_connection_that_the_server_ended_is_replaced_without_an_error() {
    let mut server = server();
    for url in [server.url(), server.socket_url()] {
        let pool = pool(&url);
        let pid = ask(&pool, PID);
        let ended = format!("SELECT pg_terminate_backend({pid}, 10000)");
        assert_eq!(server.execute(&ended).unwrap(), "t");
        let next = ask(&pool, PID);
        assert_ne!(next, pid);
        server.restart().unwrap();
        ask(&pool, PID);
        server.crash().unwrap();
        server.restart().unwrap();
        ask(&pool, PID);
    }
}

#[test]
fn connections_are_bounded_and_awaited_until_the_deadline() {
    let server = server();
    let pool = pool(&server.url());
    let mut taken: Vec<_> = (0..MAX_CONNECTIONS)
        .map(|_| pool.get(soon()).unwrap())
        .collect();
    let began = Instant::now();
    let limit = Duration::from_millis(300);
    let Err(Failure::NotSent(reason)) = pool.get(began + limit).map(|_| ()) else {
        panic!("there is one more");
    };
    ended_after(began, limit);
    assert!(reason.message.contains("are in use"), "{reason:?}");
    thread::scope(|scope| {
        let waiting = scope.spawn(|| ask(&pool, PID));
        thread::sleep(Duration::from_millis(50));
        assert!(!waiting.is_finished());
        taken.pop();
        waiting.join().unwrap();
    });
    drop(taken);
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'pay'";
    assert_eq!(
        server.execute(sessions).unwrap(),
        MAX_CONNECTIONS.to_string()
    );
    // Closing ends them all, and those that fail to open count no more.
    pool.close();
    let began = Instant::now();
    while server.execute(sessions).unwrap() != "0" {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "they are still open"
        );
    }
    let wrong = super::pool(&server.url().replace("/shop", "/none"));
    for _ in 0..=MAX_CONNECTIONS {
        assert!(
            matches!(wrong.get(soon()), Err(Failure::NotSent(reason)) if reason.message.contains("3D000"))
        );
    }
}

#[test]
fn a_pooler_in_transaction_mode_may_give_each_statement_to_another_session() {
    let server = server();
    let pgbouncer = PgBouncer::start(&server, 2).unwrap();
    let pool = pool(&pgbouncer.url());
    server
        .execute("CREATE TABLE numbers (n int); GRANT ALL ON numbers TO pay")
        .unwrap();
    let pids = thread::scope(|scope| {
        let run = |thread: usize| {
            let mut pids = BTreeSet::new();
            for number in 0..50 {
                let number = (thread * 50 + number).to_string();
                let mut connection = pool.get(soon()).unwrap();
                let sql = "INSERT INTO numbers VALUES ($1::int) RETURNING n, pg_backend_pid()";
                let answer = connection.query(sql, &[Some(&number)], soon()).unwrap();
                assert_eq!(answer.rows[0].get(0), Some(number.as_str()));
                pids.insert(answer.rows[0].get(1).unwrap().to_owned());
            }
            pids
        };
        let threads: Vec<_> = (0..4)
            .map(|thread| scope.spawn(move || run(thread)))
            .collect();
        let pids = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap());
        pids.collect::<BTreeSet<_>>()
    });
    assert_eq!(pids.len(), 2, "the sessions of the pooler");
    let found = "SELECT count(DISTINCT n) || ' ' || count(*) FROM numbers";
    assert_eq!(server.execute(found).unwrap(), "200 200");
}
