use std::collections::BTreeSet;

use clap::{Command, CommandFactory, Parser};
use serde_json::Value;

use super::Arguments;

/// The commands that print no JSON when they succeed.
const WITHOUT_JSON: [&str; 8] = [
    "completions",
    "ledger-backup",
    "ledger-check",
    "ledger-export",
    "ledger-release",
    "ledger-sql",
    "man",
    "sandbox",
];

/// Each command that has no others below it, with its words, such as `ledger show`.
fn leaves(command: &Command, words: &str) -> Vec<(String, Command)> {
    let subcommands: Vec<&Command> = command.get_subcommands().collect();
    if subcommands.is_empty() {
        return vec![(words.trim_start().to_owned(), command.clone())];
    }
    let leaves = subcommands.into_iter().map(|subcommand| {
        let words = format!("{words} {}", subcommand.get_name());
        leaves(subcommand, &words)
    });
    leaves.flatten().collect()
}

/// The lines of its help that a shell could run, up to what only the shell reads.
fn examples(command: &Command) -> Vec<String> {
    let help = command.get_after_help().map(ToString::to_string);
    let help = help.unwrap_or_default();
    let lines = help.lines().filter(|line| line.starts_with("  alikassa "));
    let lines = lines.map(|line| line.split(" > ").next().unwrap_or_default().trim());
    lines.map(str::to_owned).collect()
}

#[test]
fn each_command_with_arguments_has_examples_that_are_right() {
    for (words, command) in leaves(&Arguments::command(), "") {
        let examples = examples(&command);
        let has_arguments = command.get_arguments().next().is_some();
        assert!(!has_arguments || !examples.is_empty(), "{words}");
        for example in examples {
            assert!(
                example.starts_with(&format!("alikassa {words}")),
                "{example}"
            );
            check(&example);
        }
    }
    let first = examples(&Arguments::command());
    assert!(!first.is_empty());
    for example in first {
        check(&example);
    }
}

fn check(example: &str) {
    let parsed = Arguments::try_parse_from(example.split(' '));
    assert!(parsed.is_ok(), "{example}: {:?}", parsed.err());
}

#[test]
fn each_command_that_prints_json_has_a_schema() {
    let schemas: Value = serde_json::from_str(include_str!("../../schemas.json")).unwrap();
    let definitions = schemas["$defs"].as_object().unwrap().keys();
    let is_command = |name: &&String| name.starts_with(char::is_lowercase) && *name != "error";
    let schemas: BTreeSet<String> = definitions.filter(is_command).cloned().collect();
    let commands = leaves(&Arguments::command(), "").into_iter();
    let commands = commands.map(|(words, _)| words.replace(' ', "-"));
    let with_json = commands.filter(|name| !WITHOUT_JSON.contains(&name.as_str()));
    assert_eq!(with_json.collect::<BTreeSet<_>>(), schemas);
}
