//! The result of a resolve: what the provider knows of an order with an unknown outcome.

/// What the provider knows of an order with an unknown outcome. It never says that the order was
/// not created: the provider cannot prove that.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Resolution<T> {
    /// Whether the provider has the order that was sent.
    pub found: bool,
    /// The last status that the provider returned, whether found or not.
    pub status: Option<T>,
    /// How the order was matched, if it was found.
    pub matched_by: Option<MatchedBy>,
    /// The id in `status`, if that is another payment or payout with this `order_id` than the one
    /// in the ledger, or if it cannot be told which of them it is. Then the order is not found.
    pub other_id: Option<i64>,
}

/// How an order was matched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum MatchedBy {
    /// By `order_id` and amount.
    Amount,
    /// By `order_id` alone, because no amount was known.
    OrderId,
}

impl MatchedBy {
    /// Every way, for the bindings.
    #[doc(hidden)]
    pub const ALL: [Self; 2] = [Self::Amount, Self::OrderId];

    /// `"amount"` or `"order_id"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::OrderId => "order_id",
        }
    }
}
