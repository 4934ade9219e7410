//! Where panics stop, and where a thread tells or wakes the JavaScript thread.

use std::mem;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alikassa::Error;
use alikassa::binding::{OnUpdate, Response, panic_text};
use napi::bindgen_prelude::{FnArgs, Function, Object, ToNapiValue};
use napi::threadsafe_function::{
    ThreadsafeCallContext, ThreadsafeFunction, ThreadsafeFunctionCallMode,
};
use napi::{Env, Status};

use crate::completion_queue::{CompletionQueue, PromiseHandle};
use crate::error::{self, Failure};
use crate::output;

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

/// Where the updates of all waits reach a JavaScript thread: a function that gets a listener's number and a status
/// as [`run`] gives it, and says whether to go on.
pub(crate) struct Ear(Told);

pub(crate) type Tell<'js> = Function<'js, FnArgs<(u32, Object<'static>)>, bool>;
type Told = ThreadsafeFunction<Update, bool, FnArgs<(u32, Object<'static>)>, Status, false, true>;

struct Update {
    listener: u32,
    status: Response,
}

impl Ear {
    pub(crate) fn new(tell: &Tell<'_>) -> napi::Result<Arc<Self>> {
        let told = tell
            .build_threadsafe_function::<Update>()
            // The wait's promise keeps the process alive; one that was cancelled is to let it go.
            .weak::<true>()
            .build_callback(
                |ThreadsafeCallContext { env, value }: ThreadsafeCallContext<Update>| {
                    let status = run(env, || Ok(output::response_to_js(&env, value.status)?))?;
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

    fn goes_on(&self, listener: u32, status: &Response) -> bool {
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
    Awaited(PromiseHandle),
}

impl Bell {
    pub(crate) fn ring(&self) {
        let before = mem::replace(&mut *self.lock(), Ringing::Rung);
        if let Ringing::Awaited(handle) = before {
            handle.settle(|env| Ok(().into_unknown(env)?));
        }
    }

    /// Forgets that it rang.
    pub(crate) fn quiet(&self) {
        let mut ringing = self.lock();
        if let Ringing::Rung = *ringing {
            *ringing = Ringing::Quiet;
        }
    }

    /// The number of a promise that is fulfilled when it rings, or has rung.
    pub(crate) fn rings(&self, queue: &Arc<CompletionQueue>) -> u32 {
        let handle = PromiseHandle::new(queue);
        let number = handle.promise();
        let before = mem::replace(&mut *self.lock(), Ringing::Awaited(handle));
        if let Ringing::Rung = before {
            self.ring();
        }
        number
    }

    fn lock(&self) -> MutexGuard<'_, Ringing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
