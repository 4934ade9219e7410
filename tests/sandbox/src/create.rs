//! What a create asks for, once its fields are found to be right.

use crate::validation::Check;
use crate::fields::{Fields, NAME_LIMIT};
use crate::http::Answer;
use crate::money::Money;

const SERVICE_LIMIT: usize = 100;
const LIFETIME: std::ops::RangeInclusive<u64> = 900..=3600;

pub(crate) struct PaymentOrder {
    pub(crate) amount: Money,
    pub(crate) order_id: String,
    pub(crate) service: String,
    pub(crate) success_redirect_url: Option<String>,
}

pub(crate) struct PayoutOrder {
    pub(crate) amount: Money,
    pub(crate) order_id: String,
    pub(crate) service: String,
}

impl PaymentOrder {
    pub(crate) fn read(fields: &Fields) -> Result<Self, Answer> {
        let mut check = Check::new(fields);
        let order = Self {
            amount: check.amount(9),
            order_id: check.text("order_id", NAME_LIMIT),
            service: check.text("service", SERVICE_LIMIT),
            success_redirect_url: check.url("success_redirect_url"),
        };
        check.url("fail_redirect_url");
        check.url("notification_endpoint_url");
        check.customer_ip();
        check.integer("lifetime", LIFETIME);
        check.done(order)
    }
}

impl PayoutOrder {
    pub(crate) fn read(fields: &Fields) -> Result<Self, Answer> {
        let mut check = Check::new(fields);
        let order = Self {
            amount: check.amount(18),
            order_id: check.text("order_id", NAME_LIMIT),
            service: check.text("service", SERVICE_LIMIT),
        };
        check.text("number", usize::MAX);
        check.url("notification_endpoint_url");
        check.extra();
        check.done(order)
    }
}
