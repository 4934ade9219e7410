//! How long the parts of an exchange take, if somebody wants to know.
//!
//! Thread-local for the same reason as [`progress`](super::progress).

use std::cell::Cell;
use std::time::{Duration, Instant};

/// How long the parts of an exchange took. None of a part that did not happen.
#[derive(Clone, Copy, Default)]
pub(crate) struct ExchangeTimes {
    /// Name, connection and proxy.
    pub(crate) connect: Option<Duration>,
    /// The TLS handshake.
    pub(crate) tls: Option<Duration>,
    /// From the last byte of the request to the head of the response.
    pub(crate) wait: Option<Duration>,
    /// The body of the response.
    pub(crate) read: Option<Duration>,
}

impl ExchangeTimes {
    /// Begins to measure an exchange on this thread. A reused connection is sent on at once.
    pub(crate) fn start() {
        CLOCK.set(Some(Clock {
            times: Self::default(),
            part: Part::Send,
            started: Instant::now(),
        }));
    }

    /// Ends the exchange, and returns what was measured. A failure ends the part in which it
    /// happened.
    pub(crate) fn take() -> Self {
        begin(Part::Send);
        CLOCK.take().map(|clock| clock.times).unwrap_or_default()
    }
}

/// What an exchange does.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Part {
    Connect,
    Tls,
    Send,
    Wait,
    Read,
}

/// The parts that ended, and the one that goes on since `started`.
#[derive(Clone, Copy)]
struct Clock {
    times: ExchangeTimes,
    part: Part,
    started: Instant,
}

impl Clock {
    /// Ends the part, and begins another.
    fn begin(&mut self, part: Part) {
        let now = Instant::now();
        let time = now.duration_since(self.started);
        match self.part {
            Part::Connect => self.times.connect = Some(time),
            Part::Tls => self.times.tls = Some(time),
            Part::Send => {}
            Part::Wait => self.times.wait = Some(time),
            Part::Read => self.times.read = Some(time),
        }
        (self.part, self.started) = (part, now);
    }
}

thread_local! {
    static CLOCK: Cell<Option<Clock>> = const { Cell::new(None) };
}

/// A connection is needed.
pub(super) fn connecting() {
    begin(Part::Connect);
}

/// The connection is open, and its TLS handshake begins.
pub(super) fn securing() {
    begin(Part::Tls);
}

/// The connection is ready.
pub(super) fn sending() {
    begin(Part::Send);
}

/// The request is sent. While the response is read, this means nothing.
pub(super) fn sent() {
    if CLOCK.get().is_some_and(|clock| clock.part == Part::Send) {
        begin(Part::Wait);
    }
}

/// The head of the response is there.
pub(super) fn responded() {
    begin(Part::Read);
}

/// Does nothing if nobody measures.
fn begin(part: Part) {
    if let Some(mut clock) = CLOCK.get() {
        clock.begin(part);
        CLOCK.set(Some(clock));
    }
}
