//! What is known of an order whose create was not answered.

/// What is known of an order whose create was not answered. It never says that the order was not created: the
/// provider cannot prove that.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Resolution<T> {
    /// Whether the provider has the order that was sent.
    pub found: bool,
    /// The last status that the provider answered with, found or not.
    pub status: Option<T>,
    /// How the order was recognised, when it was found.
    pub matched_by: Option<MatchedBy>,
}

/// How an order was recognised.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MatchedBy {
    /// By `order_id` and amount.
    Amount,
    /// By `order_id` alone, as no amount to compare was known.
    OrderId,
}

impl MatchedBy {
    /// `"amount"` or `"order_id"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::OrderId => "order_id",
        }
    }
}
