//! The file of results: one line for each row of the list that was sent or is about to be.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use alikassa::{LedgerRow, LedgerState};

use super::list::Payout;
use super::outcome::{COLUMNS, PayoutResult};
use crate::csv_cell::cell;
use crate::failure::Failure;
use crate::ledger::parse_state;

type Cells = [String; COLUMNS.len()];

/// The path of the results of a list: `march.results.csv` for `march.csv`. Without the condition on
/// its name, two lists could have the same one.
pub(super) fn path(list: &Path) -> Result<PathBuf, Failure> {
    if list.extension().is_none_or(|extension| extension != "csv") {
        let message = "give the list a name that ends with .csv";
        return Err(Failure::usage(format!("{}: {message}", list.display())));
    }
    Ok(list.with_extension("results.csv"))
}

/// The results that the file has from earlier runs, and their messages, which the ledger does not
/// keep.
pub(super) struct Earlier(HashMap<String, Cells>);

impl Earlier {
    /// Reads the file, if there is one. A line that was not written to its end is left out. Another
    /// file is an error, because it would be replaced.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self(HashMap::new()));
            }
            file => file?,
        };
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
        if !reader.headers().is_ok_and(|names| *names == COLUMNS[..]) {
            let message = "this is not a file of results; move it to another place";
            return Err(io::Error::other(message));
        }
        let mut results = HashMap::new();
        for record in reader.into_records() {
            let cells: Vec<String> = record?.iter().map(str::to_owned).collect();
            if let Ok(cells) = Cells::try_from(cells) {
                let [order_id, ..] = &cells;
                results.insert(order_id.clone(), cells);
            }
        }
        Ok(Self(results))
    }

    fn get(&self, payout: &Payout) -> Option<&Cells> {
        self.0.get(&cell(&payout.order_id))
    }

    /// Whether an earlier run may have sent the payout. Then the ledger has a row of it.
    pub(super) fn was_sent(&self, payout: &Payout) -> bool {
        let cells = self.get(payout);
        cells.is_some_and(|[_, _, state, ..]| state != "not_sent")
    }

    /// What the ledger has, with the earlier message about that state. Of a payout that failed
    /// before it was recorded, only the file has a result.
    pub(super) fn known(&self, payout: &Payout, row: Option<&LedgerRow>) -> Option<PayoutResult> {
        let cells = self.get(payout);
        let mut result = if let Some(row) = row {
            PayoutResult::of_row(payout, row)
        } else {
            let [_, _, state, ..] = cells?;
            let state = parse_state(state).unwrap_or(LedgerState::Unknown);
            PayoutResult::new(payout, state)
        };
        if let Some([_, _, state, .., message]) = cells {
            // It was asked for and not found, so nothing is in flight any more.
            if result.state == LedgerState::Sending && state == LedgerState::Unknown.as_str() {
                result.state = LedgerState::Unknown;
            }
            if state == result.state.as_str() {
                result.message.clone_from(message);
            }
        }
        Some(result)
    }
}

/// The file, open for the next result.
pub(super) struct Results(csv::Writer<File>);

impl Results {
    /// Replaces the file by what is known about each payout.
    pub(super) fn rebuild(
        path: &Path,
        known: impl Iterator<Item = io::Result<Option<PayoutResult>>>,
    ) -> io::Result<Self> {
        let unfinished = path.with_extension("csv.part");
        let mut table = csv::Writer::from_path(&unfinished)?;
        table.write_record(COLUMNS)?;
        for result in known {
            if let Some(result) = result? {
                table.write_record(result.cells())?;
            }
        }
        table.flush()?;
        std::fs::rename(&unfinished, path)?;
        Ok(Self(table))
    }

    /// Adds a result. It is in the file when this returns.
    pub(super) fn add(&mut self, result: &PayoutResult) -> io::Result<()> {
        self.0.write_record(result.cells())?;
        self.0.flush()
    }
}
