//! Programs that cancel calls, and that keep clients.

use std::path::PathBuf;

use crate::fixture::{Execute, NO_ARGUMENTS, empty_folder, environment, sandbox};
use crate::toolchain::{compile, execute, execute_under_valgrind};

/// The sandbox has the keys, and sees no request: the program has its own server.
#[test]
fn a_cancelled_create_is_not_sent_or_unknown() {
    let folder = empty_folder("cancelled-creates");
    let sandbox = sandbox();
    let environment = environment(&sandbox);
    let program = compile("tests/c/cancelled_creates.c");
    for (execute, ledger) in [
        (execute::<PathBuf> as Execute, "plain.sqlite"),
        (execute_under_valgrind::<PathBuf>, "valgrind.sqlite"),
    ] {
        execute(&program, &[folder.join(ledger)], &environment);
    }
    assert!(sandbox.log().is_empty());
}

#[test]
fn cancelled_reads_end_in_flight_and_in_their_pauses() {
    let folder = empty_folder("cancelled-reads");
    let sandbox = sandbox();
    let environment = environment(&sandbox);
    let program = compile("tests/c/cancelled_reads.c");
    let arguments = [folder.join("plain.sqlite"), "fork".into()];
    execute(&program, &arguments, &environment);
    let arguments = [folder.join("valgrind.sqlite")];
    execute_under_valgrind(&program, &arguments, &environment);
}

#[test]
fn clients_are_kept_by_name_in_their_process() {
    let sandbox = sandbox();
    let program = compile("tests/c/kept.c");
    execute(&program, &["fork"], &environment(&sandbox));
    let version = env!("CARGO_PKG_VERSION");
    let log = sandbox.log();
    assert_eq!(
        log.last().unwrap().headers["user-agent"],
        format!("alikassa-php/0.1.0-rc.1 alikassa-c/{version}")
    );
    execute_under_valgrind(&program, &NO_ARGUMENTS, &environment(&sandbox));
}
