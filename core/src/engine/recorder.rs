//! What a request sends and receives, kept for the provider's support.

use std::cell::RefCell;
use std::sync::OnceLock;
use std::time::Instant;

use crate::api::prepared_request::PreparedRequest;
use crate::api::response::FromBody;
use crate::api::support::{self, MAX_KEPT};
use crate::engine::call_events::now_ms;
use crate::error::{Error, Exchange, ReceivedBytes, Result, Support, SupportAttempt};
use crate::http::HttpResponse;

/// How many characters of a signature are kept.
const SIGN_CHARACTERS: usize = 12;

/// How many attempts are kept: the first one and the newest.
const MAX_ATTEMPTS: usize = 20;

/// Records the attempts to send one request.
#[derive(Default)]
pub(crate) struct Recorder(RefCell<Recorded>);

#[derive(Default)]
struct Recorded {
    sign: String,
    attempts: Vec<SupportAttempt>,
    response: Option<ReceivedBytes>,
}

impl Recorder {
    /// Runs an attempt with this `Sign` header.
    pub(crate) fn record(
        &self,
        signature: &str,
        exchange: impl FnOnce() -> Result<HttpResponse>,
    ) -> Result<HttpResponse> {
        let (time_ms, started) = (now_ms(), Instant::now());
        let result = exchange();
        let duration = started.elapsed().as_millis();
        let error = result.as_ref().err();
        let mut recorded = self.0.borrow_mut();
        if recorded.attempts.len() == MAX_ATTEMPTS {
            recorded.attempts.remove(1);
        }
        recorded.attempts.push(SupportAttempt {
            time_ms,
            duration_ms: i64::try_from(duration).unwrap_or(i64::MAX),
            http_status: result.as_ref().ok().map(|response| response.status),
            code: error.map(Error::code),
            phase: error.and_then(Error::phase),
        });
        // It is base64.
        let beginning = signature.get(..SIGN_CHARACTERS).unwrap_or(signature);
        beginning.clone_into(&mut recorded.sign);
        recorded.response = result.as_ref().ok().map(|response| {
            let kept = response.body.get(..MAX_KEPT);
            ReceivedBytes {
                bytes: kept.unwrap_or(&response.body).to_vec(),
                is_cut: response.oversize
                    || kept.is_some_and(|kept| kept.len() < response.body.len()),
            }
        });
        result
    }

    /// The record as text for the ledger, if something was sent.
    pub(crate) fn text(&self, request: &PreparedRequest) -> Option<String> {
        let recorded = self.0.borrow();
        let without_response = Recorded {
            sign: recorded.sign.clone(),
            attempts: recorded.attempts.clone(),
            response: None,
        };
        let support = without_response.into_support(request)?;
        Some(support.to_text_without_content())
    }

    /// Adds the record to the result of the request, if something was sent.
    pub(crate) fn attach<R: FromBody>(
        self,
        request: &PreparedRequest,
        result: Result<R>,
    ) -> Result<R> {
        let Some(support) = self.0.into_inner().into_support(request) else {
            return result;
        };
        match result {
            Ok(mut reply) => {
                reply.set_support(support);
                Ok(reply)
            }
            Err(error) => Err(error.with_support(support)),
        }
    }
}

impl Recorded {
    /// None if nothing was sent.
    fn into_support(self, request: &PreparedRequest) -> Option<Support> {
        self.attempts.first()?;
        Some(Support::new(Exchange {
            path: request.path.clone(),
            request: request.body.clone(),
            sign: self.sign,
            attempts: self.attempts,
            response: self.response,
            show: support::shown,
            shown: OnceLock::new(),
        }))
    }
}
