//! The state of a row of the ledger.

use std::fmt;

/// The state of a create in the ledger.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LedgerState {
    /// In flight, or its process ended before the response was recorded.
    Sending,
    /// The provider has the order; `payment_status` is its status.
    Accepted,
    /// The provider rejected the order.
    Rejected,
    /// No byte of the request was sent.
    NotSent,
    /// The provider may have carried it out.
    Unknown,
    /// The merchant decided that it may be sent again.
    Released,
}

impl LedgerState {
    /// Every state, for the bindings.
    #[doc(hidden)]
    pub const ALL: [Self; 6] = [
        Self::Sending,
        Self::Accepted,
        Self::Rejected,
        Self::NotSent,
        Self::Unknown,
        Self::Released,
    ];

    /// The state in lower case: `"not_sent"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
            Self::Released => "released",
        }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether a create may be sent when its row is in this state.
    pub(crate) fn allows_sending(self) -> bool {
        self.is_open() == IsOpen::Never
    }

    /// Whether a row in this state is open.
    pub(crate) fn is_open(self) -> IsOpen {
        match self {
            Self::Sending | Self::Unknown => IsOpen::Always,
            Self::Accepted => IsOpen::UntilFinal,
            Self::NotSent | Self::Rejected | Self::Released => IsOpen::Never,
        }
    }
}

/// Whether the result of a row is still to be found out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum IsOpen {
    Always,
    /// Until its `payment_status` is final.
    UntilFinal,
    /// Never: the provider does not have the order, so it may be sent again.
    Never,
}

impl fmt::Display for LedgerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
