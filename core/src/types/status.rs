//! The state of a payment or a payout.

use std::borrow::Cow;
use std::fmt;

/// The state of a payment or a payout: an open set, so that a status the provider adds tomorrow still arrives.
///
/// Source: the status pages of payments and payouts.
///
/// ```
/// use alikassa::PaymentStatus;
/// assert_eq!(PaymentStatus::PAID, "paid");
/// assert!(PaymentStatus::FAIL.is_final() && !PaymentStatus::WAIT.is_final());
/// assert!(!PaymentStatus::from("refunded".to_owned()).is_final());
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct PaymentStatus(Cow<'static, str>);

impl PaymentStatus {
    /// In progress; not final.
    pub const WAIT: Self = Self(Cow::Borrowed("wait"));
    /// Done; final.
    pub const PAID: Self = Self(Cow::Borrowed("paid"));
    /// Cancelled; final.
    pub const CANCEL: Self = Self(Cow::Borrowed("cancel"));
    /// Failed; final.
    pub const FAIL: Self = Self(Cow::Borrowed("fail"));

    /// The provider's word.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the status can still change. A status this library does not know is not final.
    pub fn is_final(&self) -> bool {
        [Self::PAID, Self::CANCEL, Self::FAIL].contains(self)
    }
}

impl From<String> for PaymentStatus {
    fn from(status: String) -> Self {
        Self(Cow::Owned(status))
    }
}

impl PartialEq<&str> for PaymentStatus {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<str> for PaymentStatus {
    fn eq(&self, other: &str) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for PaymentStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
