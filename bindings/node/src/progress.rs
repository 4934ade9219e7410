//! Delivers the status updates of waits to a JavaScript thread.

use std::mem;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use alikassa::binding::{OnUpdate, Response};
use napi::bindgen_prelude::{External, FnArgs, Function, Object};
use napi::threadsafe_function::{
    ThreadsafeCallContext, ThreadsafeFunction, ThreadsafeFunctionCallMode,
};
use napi::{Env, Status};
use napi_derive::napi;

use crate::boundary;
use crate::output;

/// How often a waiting thread checks whether the JavaScript thread has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Delivers the updates of all waits to one JavaScript thread.
pub(crate) struct ProgressChannel(ThreadsafeDeliver);

/// Takes a listener's number and the outcome with its status. Returns whether the wait continues.
pub(crate) type Deliver<'js> = Function<'js, FnArgs<(u32, Object<'static>)>, bool>;
type ThreadsafeDeliver =
    ThreadsafeFunction<Update, bool, FnArgs<(u32, Object<'static>)>, Status, false, true>;

struct Update {
    listener: u32,
    status: Response,
}

/// The channel of this thread, made once.
#[napi]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands functions over by value"
)]
pub(crate) fn progress_channel_new<'js>(
    env: &'js Env,
    deliver: Deliver<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || Ok(External::new(ProgressChannel::new(&deliver)?)))
}

impl ProgressChannel {
    fn new(deliver: &Deliver<'_>) -> napi::Result<Arc<Self>> {
        let deliver = deliver
            .build_threadsafe_function::<Update>()
            // The promise of the wait keeps the process alive; a cancelled wait must not.
            .weak::<true>()
            .build_callback(
                |ThreadsafeCallContext { env, value }: ThreadsafeCallContext<Update>| {
                    let status =
                        boundary::run(env, || Ok(output::response_to_js(&env, value.status)?))?;
                    Ok((value.listener, status).into())
                },
            )?;
        let channel = Arc::new(Self(deliver));
        // napi cannot release a thread-safe function on a pool thread while the environment ends:
        // Node frees it at the same time. Each JavaScript thread has one; it is never released.
        mem::forget(Arc::clone(&channel));
        Ok(channel)
    }

    /// Delivers a status, and waits until the listener has returned.
    fn deliver(&self, listener: u32, status: &Response) -> ControlFlow<()> {
        let status = status.clone();
        let (sender, receiver) = mpsc::channel();
        self.0.call_with_return_value(
            Update { listener, status },
            ThreadsafeFunctionCallMode::NonBlocking,
            move |continues, _| {
                // The receiver is gone if the environment ended meanwhile.
                let _ = sender.send(continues.unwrap_or(false));
                Ok(())
            },
        );
        loop {
            match receiver.recv_timeout(POLL_INTERVAL) {
                Ok(true) => return ControlFlow::Continue(()),
                // napi leaks the queue of an environment that ends, so the sender is not dropped.
                Err(RecvTimeoutError::Timeout) if !self.0.aborted() => {}
                Ok(false) | Err(_) => return ControlFlow::Break(()),
            }
        }
    }
}

/// One listener of a channel.
pub(crate) struct ProgressListener {
    channel: Arc<ProgressChannel>,
    number: u32,
}

/// The listener that the JavaScript side knows by this number.
#[napi]
pub(crate) fn progress_listener_new<'js>(
    env: &'js Env,
    channel: &External<Arc<ProgressChannel>>,
    number: u32,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let channel = Arc::clone(channel);
        Ok(External::new(ProgressListener { channel, number }))
    })
}

impl ProgressListener {
    pub(crate) fn on_update(&self) -> OnUpdate {
        let (channel, number) = (Arc::clone(&self.channel), self.number);
        Box::new(move |status| channel.deliver(number, status))
    }
}
