//! The account that a client calls for. The clients of several accounts share everything else.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};

const MAX_UUID: usize = 64;

/// An account, and whether the client of it was closed alone.
pub(crate) struct ClientAccount {
    pub(crate) uuid: Arc<str>,
    /// Whether its client was derived from another one, which it does not close.
    pub(crate) is_derived: bool,
    closed: AtomicBool,
}

impl ClientAccount {
    pub(crate) fn new(uuid: String, is_derived: bool) -> Self {
        Self {
            uuid: uuid.into(),
            is_derived,
            closed: AtomicBool::new(false),
        }
    }

    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Tells the calls of this client apart from those of the others that share its threads. A call
    /// keeps its account, so no two have the same number at the same time.
    pub(crate) fn owner(&self) -> usize {
        ptr::from_ref(self).addr()
    }
}

/// Checks for `[A-Za-z0-9_.-]{1,64}`: nothing in it can start another header.
pub(crate) fn check_uuid(field: &str, value: &str) -> Result<()> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if value.is_empty() || value.len() > MAX_UUID || !value.bytes().all(allowed) {
        let message = format!("{field}: pass the UUID, 1 to 64 of A-Z a-z 0-9 _ . -");
        return Err(Error::invalid_argument(field, "format", message));
    }
    Ok(())
}

/// The notice about an account that is not a UUID.
pub(crate) fn notice_of_uuid(account: &str) -> Option<String> {
    let notice = "account: this is not a UUID; copy the account's UUID from the provider's cabinet";
    (!is_uuid(account)).then(|| notice.to_owned())
}

/// Whether it has the form of a UUID, as every account has that the provider is known to give.
fn is_uuid(account: &str) -> bool {
    let mut bytes = account.bytes().enumerate();
    let is_form = |(place, byte): (usize, u8)| match place {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    account.len() == 36 && bytes.all(is_form)
}
