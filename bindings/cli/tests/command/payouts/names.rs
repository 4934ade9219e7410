//! The file of results and the name of a list.

use std::fs;

use super::{HEADER, Payer, row};
use crate::program::{Run, run};

/// Runs the list of this name, which pays one order.
fn pay(payer: &Payer, name: &str, order: &str) -> Run {
    let list = format!("{HEADER}\n{}", row(order, "5.00"));
    payer.program.write(name, &list);
    let arguments = ["payouts", "run", name, "--yes", "--digest", "sha1"];
    let mut command = payer.program.command(&arguments);
    command
        .env("ALIKASSA_BASE_URL", payer.program.sandbox.url())
        .env("ALIKASSA_LEDGER", &payer.ledger);
    run(&mut command, "")
}

fn read(payer: &Payer, name: &str) -> Option<String> {
    fs::read_to_string(payer.program.folder.path().join(name)).ok()
}

#[test]
fn two_lists_have_two_files_of_results() {
    let payer = Payer::new();
    for (name, order, results) in [
        ("a.csv", "B-1", "a.results.csv"),
        ("a.b.csv", "B-2", "a.b.results.csv"),
        ("a.csv.csv", "B-3", "a.csv.results.csv"),
    ] {
        let paid = pay(&payer, name, order);
        assert_eq!(paid.code, 0, "{name}: {paid:?}");
        let results = read(&payer, results).unwrap();
        assert!(results.contains(order), "{name}: {results}");
        assert_eq!(results.lines().count(), 2, "{name}: {results}");
    }
    let of_first = read(&payer, "a.results.csv").unwrap();
    assert!(of_first.contains("B-1"), "{of_first}");
}

#[test]
fn a_list_whose_results_another_list_could_have_is_refused() {
    let payer = Payer::new();
    for name in ["a", "a.txt", "a.CSV", "a.csv.txt", ".csv"] {
        let refused = pay(&payer, name, "B-1");
        assert_eq!(refused.code, 2, "{name}: {refused:?}");
        assert!(refused.stderr.contains("ends with .csv"), "{refused:?}");
    }
    assert_eq!(payer.creates(), 0);
    assert_eq!(read(&payer, "a.results.csv"), None);
}

#[test]
fn a_file_that_has_no_results_is_not_replaced() {
    let payer = Payer::new();
    assert_eq!(pay(&payer, "a.results.csv", "B-1").code, 0);
    let list = read(&payer, "a.results.csv").unwrap();
    let refused = pay(&payer, "a.csv", "B-2");
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused.stderr.contains("not a file of results"),
        "{refused:?}"
    );
    assert_eq!(read(&payer, "a.results.csv").unwrap(), list);
    assert_eq!(payer.creates(), 1);

    payer.program.write("b.results.csv", "");
    assert_eq!(pay(&payer, "b.csv", "B-2").code, 2);
    assert_eq!(read(&payer, "b.results.csv").unwrap(), "");
}
