//! Reports that wait to be settled together.

use std::mem::take;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use super::entry::Key;
use super::rules::{Report, Subject};
use crate::error::Result;
use crate::types::ledger_row::LedgerRow;

/// What a report says about a row, and the row after it.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub(crate) row: LedgerRow,
    pub(crate) subject: Subject,
}

/// The reports that wait to be settled.
#[derive(Default)]
pub(super) struct Waiting(Mutex<Vec<Item>>);

/// A report that waits, and the thread that waits for its result.
pub(super) struct Item {
    pub(super) key: Key,
    pub(super) report: Report,
    pub(super) result: Sender<Result<Option<Settled>>>,
}

impl Waiting {
    pub(super) fn add(&self, key: Key, report: Report) -> Receiver<Result<Option<Settled>>> {
        let (sender, receiver) = channel();
        let mut items = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        items.push(Item {
            key,
            report,
            result: sender,
        });
        receiver
    }

    pub(super) fn take(&self) -> Vec<Item> {
        take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
