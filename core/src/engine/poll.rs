//! Asking again and again: what became of an order whose create was not answered, and when it is final.

use std::ops::ControlFlow;
use std::time::Duration;

use crate::api::operation::{Operation, Resource};
use crate::api::prepared_request::PreparedRequest;
use crate::api::response::Response;
use crate::api::response::unexpected;
use crate::engine::read as retry;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::request::refuse_unknown;
use crate::schema::request::{amount_of, given, refused};
use crate::schema::resolution::{MatchedBy, Resolution};
use crate::types::amount::Amount;
use crate::types::ledger_row::LedgerRow;
use crate::types::value::Value;

/// The first pauses of a resolve, in seconds.
const PAUSES: [u64; 5] = [1, 2, 4, 8, 15];

/// All further ones.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The pause of a wait, unless told otherwise.
const INTERVAL: Duration = Duration::from_secs(2);

/// The pauses that a wait may have.
const INTERVALS: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(10)..=Duration::from_secs(24 * 60 * 60);

/// What to find out about an order.
pub(crate) struct Resolve {
    pub(crate) resource: Resource,
    pub(crate) order_id: String,
    /// The amount that the caller says was sent.
    pub(crate) amount: Option<Amount>,
    status: PreparedRequest,
}

impl Resolve {
    pub(crate) fn new(resource: Resource, fields: Vec<(String, Value)>) -> Result<Self> {
        let fields = given(fields);
        refuse_unknown(&fields, &["order_id", "amount"])?;
        let (order, amount): (Vec<_>, Vec<_>) =
            fields.into_iter().partition(|(name, _)| name == "order_id");
        if order.is_empty() {
            return Err(refused("order_id", "required", "this is required"));
        }
        let no_amount = || refused("amount", "format", "pass a decimal such as \"500.00\"");
        let amount = if amount.is_empty() {
            None
        } else {
            Some(amount_of(&Value::Map(amount)).ok_or_else(no_amount)?)
        };
        let status = PreparedRequest::typed(status(resource)?, order)?;
        let order_id = status.order_id.clone().unwrap_or_default();
        Ok(Self {
            resource,
            order_id,
            amount,
            status,
        })
    }

    /// The amount to look for: the one on record, which the caller's may not contradict, or the caller's.
    pub(crate) fn amount_sent(&self, recorded: Option<Amount>) -> Result<Option<Amount>> {
        match (recorded, &self.amount) {
            (Some(recorded), Some(said)) if recorded != *said => {
                let advice = format!("the ledger says that {recorded} was sent");
                Err(refused("amount", "differs", &advice))
            }
            (recorded, said) => Ok(recorded.or_else(|| said.clone())),
        }
    }

    /// Asks whether the provider has the order with the amount that was `sent`.
    pub(crate) fn ask_once(
        &self,
        known: &mut Known,
        sent: Option<&Amount>,
        ask: &dyn Fn(&PreparedRequest) -> Result<Response>,
    ) -> Result<Step> {
        match ask(&self.status) {
            Ok(answer) => {
                let matched_by = match_order(&answer, sent);
                if matched_by.is_some() {
                    return resolution(self.resource, Some(answer), matched_by).map(Step::Done);
                }
                (known.told, known.answered) = (Some(answer), true);
            }
            Err(error) if error.kind() == ErrorKind::NotFound => known.answered = true,
            Err(error) if is_transient(&error) => known.failed = Some(error),
            Err(error) => return Err(error),
        }
        let pause = PAUSES.get(known.questions).copied();
        known.questions += 1;
        Ok(Step::Again(
            pause.map_or(LONGEST_PAUSE, Duration::from_secs),
        ))
    }

    /// What it comes to when there is no time for another question.
    pub(crate) fn finish(&self, known: Known) -> Result<Response> {
        match known.failed {
            Some(error) if !known.answered => Err(error),
            _ => resolution(self.resource, known.told, None),
        }
    }
}

/// Where a call has got to.
pub(crate) enum Step {
    Done(Response),
    /// After this time it goes on.
    Again(Duration),
}

/// What a resolve or a wait knows between two questions.
#[derive(Default)]
pub(crate) struct Known {
    /// What the ledger had of the order at the first question of a resolve.
    pub(crate) row: Option<LedgerRow>,
    questions: usize,
    told: Option<Response>,
    answered: bool,
    failed: Option<Error>,
}

impl Known {
    pub(crate) fn is_nothing_yet(&self) -> bool {
        self.questions == 0
    }
}

/// How the answer is recognised as the order that was sent.
fn match_order(answer: &Response, sent: Option<&Amount>) -> Option<MatchedBy> {
    match sent {
        None => Some(MatchedBy::OrderId),
        Some(sent) => (amount_in(answer) == Some(sent)).then_some(MatchedBy::Amount),
    }
}

/// The amount asked for, of a status.
pub(crate) fn amount_in(answer: &Response) -> Option<&Amount> {
    match answer {
        Response::Payment(payment) => payment.amount.as_ref(),
        Response::Payout(payout) => payout.amount.as_ref(),
        _ => None,
    }
}

fn resolution(
    resource: Resource,
    told: Option<Response>,
    matched_by: Option<MatchedBy>,
) -> Result<Response> {
    let found = matched_by.is_some();
    match (resource, told) {
        (Resource::Payment, None) => Ok(Response::PaymentResolution(Box::new(Resolution {
            found,
            status: None,
            matched_by,
        }))),
        (Resource::Payout, None) => Ok(Response::PayoutResolution(Box::new(Resolution {
            found,
            status: None,
            matched_by,
        }))),
        (_, Some(Response::Payment(payment))) => {
            Ok(Response::PaymentResolution(Box::new(Resolution {
                found,
                status: Some(*payment),
                matched_by,
            })))
        }
        (_, Some(Response::Payout(payout))) => {
            Ok(Response::PayoutResolution(Box::new(Resolution {
                found,
                status: Some(*payout),
                matched_by,
            })))
        }
        (_, Some(other)) => Err(unexpected(&other)),
    }
}

/// What to ask until the status is final.
pub(crate) struct Wait {
    pub(crate) resource: Resource,
    pub(crate) status: PreparedRequest,
    interval: Duration,
}

impl Wait {
    pub(crate) fn new(
        resource: Resource,
        fields: Vec<(String, Value)>,
        interval: Option<Duration>,
    ) -> Result<Self> {
        let interval = interval.unwrap_or(INTERVAL);
        if !INTERVALS.contains(&interval) {
            let advice = "pass a time from 10 milliseconds to 24 hours";
            return Err(refused("interval", "out_of_range", advice));
        }
        Ok(Self {
            resource,
            status: PreparedRequest::typed(status(resource)?, fields)?,
            interval,
        })
    }

    /// Asks whether the status is final; `on_update` may have enough before.
    pub(crate) fn ask_once(
        &self,
        known: &mut Known,
        on_update: &mut dyn FnMut(&Response) -> ControlFlow<()>,
        ask: &dyn Fn(&PreparedRequest) -> Result<Response>,
    ) -> Result<Step> {
        match ask(&self.status) {
            Ok(answer) => {
                let ends = on_update(&answer).is_break();
                if ends || answer.record().and_then(|record| record.is_final) == Some(true) {
                    return Ok(Step::Done(answer));
                }
                known.told = Some(answer);
            }
            // That the time is up says less than what was told before.
            Err(error) if error.kind() == ErrorKind::DeadlineExceeded => {
                known.failed.get_or_insert(error);
            }
            Err(error) if error.kind() == ErrorKind::NotFound || is_transient(&error) => {
                known.failed = Some(error);
            }
            Err(error) => return Err(error),
        }
        Ok(Step::Again(self.interval))
    }

    /// When there is no time for another question the last status counts.
    pub(crate) fn finish(known: Known) -> Result<Response> {
        let nothing = || Error::internal("a wait that asked nothing");
        known
            .told
            .ok_or_else(|| known.failed.unwrap_or_else(nothing))
    }
}

fn status(resource: Resource) -> Result<&'static Operation> {
    Operation::named(&format!("{}.status", resource.prefix()))
}

/// Whether asking once more may be answered.
pub(crate) fn is_transient(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Transport
            | ErrorKind::DeadlineExceeded
            | ErrorKind::Protocol
            | ErrorKind::RateLimit
            | ErrorKind::Server
    ) || retry::is_retryable(error)
}
