//! The limits of an operation, as they are set, and the same after they were checked.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use crate::api::operation::Operation;
use crate::error::{Error, Result};
use crate::ledger::{DayLimit, Zone};
use crate::schema::request::{RequestField, Rule};
use crate::types::amount::Amount;
use crate::types::language;
use crate::types::text::shortened;
use crate::types::value::Value;

/// The largest amount that a limit can have, in integer digits. No create can have a larger one.
const MAX_DIGITS: usize = 18;

/// The zone of days without the limit `zone`.
const DEFAULT_ZONE: &str = "UTC";

/// Decides about the number of a recipient. An error says what the function did, such as `it raised
/// KeyError`, and never repeats a text of the function: that can have numbers and secrets.
pub type AllowNumber = dyn Fn(&str) -> Result<bool, String> + Send + Sync;

/// What creates of an operation may be sent, for [`ClientBuilder::limits`](crate::ClientBuilder::limits).
/// A create that they refuse is not sent: its error is [`Guard`](crate::ErrorKind::Guard).
///
/// An order that the ledger has is a [`DuplicateOrder`](crate::ErrorKind::DuplicateOrder), whatever
/// the limits say.
///
/// ```
/// use alikassa::Limits;
/// let limits = Limits::new()
///     .max_amount("5000.00")
///     .max_per_day("100000.00")
///     .max_count_per_day(500)
///     .zone("+03:00")
///     .allowed_services(["payment_card_rub"]);
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Limits {
    values: Vec<(String, Value)>,
    allow_number: Option<Arc<AllowNumber>>,
}

impl Limits {
    /// No limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// The largest amount of one create, such as `"5000.00"`.
    pub fn max_amount(self, amount: impl Into<String>) -> Self {
        self.set("max_amount", Value::Text(amount.into()))
    }

    /// The largest sum of the creates of a day. It needs a ledger, whose clock and account decide.
    ///
    /// A day counts every attempt that was or may have been carried out, on the day on which it
    /// began, whoever sent it: not those that were rejected or not sent.
    pub fn max_per_day(self, amount: impl Into<String>) -> Self {
        self.set("max_per_day", Value::Text(amount.into()))
    }

    /// The largest number of creates of a day, counted as for [`max_per_day`](Self::max_per_day).
    pub fn max_count_per_day(self, count: u32) -> Self {
        self.set("max_count_per_day", Value::Integer(count.into()))
    }

    /// The zone of the days: an offset such as `"+03:00"`, or a name such as `"Europe/Moscow"`,
    /// which needs the system's tzdata. Default: `"UTC"`.
    pub fn zone(self, zone: impl Into<String>) -> Self {
        self.set("zone", Value::Text(zone.into()))
    }

    /// The services that may be used.
    pub fn allowed_services<S: Into<String>>(self, services: impl IntoIterator<Item = S>) -> Self {
        self.set("allowed_services", texts(services))
    }

    /// The accounts, cards and phones that may be paid to, each as a request has it.
    pub fn allowed_numbers<S: Into<String>>(self, numbers: impl IntoIterator<Item = S>) -> Self {
        self.set("allowed_numbers", texts(numbers))
    }

    /// A function in place of [`allowed_numbers`](Self::allowed_numbers): whether this number may be
    /// paid to. It runs on the thread that makes the call, before anything is sent; if it panics, the
    /// create is refused.
    ///
    /// ```
    /// let limits = alikassa::Limits::new().allow_number(|number| number.starts_with("4111"));
    /// ```
    pub fn allow_number(self, allow: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.allow_number_or(Arc::new(move |number: &str| Ok(allow(number))))
    }

    /// [`allow_number`](Self::allow_number) that can fail, for the bindings.
    #[doc(hidden)]
    pub fn allow_number_or(mut self, allow: Arc<AllowNumber>) -> Self {
        self.allow_number = Some(allow);
        self
    }

    /// Sets a limit by its name, for the bindings. It is checked when the client is built.
    #[doc(hidden)]
    pub fn set(mut self, name: &str, value: Value) -> Self {
        self.values.retain(|(set, _)| set != name);
        self.values.push((name.to_owned(), value));
        self
    }

    /// Checks the limits of this operation.
    pub(crate) fn check(&self, operation: &str, has_ledger: bool) -> Result<Guard> {
        let operation = creating(operation)?;
        let limits = Checked { operation };
        let mut guard = Guard::new(operation);
        let (mut max_per_day, mut max_count, mut zone) = (None, None, None);
        for (name, value) in &self.values {
            match name.as_str() {
                _ if *value == Value::Null => {}
                "max_amount" => guard.max_amount = Some(limits.amount(name, value)?),
                "max_per_day" => max_per_day = Some(limits.amount(name, value)?),
                "max_count_per_day" => max_count = Some(limits.count(name, value)?),
                "zone" => zone = Some(limits.text(name, value)?),
                "allowed_services" => {
                    let rule = limits.rule("service");
                    guard.allowed_services = Some(limits.texts(name, value, rule)?);
                }
                "allowed_numbers" => {
                    let rule = limits.rule("number");
                    guard.allowed_numbers = Some(Numbers::Listed(limits.texts(name, value, rule)?));
                }
                _ => {
                    let known = "there is no such limit";
                    return Err(limits.invalid(&shortened(name), "unknown", known));
                }
            }
        }
        if let Some(allow) = &self.allow_number {
            if guard.allowed_numbers.is_some() {
                let advice = "pass a list of numbers or a function, not both";
                return Err(limits.invalid("allowed_numbers", "contradiction", advice));
            }
            guard.allowed_numbers = Some(Numbers::Decided(Arc::clone(allow)));
        }
        if guard.allowed_numbers.is_some() && limits.rule("number").is_none() {
            let advice = format!("{} has no number of a recipient", operation.name);
            return Err(limits.invalid("allowed_numbers", "contradiction", &advice));
        }
        if let (Some(one), Some(day)) = (&guard.max_amount, &max_per_day)
            && one > day
        {
            let advice = format!("this is above {}", language::option("max_per_day"));
            return Err(limits.invalid("max_amount", "contradiction", &advice));
        }
        if max_per_day.is_none() && max_count.is_none() {
            if zone.is_some() {
                let advice = "there is no limit of a day that it could be for";
                return Err(limits.invalid("zone", "contradiction", advice));
            }
            return Ok(guard);
        }
        if !has_ledger {
            let name = if max_per_day.is_some() {
                "max_per_day"
            } else {
                "max_count_per_day"
            };
            return Err(Error::configuration(format!(
                "{}: this needs a ledger, which counts the creates of a day; set {}",
                limits.field(name),
                language::option("ledger")
            )));
        }
        let zone = zone.as_deref().unwrap_or(DEFAULT_ZONE);
        guard.day = Some(Arc::new(DayLimit {
            max_amount: max_per_day,
            max_count,
            zone: Zone::named(zone, &limits.field("zone"))?,
        }));
        Ok(guard)
    }
}

/// Leaves out the numbers.
impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Limits");
        for (name, value) in &self.values {
            if name != "allowed_numbers" {
                shown.field(name, value);
            }
        }
        shown.finish_non_exhaustive()
    }
}

fn texts<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Value {
    let texts = texts.into_iter().map(|text| Value::Text(text.into()));
    Value::List(texts.collect())
}

/// The operation with this name, if it is a create.
fn creating(name: &str) -> Result<&'static Operation> {
    let operation = Operation::named(name);
    let operation = operation
        .ok()
        .filter(|operation| operation.creates.is_some());
    operation.ok_or_else(|| {
        let field = language::option("limits");
        let message =
            format!("{field}: there is no such create; pass payments.create or payouts.create");
        Error::invalid_argument(field, "unknown", message)
    })
}

/// The limits of one operation that passed every check.
pub(crate) struct Guard {
    pub(crate) operation: &'static Operation,
    pub(crate) max_amount: Option<Amount>,
    pub(crate) allowed_services: Option<HashSet<String>>,
    pub(crate) allowed_numbers: Option<Numbers>,
    pub(crate) day: Option<Arc<DayLimit>>,
}

/// What decides about the number of a recipient.
pub(crate) enum Numbers {
    Listed(HashSet<String>),
    Decided(Arc<AllowNumber>),
}

impl Guard {
    fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            max_amount: None,
            allowed_services: None,
            allowed_numbers: None,
            day: None,
        }
    }
}

/// Checks the limits of an operation.
struct Checked {
    operation: &'static Operation,
}

impl Checked {
    /// The path of a limit, under its name in the language.
    fn field(&self, name: &str) -> String {
        let limits = language::option("limits");
        format!(
            "{limits}.{}.{}",
            self.operation.name,
            language::option(name)
        )
    }

    fn invalid(&self, name: &str, reason: &'static str, advice: &str) -> Error {
        let field = self.field(name);
        let message = format!("{field}: {advice}");
        Error::invalid_argument(field, reason, message)
    }

    /// The rule of a field of the operation's request.
    fn rule(&self, field: &str) -> Option<Rule> {
        let mut fields = self.operation.request_fields()?.iter();
        let found: Option<&RequestField> = fields.find(|known| known.name == field);
        Some(found?.rule)
    }

    fn checked(&self, name: &str, rule: Rule, value: &Value) -> Result<String> {
        match rule.check(value.clone()) {
            Ok(Value::Text(text)) => Ok(text),
            Ok(_) => Err(self.invalid(name, "type", "pass a string")),
            Err((reason, advice)) => Err(self.invalid(name, reason, &advice)),
        }
    }

    fn text(&self, name: &str, value: &Value) -> Result<String> {
        self.checked(name, Rule::Text(None), value)
    }

    fn amount(&self, name: &str, value: &Value) -> Result<Amount> {
        let text = self.checked(name, Rule::Amount(MAX_DIGITS), value)?;
        text.parse()
            .map_err(|_| self.invalid(name, "format", "pass an amount"))
    }

    fn count(&self, name: &str, value: &Value) -> Result<i64> {
        let range = (1, i64::from(u32::MAX));
        match value {
            Value::Integer(count) if (range.0..=range.1).contains(count) => Ok(*count),
            Value::Integer(_) => {
                let advice = format!("pass {} to {}", range.0, range.1);
                Err(self.invalid(name, "out_of_range", &advice))
            }
            _ => Err(self.invalid(name, "type", "pass an integer")),
        }
    }

    /// A list of texts that the rule of their field allows.
    fn texts(&self, name: &str, value: &Value, rule: Option<Rule>) -> Result<HashSet<String>> {
        let Value::List(values) = value else {
            return Err(self.invalid(name, "type", "pass a list of strings"));
        };
        if values.is_empty() {
            let advice = "this is empty, so nothing could be sent; leave it out or pass a value";
            return Err(self.invalid(name, "empty", advice));
        }
        let rule = rule.unwrap_or(Rule::Text(None));
        let values = values.iter();
        values
            .map(|value| self.checked(name, rule, value))
            .collect()
    }
}

#[cfg(test)]
mod tests;
