//! What the ledger knows about the payouts of a list.

use alikassa::binding::Recorded;
use alikassa::{Client, Error, Ledger};

use super::list::Payout;
use crate::configuration::{self, Connection};
use crate::failure::Failure;

/// The ledger of a client, for the payouts of its account.
pub(super) struct Book<'a> {
    client: &'a Client,
    ledger: &'a Ledger,
}

impl<'a> Book<'a> {
    pub(super) fn of(client: &'a Client, connection: &Connection) -> Result<Self, Failure> {
        let missing = "ledger: pass --ledger, or set ALIKASSA_LEDGER";
        let ledger = client.ledger().ok_or_else(|| Failure::usage(missing))?;
        let settings = configuration::settings(connection)?;
        if settings.iter().all(|(name, _)| *name != "payout_cert") {
            let missing = "payout_cert: pass --payout-cert, or set ALIKASSA_PAYOUT_CERT";
            return Err(Failure::usage(missing));
        }
        Ok(Self { client, ledger })
    }

    pub(super) fn location(&self) -> &str {
        self.ledger.location()
    }

    /// The row of each payout, and whether it was sent with the same fields. The ledger compares
    /// them itself, because it has no card numbers.
    pub(super) fn recorded<'b>(
        &self,
        payouts: impl IntoIterator<Item = &'b Payout>,
    ) -> impl Iterator<Item = Result<Option<Recorded>, Error>> {
        self.client.recorded(payouts.into_iter().map(Payout::call))
    }
}
