//! The validated fields of a create.

use crate::fields::{Fields, ID_LIMIT};
use crate::http::Response;
use crate::money::Money;
use crate::validation::Validator;

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
    pub(crate) fn read(fields: &Fields) -> Result<Self, Response> {
        let mut validator = Validator::new(fields);
        let order = Self {
            amount: validator.amount(9),
            order_id: validator.text("order_id", ID_LIMIT),
            service: validator.text("service", SERVICE_LIMIT),
            success_redirect_url: validator.url("success_redirect_url"),
        };
        validator.url("fail_redirect_url");
        validator.url("notification_endpoint_url");
        validator.customer_ip();
        validator.integer("lifetime", LIFETIME);
        validator.finish(order)
    }
}

impl PayoutOrder {
    pub(crate) fn read(fields: &Fields) -> Result<Self, Response> {
        let mut validator = Validator::new(fields);
        let order = Self {
            amount: validator.amount(18),
            order_id: validator.text("order_id", ID_LIMIT),
            service: validator.text("service", SERVICE_LIMIT),
        };
        validator.text("number", usize::MAX);
        validator.url("notification_endpoint_url");
        validator.extra();
        validator.finish(order)
    }
}
