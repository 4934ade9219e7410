//! The status of a payment or payout.

use std::borrow::Cow;
use std::fmt;

/// The status of a payment or payout. The set is open: a status that the provider adds later is
/// kept as it is.
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

/// A status that this library knows.
#[derive(Debug)]
pub struct KnownStatus {
    /// The constant in every language: `"PAID"`.
    pub name: &'static str,
    /// The provider's word.
    pub value: &'static str,
    /// The documentation.
    pub doc: &'static str,
    is_final: bool,
}

/// Declares the known statuses: a constant for each, and the list of them.
macro_rules! known_statuses {
    ($($name:ident = $value:literal, is_final: $is_final:literal, $doc:literal;)*) => {
        impl PaymentStatus {
            $(
                #[doc = $doc]
                pub const $name: Self = Self(Cow::Borrowed($value));
            )*

            /// The known statuses, for the bindings.
            #[doc(hidden)]
            pub const KNOWN: &'static [KnownStatus] = &[
                $(KnownStatus {
                    name: stringify!($name),
                    value: $value,
                    doc: $doc,
                    is_final: $is_final,
                },)*
            ];
        }
    };
}

known_statuses! {
    WAIT = "wait", is_final: false, "In progress; not final.";
    PAID = "paid", is_final: true, "Paid; final.";
    CANCEL = "cancel", is_final: true, "Cancelled; final.";
    FAIL = "fail", is_final: true, "Failed; final.";
}

impl PaymentStatus {
    /// The provider's word.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the status can no longer change. A status that this library does not know is not
    /// final.
    pub fn is_final(&self) -> bool {
        let known = Self::KNOWN.iter().find(|known| known.value == self.0);
        known.is_some_and(|known| known.is_final)
    }

    /// The words of the statuses that never change.
    pub(crate) fn final_words() -> impl Iterator<Item = &'static str> {
        let known = Self::KNOWN.iter();
        known
            .filter(|known| known.is_final)
            .map(|known| known.value)
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
