//! The statuses of many orders: the JavaScript side hands over one order after the other, and is told their answers.

use std::cell::{RefCell, RefMut};
use std::sync::Arc;
use std::time::Duration;

use alikassa::binding::{Call, Event, Response, StatusStream};
use alikassa::{BatchOptions, Client, Error, OrderRef, Value};
use napi::Env;
use napi::bindgen_prelude::{External, Object, Unknown};
use napi_derive::napi;

use crate::boundary;
use crate::client::How;
use crate::completion_queue::{CompletionQueue, Notify};
use crate::error::Failure;
use crate::input::{Argument, Encode, FieldReader, IsIterable};
use crate::output;

/// Many questions, as one reader asks them.
pub(crate) struct Asking {
    resource: String,
    by: By,
    notify: Arc<Notify>,
    /// None once the reader is gone.
    under_way: RefCell<Option<UnderWay>>,
}

struct UnderWay {
    bulk: StatusStream,
    /// Which number the JavaScript side gave to each order.
    numbers: Vec<(OrderRef, i64)>,
}

/// What the orders are named by.
#[derive(Clone, Copy)]
enum By {
    Id,
    OrderId,
}

/// `{ handle, by, orders }`: what to ask with, `id` or `order_id`, and the iterable.
#[napi]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands functions over by value"
)]
pub(crate) fn statuses_open<'js>(
    env: &'js Env,
    client: &External<Client>,
    resource: Unknown<'js>,
    orders: Unknown<'js>,
    options: Unknown<'js>,
    is_iterable: IsIterable<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let resource = Argument::new("resource", resource).text()?;
        let refused = |failure: Failure| {
            failure.map(|error| Call::refused(&format!("{resource}.statuses"), None, error))
        };
        let (by, iterable) = named(orders, &is_iterable).map_err(refused)?;
        let options = bulk_options(options).map_err(refused)?;
        let notify = Arc::<Notify>::default();
        let bulk = StatusStream::new(Client::clone(client), &resource, options, on_ready(&notify));
        let bulk = bulk.map_err(|error| refused(error.into()))?;
        let mut opened = Object::new(env)?;
        opened.set("by", by.name())?;
        opened.set("orders", iterable)?;
        opened.set(
            "handle",
            External::new(Asking::new(resource, by, notify, bulk)),
        )?;
        Ok(opened)
    })
}

fn named<'js>(
    orders: Unknown<'js>,
    is_iterable: &IsIterable<'js>,
) -> Result<(By, Unknown<'js>), Failure> {
    let mut given = Vec::new();
    for member in Argument::new("orders", orders).members()? {
        let by = match member.name() {
            "ids" => By::Id,
            "order_ids" => By::OrderId,
            _ => return Err(member.unknown()),
        };
        given.push((by, member.iterable(is_iterable)?));
    }
    let [only] = given[..] else {
        let message = "ids: pass exactly one of ids and order_ids";
        return Err(Error::invalid_argument("ids", "exactly_one", message).into());
    };
    Ok(only)
}

fn on_ready(notify: &Arc<Notify>) -> impl Fn() + Send + Sync + 'static {
    let notify = Arc::clone(notify);
    move || notify.notify()
}

fn bulk_options(options: Unknown<'_>) -> Result<BatchOptions, Failure> {
    let (mut bulk, mut how) = (BatchOptions::default(), How::default());
    for option in Argument::options(options)? {
        match option.name() {
            "concurrency" => {
                bulk.concurrency = option.count()?.try_into().unwrap_or(usize::MAX);
            }
            "rate" => bulk.rate = Some(option.rate()?),
            "on_progress" => option.expect_function()?,
            _ => how.read(&option)?,
        }
    }
    bulk.call = how.options;
    Ok(bulk)
}

/// What comes next: `{ step: 'order' | 'wait' | 'told' | 'ended' }`; of a wait `pause`, the milliseconds that it may last,
/// or null; of what is told the order's `number` and its `outcome`, as a call's.
#[napi]
pub(crate) fn statuses_step<'js>(
    env: &'js Env,
    asking: &External<Asking>,
    aborted: bool,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        if aborted {
            return Err(asking.refuse("statuses", StatusStream::cancelled()).into());
        }
        // This step sees every result that was notified before.
        asking.notify.clear();
        let mut under_way = asking.under_way()?;
        let mut step = Object::new(env)?;
        match under_way.bulk.step() {
            Event::NeedInput => step.set("step", "order")?,
            Event::Pending(pause) => {
                step.set("step", "wait")?;
                step.set("pause", pause.map(milliseconds))?;
            }
            Event::Ready(order, result) => {
                step.set("step", "told")?;
                step.set("number", under_way.number_of(&order)?)?;
                step.set("outcome", outcome(env, result)?)?;
            }
            _ => step.set("step", "ended")?,
        }
        Ok(step)
    })
}

fn outcome(env: &Env, result: alikassa::Result<Response>) -> napi::Result<Object<'_>> {
    boundary::run(*env, || Ok(output::response_to_js(env, result?)?))
}

/// Whole ones: a timer that went off early would go off twice.
fn milliseconds(pause: Duration) -> u32 {
    let whole = pause.as_nanos().div_ceil(1_000_000);
    whole.try_into().unwrap_or(u32::MAX)
}

/// Asks for the status of the order that the JavaScript side knows by this number.
#[napi]
pub(crate) fn statuses_ask<'js>(
    env: &'js Env,
    asking: &External<Asking>,
    number: i64,
    order: Unknown<'js>,
    encode: Encode<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let order = asking.by.order(order, &FieldReader(encode));
        let order = order.map_err(|failure| failure.map(|error| asking.refuse("status", error)))?;
        let mut under_way = asking.under_way()?;
        under_way.bulk.ask(order.clone())?;
        under_way.numbers.push((order, number));
        Ok(())
    })
}

/// There are no more orders.
#[napi]
pub(crate) fn statuses_finish<'js>(
    env: &'js Env,
    asking: &External<Asking>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        asking.under_way()?.bulk.finish();
        Ok(())
    })
}

/// The number of a promise that is fulfilled when something was told since the last step.
#[napi]
pub(crate) fn statuses_told<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    asking: &External<Asking>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || Ok(asking.notify.notified(queue)))
}

/// Gives up what is on its way.
#[napi]
pub(crate) fn statuses_close<'js>(
    env: &'js Env,
    asking: &External<Asking>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        drop(asking.under_way.take());
        Ok(())
    })
}

impl Asking {
    fn new(resource: String, by: By, notify: Arc<Notify>, bulk: StatusStream) -> Self {
        let numbers = Vec::new();
        Self {
            resource,
            by,
            notify,
            under_way: RefCell::new(Some(UnderWay { bulk, numbers })),
        }
    }

    fn under_way(&self) -> Result<RefMut<'_, UnderWay>, Error> {
        let under_way = RefMut::filter_map(self.under_way.borrow_mut(), Option::as_mut);
        under_way.map_err(|_| Error::internal("nobody takes the answers any more"))
    }

    /// The error, naming this resource's call.
    fn refuse(&self, verb: &str, error: Error) -> Error {
        Call::refused(&format!("{}.{verb}", self.resource), None, error)
    }
}

impl UnderWay {
    fn number_of(&mut self, order: &OrderRef) -> Result<i64, Error> {
        let place = self.numbers.iter().position(|(asked, _)| asked == order);
        let place =
            place.ok_or_else(|| Error::internal("an order was told that nobody asked for"))?;
        Ok(self.numbers.swap_remove(place).1)
    }
}

impl By {
    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::OrderId => "order_id",
        }
    }

    fn order<'js>(
        self,
        order: Unknown<'js>,
        reader: &FieldReader<'js>,
    ) -> Result<OrderRef, Failure> {
        let order = Argument::new(self.name(), order);
        match (self, reader.value(&order)?) {
            (Self::Id, Value::Text(id)) => Ok(OrderRef::id(id)),
            (Self::Id, Value::Integer(id)) => Ok(OrderRef::id(id)),
            (Self::OrderId, Value::Text(order_id)) => Ok(OrderRef::order_id(order_id)),
            _ => Err(order.refuse("type", "pass a string")),
        }
    }
}
