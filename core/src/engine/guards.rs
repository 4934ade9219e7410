//! Whether the limits of a client allow a create.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::api::operation::Operation;
use crate::api::prepared_request::{Create, PreparedRequest};
use crate::engine::limits::{Guard, Limits, Numbers};
use crate::error::{Error, Result};
use crate::ledger::DayLimit;
use crate::types::amount::Amount;
use crate::types::language;
use crate::types::value::Value;

/// The limits of a client.
pub(crate) struct Guards(Vec<Guard>);

impl Guards {
    /// Checks the limits of each operation. None if there are none.
    pub(crate) fn new(limits: &[(String, Limits)], has_ledger: bool) -> Result<Option<Arc<Self>>> {
        let guards = limits.iter();
        let guards = guards.map(|(operation, limits)| limits.check(operation, has_ledger));
        let guards = guards.collect::<Result<Vec<_>>>()?;
        Ok((!guards.is_empty()).then(|| Arc::new(Self(guards))))
    }

    /// The number that a function decides about, and the operation with the function.
    pub(crate) fn number_to_allow(&self, create: &Create) -> Option<(&'static str, String)> {
        let mut guards = self.0.iter();
        let guard = guards.find(|guard| guard.operation.name == create.operation)?;
        match guard.allowed_numbers {
            Some(Numbers::Decided(_)) => Some((guard.operation.name, create.number.clone()?)),
            _ => None,
        }
    }

    /// Decides about a create as far as that needs no ledger. A function of the merchant runs on
    /// this thread.
    pub(crate) fn decide(&self, request: &PreparedRequest, create: &Create) -> Decision {
        let mut guards = self.0.iter();
        let guard = guards.find(|guard| guard.operation.name == create.operation);
        match guard {
            Some(guard) => guard.decide(create),
            None if Operation::at(&request.path).is_some() => Ok(None),
            None => Err(Error::guard(
                "raw",
                "this client has limits, and none for this path: send it by a client without limits",
            )),
        }
    }
}

/// Why a create is refused, or the limits that its ledger decides about.
pub(crate) type Decision = Result<Option<Arc<DayLimit>>>;

impl Guard {
    /// Refuses the create, or returns the limits that the ledger decides about.
    fn decide(&self, create: &Create) -> Decision {
        let day_amount = self.day.as_ref().and_then(|day| day.max_amount.as_ref());
        if let Some(max) = &self.max_amount {
            let amount = self.amount(create, "max_amount")?;
            if amount > max {
                let advice = format!("the amount {amount} is above the limit of {max}");
                return Err(self.refuse("max_amount", &advice));
            }
        }
        if day_amount.is_some() {
            self.amount(create, "max_per_day")?;
        }
        if let Some(allowed) = &self.allowed_services {
            let service = create.service.as_ref();
            if !service.is_some_and(|service| allowed.contains(service)) {
                return Err(self.refuse("allowed_services", "the service is not one of them"));
            }
        }
        if let Some(numbers) = &self.allowed_numbers {
            self.decide_number(numbers, create.number.as_deref())?;
        }
        Ok(self.day.clone())
    }

    /// The amount, if it is one above 0. That of a raw request can be anything.
    fn amount<'a>(&self, create: &'a Create, limit: &'static str) -> Result<&'a Amount> {
        let zero = Amount::from_value(&Value::Integer(0));
        let amount = create.amount.as_ref();
        amount
            .filter(|amount| zero.is_some_and(|zero| **amount > zero))
            .ok_or_else(|| self.refuse(limit, "the request has no amount above 0"))
    }

    fn decide_number(&self, numbers: &Numbers, number: Option<&str>) -> Result<()> {
        let refuse = |advice: &str| self.refuse("allowed_numbers", advice);
        let Some(number) = number else {
            return Err(refuse("the request has no number"));
        };
        let allow = match numbers {
            Numbers::Listed(listed) if listed.contains(number) => return Ok(()),
            Numbers::Listed(_) => return Err(refuse("the number is not one of them")),
            Numbers::Decided(allow) => allow,
        };
        let decided = catch_unwind(AssertUnwindSafe(|| allow(number)));
        match decided.unwrap_or_else(|_| Err("it panicked".to_owned())) {
            Ok(true) => Ok(()),
            Ok(false) => Err(refuse("the function does not allow the number")),
            Err(what) => {
                let cause = Error::configuration(format!("the function failed: {what}"));
                Err(refuse("the function failed, so the number is not allowed").with_cause(cause))
            }
        }
    }

    fn refuse(&self, limit: &'static str, advice: &str) -> Error {
        let (operation, name) = (self.operation.name, language::option(limit));
        Error::guard(limit, format!("{name} of {operation}: {advice}"))
    }
}
