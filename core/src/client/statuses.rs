//! The statuses of many orders: so many questions at once, results as they come, memory that does not grow with the
//! number of orders.

use std::fmt;
use std::mem::{forget, replace, take};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::time::{Duration, Instant};

use crate::api::operation::Resource;
use crate::api::response::Response;
use crate::client::Client;
use crate::client::call::Call;
use crate::engine::queued_call::Pending;
use crate::engine::settings::CallOptions;
use crate::error::cancelled;
use crate::error::{Error, Result};
use crate::schema::order::OrderRef;
use crate::schema::request::refused;

/// No bulk asks more questions at once.
const MAX_CONCURRENCY: usize = 4096;

/// The questions that may be asked in a second.
const RATES: std::ops::RangeInclusive<f64> = 0.001..=1_000_000.0;

/// How a bulk asks.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BatchOptions {
    /// The most questions at once; 16 unless set, and never more than the client's `max_connections` are on their way.
    pub concurrency: usize,
    /// The most questions begun in a second; no limit unless set.
    pub rate: Option<f64>,
    /// What each question may take.
    pub call: CallOptions,
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self {
            concurrency: 16,
            rate: None,
            call: CallOptions::default(),
        }
    }
}

impl BatchOptions {
    /// Sets the most questions at once.
    #[must_use]
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// Sets the most questions begun in a second.
    #[must_use]
    pub fn rate(mut self, rate: f64) -> Self {
        self.rate = Some(rate);
        self
    }
}

/// A question's number, in the order they were asked, and its answer.
type Told = (u64, Result<Response>);

/// What a bulk needs next.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// The next order: see [`StatusStream::ask`], or [`StatusStream::finish`] when there is none.
    NeedInput,
    /// To wait until something is told, and no longer than this.
    Pending(Option<Duration>),
    /// An order was answered.
    Ready(OrderRef, Result<Response>),
    /// Nothing more: every order was answered.
    Done,
}

/// Asks for many statuses, driven step by step: the bindings' iterators and Rust's own stand on it.
pub struct StatusStream {
    client: Client,
    operation: String,
    options: BatchOptions,
    on_told: Arc<dyn Fn() + Send + Sync>,
    /// The process whose threads answer.
    process: u32,
    sender: Sender<Told>,
    told: Receiver<Told>,
    under_way: Vec<(u64, OrderRef, Pending)>,
    asked: u64,
    /// When the rate allows the next question.
    next: Instant,
    finished: bool,
}

impl StatusStream {
    /// A bulk that asks for `payments` or `payouts`; `on_told` is called from another thread when there is something to
    /// be told.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a concurrency, rate or time that cannot be.
    pub fn new(
        client: Client,
        resource: &str,
        options: BatchOptions,
        on_told: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        check(&options)?;
        client.0.settings().budget(&options.call)?;
        let (sender, told) = channel();
        Ok(Self {
            client,
            operation: format!("{resource}.status"),
            options,
            on_told: Arc::new(on_told),
            process: std::process::id(),
            sender,
            told,
            under_way: Vec::new(),
            asked: 0,
            next: Instant::now(),
            finished: false,
        })
    }

    /// What comes next. It does not wait. A child of `fork` asks anew what its parent waits for.
    pub fn step(&mut self) -> Event {
        for order in self.left_to_the_parent() {
            if let Err(error) = self.ask(order.clone()) {
                return Event::Ready(order, Err(error));
            }
        }
        match self.told.try_recv() {
            Ok(told) => return self.tell(told),
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
        }
        let room = self.under_way.len() < self.options.concurrency;
        match self.next.saturating_duration_since(Instant::now()) {
            _ if self.finished && self.under_way.is_empty() => Event::Done,
            Duration::ZERO if room && !self.finished => Event::NeedInput,
            wait if room && !self.finished => Event::Pending(Some(wait)),
            _ => Event::Pending(None),
        }
    }

    /// Asks for the status of an order.
    ///
    /// # Errors
    /// None of its own: an order that cannot be asked for is told like any other.
    pub fn ask(&mut self, order: OrderRef) -> Result<()> {
        let call = Call::named(&self.operation, order.clone().into_fields())?;
        let number = self.asked;
        self.asked += 1;
        self.pace();
        let (sender, on_told) = (self.sender.clone(), Arc::clone(&self.on_told));
        let pending = self.client.submit(call, &self.options.call, move |result| {
            // A bulk that was dropped listens no more.
            let _ = sender.send((number, result));
            on_told();
        });
        self.under_way.push((number, order, pending));
        Ok(())
    }

    /// There are no more orders.
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// The error of a bulk that its caller cancelled, for a binding whose language has signals for that.
    #[doc(hidden)]
    pub fn cancelled() -> Error {
        cancelled()
    }

    /// Waits for something to be told, at most so long; then [`step`](Self::step) says what.
    pub fn wait(&mut self, at_most: Duration) -> Option<(OrderRef, Result<Response>)> {
        match self.told.recv_timeout(at_most) {
            Ok(told) => match self.tell(told) {
                Event::Ready(order, result) => Some((order, result)),
                _ => None,
            },
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }

    fn tell(&mut self, (number, result): Told) -> Event {
        let place = self
            .under_way
            .iter()
            .position(|(other, ..)| *other == number);
        match place.map(|place| self.under_way.swap_remove(place)) {
            Some((_, order, _)) => Event::Ready(order, result),
            None => Event::Pending(None),
        }
    }

    /// After a fork, the orders whose answers go to the parent. A lock of what waits for those may have been held when
    /// the process forked, so it stays untouched for good.
    fn left_to_the_parent(&mut self) -> Vec<OrderRef> {
        if self.process == std::process::id() {
            return Vec::new();
        }
        self.process = std::process::id();
        let (sender, told) = channel();
        forget(replace(&mut self.sender, sender));
        forget(replace(&mut self.told, told));
        let under_way = take(&mut self.under_way).into_iter();
        under_way
            .map(|(_, order, pending)| {
                forget(pending);
                order
            })
            .collect()
    }

    fn pace(&mut self) {
        if let Some(rate) = self.options.rate {
            self.next = self.next.max(Instant::now()) + Duration::from_secs_f64(1.0 / rate);
        }
    }
}

/// Gives up what is on its way.
impl Drop for StatusStream {
    fn drop(&mut self) {
        drop(self.left_to_the_parent());
        for (_, _, pending) in &self.under_way {
            pending.cancel();
        }
    }
}

impl fmt::Debug for StatusStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusStream")
            .field("operation", &self.operation)
            .field("under_way", &self.under_way.len())
            .finish_non_exhaustive()
    }
}

fn check(options: &BatchOptions) -> Result<()> {
    if options.concurrency == 0 || options.concurrency > MAX_CONCURRENCY {
        let advice = format!("pass 1 to {MAX_CONCURRENCY}");
        return Err(refused("concurrency", "out_of_range", &advice));
    }
    if options.rate.is_some_and(|rate| !RATES.contains(&rate)) {
        let advice = "pass the questions of a second, above 0";
        return Err(refused("rate", "out_of_range", advice));
    }
    Ok(())
}

/// The statuses of many orders, as they come; from `statuses` of payments and payouts.
pub(crate) struct Statuses<I> {
    bulk: StatusStream,
    orders: I,
}

impl<I: Iterator<Item = OrderRef>> Statuses<I> {
    pub(crate) fn new(
        client: &Client,
        resource: Resource,
        orders: I,
        options: BatchOptions,
    ) -> Result<Self> {
        let bulk = StatusStream::new(client.clone(), resource.prefix(), options, || ())?;
        Ok(Self { bulk, orders })
    }

    pub(crate) fn next_answer(&mut self) -> Option<(OrderRef, Result<Response>)> {
        const LONG: Duration = Duration::from_secs(3600);
        loop {
            match self.bulk.step() {
                Event::Ready(order, result) => return Some((order, result)),
                Event::Done => return None,
                Event::Pending(at_most) => {
                    if let Some(told) = self.bulk.wait(at_most.unwrap_or(LONG)) {
                        return Some(told);
                    }
                }
                Event::NeedInput => match self.orders.next() {
                    None => self.bulk.finish(),
                    Some(order) => {
                        if let Err(error) = self.bulk.ask(order.clone()) {
                            return Some((order, Err(error)));
                        }
                    }
                },
            }
        }
    }
}

impl<I> fmt::Debug for Statuses<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bulk.fmt(f)
    }
}
