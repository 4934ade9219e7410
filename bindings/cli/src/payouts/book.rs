//! What the ledger knows about the payouts of a list.

use alikassa::binding::OptionValue;
use alikassa::{CallOptions, Client, Digest, Error, ErrorKind, Ledger, LedgerRow};

use super::list::Payout;
use crate::configuration::{self, Connection};
use crate::failure::Failure;

/// A host that does not exist. Source: RFC 6761.
const NOWHERE: &str = "https://nowhere.invalid";

/// The ledger of a client, for the payouts of its account.
pub(super) struct Book<'a> {
    client: &'a Client,
    ledger: &'a Ledger,
    /// Has the ledger, and its creates reach nobody.
    unconnected: Client,
}

impl<'a> Book<'a> {
    pub(super) fn of(client: &'a Client, connection: &Connection) -> Result<Self, Failure> {
        let missing = "ledger: pass --ledger, or set ALIKASSA_LEDGER";
        let ledger = client.ledger().ok_or_else(|| Failure::usage(missing))?;
        let settings = configuration::settings(connection)?;
        let missing = "payout_cert: pass --payout-cert, or set ALIKASSA_PAYOUT_CERT";
        let (name, cert) = settings
            .into_iter()
            .find(|(name, _)| *name == "payout_cert")
            .ok_or_else(|| Failure::usage(missing))?;
        let unconnected = Client::builder(client.account_id())
            .set(name, cert)?
            .set("ledger", OptionValue::Ledger(ledger.clone()))?
            .base_url(NOWHERE)
            .proxy("none")
            .digest(Digest::Sha1)
            .max_retries(0)
            .build()?;
        Ok(Self {
            client,
            ledger,
            unconnected,
        })
    }

    pub(super) fn location(&self) -> &str {
        self.ledger.location()
    }

    pub(super) fn row(&self, payout: &Payout) -> Result<Option<LedgerRow>, Error> {
        let account = Some(self.client.account_id());
        let operation = "payouts.create";
        self.ledger.get_in(account, operation, &payout.order_id)
    }

    /// Whether the row of this payout, which is accepted or open, was sent with other fields.
    ///
    /// Only the ledger can tell, when it refuses a create: it has no card numbers. If another
    /// process changes the row meanwhile so that it does not refuse, this create is not sent either.
    pub(super) fn has_other_fields(&self, payout: &Payout) -> Result<bool, Error> {
        let call = payout.call()?;
        match self.unconnected.execute(call, &CallOptions::default()) {
            Err(error) if error.kind() == ErrorKind::DuplicateOrder => {
                Ok(error.same_body() != Some(true))
            }
            Err(error) if error.kind() != ErrorKind::Transport => Err(error),
            _ => Ok(false),
        }
    }
}
