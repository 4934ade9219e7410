//! Calls by name, for the bindings.

use std::fmt;
use std::time::Duration;

use crate::api::context::CallContext;
use crate::api::operation::{Operation, Resource};
use crate::api::prepared_request::PreparedRequest;
use crate::api::raw::{self, RawRequest};
use crate::engine::execution::OnUpdate;
use crate::engine::poll::{Resolve, Wait};
use crate::engine::request::Request;
use crate::engine::work::AnyWork;
use crate::error::{Error, Outcome, Result, cancelled};
use crate::sync::panic::contained;
use crate::types::value::Value;

/// A call by name, with arguments that are not checked yet.
pub struct Call {
    context: CallContext,
    arguments: Arguments,
    is_dry_run: bool,
    pub(crate) on_update: Option<OnUpdate>,
}

enum Arguments {
    Operation(&'static Operation, Vec<(String, Value)>),
    Raw(RawRequest),
    Resolve(Resource, Vec<(String, Value)>),
    Wait(Resource, Vec<(String, Value)>, Option<Duration>),
}

impl Arguments {
    fn prepare(self) -> Result<AnyWork> {
        match self {
            Self::Operation(operation, fields) => {
                let request = PreparedRequest::new(operation, fields)?;
                Ok(AnyWork::Request(Request::new(request)))
            }
            Self::Raw(request) => Ok(AnyWork::Request(Request::new(request.prepare()?))),
            Self::Resolve(resource, fields) => {
                Ok(AnyWork::Resolve(Resolve::new(resource, fields)?))
            }
            Self::Wait(resource, fields, interval) => {
                Ok(AnyWork::Wait(Wait::new(resource, fields, interval)?))
            }
        }
    }
}

impl Call {
    /// The call with this name: an operation, `payments.resolve`, `payments.wait`,
    /// `payouts.resolve` or `payouts.wait`. Fields that are null count as absent.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if there is no such call.
    pub fn named(name: &str, fields: Vec<(String, Value)>) -> Result<Self> {
        let order_id = order_id(&fields);
        let (operation, arguments) = match name {
            "payments.resolve" => resolve(Resource::Payment, fields),
            "payments.wait" => wait(Resource::Payment, fields),
            "payouts.resolve" => resolve(Resource::Payout, fields),
            "payouts.wait" => wait(Resource::Payout, fields),
            _ => {
                let operation = Operation::named(name)?;
                (operation.name, Arguments::Operation(operation, fields))
            }
        };
        let creates = matches!(&arguments, Arguments::Operation(row, _) if row.creates.is_some());
        Ok(Self {
            context: CallContext {
                operation: operation.into(),
                order_id,
                creates,
            },
            arguments,
            is_dry_run: false,
            on_update: None,
        })
    }

    /// A raw request.
    pub fn raw(request: RawRequest) -> Self {
        Self {
            context: request.context(),
            arguments: Arguments::Raw(request),
            is_dry_run: false,
            on_update: None,
        }
    }

    /// Sets the pause between two requests of a wait. Other calls ignore it.
    #[must_use]
    pub fn interval(mut self, pause: Option<Duration>) -> Self {
        if let Arguments::Wait(_, _, interval) = &mut self.arguments {
            *interval = pause;
        }
        self
    }

    /// Sets the callback that receives each status of a wait, on the thread that runs it. Other
    /// calls ignore it. It is dropped when the call has ended, even if the call was cancelled.
    #[must_use]
    pub fn on_update(mut self, on_update: OnUpdate) -> Self {
        self.on_update = Some(on_update);
        self
    }

    /// Makes this a dry run, if `is_dry_run`: the create is checked and signed, but not sent. Its
    /// result is a [`DryRun`](crate::DryRun).
    #[must_use]
    pub fn dry_run(mut self, is_dry_run: bool) -> Self {
        self.is_dry_run = is_dry_run;
        self
    }

    /// Whether this call can move money.
    pub fn creates(&self) -> bool {
        self.context.creates
    }

    /// The merchant's id of the order, if the call has one.
    pub fn order_id(&self) -> Option<&str> {
        self.context.order_id.as_deref()
    }

    /// The error of a call that was cancelled before it started: it was not sent. If its arguments
    /// are invalid, this is that error.
    pub fn cancelled(self) -> Error {
        match self.prepare() {
            Ok((context, _)) => context.annotate(cancelled().with_outcome(Outcome::NotSent)),
            Err(error) => error,
        }
    }

    /// The error of a call by name whose values could not be converted. `order_id` is set if it
    /// could be read.
    pub fn refused(name: &str, order_id: Option<&str>, error: Error) -> Error {
        let context = CallContext {
            operation: name.to_owned().into(),
            order_id: order_id.map(str::to_owned),
            creates: Operation::named(name).is_ok_and(|row| row.creates.is_some()),
        };
        context.invalid(error)
    }

    /// The error of a raw request whose values could not be converted. `order_id` is set if it
    /// could be read.
    pub fn raw_refused(path: &str, order_id: Option<&str>, read: bool, error: Error) -> Error {
        let context = CallContext {
            operation: path.to_owned().into(),
            order_id: order_id.map(str::to_owned),
            creates: raw::creates(path, read),
        };
        context.invalid(error)
    }

    /// Checks the arguments. The error of a panic says that the call was not sent.
    pub(crate) fn prepare(self) -> Result<(CallContext, AnyWork)> {
        let Self {
            context,
            arguments,
            is_dry_run,
            ..
        } = self;
        let work = contained(|| {
            let work = arguments.prepare()?;
            if is_dry_run { work.preview() } else { Ok(work) }
        });
        match work {
            Ok(work) => Ok((context, work)),
            Err(error) => Err(context.invalid(error)),
        }
    }

    /// The request of this call, which is not sent.
    #[cfg(any(feature = "ledger", feature = "test-hooks"))]
    pub(crate) fn into_request(self) -> Result<PreparedRequest> {
        match self.prepare()?.1 {
            AnyWork::Request(request) => Ok(request.prepared),
            _ => Err(Error::configuration("this call is not a single request")),
        }
    }

    /// The result of this call for a given response, without sending anything. For fuzzing and
    /// benchmarks.
    #[cfg(feature = "test-hooks")]
    #[doc(hidden)]
    pub fn read_response(
        self,
        status: u16,
        retry_after: Option<&str>,
        body: Vec<u8>,
    ) -> Result<crate::api::response::Response> {
        let request = self.into_request()?;
        let response = crate::http::HttpResponse {
            status,
            retry_after: retry_after.map(str::to_owned),
            body,
            oversize: false,
        };
        match &request.create {
            Some(create) => {
                crate::api::outcome::classify(&request, create, response).map(|(reply, _)| reply)
            }
            None => crate::api::error_response::read(&request, response),
        }
    }
}

fn resolve(resource: Resource, fields: Vec<(String, Value)>) -> (&'static str, Arguments) {
    (resource.resolve(), Arguments::Resolve(resource, fields))
}

fn wait(resource: Resource, fields: Vec<(String, Value)>) -> (&'static str, Arguments) {
    (resource.wait(), Arguments::Wait(resource, fields, None))
}

/// The `order_id` among fields that are not checked yet.
pub(crate) fn order_id(fields: &[(String, Value)]) -> Option<String> {
    fields.iter().find_map(|field| match field {
        (name, Value::Text(order_id)) if name == "order_id" => Some(order_id.clone()),
        _ => None,
    })
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call")
            .field(&self.context.operation)
            .finish()
    }
}
