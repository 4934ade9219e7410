//! What a create asks for, once its fields are found to be right.

use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::fields::{Complaint, Fields, NAME_LIMIT, invalid, too_long};
use crate::http::Answer;
use crate::money::Money;

const SERVICE_LIMIT: usize = 100;
const URL_LIMIT: usize = 255;
const LIFETIME: std::ops::RangeInclusive<i64> = 900..=3600;

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
        check.lifetime();
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

/// Gathers every complaint, for one answer; a value that gave rise to one is never used.
struct Check<'a> {
    fields: &'a Fields,
    complaints: Vec<Complaint>,
}

impl<'a> Check<'a> {
    fn new(fields: &'a Fields) -> Self {
        Self {
            fields,
            complaints: Vec::new(),
        }
    }

    fn done<T>(self, order: T) -> Result<T, Answer> {
        if self.complaints.is_empty() {
            Ok(order)
        } else {
            Err(invalid(self.complaints))
        }
    }

    fn amount(&mut self, integers: usize) -> Money {
        if !self.is_there("amount") {
            return Money::ZERO;
        }
        let text = self.fields.text("amount").unwrap_or_default();
        let amount = Money::parse(&text, integers, 2).unwrap_or_default();
        self.expect("amount", amount > Money::ZERO, || {
            format!("over 0, with at most {integers} digits and 2 decimals")
        });
        amount
    }

    fn text(&mut self, name: &'static str, limit: usize) -> String {
        if !self.is_there(name) {
            return String::new();
        }
        let text: Option<String> = self.fields.get(name);
        self.expect(name, text.is_some(), || "a string".into());
        let text = text.unwrap_or_default();
        self.complaints.extend(too_long(name, &text, limit));
        text
    }

    fn url(&mut self, name: &'static str) -> Option<String> {
        self.fields.has(name).then(|| self.text(name, URL_LIMIT))
    }

    fn customer_ip(&mut self) {
        let ip = self.text("customer_ip", usize::MAX);
        let is_ip = ip.is_empty() || ip.parse::<IpAddr>().is_ok();
        self.expect("customer_ip", is_ip, || "an IP address".into());
    }

    fn lifetime(&mut self) {
        let lifetime = self.fields.get("lifetime");
        let fits = lifetime.is_some_and(|seconds| LIFETIME.contains(&seconds));
        self.expect("lifetime", fits || !self.fields.has("lifetime"), || {
            "an integer from 900 to 3600".into()
        });
    }

    /// PHP writes an empty object as an empty list.
    fn extra(&mut self) {
        let is_object = self.fields.get::<Map<String, Value>>("extra").is_some();
        let is_empty = self.fields.get::<[(); 0]>("extra").is_some();
        let fits = is_object || is_empty || !self.fields.has("extra");
        self.expect("extra", fits, || "an object".into());
    }

    fn is_there(&mut self, name: &'static str) -> bool {
        let is_there = self.fields.has(name);
        if !is_there {
            self.complain(name, format!("The {name} field is required."));
        }
        is_there
    }

    fn expect(&mut self, name: &'static str, fits: bool, wanted: impl FnOnce() -> String) {
        if !fits {
            self.complain(name, format!("The {name} must be {}.", wanted()));
        }
    }

    fn complain(&mut self, name: &'static str, text: String) {
        self.complaints.push((name, text));
    }
}
