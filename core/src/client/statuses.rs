//! The statuses of many orders, with a limited number of requests in flight. Results are returned
//! as the responses arrive, and the memory does not grow with the number of orders.

use std::fmt;
use std::mem::{forget, replace, take};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::api::operation::Operation;
use crate::api::response::{FromBody, Response};
use crate::client::Client;
use crate::engine::queued_call::Pending;
use crate::engine::settings::CallOptions;
use crate::error::{Error, Result, cancelled};
use crate::schema::check::invalid_field;
use crate::schema::order::OrderRef;

/// The limit of `concurrency`.
const MAX_CONCURRENCY: usize = 4096;

/// The range of `rate`, in requests per second.
const RATES: std::ops::RangeInclusive<f64> = 0.001..=1_000_000.0;

/// The options of [`Orders::statuses`](crate::Orders::statuses).
///
/// ```
/// let options = alikassa::BatchOptions::default().concurrency(8).rate(5.0);
/// assert_eq!(options.concurrency, 8);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BatchOptions {
    /// The limit of requests in flight; 16 by default. The client's `max_connections` limits them
    /// too.
    pub concurrency: usize,
    /// The limit of requests started per second; none by default.
    pub rate: Option<f64>,
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self {
            concurrency: 16,
            rate: None,
        }
    }
}

impl BatchOptions {
    /// Sets the limit of requests in flight: 1 to 4096.
    #[must_use]
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// Sets the limit of requests started per second: 0.001 to 1000000.
    #[must_use]
    pub fn rate(mut self, rate: f64) -> Self {
        self.rate = Some(rate);
        self
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.concurrency == 0 || self.concurrency > MAX_CONCURRENCY {
            let advice = format!("pass 1 to {MAX_CONCURRENCY}");
            return Err(invalid_field("concurrency", "out_of_range", &advice));
        }
        if self.rate.is_some_and(|rate| !RATES.contains(&rate)) {
            let advice = "pass requests per second, 0.001 to 1000000";
            return Err(invalid_field("rate", "out_of_range", advice));
        }
        Ok(())
    }
}

/// The number of a request and its result.
type Ready<R> = (u64, Result<R>);

/// The next event of a stream of statuses.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<R = Response> {
    /// The stream needs the next order: call [`StatusStream::request`], or [`StatusStream::finish`]
    /// if there is none.
    NeedInput,
    /// No result is ready. Wait for at most this long.
    Pending(Option<Duration>),
    /// The result of an order.
    Ready(OrderRef, Result<R>),
    /// Every order has its result.
    Done,
}

/// Requests many statuses, driven by its caller. The iterators of Rust and of the bindings are
/// built on it.
pub struct StatusStream<R = Response> {
    client: Client,
    status: &'static Operation,
    options: BatchOptions,
    on_ready: Arc<dyn Fn() + Send + Sync>,
    /// The process whose threads run the requests.
    process: u32,
    sender: Sender<Ready<R>>,
    ready: Receiver<Ready<R>>,
    in_flight: Vec<(u64, OrderRef, Pending)>,
    started: u64,
    /// When `rate` allows the next request.
    next: Instant,
    finished: bool,
}

impl StatusStream {
    /// A stream of the statuses of `payments` or `payouts`. `on_ready` is called on another thread
    /// when a result is ready.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a concurrency, rate or time out
    /// of its range.
    pub fn new(
        client: &Client,
        resource: &str,
        options: BatchOptions,
        call: CallOptions,
        on_ready: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        let status = Operation::named(&format!("{resource}.status"))?;
        Self::of(&client.with_options(call), status, options, on_ready)
    }

    /// The error of a stream that was cancelled, for example by an `AbortSignal` in Node.
    pub fn cancelled() -> Error {
        cancelled()
    }
}

impl<R: FromBody + Send + 'static> StatusStream<R> {
    /// A stream of the statuses that this operation returns. Each request has the client's options.
    pub(crate) fn of(
        client: &Client,
        status: &'static Operation,
        options: BatchOptions,
        on_ready: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        options.check()?;
        client.budget()?;
        let (sender, ready) = channel();
        Ok(Self {
            client: client.clone(),
            status,
            options,
            on_ready: Arc::new(on_ready),
            process: std::process::id(),
            sender,
            ready,
            in_flight: Vec::new(),
            started: 0,
            next: Instant::now(),
            finished: false,
        })
    }

    /// Returns the next event without waiting. A forked child repeats the requests that its parent
    /// has in flight.
    pub fn step(&mut self) -> Event<R> {
        for order in self.take_orders_of_parent() {
            self.request(order);
        }
        if let Ok(ready) = self.ready.try_recv() {
            return self.take(ready);
        }
        let has_room = self.in_flight.len() < self.options.concurrency;
        match self.next.saturating_duration_since(Instant::now()) {
            _ if self.finished && self.in_flight.is_empty() => Event::Done,
            Duration::ZERO if has_room && !self.finished => Event::NeedInput,
            wait if has_room && !self.finished => Event::Pending(Some(wait)),
            _ => Event::Pending(None),
        }
    }

    /// Requests the status of an order. If that is not possible, its result is the error.
    pub fn request(&mut self, order: OrderRef) {
        let number = self.started;
        self.started += 1;
        if let Some(rate) = self.options.rate {
            self.next = self.next.max(Instant::now()) + Duration::from_secs_f64(1.0 / rate);
        }
        let (sender, on_ready) = (self.sender.clone(), Arc::clone(&self.on_ready));
        let done = move |result| {
            // The stream may have been dropped.
            let _ = sender.send((number, result));
            on_ready();
        };
        let fields = order.clone().into_fields();
        let pending = self.client.submit_operation(self.status, fields, done);
        self.in_flight.push((number, order, pending));
    }

    /// Tells the stream that there are no more orders.
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// Waits for a result, for at most `timeout`.
    pub fn wait(&mut self, timeout: Duration) -> Option<(OrderRef, Result<R>)> {
        match self.take(self.ready.recv_timeout(timeout).ok()?) {
            Event::Ready(order, result) => Some((order, result)),
            _ => None,
        }
    }

    fn take(&mut self, (number, result): Ready<R>) -> Event<R> {
        let mut in_flight = self.in_flight.iter();
        match in_flight.position(|(other, ..)| *other == number) {
            Some(index) => Event::Ready(self.in_flight.swap_remove(index).1, result),
            None => Event::Pending(None),
        }
    }
}

impl<R> StatusStream<R> {
    /// Returns, once after a fork, the orders whose results go to the parent. The child does not
    /// touch the parent's channel again, because its lock may have been held at the fork.
    fn take_orders_of_parent(&mut self) -> Vec<OrderRef> {
        if self.process == std::process::id() {
            return Vec::new();
        }
        self.process = std::process::id();
        let (sender, ready) = channel();
        forget(replace(&mut self.sender, sender));
        forget(replace(&mut self.ready, ready));
        let in_flight = take(&mut self.in_flight).into_iter();
        in_flight
            .map(|(_, order, pending)| {
                forget(pending);
                order
            })
            .collect()
    }
}

/// Cancels the requests in flight.
impl<R> Drop for StatusStream<R> {
    fn drop(&mut self) {
        drop(self.take_orders_of_parent());
        for (_, _, pending) in &self.in_flight {
            pending.cancel();
        }
    }
}

impl<R> fmt::Debug for StatusStream<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusStream")
            .field("operation", &self.status.name)
            .field("in_flight", &self.in_flight.len())
            .finish_non_exhaustive()
    }
}

/// An iterator over the statuses of many orders.
pub(crate) struct Statuses<I, R> {
    stream: StatusStream<R>,
    orders: I,
}

impl<I, R: FromBody + Send + 'static> Statuses<I, R> {
    pub(crate) fn new(
        client: &Client,
        status: &'static Operation,
        orders: I,
        options: BatchOptions,
    ) -> Result<Self> {
        let stream = StatusStream::of(client, status, options, || ())?;
        Ok(Self { stream, orders })
    }
}

impl<I: Iterator<Item = OrderRef>, R: FromBody + Send + 'static> Iterator for Statuses<I, R> {
    type Item = (OrderRef, Result<R>);

    fn next(&mut self) -> Option<Self::Item> {
        const NO_TIMEOUT: Duration = Duration::from_secs(3600);
        loop {
            match self.stream.step() {
                Event::Ready(order, result) => return Some((order, result)),
                Event::Done => return None,
                Event::Pending(timeout) => {
                    if let Some(ready) = self.stream.wait(timeout.unwrap_or(NO_TIMEOUT)) {
                        return Some(ready);
                    }
                }
                Event::NeedInput => match self.orders.next() {
                    None => self.stream.finish(),
                    Some(order) => self.stream.request(order),
                },
            }
        }
    }
}
