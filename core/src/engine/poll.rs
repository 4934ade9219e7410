//! Polling the status of an order: to resolve the outcome of a create, or to wait until the status
//! is final.

use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::api::operation::Resource;
use crate::api::prepared_request::PreparedRequest;
use crate::api::response::{FromBody, Response};
use crate::engine::execution::{Execution, PollState, Step, Work};
use crate::engine::option_value::check_duration;
use crate::engine::{read, request, settle};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{self, Key, Subject};
use crate::schema::check::{invalid_field, non_null, refuse_unknown};
use crate::schema::order::OrderStatus;
use crate::schema::resolution::{MatchedBy, Resolution};
use crate::types::amount::Amount;
use crate::types::ledger_row::LedgerRow;
use crate::types::value::Value;

/// The first pauses of a resolve, in seconds.
const PAUSES: [u64; 5] = [1, 2, 4, 8, 15];

/// The pause of a resolve after the first ones.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// The default pause of a wait.
const INTERVAL: Duration = Duration::from_secs(2);

/// The allowed pauses of a wait, in milliseconds.
const MIN_INTERVAL: u64 = 10;
const MAX_INTERVAL: u64 = 24 * 60 * 60 * 1000;

/// Determines whether the provider has an order.
pub(crate) struct Resolve<S> {
    resource: Resource,
    order_id: String,
    /// The amount that was sent, if the caller passes it.
    amount: Option<Amount>,
    status: PreparedRequest,
    returns: PhantomData<fn() -> S>,
}

impl<S> Resolve<S> {
    pub(crate) fn new(resource: Resource, fields: Vec<(String, Value)>) -> Result<Self> {
        let fields = non_null(fields);
        refuse_unknown(&fields, &["order_id", "amount"])?;
        let (order, amounts): (Vec<_>, Vec<_>) =
            fields.into_iter().partition(|(name, _)| name == "order_id");
        if order.is_empty() {
            return Err(invalid_field("order_id", "required", "this is required"));
        }
        let no_amount = || invalid_field("amount", "format", "pass a decimal such as \"500.00\"");
        let amount = match amounts.first() {
            Some((_, amount)) => Some(Amount::from_value(amount).ok_or_else(no_amount)?),
            None => None,
        };
        let status = PreparedRequest::new(resource.status(), order)?;
        let order_id = match &status.expected_order {
            Some(order) => order.value.clone(),
            None => return Err(Error::internal("the status request has no order")),
        };
        Ok(Self {
            resource,
            order_id,
            amount,
            status,
            returns: PhantomData,
        })
    }

    /// The amount that was sent: the ledger's, or else the caller's. An error if they differ.
    fn amount_sent(&self, recorded: Option<Amount>) -> Result<Option<Amount>> {
        match (recorded, &self.amount) {
            (Some(recorded), Some(given)) if recorded != *given => {
                let advice = format!("the ledger recorded {recorded}");
                Err(invalid_field("amount", "differs", &advice))
            }
            (recorded, given) => Ok(recorded.or_else(|| given.clone())),
        }
    }
}

impl Resolve<Response> {
    /// The resolution of a call by name.
    pub(crate) fn response(&self, resolution: Resolution<Response>) -> Response {
        Response::Resolution(Box::new(resolution), self.resource.status_fields())
    }
}

impl<S: FromBody> Work for Resolve<S> {
    type Status = S;
    type Output = Resolution<S>;

    /// Requests the status once, and compares its amount with the amount that was sent.
    fn step(
        &self,
        execution: &Execution<'_>,
        state: &mut PollState<S>,
        _: &mut dyn FnMut(&S) -> ControlFlow<()>,
    ) -> Result<Step<Resolution<S>>> {
        let settings = &execution.client.settings;
        let remaining = execution.budget.remaining();
        if let Some(ledger) = &settings.options.ledger
            && state.attempts == 0
        {
            let operation = self.resource.create().name;
            let key = Key {
                account: execution.account.uuid.to_string(),
                operation: operation.to_owned(),
                order_id: self.order_id.clone(),
            };
            state.row = ledger.find(&key, remaining)?;
        }
        let recorded = state.row.as_ref().and_then(|row| row.amount.clone());
        let sent = self.amount_sent(recorded)?;
        match request::send(execution, &self.status) {
            Ok(status) => {
                let settled = settle::record_resolved(execution, &self.status, &status);
                let row = settled.as_ref().map(|settled| &settled.row);
                let is_other = self.may_be_other(row.or(state.row.as_ref()), &status);
                let id = status.order_status().and_then(OrderStatus::id);
                state.other_id = id.filter(|_| is_other);
                let matched_by = if is_other {
                    None
                } else {
                    self.match_order(&status, sent.as_ref())
                };
                if matched_by.is_some() {
                    return Ok(Step::Done(resolution(Some(status), matched_by, None)));
                }
                (state.last_status, state.responded) = (Some(status), true);
            }
            Err(error) if error.kind() == ErrorKind::NotFound => state.responded = true,
            Err(error) if is_transient(&error) => state.last_error = Some(error),
            Err(error) => return Err(error),
        }
        let pause = PAUSES.get(state.attempts).copied();
        state.attempts += 1;
        Ok(Step::Pause(pause.map_or(MAX_PAUSE, Duration::from_secs)))
    }

    fn finish(&self, state: PollState<S>) -> Result<Resolution<S>> {
        match state.last_error {
            Some(error) if !state.responded => Err(error),
            _ => Ok(resolution(state.last_status, None, state.other_id)),
        }
    }
}

impl<S: FromBody> Resolve<S> {
    /// Whether the status is, or may be, that of another payment or payout than the ledger's row.
    fn may_be_other(&self, row: Option<&LedgerRow>, status: &S) -> bool {
        let report = settle::reported(&self.status, status);
        let (Some(row), Some((_, report))) = (row, report) else {
            return false;
        };
        let subject = ledger::subject(row, &report);
        matches!(subject, Subject::OtherId | Subject::Unclear)
    }

    /// How the status matches the order that was sent, if it does.
    fn match_order(&self, status: &S, sent: Option<&Amount>) -> Option<MatchedBy> {
        let order = status.order_status()?;
        match sent {
            Some(sent) => (order.amount() == Some(sent)).then_some(MatchedBy::Amount),
            // Without an amount nothing else shows that the response is about an order.
            None => {
                (order.order_id() == Some(self.order_id.as_str())).then_some(MatchedBy::OrderId)
            }
        }
    }
}

fn resolution<S>(
    status: Option<S>,
    matched_by: Option<MatchedBy>,
    other_id: Option<i64>,
) -> Resolution<S> {
    Resolution {
        found: matched_by.is_some(),
        status,
        matched_by,
        other_id,
    }
}

/// Polls until the status is final.
pub(crate) struct Wait<S> {
    status: PreparedRequest,
    interval: Duration,
    returns: PhantomData<fn() -> S>,
}

impl<S> Wait<S> {
    pub(crate) fn new(
        resource: Resource,
        fields: Vec<(String, Value)>,
        interval: Option<Duration>,
    ) -> Result<Self> {
        let interval = interval.unwrap_or(INTERVAL);
        let interval = check_duration("interval", interval, MIN_INTERVAL, MAX_INTERVAL)?;
        Ok(Self {
            status: PreparedRequest::new(resource.status(), fields)?,
            interval,
            returns: PhantomData,
        })
    }
}

impl<S: FromBody> Work for Wait<S> {
    type Status = S;
    type Output = S;

    /// Requests the status once. The wait ends if it is final, or if `on_update` ends it.
    fn step(
        &self,
        execution: &Execution<'_>,
        state: &mut PollState<S>,
        on_update: &mut dyn FnMut(&S) -> ControlFlow<()>,
    ) -> Result<Step<S>> {
        match request::send::<S>(execution, &self.status) {
            Ok(status) => {
                settle::record(execution, &self.status, &status);
                let ends = on_update(&status).is_break();
                let is_final = status
                    .order_status()
                    .is_some_and(|order| order.payment_status().is_final());
                if ends || is_final {
                    return Ok(Step::Done(status));
                }
                state.last_status = Some(status);
            }
            // Keep the earlier, more specific error.
            Err(error) if error.kind() == ErrorKind::DeadlineExceeded => {
                state.last_error.get_or_insert(error);
            }
            Err(error) if error.kind() == ErrorKind::NotFound || is_transient(&error) => {
                state.last_error = Some(error);
            }
            Err(error) => return Err(error),
        }
        Ok(Step::Pause(self.interval))
    }

    /// Without time for another request, the result is the last status.
    fn finish(&self, state: PollState<S>) -> Result<S> {
        let nothing = || Error::internal("the wait made no request");
        state
            .last_status
            .ok_or_else(|| state.last_error.unwrap_or_else(nothing))
    }
}

/// Whether another request can succeed.
fn is_transient(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Transport
            | ErrorKind::DeadlineExceeded
            | ErrorKind::Protocol
            | ErrorKind::RateLimit
            | ErrorKind::Server
    ) || read::is_retryable(error)
}
