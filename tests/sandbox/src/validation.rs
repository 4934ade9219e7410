//! Validates the fields of a request.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::calendar;
use crate::fields::{FieldError, Fields, invalid, too_long};
use crate::http::Response;
use crate::money::Money;

const URL_LIMIT: usize = 255;

/// Collects the errors of all fields for one response. The value of an invalid field is not used.
pub(crate) struct Validator<'a> {
    fields: &'a Fields,
    errors: Vec<FieldError>,
}

impl<'a> Validator<'a> {
    pub(crate) fn new(fields: &'a Fields) -> Self {
        Self {
            fields,
            errors: Vec::new(),
        }
    }

    pub(crate) fn finish<T>(self, order: T) -> Result<T, Response> {
        if self.errors.is_empty() {
            Ok(order)
        } else {
            Err(invalid(self.errors))
        }
    }

    pub(crate) fn amount(&mut self, integers: usize) -> Money {
        if !self.require("amount") {
            return Money::ZERO;
        }
        let text = self.fields.text("amount").unwrap_or_default();
        let amount = Money::parse(&text, integers, 2).unwrap_or_default();
        self.ensure("amount", amount > Money::ZERO, || {
            format!("over 0, with at most {integers} digits and 2 decimals")
        });
        amount
    }

    pub(crate) fn text(&mut self, name: &'static str, limit: usize) -> String {
        if !self.require(name) {
            return String::new();
        }
        let text: Option<String> = self.fields.get(name);
        self.ensure(name, text.is_some(), || "a string".into());
        let text = text.unwrap_or_default();
        self.errors.extend(too_long(name, &text, limit));
        text
    }

    pub(crate) fn url(&mut self, name: &'static str) -> Option<String> {
        self.fields.has(name).then(|| self.text(name, URL_LIMIT))
    }

    pub(crate) fn customer_ip(&mut self) {
        let ip = self.text("customer_ip", usize::MAX);
        let is_ip = ip.is_empty() || ip.parse::<IpAddr>().is_ok();
        self.ensure("customer_ip", is_ip, || "an IP address".into());
    }

    /// An optional integer within these bounds.
    pub(crate) fn integer(
        &mut self,
        name: &'static str,
        bounds: RangeInclusive<u64>,
    ) -> Option<u64> {
        let number = self.fields.get(name);
        let valid = number.is_some_and(|number| bounds.contains(&number));
        self.ensure(name, valid || !self.fields.has(name), || {
            format!("an integer from {} to {}", bounds.start(), bounds.end())
        });
        number
    }

    /// An optional day in the format `YYYY-MM-DD`.
    pub(crate) fn day(&mut self, name: &'static str) -> Option<String> {
        let day: Option<String> = self.fields.has(name).then(|| self.fields.get(name))?;
        let valid = day.as_deref().is_some_and(calendar::is_day);
        self.ensure(name, valid, || "a day as YYYY-MM-DD".into());
        day
    }

    /// An optional object. PHP encodes an empty object as an empty list.
    pub(crate) fn extra(&mut self) {
        let is_object = self.fields.get::<Map<String, Value>>("extra").is_some();
        let is_empty = self.fields.get::<[(); 0]>("extra").is_some();
        let valid = is_object || is_empty || !self.fields.has("extra");
        self.ensure("extra", valid, || "an object".into());
    }

    fn require(&mut self, name: &'static str) -> bool {
        let is_present = self.fields.has(name);
        if !is_present {
            self.push_error(name, format!("The {name} field is required."));
        }
        is_present
    }

    fn ensure(&mut self, name: &'static str, valid: bool, expected: impl FnOnce() -> String) {
        if !valid {
            self.push_error(name, format!("The {name} must be {}.", expected()));
        }
    }

    fn push_error(&mut self, name: &'static str, message: String) {
        self.errors.push((name, message));
    }
}
