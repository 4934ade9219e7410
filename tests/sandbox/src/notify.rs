//! What the provider tells the merchant on its own: notifications, and redirects of the payer.

mod message;
mod options;
mod php;
mod redirect;
mod request;
mod signer;

use std::fmt;

use crate::provider::Misnamed;
use crate::server::Server;

pub use self::message::Forged;
pub use self::options::{Encoding, FieldList, Partial, Seal, Transport};
pub use self::redirect::{Redirect, Redirected};
pub use self::request::Notify;
pub(crate) use self::signer::Signer;

/// Why there is no such notification or redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotifyError {
    /// Nothing has that `id` and `order_id`.
    NotFound,
    /// A payment and a payout have it.
    Ambiguous,
    /// Neither `id` nor `order_id`, options that exclude each other, or a URL not to be called.
    Invalid(&'static str),
}

impl Server {
    /// Makes the message without sending it.
    pub(crate) fn forge(&self, notify: &Notify) -> Result<Forged, NotifyError> {
        notify.check().map_err(NotifyError::Invalid)?;
        // The lock is not held while the signature is made.
        let entry = self.world().book.shown(&notify.names(), notify.kind)?;
        Ok(Forged::new(notify, &entry, self.account, &self.signer))
    }

    pub(crate) fn redirect(&self, redirect: &Redirect) -> Result<Redirected, NotifyError> {
        let payment = self.world().book.redirected(&redirect.names())?;
        Ok(Redirected::new(redirect, payment, &self.signer))
    }
}

impl From<Misnamed> for NotifyError {
    fn from(misnamed: Misnamed) -> Self {
        match misnamed {
            Misnamed::Nameless => Self::Invalid(misnamed.reason()),
            Misnamed::NotFound => Self::NotFound,
            Misnamed::Ambiguous => Self::Ambiguous,
        }
    }
}

impl fmt::Display for NotifyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotFound => Misnamed::NotFound.reason(),
            Self::Ambiguous => Misnamed::Ambiguous.reason(),
            Self::Invalid(reason) => reason,
        })
    }
}

impl std::error::Error for NotifyError {}
