//! What payments and payouts have in common.

use std::time::Duration;

use crate::engine::settings::CallOptions;
use crate::types::value::Value;

/// The calls of one kind of record.
macro_rules! typed {
    ($client:expr, $operation:literal, $fields:expr, $options:expr, $variant:ident) => {
        match $client.execute(Call::named($operation, $fields)?, $options)? {
            Response::$variant(record) => Ok(*record),
            other => Err(unexpected(&other)),
        }
    };
}
pub(crate) use typed;

/// How a wait asks.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct WaitOptions {
    /// The pause between two questions; 2 s unless set.
    pub interval: Option<Duration>,
    /// What the whole wait and each question may take.
    pub call: CallOptions,
}

impl WaitOptions {
    /// Sets the pause between two questions.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = Some(interval);
        self
    }

    /// Sets the time the whole wait may take.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.call.deadline = Some(deadline);
        self
    }
}

pub(crate) fn order_and_amount(order_id: &str, amount: Option<&str>) -> Vec<(String, Value)> {
    let amount = amount.map_or(Value::Null, Value::from);
    vec![
        ("order_id".to_owned(), Value::from(order_id)),
        ("amount".to_owned(), amount),
    ]
}
