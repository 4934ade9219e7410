//! Whether fields are right, field by field.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::calendar;
use crate::fields::{Complaint, Fields, invalid, too_long};
use crate::http::Answer;
use crate::money::Money;

const URL_LIMIT: usize = 255;

/// Gathers every complaint, for one answer; a value that gave rise to one is never used.
pub(crate) struct Check<'a> {
    fields: &'a Fields,
    complaints: Vec<Complaint>,
}

impl<'a> Check<'a> {
    pub(crate) fn new(fields: &'a Fields) -> Self {
        Self {
            fields,
            complaints: Vec::new(),
        }
    }

    pub(crate) fn done<T>(self, order: T) -> Result<T, Answer> {
        if self.complaints.is_empty() {
            Ok(order)
        } else {
            Err(invalid(self.complaints))
        }
    }

    pub(crate) fn amount(&mut self, integers: usize) -> Money {
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

    pub(crate) fn text(&mut self, name: &'static str, limit: usize) -> String {
        if !self.is_there(name) {
            return String::new();
        }
        let text: Option<String> = self.fields.get(name);
        self.expect(name, text.is_some(), || "a string".into());
        let text = text.unwrap_or_default();
        self.complaints.extend(too_long(name, &text, limit));
        text
    }

    pub(crate) fn url(&mut self, name: &'static str) -> Option<String> {
        self.fields.has(name).then(|| self.text(name, URL_LIMIT))
    }

    pub(crate) fn customer_ip(&mut self) {
        let ip = self.text("customer_ip", usize::MAX);
        let is_ip = ip.is_empty() || ip.parse::<IpAddr>().is_ok();
        self.expect("customer_ip", is_ip, || "an IP address".into());
    }

    /// An integer within these bounds, if there is one.
    pub(crate) fn integer(
        &mut self,
        name: &'static str,
        bounds: RangeInclusive<u64>,
    ) -> Option<u64> {
        let number = self.fields.get(name);
        let fits = number.is_some_and(|number| bounds.contains(&number));
        self.expect(name, fits || !self.fields.has(name), || {
            format!("an integer from {} to {}", bounds.start(), bounds.end())
        });
        number
    }

    /// A day as `YYYY-MM-DD`, if there is one.
    pub(crate) fn day(&mut self, name: &'static str) -> Option<String> {
        let day: Option<String> = self.fields.has(name).then(|| self.fields.get(name))?;
        let fits = day.as_deref().is_some_and(calendar::is_day);
        self.expect(name, fits, || "a day as YYYY-MM-DD".into());
        day
    }

    /// PHP writes an empty object as an empty list.
    pub(crate) fn extra(&mut self) {
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
