//! The PHP package's tests, with a real php-fpm and nginx.

use std::process::Command;

use super::{Counts, number_before, output, tally};
use crate::Result;
use crate::language::Language;
use crate::tally::Tally;

pub(super) fn run() -> Result<Vec<Tally>> {
    let configuration = "--configuration=bindings/php/phpunit.xml";
    let result = output(Command::new("phpunit").arg(configuration))?;
    let counts = counts(&result.1);
    Ok(vec![tally("phpunit", Language::Php.name(), result, counts)])
}

/// Parses the last line: `OK (53 tests, 727 assertions)`, or `Tests: 53, Assertions: 700, Errors: 1,
/// Failures: 2.`
fn counts(output: &str) -> Option<Counts> {
    let mut lines = output.lines().rev();
    lines.find_map(|line| match line.strip_prefix("Tests: ") {
        Some(_) => {
            let number = |name| number_behind(line, name).unwrap_or(0);
            let failed =
                number("Errors") + number("Failures") + number("Warnings") + number("Risky");
            let skipped = number("Skipped") + number("Incomplete");
            Some(Counts {
                passed: number("Tests").saturating_sub(failed + skipped),
                failed,
                skipped,
            })
        }
        None => line.strip_prefix("OK (").map(|line| Counts {
            passed: number_before(line, "test").unwrap_or(0),
            ..Counts::default()
        }),
    })
}

/// The number behind a word: 12 in `Tests: 12,`.
fn number_behind(line: &str, word: &str) -> Option<usize> {
    let (_, behind) = line.split_once(&format!("{word}: "))?;
    let digits = behind.split(|character: char| !character.is_ascii_digit());
    digits.into_iter().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_parsed() {
        let good = "....\n\nOK (53 tests, 727 assertions)\n";
        assert_eq!(counts(good).unwrap().passed, 53);
        let bad = "FAILURES!\nTests: 53, Assertions: 7, Errors: 1, Failures: 2, Skipped: 4.\n";
        let expected = Counts {
            passed: 46,
            failed: 3,
            skipped: 4,
        };
        assert_eq!(counts(bad), Some(expected));
        assert_eq!(counts("PHP Fatal error"), None);
    }
}
