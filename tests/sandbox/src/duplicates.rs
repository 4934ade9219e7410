//! What a second create with the same `order_id` gets.

use serde::{Deserialize, Serialize};

use crate::fields::invalid;
use crate::http::Answer;

/// The provider's documents only say that an `order_id` is to be unique.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Duplicates {
    /// 400, and nothing is made.
    #[default]
    Refuse,
    /// The first create's answer, and nothing is made.
    Replay,
    /// Another payment or payout.
    Allow,
}

impl Duplicates {
    /// The answer that stands in for a create, given the answer of an earlier one.
    pub(crate) fn answer(self, earlier: Option<Answer>) -> Option<Answer> {
        let earlier = earlier?;
        match self {
            Self::Refuse => {
                let taken = "The order_id has already been taken.";
                Some(invalid([("order_id", taken.into())]))
            }
            Self::Replay => Some(earlier),
            Self::Allow => None,
        }
    }
}
