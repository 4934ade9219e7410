//! The response to a create with a repeated `order_id`.

use serde::{Deserialize, Serialize};

use crate::fields::invalid;
use crate::http::Response;

/// The provider documents only that an `order_id` must be unique.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Duplicates {
    /// 400; nothing is created.
    #[default]
    Refuse,
    /// The response of the first create; nothing is created.
    Replay,
    /// Another payment or payout is created.
    Allow,
}

impl Duplicates {
    /// The response that replaces a create, given the response of an existing order.
    pub(crate) fn response(self, existing: Option<Response>) -> Option<Response> {
        let existing = existing?;
        match self {
            Self::Refuse => {
                let message = "The order_id has already been taken.";
                Some(invalid([("order_id", message.into())]))
            }
            Self::Replay => Some(existing),
            Self::Allow => None,
        }
    }
}
