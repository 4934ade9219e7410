//! A create that is checked and signed, but not sent.

use std::ops::ControlFlow;

use base16ct::lower::encode_string;
use sha2::{Digest as _, Sha256};

use crate::api::prepared_request::Create;
use crate::api::response::Response;
use crate::engine::create;
use crate::engine::execution::{Execution, PollState, Step, Work};
use crate::engine::recorder::Recorder;
use crate::engine::request::Request;
use crate::engine::shared::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::dry_run::DryRun;
use crate::types::amount::Amount;
use crate::types::language;
use crate::types::value::Value;

pub(crate) struct Preview(Request<Response>);

impl Preview {
    /// A preview of a create.
    pub(crate) fn new(request: Request<Response>) -> Result<Self> {
        if request.prepared.create.is_some() {
            return Ok(Self(request));
        }
        Err(only_creates())
    }

    pub(crate) fn create(&self) -> Option<&Create> {
        self.0.prepared.create.as_ref()
    }
}

pub(crate) fn only_creates() -> Error {
    let field = language::option("dry_run");
    let message = format!("{field}: only a create has a dry run; a read changes nothing");
    Error::invalid_argument(field, "read", message)
}

impl Work for Preview {
    type Status = Response;
    type Output = DryRun;

    fn sends(&self) -> bool {
        false
    }

    fn decide(&self, client: &Shared) {
        self.0.decide(client);
    }

    fn step(
        &self,
        execution: &Execution<'_>,
        _: &mut PollState<Response>,
        _: &mut dyn FnMut(&Response) -> ControlFlow<()>,
    ) -> Result<Step<DryRun>> {
        let recorder = Recorder::default();
        let (attempt, create, decision) = self.0.creation(execution, &recorder)?;
        let refusal = match create::preview(&attempt, create, decision) {
            Err(error) if !is_refusal(&error) => return Err(error),
            result => result.err(),
        };
        let digest = attempt.signer.digest();
        attempt.sign(digest)?;
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        let amount = create.amount.as_ref().map(Amount::as_str);
        let report = Value::from([
            ("operation", Value::from(&*create.operation)),
            ("path", Value::from(&*attempt.request.path)),
            ("order_id", text(create.order_id.as_deref())),
            ("amount", text(amount)),
            (
                "body_sha256",
                encode_string(&Sha256::digest(&attempt.request.body)).into(),
            ),
            ("digest", digest.as_str().into()),
            ("refusal", text(refusal.as_ref().map(Error::code))),
            ("reason", text(refusal.as_ref().and_then(Error::reason))),
        ]);
        DryRun::read(report, Vec::new()).map(Step::Done)
    }

    fn finish(&self, _: PollState<Response>) -> Result<DryRun> {
        Err(Error::internal("a dry run has no pauses"))
    }
}

fn is_refusal(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Guard | ErrorKind::DuplicateOrder)
}
