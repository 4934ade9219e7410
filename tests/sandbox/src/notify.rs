//! Messages to the merchant: notifications, and redirects of the payer's browser.

mod message;
mod options;
mod php;
mod redirect;
mod request;
mod signer;

use std::fmt;

use crate::provider::LookupError;
use crate::server::Server;

pub use self::message::Forged;
pub use self::options::{Encoding, FieldList, Partial, SignatureKind, Transport};
pub use self::redirect::{Redirect, Redirected};
pub use self::request::Notify;
pub(crate) use self::signer::Signer;

/// Why a notification or redirect could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotifyError {
    /// No order has that `id` and `order_id`.
    NotFound,
    /// Both a payment and a payout match.
    Ambiguous,
    /// Neither `id` nor `order_id` is set, options exclude each other, or the URL is not on
    /// loopback.
    Invalid(&'static str),
}

impl Server {
    /// Makes a notification without sending it.
    pub(crate) fn forge(&self, notify: &Notify) -> Result<Forged, NotifyError> {
        notify.validator().map_err(NotifyError::Invalid)?;
        // The state is not locked while the signature is made.
        let entry = self
            .state()
            .provider
            .notification_data(&notify.order_ref(), notify.kind)?;
        Ok(Forged::new(notify, &entry, self.account, &self.signer))
    }

    pub(crate) fn redirect(&self, redirect: &Redirect) -> Result<Redirected, NotifyError> {
        let payment = self.state().provider.redirect_data(&redirect.order_ref())?;
        Ok(Redirected::new(redirect, payment, &self.signer))
    }
}

impl From<LookupError> for NotifyError {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::MissingId => Self::Invalid(error.reason()),
            LookupError::NotFound => Self::NotFound,
            LookupError::Ambiguous => Self::Ambiguous,
        }
    }
}

impl fmt::Display for NotifyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotFound => LookupError::NotFound.reason(),
            Self::Ambiguous => LookupError::Ambiguous.reason(),
            Self::Invalid(reason) => reason,
        })
    }
}

impl std::error::Error for NotifyError {}
