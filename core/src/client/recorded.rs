//! What the ledger has of creates before they are sent, for the command.

use crate::client::Client;
use crate::client::call::Call;
use crate::engine::create;
use crate::error::{Error, Result};
use crate::ledger::{Entry, SentBody};
use crate::types::ledger_row::LedgerRow;

/// How many rows are read at a time: a ledger in a file serves nobody else meanwhile.
const PAGE: usize = 1000;

/// The row of an order, and whether it was sent with the same body.
#[derive(Debug)]
pub struct Recorded {
    /// The row.
    pub row: LedgerRow,
    /// How the body that was sent compares with that of the create.
    pub body: SentBody,
}

#[doc(hidden)]
impl Client {
    /// What the ledger has of the orders of some creates, in their order. Nothing is sent or
    /// written, and few rows are in memory at a time.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for invalid fields or a create
    /// without an `order_id`; [`Configuration`](crate::ErrorKind::Configuration) without a ledger
    /// or the certificate; [`Ledger`](crate::ErrorKind::Ledger) if the ledger cannot be read.
    /// Nothing that comes after an error has a meaning.
    pub fn recorded(
        &self,
        creates: impl IntoIterator<Item = Result<Call>>,
    ) -> impl Iterator<Item = Result<Option<Recorded>>> {
        let mut creates = creates.into_iter();
        let mut page = Vec::new().into_iter();
        std::iter::from_fn(move || {
            if page.len() == 0 {
                match self.page(creates.by_ref().take(PAGE)) {
                    Ok(next) => page = next.into_iter(),
                    Err(error) => return Some(Err(error)),
                }
            }
            page.next().map(Ok)
        })
    }

    fn page(&self, creates: impl Iterator<Item = Result<Call>>) -> Result<Vec<Option<Recorded>>> {
        let entries = creates.map(|call| self.entry(call?));
        let entries = entries.collect::<Result<Vec<_>>>()?;
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let recorded = self.shared.ledger()?.recorded(&entries)?.into_iter();
        Ok(recorded
            .map(|row| row.map(|(row, body)| Recorded { row, body }))
            .collect())
    }

    fn entry(&self, call: Call) -> Result<Entry> {
        let request = call.into_request()?;
        let Some(create) = &request.create else {
            return Err(Error::configuration("this call creates nothing"));
        };
        create::entry(&self.shared, &self.account, &request, create)
    }
}
