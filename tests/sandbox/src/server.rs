//! What all connections share, and the one place where a request becomes an answer.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::delivery::Delivery;
use crate::faults::{FaultKind, Faults};
use crate::http::Head;
use crate::log::LogEntry;
use crate::routes::Call;
use crate::signature::{DigestPolicy, PublicKeys};
use crate::state::Book;

/// The one account the sandbox knows: the one of the documents' examples.
pub const ACCOUNT: &str = "93d5df06-996c-48c3-9847-348d6b580b80";

pub(crate) struct Server {
    pub(crate) account: &'static str,
    keys: PublicKeys,
    digest_at_start: DigestPolicy,
    started: Instant,
    world: Mutex<World>,
}

/// Everything that requests change, behind one lock, so that they happen one after another.
pub(crate) struct World {
    pub(crate) digest: DigestPolicy,
    pub(crate) book: Book,
    pub(crate) faults: Faults,
    pub(crate) log: Vec<LogEntry>,
}

/// A whole request.
pub(crate) struct Request {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
}

/// Where a request came from.
#[derive(Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) connection: u64,
    pub(crate) tls: bool,
}

impl World {
    fn new(digest: DigestPolicy) -> Self {
        Self {
            digest,
            book: Book::documented(),
            faults: Faults::default(),
            log: Vec::new(),
        }
    }
}

impl Server {
    pub(crate) fn new(keys: PublicKeys, digest: DigestPolicy) -> Self {
        Self {
            account: ACCOUNT,
            keys,
            digest_at_start: digest,
            started: Instant::now(),
            world: Mutex::new(World::new(digest)),
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reset(&self) {
        *self.world() = World::new(self.digest_at_start);
    }

    /// Whether the fault next in line wants the connection closed before the body is read.
    pub(crate) fn closes_before_body(&self, head: &Head, origin: Origin) -> bool {
        let mut world = self.world();
        let fault = world.faults.take_before_body(&head.path);
        if let Some(fault) = &fault {
            let fault = Some(fault.name());
            world.record(LogEntry {
                fault,
                ..self.entry(head, origin)
            });
        }
        fault.is_some()
    }

    pub(crate) fn handle(&self, request: Request, origin: Origin) -> Delivery {
        let Request { head, body } = request;
        let sign = head.headers.get("sign").map(String::as_str);
        let finding = self.keys.examine(sign, &body);

        let mut world = self.world();
        let call = Call::new(&head, &body);
        let refusal = call.refusal(finding, world.digest);
        let fault = world.faults.take(&head.path, &call.names());
        let delivery = Delivery::new(fault.as_ref(), &head, || {
            call.answer(self.account, refusal.as_deref(), &mut world.book)
        });
        world.record(LogEntry {
            body,
            digest: finding.digest(),
            certificate: finding.certificate(),
            status: delivery.status,
            refusal,
            fault: fault.as_ref().map(FaultKind::name),
            ..self.entry(&head, origin)
        });
        delivery
    }

    fn entry(&self, head: &Head, origin: Origin) -> LogEntry {
        LogEntry {
            n: 0,
            at_ms: self.started.elapsed().as_millis(),
            connection: origin.connection,
            tls: origin.tls,
            method: head.method.clone(),
            path: head.path.clone(),
            headers: head.headers.clone(),
            body: Vec::new(),
            digest: None,
            certificate: None,
            status: None,
            refusal: None,
            fault: None,
        }
    }
}

impl World {
    fn record(&mut self, entry: LogEntry) {
        self.log.push(LogEntry {
            n: self.log.len() + 1,
            ..entry
        });
    }
}
