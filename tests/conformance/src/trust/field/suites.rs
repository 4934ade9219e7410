//! The kinds that the repository's own tests try: each with its tests, which run again here so that
//! the table shows them.

use crate::Result;
use crate::suites::{cargo, node, pytest};
use crate::tally::Tally;
use crate::trust::row::Row;

/// Where the tests of a kind are.
enum Tests {
    /// A module of `core/tests/it`.
    Core(&'static str),
    /// A file of `python/tests`.
    Python(&'static str),
    /// A file of `node/test`.
    Node(&'static str),
}

use Tests::{Core, Node, Python};

/// A kind, its tests, and how many there are at least.
const KINDS: &[(&str, Tests, usize)] = &[
    (
        "whose status a row takes, one by one",
        Core("ledger::settle"),
        15,
    ),
    (
        "a loop that settles orders, killed at every line",
        Python("test_settling.py"),
        2,
    ),
    (
        "three files, copies, mounts, links",
        Core("ledger::copy"),
        15,
    ),
    ("a ledger of the first version", Core("ledger::version"), 2),
    ("a Python program ends", Python("test_ledger_exit.py"), 6),
    ("a Node program ends", Node("ledger_exit.test.mjs"), 4),
    ("the outcome of a duplicate", Core("ledger::record"), 6),
    (
        "responses that prove no outcome",
        Core("creates::outcome"),
        6,
    ),
    (
        "connections that fail during a create",
        Core("creates::connection"),
        3,
    ),
    (
        "servers that are not the provider's",
        Core("creates::digest"),
        6,
    ),
    ("no thread can be started", Core("thread_limit"), 2),
    ("proxies", Core("proxies"), 8),
    ("peers that send a byte at a time", Core("drips"), 2),
    ("idle connections at close", Core("closing"), 3),
    ("the log of the HTTP client", Core("logs"), 2),
    (
        "card numbers in texts, Python",
        Python("test_card_numbers.py"),
        5,
    ),
    ("card numbers in texts, Node", Node("secrets.test.mjs"), 6),
    ("key residue in memory", Core("residue"), 2),
    (
        "daemon threads at the exit of Python",
        Python("test_exit.py"),
        11,
    ),
];

pub(super) fn run() -> Result<Vec<Row>> {
    KINDS
        .iter()
        .map(|(what, tests, at_least)| Ok(Row::of(*what, &tests.run()?, *at_least)))
        .collect()
}

impl Tests {
    fn run(&self) -> Result<Tally> {
        match self {
            Core(module) => cargo::module(module),
            Python(file) => pytest::file(file),
            Node(file) => node::file(file),
        }
    }
}
