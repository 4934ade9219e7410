//! The stream of statuses. The JavaScript side passes the orders one by one and takes the results.

use std::sync::Arc;

use alikassa::binding::{Call, Event, Response, StatusStream};
use alikassa::{Client, Error, OrderRef, Value};
use napi::Env;
use napi::bindgen_prelude::{External, Object, Unknown};
use napi_derive::napi;

use crate::batch::{self, Batch};
use crate::boundary;
use crate::completion_queue::CompletionQueue;
use crate::error::Failure;
use crate::input::{Argument, Encode, FieldReader, IsIterable};
use crate::options;
use crate::output;

/// The status requests of one iteration.
pub(crate) struct StatusBatch {
    resource: String,
    key: OrderKey,
    batch: Batch<ActiveBatch>,
}

struct ActiveBatch {
    stream: StatusStream,
    /// The JavaScript side's numbers of the orders in flight.
    numbers: Vec<(OrderRef, i64)>,
}

/// The field that identifies the orders.
#[derive(Clone, Copy)]
enum OrderKey {
    Id,
    OrderId,
}

/// `{ handle, key, orders }`: the batch, `id` or `order_id`, and the iterable.
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
        let (key, iterable) = orders_argument(orders, &is_iterable).map_err(refused)?;
        let (options, call) = options::batch(options, true).map_err(refused)?;
        let batch = Batch::open(|on_ready| {
            let stream = StatusStream::new(client, &resource, options, call.core, on_ready)?;
            let numbers = Vec::new();
            Ok(ActiveBatch { stream, numbers })
        });
        let batch = batch.map_err(|error| refused(error.into()))?;
        let mut opened = Object::new(env)?;
        opened.set("key", key.name())?;
        opened.set("orders", iterable)?;
        let batch = StatusBatch {
            resource,
            key,
            batch,
        };
        opened.set("handle", External::new(batch))?;
        Ok(opened)
    })
}

fn orders_argument<'js>(
    orders: Unknown<'js>,
    is_iterable: &IsIterable<'js>,
) -> Result<(OrderKey, Unknown<'js>), Failure> {
    let mut given = Vec::new();
    for member in Argument::new("orders", orders).members()? {
        // These are data, so they have the provider's form of names.
        let key = match member.shown() {
            "ids" => OrderKey::Id,
            "order_ids" => OrderKey::OrderId,
            _ => return Err(member.unknown()),
        };
        given.push((key, member.iterable(is_iterable)?));
    }
    let [only] = given[..] else {
        let message = "ids: pass exactly one of ids and order_ids";
        return Err(Error::invalid_argument("ids", "exactly_one", message).into());
    };
    Ok(only)
}

/// The next event, `{ event: 'need_input' | 'pending' | 'ready' | 'done' }`. `pending` has a
/// `pause`, the longest wait in milliseconds or null; `ready` has the order's `number` and its
/// `outcome`.
#[napi]
pub(crate) fn statuses_next_event<'js>(
    env: &'js Env,
    batch: &External<StatusBatch>,
    aborted: bool,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        if aborted {
            return Err(batch.refused("statuses", StatusStream::cancelled()).into());
        }
        let mut active = batch.batch.next()?;
        match active.stream.step() {
            Event::NeedInput => Ok(batch::event(env, "need_input")?),
            Event::Pending(pause) => Ok(batch::pending(env, pause)?),
            Event::Ready(order, result) => {
                let mut ready = batch::event(env, "ready")?;
                ready.set("number", active.take_number(&order)?)?;
                ready.set("outcome", outcome(env, result)?)?;
                Ok(ready)
            }
            _ => Ok(batch::event(env, "done")?),
        }
    })
}

fn outcome(env: &Env, result: alikassa::Result<Response>) -> napi::Result<Object<'_>> {
    boundary::run(*env, || Ok(output::response_to_js(env, result?)?))
}

/// Requests the status of the order that the JavaScript side knows by this number.
#[napi]
pub(crate) fn statuses_submit<'js>(
    env: &'js Env,
    batch: &External<StatusBatch>,
    number: i64,
    order: Unknown<'js>,
    encode: Encode<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let order = batch.key.order(order, &FieldReader(encode));
        let order = order.map_err(|failure| failure.map(|error| batch.refused("status", error)))?;
        let mut active = batch.batch.active()?;
        active.stream.request(order.clone());
        active.numbers.push((order, number));
        Ok(())
    })
}

/// Marks the end of the orders.
#[napi]
pub(crate) fn statuses_finish<'js>(
    env: &'js Env,
    batch: &External<StatusBatch>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        batch.batch.active()?.stream.finish();
        Ok(())
    })
}

/// The number of a promise that is settled when a result is ready that no event covered yet.
#[napi]
pub(crate) fn statuses_ready<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
    batch: &External<StatusBatch>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || Ok(batch.batch.ready(queue)))
}

/// Cancels the requests in flight.
#[napi]
pub(crate) fn statuses_close<'js>(
    env: &'js Env,
    batch: &External<StatusBatch>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        batch.batch.close();
        Ok(())
    })
}

impl StatusBatch {
    /// The error, as one of this resource's call.
    fn refused(&self, verb: &str, error: Error) -> Error {
        Call::refused(&format!("{}.{verb}", self.resource), None, error)
    }
}

impl ActiveBatch {
    fn take_number(&mut self, order: &OrderRef) -> Result<i64, Error> {
        let index = self.numbers.iter().position(|(known, _)| known == order);
        let index = index.ok_or_else(|| Error::internal("a result for an unknown order"))?;
        Ok(self.numbers.swap_remove(index).1)
    }
}

impl OrderKey {
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
