//! The ledger: whether creates can be recorded, and how many are open.

use std::path::Path;

use alikassa::Ledger;

use super::Context;
use super::finding::Finding;

pub(super) fn ledger(context: &mut Context) -> Finding {
    let Some(name) = context.settings.text("ledger") else {
        return Finding::skipped("not set").with_advice(
            "pass --ledger with a file, so that no payout is sent twice after a crash",
        );
    };
    let ledger = match Ledger::named(name) {
        Ok(ledger) => ledger,
        Err(error) => {
            let advice = "pass --ledger with the path of a file, or a postgresql:// URL";
            return Finding::failed(error.message(), advice);
        }
    };
    if is_new_file(name) {
        let seen = format!("{} is created by the first create", ledger.location());
        return Finding::ok(seen);
    }
    // The client hands its authorities over to the ledger, for the certificate of a database.
    let roots = context.settings.builder.clone().proxy("none");
    _ = roots.ledger(ledger.clone()).build();
    match ledger.check() {
        Err(error) => Finding::failed(
            error.message(),
            error
                .hint()
                .unwrap_or("correct this before the next create"),
        ),
        Ok(warnings) if warnings.is_empty() => open_rows(&ledger),
        Ok(warnings) => Finding::warning(warnings.join("; "), "settle this before the next create"),
    }
}

/// A check would create the file. Without its folder the check says so.
fn is_new_file(name: &str) -> bool {
    let path = Path::new(name);
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let is_folder = folder.unwrap_or(Path::new(".")).is_dir();
    !name.contains("://") && is_folder && !path.exists()
}

fn open_rows(ledger: &Ledger) -> Finding {
    let mut count = 0;
    for row in ledger.open() {
        match row {
            Ok(_) => count += 1,
            Err(error) => return Finding::failed(error.message(), "restore the ledger"),
        }
    }
    let place = ledger.location();
    Finding::ok(match count {
        1 => format!("{place} can record creates; 1 row is open"),
        _ => format!("{place} can record creates; {count} rows are open"),
    })
}
