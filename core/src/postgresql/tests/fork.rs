//! A fork while connections are kept.

#![allow(
    unsafe_code,
    reason = "there is no safe call of fork; the child only uses the pool and exits"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

use super::*;

const PID: &str = "SELECT pg_backend_pid()";

/// In a process of its own, which has no other threads.
#[test]
fn child_process() {
    let Ok(url) = std::env::var("FORK_TEST_URL") else {
        return;
    };
    let pool = pool(&url);
    let pid = ask(&pool, PID);
    // SAFETY: the child only does what this test is about, and ends with _exit.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let own = catch_unwind(AssertUnwindSafe(|| [ask(&pool, PID), ask(&pool, PID)]));
        let is_own = own.is_ok_and(|[first, second]| first == second && first != pid);
        drop(pool);
        // SAFETY: it ends this process without what else happens at an exit.
        unsafe { libc::_exit(i32::from(!is_own)) };
    }
    let mut status = 0;
    // SAFETY: the pointer is valid during the call.
    let ended = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!((ended, status), (child, 0));
    assert_eq!(ask(&pool, PID), pid);
    println!("both used their own");
}

#[test]
fn a_forked_child_makes_its_own_connections_and_leaves_its_parents_open() {
    let server = tls_server(Tls::Loopback);
    for url in [server.url(), server.socket_url()] {
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "postgresql::tests::fork::child_process",
                "--nocapture",
            ])
            .env("FORK_TEST_URL", url)
            .output()
            .unwrap();
        let printed =
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{}: {printed}", output.status);
        assert!(printed.contains("both used their own"), "{printed}");
    }
}
