//! How what other threads have done comes back to a JavaScript thread: they post it, and that thread takes it out when it
//! likes, since two hundred answers at once would keep it from all else.

use std::collections::VecDeque;
use std::mem;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use alikassa::Error;
use alikassa::binding::{OnUpdate, panic_text};
use napi::bindgen_prelude::{Either, External, Function, Null, Object, Unknown};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use napi_derive::napi;

use crate::boundary;
use crate::error::Failure;

/// What is ready for one JavaScript thread, the oldest first.
pub(crate) struct Mailbox {
    bell: Bell,
    post: Mutex<Post>,
}

type Bell = ThreadsafeFunction<(), (), (), Status, false, true>;

#[derive(Default)]
struct Post {
    letters: VecDeque<Letter>,
    /// The JavaScript thread knows of them.
    is_rung: bool,
    /// The number of the last promise.
    last: u32,
}

struct Letter {
    number: u32,
    read: OnJsThread,
}

type OnJsThread = Box<dyn FnOnce(Env) -> napi::Result<Object<'static>> + Send>;

/// The mailbox of this thread; to be made once. `ring` is called when there is something in it.
#[napi]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands functions over by value"
)]
pub(crate) fn mailbox<'js>(
    env: &'js Env,
    ring: Function<'js, (), ()>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || Ok(External::new(Mailbox::new(&ring)?)))
}

/// What has waited longest: `{ number, outcome }`, the promise and what it is fulfilled with. After a null it rings again.
#[napi]
pub(crate) fn mailbox_take<'js>(
    env: &'js Env,
    mailbox: &External<Arc<Mailbox>>,
) -> napi::Result<Either<Object<'js>, Null>> {
    let Some(Letter { number, read }) = mailbox.take() else {
        return Ok(Either::B(Null));
    };
    // A promise that is not settled would wait for ever.
    let outcome = read(*env).or_else(|error| {
        let error = Error::internal(error.reason.clone());
        boundary::run::<()>(*env, || Err(error.into()))
    });
    let mut letter = Object::new(env)?;
    letter.set("number", number)?;
    letter.set("outcome", outcome?)?;
    Ok(Either::A(letter))
}

impl Mailbox {
    fn new(ring: &Function<'_, (), ()>) -> napi::Result<Arc<Self>> {
        let bell = ring
            .build_threadsafe_function::<()>()
            // The JavaScript side keeps the process alive as long as anything is promised.
            .weak::<true>()
            .build()?;
        let post = Mutex::default();
        let mailbox = Arc::new(Self { bell, post });
        // napi cannot release one on a thread of the pool while the environment ends: Node frees it meanwhile. So
        // this one, of which each load of the package has one, is never released.
        mem::forget(Arc::clone(&mailbox));
        Ok(mailbox)
    }

    fn promise(&self) -> u32 {
        let mut post = self.lock();
        post.last = post.last.wrapping_add(1);
        post.last
    }

    fn post(&self, letter: Letter) {
        let mut post = self.lock();
        if self.bell.aborted() {
            // The thread has ended, as a terminated worker's has: nobody takes anything any more.
            post.letters.clear();
            return;
        }
        post.letters.push_back(letter);
        if mem::replace(&mut post.is_rung, true) {
            return;
        }
        drop(post);
        self.bell.call((), ThreadsafeFunctionCallMode::NonBlocking);
    }

    fn take(&self) -> Option<Letter> {
        let mut post = self.lock();
        let letter = post.letters.pop_front();
        post.is_rung = letter.is_some();
        letter
    }

    fn lock(&self) -> MutexGuard<'_, Post> {
        self.post.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What settles a promise from any thread, with the outcome that [`boundary::run`] gives.
///
/// napi's `AsyncTask` would take one of libuv's four threads, and a panic in it aborts the process; its deferred is a
/// thread-safe function for each promise.
pub(crate) struct Settle {
    mailbox: Arc<Mailbox>,
    number: u32,
    is_settled: bool,
}

impl Settle {
    pub(crate) fn new(mailbox: &Arc<Mailbox>) -> Self {
        let mailbox = Arc::clone(mailbox);
        let number = mailbox.promise();
        Self {
            mailbox,
            number,
            is_settled: false,
        }
    }

    /// What the JavaScript side knows the promise by.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// Settles the promise with what `read` makes on the JavaScript thread.
    pub(crate) fn with(
        mut self,
        read: impl FnOnce(&Env) -> Result<Unknown<'_>, Failure> + Send + 'static,
    ) {
        self.settle(Box::new(move |env| boundary::run(env, || read(&env))));
    }

    fn settle(&mut self, read: OnJsThread) {
        if !mem::replace(&mut self.is_settled, true) {
            let number = self.number;
            self.mailbox.post(Letter { number, read });
        }
    }
}

/// A promise nobody settled would keep the process alive for ever.
impl Drop for Settle {
    fn drop(&mut self) {
        let lost = || Err(Error::internal("the call ended without an answer").into());
        self.settle(Box::new(move |env| boundary::run::<()>(env, lost)));
    }
}

/// The number of a promise of what `work` gives on a thread of its own, as `read` makes it into a JavaScript value.
pub(crate) fn on_own_thread<T: Send + 'static>(
    mailbox: &Arc<Mailbox>,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    read: impl FnOnce(&Env, T) -> Result<Unknown<'_>, Failure> + Send + 'static,
) -> u32 {
    let settle = Settle::new(mailbox);
    let number = settle.number();
    let run = move || {
        let done = catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|panic| Err(Error::internal(panic_text(&*panic))));
        settle.with(move |env| read(env, done?));
    };
    // Without a thread `run` is dropped, and the promise with it says so.
    let _ = thread::Builder::new()
        .name("alikassa-node".to_owned())
        .spawn(run);
    number
}

/// What is to hear of a call's updates, and the number of a promise that is settled when the call has ended, whether
/// anybody still waits for it or not: a create that was cancelled on its way has its outcome to record.
pub(crate) fn until_the_end(mailbox: &Arc<Mailbox>) -> (OnUpdate, u32) {
    let end = Settle::new(mailbox);
    let number = end.number();
    // A call drops its `on_update` when it ends.
    let held = move |_: &_| {
        let _ = &end;
        ControlFlow::Continue(())
    };
    (Box::new(held), number)
}
