//! The state that all calls of a client share, of every account, and the part of it that each process has for itself.

use std::mem::take;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::api::operation::Cert;
use crate::engine::account::ClientAccount;
use crate::engine::settings::Settings;
use crate::engine::signature_cache::SignatureCache;
use crate::engine::signer::Signer;
use crate::error::{Error, Result, closed};
use crate::http::Transport;
use crate::ledger::Ledger;
use crate::sync::in_flight::InFlight;
use crate::sync::pool::Pool;
use crate::sync::process_local::ProcessLocal;
use crate::sync::semaphore::Semaphore;
use crate::types::language;

/// The limit of stored notices. The oldest is dropped.
const MAX_NOTICES: usize = 32;

pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) payment: Option<Signer>,
    pub(crate) payout: Option<Signer>,
    pub(crate) closed: AtomicBool,
    pub(crate) process: ProcessLocal<Process>,
}

/// The state of one process. A forked child creates its own.
pub(crate) struct Process {
    pub(crate) transport: Transport,
    pub(crate) signatures: SignatureCache,
    pub(crate) semaphore: Arc<Semaphore>,
    pub(crate) pool: Pool,
    pub(crate) in_flight: Arc<InFlight>,
    pub(crate) notices: Notices,
}

impl Process {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            transport: Transport::new(settings.endpoint.clone()),
            signatures: SignatureCache::new(settings.options.signature_cache),
            semaphore: Semaphore::of_processors(),
            pool: Pool::new(
                settings.options.max_connections,
                settings.options.lower_priority,
            ),
            in_flight: Arc::default(),
            notices: Notices::default(),
        }
    }
}

/// What an operator should know. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Notices(Arc<Mutex<Vec<String>>>);

impl Notices {
    /// Logs a notice and stores it for [`take_notices`](crate::Client::take_notices).
    pub(crate) fn add(&self, notice: String) {
        log::warn!(target: "alikassa", "{notice}");
        let mut notices = self.lock();
        if notices.len() == MAX_NOTICES {
            notices.remove(0);
        }
        notices.push(notice);
    }

    pub(crate) fn take(&self) -> Vec<String> {
        take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// Whether the client of this account is closed, alone or with every other one.
    pub(crate) fn is_closed(&self, account: &ClientAccount) -> bool {
        self.closed.load(Ordering::SeqCst) || account.is_closed()
    }

    pub(crate) fn check_open(&self, account: &ClientAccount) -> Result<()> {
        if self.is_closed(account) {
            return Err(closed());
        }
        Ok(())
    }

    pub(crate) fn ledger(&self) -> Result<&Ledger> {
        self.settings
            .options
            .ledger
            .as_ref()
            .ok_or_else(|| Error::configuration("this client has no ledger; set ledger"))
    }

    pub(crate) fn signer(&self, cert: Cert) -> Result<&Signer> {
        let signer = match cert {
            Cert::Payment => &self.payment,
            Cert::Payout => &self.payout,
        };
        signer.as_ref().ok_or_else(|| {
            let name = cert.as_str();
            let option = format!("{name}_cert");
            Error::configuration(format!(
                "this call is signed with the {name} certificate; set {}",
                language::option(&option)
            ))
        })
    }
}
