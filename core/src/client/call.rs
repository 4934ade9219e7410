//! A call by its name, as the bindings pass it, and what it is once its arguments passed every check.

use std::fmt;
use std::time::Duration;

use crate::api::operation::{Kind, Operation, Resource};
use crate::api::prepared_request::PreparedRequest;
use crate::api::raw;
use crate::api::raw::RawRequest;
use crate::engine::poll::{Resolve, Wait};
use crate::engine::task::{OnUpdate, Task};
use crate::error::cancelled;
use crate::error::{Error, Outcome, Result};
use crate::types::value::Value;

/// A call by its name, as the bindings pass it.
pub struct Call {
    arguments: Arguments,
    pub(crate) on_update: Option<OnUpdate>,
}

enum Arguments {
    Typed(&'static Operation, Vec<(String, Value)>),
    Raw(RawRequest),
    Resolve(Resource, Vec<(String, Value)>),
    Wait(Resource, Vec<(String, Value)>, Option<Duration>),
    Reconcile,
}

impl Call {
    /// The call of that name with the caller's fields, where null means not given: an operation of the table,
    /// `payments.resolve`, `payments.wait`, `payouts.resolve`, `payouts.wait` or `reconcile`.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when there is no such call.
    pub fn named(name: &str, fields: Vec<(String, Value)>) -> Result<Self> {
        Ok(Self::new(match name {
            "payments.resolve" => Arguments::Resolve(Resource::Payment, fields),
            "payments.wait" => Arguments::Wait(Resource::Payment, fields, None),
            "payouts.resolve" => Arguments::Resolve(Resource::Payout, fields),
            "payouts.wait" => Arguments::Wait(Resource::Payout, fields, None),
            "reconcile" => Arguments::Reconcile,
            _ => Arguments::Typed(Operation::named(name)?, fields),
        }))
    }

    /// A raw request.
    pub fn raw(request: RawRequest) -> Self {
        Self::new(Arguments::Raw(request))
    }

    fn new(arguments: Arguments) -> Self {
        Self {
            arguments,
            on_update: None,
        }
    }

    /// The pause between two questions of a wait; of no use to another call.
    #[must_use]
    pub fn interval(mut self, pause: Option<Duration>) -> Self {
        if let Arguments::Wait(_, _, interval) = &mut self.arguments {
            *interval = pause;
        }
        self
    }

    /// Who gets each status that a wait is told, on the thread that waits; of no use to another call. It is dropped
    /// when the call has ended, also one that its caller gave up.
    #[must_use]
    pub fn on_update(mut self, on_update: OnUpdate) -> Self {
        self.on_update = Some(on_update);
        self
    }

    /// Whether this call can move money.
    pub fn creates(&self) -> bool {
        match &self.arguments {
            Arguments::Typed(operation, _) => operation.kind == Kind::Create,
            Arguments::Raw(request) => request.creates(),
            Arguments::Resolve(..) | Arguments::Wait(..) | Arguments::Reconcile => false,
        }
    }

    /// The merchant's id of the order, if the caller names one.
    pub fn order_id(&self) -> Option<&str> {
        match &self.arguments {
            Arguments::Typed(_, fields)
            | Arguments::Resolve(_, fields)
            | Arguments::Wait(_, fields, _) => {
                let mut fields = fields.iter();
                fields.find(|(name, _)| name == "order_id")?.1.as_str()
            }
            Arguments::Raw(request) => request.order_id(),
            Arguments::Reconcile => None,
        }
    }

    /// The error of a call that its caller cancelled before it began: nothing was sent. A call that could not
    /// have been sent anyway gives the error that says why.
    pub fn cancelled(self) -> Error {
        match self.into_task() {
            Ok(task) => task.name_in(cancelled().with_outcome(Outcome::NotSent)),
            Err(error) => error,
        }
    }

    /// The error of a typed call whose values could not even be converted; `order_id` as far as it could be read.
    pub fn refused(name: &str, order_id: Option<&str>, error: Error) -> Error {
        let creates = Operation::named(name).is_ok_and(|row| row.kind == Kind::Create);
        not_sent(name, order_id, creates, error)
    }

    /// The error of a raw request whose values could not even be converted; `order_id` as far as it could be read.
    pub fn raw_refused(path: &str, order_id: Option<&str>, read: bool, error: Error) -> Error {
        not_sent(path, order_id, raw::creates(path, read), error)
    }

    /// What the call comes to when this is its answer: nothing is sent. For fuzzing.
    #[cfg(feature = "test-hooks")]
    #[doc(hidden)]
    pub fn answered(
        self,
        status: u16,
        retry_after: Option<&str>,
        body: Vec<u8>,
    ) -> Result<crate::api::response::Response> {
        let Task::Request(prepared) = self.into_task()? else {
            return Err(Error::configuration("only a request is answered"));
        };
        let response = crate::http::HttpResponse {
            status,
            retry_after: retry_after.map(str::to_owned),
            body,
            oversize: false,
        };
        match &prepared.create {
            Some(create) => {
                crate::api::outcome::judge(&prepared, create, response).map(|(answer, _)| answer)
            }
            None => crate::api::error_response::read(&prepared, response),
        }
    }

    pub(crate) fn into_task(self) -> Result<Task> {
        let order_id = self.order_id().map(str::to_owned);
        let refused = |name: &str, error| Self::refused(name, order_id.as_deref(), error);
        match self.arguments {
            Arguments::Typed(operation, fields) => PreparedRequest::typed(operation, fields)
                .map(Task::Request)
                .map_err(|error| refused(operation.name, error)),
            Arguments::Raw(request) => {
                let (path, creates) = (request.path().to_owned(), request.creates());
                let prepared = request.prepare().map(Task::Request);
                prepared.map_err(|error| not_sent(&path, order_id.as_deref(), creates, error))
            }
            Arguments::Resolve(resource, fields) => Resolve::new(resource, fields)
                .map(Task::Resolve)
                .map_err(|error| refused(&format!("{}.resolve", resource.prefix()), error)),
            Arguments::Wait(resource, fields, interval) => Wait::new(resource, fields, interval)
                .map(Task::Wait)
                .map_err(|error| refused(&format!("{}.wait", resource.prefix()), error)),
            Arguments::Reconcile => Ok(Task::Reconcile),
        }
    }
}

fn not_sent(name: &str, order_id: Option<&str>, creates: bool, error: Error) -> Error {
    let order_id = order_id.map(bounded);
    let error = error.with_call(&bounded(name), order_id.as_deref());
    if creates {
        error.with_outcome(Outcome::NotSent)
    } else {
        error
    }
}

/// A name that was not checked, no longer than one that was.
fn bounded(name: &str) -> String {
    name.chars().take(128).collect()
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &self.arguments {
            Arguments::Typed(operation, _) => operation.name,
            Arguments::Raw(request) => request.path(),
            Arguments::Resolve(..) => "resolve",
            Arguments::Wait(..) => "wait",
            Arguments::Reconcile => "reconcile",
        };
        f.debug_tuple("Call").field(&name).finish()
    }
}
