//! Where panics stop, and where a call comes back to the JavaScript thread.

use std::mem;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use alikassa::{Answer, Error, OnUpdate, panic_text};
use napi::bindgen_prelude::{FnArgs, Function, Object, ToNapiValue, Unknown};
use napi::threadsafe_function::{
    ThreadsafeCallContext, ThreadsafeFunction, ThreadsafeFunctionCallMode,
};
use napi::{Env, JsDeferred, Status};

use crate::convert;
use crate::error::{self, Failure};

/// How soon a wait notices that the JavaScript thread it told something has ended.
const SLICE: Duration = Duration::from_millis(100);

/// Runs a function of the binding: `{ ok }`, or `{ error }` for what the library refuses and for a panic.
///
/// What the caller's own code threw while its values were read is thrown on.
pub(crate) fn run<'js, T: ToNapiValue>(
    env: Env,
    work: impl FnOnce() -> Result<T, Failure>,
) -> napi::Result<Object<'js>> {
    let ran = catch_unwind(AssertUnwindSafe(|| outcome(env, work())));
    ran.unwrap_or_else(|panic| outcome::<()>(env, Err(Error::internal(panic_text(&*panic)).into())))
}

fn outcome<'js, T: ToNapiValue>(env: Env, result: Result<T, Failure>) -> napi::Result<Object<'js>> {
    let mut outcome = Object::new(&env)?;
    let error = match result {
        Ok(value) => {
            outcome.set("ok", value)?;
            return Ok(outcome);
        }
        Err(Failure::Library(error)) => error,
        Err(Failure::Refused(refusal)) => refusal.into(),
        Err(Failure::Thrown(thrown)) => return Err(thrown),
    };
    outcome.set("error", error::to_js(&env, &error)?)?;
    Ok(outcome)
}

/// What settles a promise from any thread, with the outcome that [`run`] gives.
///
/// napi's `AsyncTask` would take one of libuv's four threads, and a panic in it aborts the process.
pub(crate) struct Settle(Option<JsDeferred<Object<'static>, OnJsThread>>);

type OnJsThread = Box<dyn FnOnce(Env) -> napi::Result<Object<'static>> + Send>;

impl Settle {
    /// A promise with its other end. As long as it is not settled, it keeps the process alive.
    pub(crate) fn new(env: &Env) -> napi::Result<(Self, Object<'_>)> {
        let (deferred, promise) = env.create_deferred()?;
        Ok((Self(Some(deferred)), promise))
    }

    /// Settles the promise with what `read` makes on the JavaScript thread. Where that thread has ended, as a
    /// terminated worker's has, nothing happens.
    pub(crate) fn with(
        mut self,
        read: impl FnOnce(&Env) -> Result<Unknown<'_>, Failure> + Send + 'static,
    ) {
        self.settle(Box::new(move |env| run(env, || read(&env))));
    }

    fn settle(&mut self, read: OnJsThread) {
        if let Some(deferred) = self.0.take() {
            deferred.resolve(read);
        }
    }
}

/// A promise nobody settled would keep the process alive for ever.
impl Drop for Settle {
    fn drop(&mut self) {
        let lost = || Err(Error::internal("the call ended without an answer").into());
        self.settle(Box::new(move |env| run::<()>(env, lost)));
    }
}

/// A promise of what `work` gives on a thread of its own, as `read` makes it into a JavaScript value.
pub(crate) fn on_own_thread<T: Send + 'static>(
    env: &Env,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    read: impl FnOnce(&Env, T) -> Result<Unknown<'_>, Failure> + Send + 'static,
) -> Result<Object<'_>, Failure> {
    let (settle, promise) = Settle::new(env)?;
    let run = move || {
        let done = catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|panic| Err(Error::internal(panic_text(&*panic))));
        settle.with(move |env| read(env, done?));
    };
    // Without a thread `run` is dropped, and the promise with it says so.
    let _ = thread::Builder::new()
        .name("alikassa-node".to_owned())
        .spawn(run);
    Ok(promise)
}

/// Keeps the process, or the worker, alive until the call has ended, whether anybody still waits for it or not: a
/// create that was cancelled on its way has its outcome to record.
pub(crate) fn alive_until_the_end(env: Env) -> napi::Result<OnUpdate> {
    // A call drops its `on_update` when it ends, and a promise that is dropped lets the process go.
    let (alive, _) = Settle::new(&env)?;
    Ok(Box::new(move |_| {
        let _ = &alive;
        ControlFlow::Continue(())
    }))
}

/// Where the updates of all waits reach a JavaScript thread: a function that gets a listener's number and a status
/// as [`run`] gives it, and says whether to go on.
pub(crate) struct Ear(Told);

pub(crate) type Tell<'js> = Function<'js, FnArgs<(u32, Object<'static>)>, bool>;
type Told = ThreadsafeFunction<Update, bool, FnArgs<(u32, Object<'static>)>, Status, false, true>;

struct Update {
    listener: u32,
    status: Answer,
}

impl Ear {
    pub(crate) fn new(tell: &Tell<'_>) -> napi::Result<Arc<Self>> {
        let told = tell
            .build_threadsafe_function::<Update>()
            // The wait's promise keeps the process alive; one that was cancelled is to let it go.
            .weak::<true>()
            .build_callback(
                |ThreadsafeCallContext { env, value }: ThreadsafeCallContext<Update>| {
                    let status = run(env, || convert::answer_to_js(&env, value.status))?;
                    Ok((value.listener, status).into())
                },
            )?;
        let ear = Arc::new(Self(told));
        // napi cannot release one on a thread of the pool while the environment ends: Node frees it meanwhile. So
        // this one, of which a JavaScript thread has no second, is never released.
        mem::forget(Arc::clone(&ear));
        Ok(ear)
    }

    /// What hands each status over to the JavaScript thread, and waits for what it says.
    pub(crate) fn listener(self: Arc<Self>, listener: u32) -> OnUpdate {
        Box::new(move |status| {
            if self.goes_on(listener, status) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })
    }

    fn goes_on(&self, listener: u32, status: &Answer) -> bool {
        let status = status.clone();
        let (say, said) = mpsc::channel();
        self.0.call_with_return_value(
            Update { listener, status },
            ThreadsafeFunctionCallMode::NonBlocking,
            move |goes_on, _| {
                // Nobody listens any more when the environment ended meanwhile.
                let _ = say.send(goes_on.unwrap_or(false));
                Ok(())
            },
        );
        loop {
            match said.recv_timeout(SLICE) {
                Ok(goes_on) => return goes_on,
                // napi forgets, and does not drop, what is in the queue of an environment that ends.
                Err(RecvTimeoutError::Timeout) if !self.0.aborted() => {}
                Err(_) => return false,
            }
        }
    }
}

/// Where any thread rings for the JavaScript thread.
#[derive(Default)]
pub(crate) struct Bell(Mutex<Ringing>);

#[derive(Default)]
enum Ringing {
    #[default]
    Quiet,
    Rung,
    Awaited(Settle),
}

impl Bell {
    pub(crate) fn ring(&self) {
        let before = mem::replace(&mut *self.lock(), Ringing::Rung);
        if let Ringing::Awaited(settle) = before {
            settle.with(|env| Ok(().into_unknown(env)?));
        }
    }

    /// Forgets that it rang.
    pub(crate) fn quiet(&self) {
        let mut ringing = self.lock();
        if let Ringing::Rung = *ringing {
            *ringing = Ringing::Quiet;
        }
    }

    /// A promise that is fulfilled when it rings, or has rung.
    pub(crate) fn rings<'js>(&self, env: &'js Env) -> napi::Result<Object<'js>> {
        let (settle, promise) = Settle::new(env)?;
        let before = mem::replace(&mut *self.lock(), Ringing::Awaited(settle));
        if let Ringing::Rung = before {
            self.ring();
        }
        Ok(promise)
    }

    fn lock(&self) -> MutexGuard<'_, Ringing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
