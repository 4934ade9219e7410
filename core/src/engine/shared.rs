//! What all calls of a client share, and what each process of it makes for itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::api::operation::Cert;
use crate::api::prepared_request::PreparedRequest;
use crate::api::response::Response;
use crate::engine::attempt::Attempt;
use crate::engine::settings::{Budget, CallOptions, Settings};
use crate::engine::signature_cache::SignatureCache;
use crate::engine::signer::Signer;
use crate::engine::task::Task;
use crate::error::{Error, Result, closed};
use crate::http::Transport;
use crate::ledger::Ledger;
use crate::sync::cancel::CancelToken;
use crate::sync::in_flight::{CallId, InFlight};
use crate::sync::pool::Pool;
use crate::sync::process_local::ProcessLocal;
use crate::sync::semaphore::Semaphore;

/// The most notices kept for whoever asks; older ones give way.
const MAX_NOTICES: usize = 32;

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) payment: Option<Signer>,
    pub(crate) payout: Option<Signer>,
    pub(crate) closed: AtomicBool,
    pub(crate) process: ProcessLocal<Process>,
}

/// What a forked child makes anew.
pub(crate) struct Process {
    transport: Transport,
    signatures: SignatureCache,
    semaphore: Semaphore,
    pub(crate) pool: Pool,
    pub(crate) in_flight: InFlight,
    notices: Mutex<Vec<String>>,
}

impl Process {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            transport: Transport::new(settings.endpoint.clone()),
            signatures: SignatureCache::new(settings.signature_cache),
            semaphore: Semaphore::new(),
            pool: Pool::new(settings.max_connections),
            in_flight: InFlight::default(),
            notices: Mutex::default(),
        }
    }

    pub(crate) fn notices(&self) -> MutexGuard<'_, Vec<String>> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn notify(&self, notice: String) {
        log::warn!(target: "alikassa", "{notice}");
        let mut notices = self.notices();
        if notices.len() == MAX_NOTICES {
            notices.remove(0);
        }
        notices.push(notice);
    }
}

impl Inner {
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    pub(crate) fn check_open(&self) -> Result<()> {
        if self.is_closed() {
            Err(closed())
        } else {
            Ok(())
        }
    }

    /// The times of a call that begins now.
    pub(crate) fn times(&self, options: &CallOptions, task: &Task) -> Result<Times> {
        let budget = self
            .settings
            .budget(options)
            .map_err(|error| task.refuse(error))?;
        Ok(Times {
            budget,
            options: *options,
        })
    }

    /// The same times of something that begins now.
    pub(crate) fn begun_now(&self, times: Times) -> Result<Times> {
        let budget = self.settings.budget(&times.options)?;
        Ok(Times { budget, ..times })
    }

    pub(crate) fn send(
        &self,
        process: &Process,
        prepared: &PreparedRequest,
        budget: Budget,
        cancel: &CancelToken,
    ) -> Result<Response> {
        #[cfg(feature = "test-hooks")]
        assert!(
            prepared.path != crate::api::raw::PANIC_PATH,
            "a panic asked for by a test"
        );
        let attempt = Attempt {
            prepared,
            account: &self.settings.account,
            application: self.settings.application.as_deref(),
            signer: self.signer(prepared.cert)?,
            signatures: &process.signatures,
            semaphore: &process.semaphore,
            transport: &process.transport,
            budget,
            cancel,
            closed: &|| self.is_closed(),
            notify: &|notice| process.notify(notice),
        };
        match &prepared.create {
            Some(create) => attempt.create(create, self.settings.ledger.as_ref()),
            None => attempt.read(),
        }
    }

    #[cfg(feature = "test-hooks")]
    pub(crate) fn signature(&self, prepared: &PreparedRequest) -> Result<String> {
        let signer = self.signer(prepared.cert)?;
        let process = self.process.get();
        crate::engine::attempt::signature(
            prepared,
            signer,
            &process.signatures,
            &process.semaphore,
            signer.digest(),
        )
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn ledger(&self) -> Result<&Ledger> {
        self.settings
            .ledger
            .as_ref()
            .ok_or_else(|| Error::configuration("this client has no ledger; set ledger"))
    }

    fn signer(&self, cert: Cert) -> Result<&Signer> {
        let signer = match cert {
            Cert::Payment => &self.payment,
            Cert::Payout => &self.payout,
        };
        signer.as_ref().ok_or_else(|| {
            let name = cert.as_str();
            Error::configuration(format!(
                "this call is signed with the {name} certificate; set {name}_cert"
            ))
        })
    }
}

/// Counts a call as on its way until it is dropped.
pub(crate) struct Running {
    pub(crate) process: Arc<Process>,
    pub(crate) id: CallId,
}

impl Running {
    pub(crate) fn enter(inner: &Inner) -> Result<Self> {
        let process = inner.process.get();
        let id = process.in_flight.begin(|| inner.check_open())?;
        Ok(Self { process, id })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.process.in_flight.end(self.id);
    }
}

/// How long a call may take, and what its caller said about it.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) budget: Budget,
    options: CallOptions,
}
