//! A queue that returns results from other threads to a JavaScript thread, and wakes it.
//!
//! The thread takes them a few at a time: two hundred at once would block its event loop.

use std::collections::VecDeque;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use alikassa::Error;
use alikassa::binding::panic_text;
use napi::bindgen_prelude::{Either, External, Function, Null, Object, ToNapiValue, Unknown};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use napi_derive::napi;

use crate::boundary;
use crate::error::Failure;

/// The completions for one JavaScript thread, the oldest first.
pub(crate) struct CompletionQueue {
    wake: Wake,
    state: Mutex<State>,
}

/// Calls a function of JavaScript without arguments from any thread.
pub(crate) type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

#[derive(Default)]
struct State {
    completions: VecDeque<Completion>,
    /// The JavaScript thread was woken and has not emptied the queue yet.
    is_woken: bool,
    last_promise: u32,
}

struct Completion {
    promise: u32,
    outcome: OnJsThread,
}

type OnJsThread = Box<dyn FnOnce(Env) -> napi::Result<Object<'static>> + Send>;

/// The queue of this thread, made once. `wake` is called when the queue is no longer empty.
#[napi]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands functions over by value"
)]
pub(crate) fn completion_queue_new<'js>(
    env: &'js Env,
    wake: Function<'js, (), ()>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || Ok(External::new(CompletionQueue::new(&wake)?)))
}

/// The oldest completion, `{ promise, outcome }`. After a null `wake` is called again.
#[napi]
pub(crate) fn completion_queue_pop<'js>(
    env: &'js Env,
    queue: &External<Arc<CompletionQueue>>,
) -> napi::Result<Either<Object<'js>, Null>> {
    let Some(Completion { promise, outcome }) = queue.pop() else {
        return Ok(Either::B(Null));
    };
    // A promise that is never settled would be pending forever.
    let outcome = outcome(*env).or_else(|error| {
        let error = Error::internal(error.reason.clone());
        boundary::run::<()>(*env, || Err(error.into()))
    });
    let mut completion = Object::new(env)?;
    completion.set("promise", promise)?;
    completion.set("outcome", outcome?)?;
    Ok(Either::A(completion))
}

impl CompletionQueue {
    fn new(wake: &Function<'_, (), ()>) -> napi::Result<Arc<Self>> {
        let wake = waker(wake)?;
        let state = Mutex::default();
        let queue = Arc::new(Self { wake, state });
        // napi cannot release a thread-safe function on a pool thread while the environment ends:
        // Node frees it at the same time. Each load of the package has one; it is never released.
        mem::forget(Arc::clone(&queue));
        Ok(queue)
    }

    fn new_promise(&self) -> u32 {
        let mut state = self.lock();
        state.last_promise = state.last_promise.wrapping_add(1);
        state.last_promise
    }

    fn push(&self, completion: Completion) {
        let mut state = self.lock();
        if self.wake.aborted() {
            // The thread has ended, as a terminated worker's has: nothing is taken any more.
            state.completions.clear();
            return;
        }
        state.completions.push_back(completion);
        if mem::replace(&mut state.is_woken, true) {
            return;
        }
        drop(state);
        self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
    }

    fn pop(&self) -> Option<Completion> {
        let mut state = self.lock();
        let completion = state.completions.pop_front();
        state.is_woken = completion.is_some();
        completion
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// It does not keep the process alive: the JavaScript side does while a promise is pending.
pub(crate) fn waker(wake: &Function<'_, (), ()>) -> napi::Result<Wake> {
    let wake = wake.build_threadsafe_function::<()>();
    wake.weak::<true>().build()
}

/// Settles one promise from any thread, with an outcome as [`boundary::run`] returns it.
///
/// napi's `AsyncTask` would occupy one of libuv's four threads, and a panic in it aborts the
/// process; its deferred needs a thread-safe function for each promise.
pub(crate) struct PromiseHandle {
    queue: Arc<CompletionQueue>,
    promise: u32,
    is_settled: bool,
}

impl PromiseHandle {
    pub(crate) fn new(queue: &Arc<CompletionQueue>) -> Self {
        let queue = Arc::clone(queue);
        let promise = queue.new_promise();
        Self {
            queue,
            promise,
            is_settled: false,
        }
    }

    /// The number by which the JavaScript side knows the promise.
    pub(crate) fn promise(&self) -> u32 {
        self.promise
    }

    /// Settles the promise with the value that `convert` makes on the JavaScript thread.
    pub(crate) fn settle(
        mut self,
        convert: impl FnOnce(&Env) -> Result<Unknown<'_>, Failure> + Send + 'static,
    ) {
        self.push(Box::new(move |env| boundary::run(env, || convert(&env))));
    }

    fn push(&mut self, outcome: OnJsThread) {
        if !mem::replace(&mut self.is_settled, true) {
            let promise = self.promise;
            self.queue.push(Completion { promise, outcome });
        }
    }
}

/// A promise that is never settled would keep the process alive forever.
impl Drop for PromiseHandle {
    fn drop(&mut self) {
        let lost = || Err(Error::internal("the call ended without a result").into());
        self.push(Box::new(move |env| boundary::run::<()>(env, lost)));
    }
}

/// The number of a promise for the result of `work`, which runs on its own thread, or on this one
/// if none can be started; `convert` makes a JavaScript value of the result.
pub(crate) fn spawn_blocking<T: Send + 'static>(
    queue: &Arc<CompletionQueue>,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    convert: impl FnOnce(&Env, T) -> Result<Unknown<'_>, Failure> + Send + 'static,
) -> u32 {
    let handle = PromiseHandle::new(queue);
    let promise = handle.promise();
    let run = move || {
        let result = catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|panic| Err(Error::internal(panic_text(&*panic))));
        handle.settle(move |env| convert(env, result?));
    };
    // A thread that cannot be started drops what it was to run.
    let run = Arc::new(Mutex::new(Some(run)));
    let on_thread = Arc::clone(&run);
    let thread = thread::Builder::new().name("alikassa-node".to_owned());
    if thread.spawn(move || take_and_run(&on_thread)).is_err() {
        take_and_run(&run);
    }
    promise
}

fn take_and_run(run: &Mutex<Option<impl FnOnce()>>) {
    let taken = run.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(run) = taken {
        run();
    }
}

/// Wakes the one waiter on the JavaScript thread, from any thread. Without a waiter the
/// notification is kept for the next one.
#[derive(Default)]
pub(crate) struct Notify(Mutex<NotifyState>);

#[derive(Default)]
enum NotifyState {
    #[default]
    Idle,
    Notified,
    Waiting(PromiseHandle),
}

impl Notify {
    pub(crate) fn notify(&self) {
        let before = mem::replace(&mut *self.lock(), NotifyState::Notified);
        if let NotifyState::Waiting(handle) = before {
            handle.settle(|env| Ok(().into_unknown(env)?));
        }
    }

    /// Drops a notification that was kept.
    pub(crate) fn clear(&self) {
        let mut state = self.lock();
        if let NotifyState::Notified = *state {
            *state = NotifyState::Idle;
        }
    }

    /// The number of a promise that is settled at the next notification, at once if one was kept.
    pub(crate) fn notified(&self, queue: &Arc<CompletionQueue>) -> u32 {
        let handle = PromiseHandle::new(queue);
        let promise = handle.promise();
        let before = mem::replace(&mut *self.lock(), NotifyState::Waiting(handle));
        if let NotifyState::Notified = before {
            self.notify();
        }
        promise
    }

    fn lock(&self) -> MutexGuard<'_, NotifyState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
