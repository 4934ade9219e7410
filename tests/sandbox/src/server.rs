//! What all connections share, and the one place where a request becomes an answer.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::Options;
use crate::provider::Book;
use crate::transmission::Delivery;
use crate::faults::Faults;
use crate::http::Head;
use crate::keys::Keys;
use crate::log::LogEntry;
use crate::notify::Signer;
use crate::outbox::Post;
use crate::routes::Call;
use crate::signature::{DigestPolicy, PublicKeys};

/// The one account the sandbox knows: the one of the documents' examples.
pub const ACCOUNT: &str = "93d5df06-996c-48c3-9847-348d6b580b80";

pub(crate) struct Server {
    pub(crate) account: &'static str,
    pub(crate) signer: Signer,
    keys: PublicKeys,
    options: Options,
    started: Instant,
    world: Mutex<World>,
    changed: Condvar,
}

/// Everything that requests change, behind one lock, so that they happen one after another.
pub(crate) struct World {
    pub(crate) digest: DigestPolicy,
    pub(crate) book: Book,
    pub(crate) faults: Faults,
    pub(crate) log: Vec<LogEntry>,
    pub(crate) post: Post,
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
    fn new(options: &Options) -> Self {
        Self {
            digest: options.digest,
            book: Book::new(options),
            faults: Faults::default(),
            log: Vec::new(),
            post: Post::default(),
        }
    }
}

impl Server {
    pub(crate) fn new(keys: Keys, options: Options) -> Self {
        Self {
            account: ACCOUNT,
            signer: keys.signer,
            keys: keys.public,
            started: Instant::now(),
            world: Mutex::new(World::new(&options)),
            changed: Condvar::new(),
            options,
        }
    }

    /// The world as it is at this moment; whoever waits for a change looks when the guard is gone.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        let world = self.quietly();
        self.changed.notify_all();
        world
    }

    /// The world for whoever waits for changes.
    pub(crate) fn quietly(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.book.catch_up();
        world
    }

    /// Waits until somebody was in the world, or something is due.
    pub(crate) fn wait_for_change<'a>(
        &'a self,
        world: MutexGuard<'a, World>,
    ) -> MutexGuard<'a, World> {
        const LONG: Duration = Duration::from_secs(3600);
        let time = world.book.time_left().unwrap_or(LONG);
        let waited = self.changed.wait_timeout(world, time);
        let (mut world, _) = waited.unwrap_or_else(PoisonError::into_inner);
        world.book.catch_up();
        world
    }

    pub(crate) fn at_ms(&self) -> u128 {
        self.started.elapsed().as_millis()
    }

    pub(crate) fn reset(&self) {
        let mut world = self.world();
        *world = World {
            post: world.post.emptied(),
            ..World::new(&self.options)
        };
    }

    /// Whether the fault next in line wants the connection closed before the body is read.
    pub(crate) fn closes_before_body(&self, head: &Head, origin: Origin) -> bool {
        let mut world = self.world();
        let strike = world.faults.take_before_body(&head.path);
        if let Some(strike) = &strike {
            let fault = Some(strike.kind.name());
            world.record(LogEntry {
                fault,
                ..self.entry(head, origin)
            });
        }
        strike.is_some()
    }

    pub(crate) fn handle(&self, request: Request, origin: Origin) -> Delivery {
        let Request { head, body } = request;
        let sign = head.headers.get("sign").map(String::as_str);
        let finding = self.keys.examine(sign, &body);

        let mut world = self.world();
        let call = Call::new(&head, &body);
        let refusal = call.refusal(finding, world.digest);
        let strike = world.faults.take(&head.path, &call.names());
        let answer = |book: &mut Book| call.answer(self.account, refusal.as_deref(), book);
        let acts = strike.as_ref().is_none_or(|strike| strike.acts);
        let acted = acts.then(|| answer(&mut world.book));
        // Some faults need an answer to spoil even if nothing is to be done.
        let spare = || answer(&mut world.book.clone());
        let delivery = Delivery::new(strike.as_ref(), &head, acted, spare);
        world.record(LogEntry {
            body,
            digest: finding.digest(),
            certificate: finding.certificate(),
            status: delivery.status,
            refusal,
            fault: strike.map(|strike| strike.kind.name()),
            ..self.entry(&head, origin)
        });
        delivery
    }

    fn entry(&self, head: &Head, origin: Origin) -> LogEntry {
        LogEntry {
            n: 0,
            at_ms: self.at_ms(),
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
