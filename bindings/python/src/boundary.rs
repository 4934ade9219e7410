//! Where panics stop, the GIL is released and signals are looked for; nothing else does these things.

use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use alikassa::binding::{Call, Pending, Response, panic_text};
use alikassa::{Client, Error, Result};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::client::Meant;
use crate::convert::OnUpdate;
use crate::error::{self, Interrupted};
use crate::inflight::{CREATES, WAKES};

/// How long Ctrl-C may have to wait.
const SLICE: Duration = Duration::from_millis(100);

/// How long a thread waits that no signal comes to, before it looks again.
const LONG: Duration = Duration::from_secs(3600);

/// A wake does little and never blocks for long; the end of a program waits no longer than this for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often the end of a program looks whether everything has ended.
const LOOK: Duration = Duration::from_millis(1);

/// Runs the body of a function that Python calls.
///
/// Without it a panic would arrive as a `PanicException`, which `except Exception` does not catch.
pub(crate) fn guard<T>(py: Python<'_>, body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(body))
        .unwrap_or_else(|panic| Err(error::raise(py, &Error::internal(panic_text(&*panic)))))
}

/// Runs a piece of the core with the GIL released.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    py.detach(work).map_err(|error| error::raise(py, &error))
}

/// Runs a call to its end: on this thread or, on the main thread, so that a signal can end the waiting.
pub(crate) fn perform(
    py: Python<'_>,
    client: &Client,
    meant: Meant,
    interrupted: &Interrupted,
) -> PyResult<Response> {
    if !is_main_thread(py)? {
        return execute(py, client, meant);
    }
    let begun = submit(py, client, meant, || ());
    loop {
        match begun.letters.wait(py) {
            Ok(Letter::Ended(result)) => return result.map_err(|error| error::raise(py, &error)),
            Ok(Letter::Update(status)) => begun.tell(py, &status)?,
            Err(raised) => {
                begun.cancel(raised.value(py), interrupted);
                return Err(raised);
            }
        }
    }
}

/// Runs a call on this thread, `on_update` included.
fn execute(py: Python<'_>, client: &Client, meant: Meant) -> PyResult<Response> {
    let raised = Arc::new(Mutex::new(None));
    let call = match meant.on_update {
        None => waited_for(meant.call),
        Some(on_update) => {
            let raised = Arc::clone(&raised);
            meant.call.on_update(Box::new(move |status| {
                match Python::try_attach(|py| on_update.tell(py, status)) {
                    Some(Ok(())) => ControlFlow::Continue(()),
                    ended => {
                        *lock(&raised) = ended.and_then(PyResult::err);
                        ControlFlow::Break(())
                    }
                }
            }))
        }
    };
    let result = py.detach(|| client.execute(call, &meant.options));
    match lock(&raised).take() {
        Some(raised) => Err(raised),
        None => result.map_err(|error| error::raise(py, &error)),
    }
}

/// Begins a call on the pool; `wake` is called after each letter, from the thread that left it.
pub(crate) fn submit(
    py: Python<'_>,
    client: &Client,
    meant: Meant,
    wake: impl Fn() + Send + Sync + 'static,
) -> Begun {
    let (letters, wake) = (Slot::new(), Arc::new(wake));
    let call = if meant.on_update.is_some() {
        let (letters, wake) = (Arc::clone(&letters), Arc::clone(&wake));
        meant.call.on_update(Box::new(move |status| {
            letters.fill(Letter::Update(status.clone()));
            wake();
            ControlFlow::Continue(())
        }))
    } else {
        waited_for(meant.call)
    };
    let ended = Arc::clone(&letters);
    let done = move |result| {
        ended.fill(Letter::Ended(result));
        wake();
    };
    Begun {
        pending: py.detach(|| client.submit(call, &meant.options, done)),
        letters,
        on_update: meant.on_update,
    }
}

/// What the pool sends to the thread that waits for a call.
pub(crate) enum Letter {
    /// A status that a wait was told.
    Update(Response),
    /// How the call ended; the last letter.
    Ended(Result<Response>),
}

/// A call on the pool.
pub(crate) struct Begun {
    pending: Pending,
    pub(crate) letters: Arc<Slot<Letter>>,
    on_update: Option<OnUpdate>,
}

impl Begun {
    /// Calls `on_update` on this thread; what it raises ends the call, and is raised as it is.
    pub(crate) fn tell(&self, py: Python<'_>, status: &Response) -> PyResult<()> {
        let Some(on_update) = &self.on_update else {
            return Ok(());
        };
        on_update
            .tell(py, status)
            .inspect_err(|_| py.detach(|| self.pending.cancel()))
    }

    /// Stops waiting for the call, and says so on the exception that interrupted it.
    pub(crate) fn cancel(&self, raised: &Bound<'_, PyAny>, interrupted: &Interrupted) {
        raised.py().detach(|| self.pending.cancel());
        let letters = std::iter::from_fn(|| self.letters.take());
        let ended = letters.filter_map(|letter| match letter {
            Letter::Ended(result) => Some(result),
            Letter::Update(_) => None,
        });
        interrupted.mark(raised, ended.last().as_ref());
    }
}

/// Waits for something that `wait` gives, at most so long: on the main thread in slices, so that a signal can end the
/// waiting. Elsewhere a slice is long.
pub(crate) fn wait<T: Send>(
    py: Python<'_>,
    at_most: Option<Duration>,
    wait: impl FnOnce(Duration) -> Option<T> + Send,
) -> PyResult<Option<T>> {
    let slice = if is_main_thread(py)? { SLICE } else { LONG };
    let at_most = at_most.map_or(slice, |at_most| at_most.min(slice));
    let come = py.detach(|| wait(at_most));
    if come.is_none() {
        py.check_signals()?;
    }
    Ok(come)
}

/// Lets the interpreter's end wait for a create, so that its outcome gets into the ledger.
fn waited_for(call: Call) -> Call {
    if !call.creates() {
        return call;
    }
    let in_flight = CREATES.begin();
    // Nobody calls it: the call keeps it to its own end, which comes after its caller's when that gave up.
    call.on_update(Box::new(move |_| {
        let _kept = &in_flight;
        ControlFlow::Continue(())
    }))
}

/// Closes a client, so that a signal can end the waiting; the closing goes on then.
pub(crate) fn close(py: Python<'_>, client: &Client) -> PyResult<()> {
    if !is_main_thread(py)? {
        py.detach(|| client.close());
        return Ok(());
    }
    let slot = Slot::new();
    let closed = Arc::clone(&slot);
    start_close(client, move || closed.fill(()))?;
    slot.wait(py)
}

/// Closes a client on a thread of its own, which then calls `closed`.
pub(crate) fn start_close(client: &Client, closed: impl FnOnce() + Send + 'static) -> PyResult<()> {
    let client = client.clone();
    let close = move || {
        client.close();
        closed();
    };
    let thread = thread::Builder::new().name("alikassa-close".to_owned());
    thread.spawn(close)?;
    Ok(())
}

/// The end of the interpreter: waits for creates, each up to its own deadline, and until no thread of the pool is
/// inside Python. Another Ctrl-C ends the waiting for creates.
pub(crate) fn end(py: Python<'_>) -> PyResult<()> {
    let waited = wait_for_creates(py);
    WAKES.close();
    let started = Instant::now();
    while !WAKES.is_idle() && started.elapsed() < PATIENCE {
        look_away(py)?;
    }
    waited
}

fn wait_for_creates(py: Python<'_>) -> PyResult<()> {
    while !CREATES.is_idle() {
        look_away(py)?;
        py.check_signals()?;
    }
    Ok(())
}

/// Lets others work for a moment. A subinterpreter that nobody destroyed ends after the main one: whoever lets go of
/// Python then never gets it back.
fn look_away(py: Python<'_>) -> PyResult<()> {
    let sys = py.import("sys")?;
    if sys.call_method0("is_finalizing")?.is_truthy()? {
        thread::sleep(LOOK);
    } else {
        py.detach(|| thread::sleep(LOOK));
    }
    Ok(())
}

thread_local! {
    static FORKING: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// Before a fork: lets no thread be inside a ledger, where the child would find it halfway for good.
pub(crate) fn before_fork(py: Python<'_>) {
    py.detach(|| FORKING.set(Some(Box::new(alikassa::binding::lock_for_fork()))));
}

/// After a fork, in the parent and in the child.
pub(crate) fn after_fork() {
    drop(FORKING.take());
}

/// Logs notices of the core on this thread. A log handler that raises must not cost the caller the answer.
pub(crate) fn notify(py: Python<'_>, notices: impl IntoIterator<Item = String>) {
    for notice in notices {
        if let Err(raised) = log(py, notice) {
            raised.write_unraisable(py, None);
        }
    }
}

fn log(py: Python<'_>, notice: String) -> PyResult<()> {
    let logger = py
        .import("logging")?
        .call_method1("getLogger", ("alikassa",))?;
    logger.call_method1("warning", ("%s", notice))?;
    Ok(())
}

fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    static CURRENT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static MAIN: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let current = CURRENT.import(py, "threading", "get_ident")?.call0()?;
    let main = MAIN.import(py, "threading", "main_thread")?.call0()?;
    current.eq(main.getattr("ident")?)
}

/// Where another thread leaves results, in their order.
pub(crate) struct Slot<T> {
    results: Mutex<VecDeque<T>>,
    filled: Condvar,
}

impl<T: Send> Slot<T> {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            results: Mutex::default(),
            filled: Condvar::new(),
        })
    }

    fn fill(&self, result: T) {
        lock(&self.results).push_back(result);
        self.filled.notify_all();
    }

    pub(crate) fn take(&self) -> Option<T> {
        lock(&self.results).pop_front()
    }

    /// Waits in slices, and ends with the exception that a signal's handler raised.
    fn wait(&self, py: Python<'_>) -> PyResult<T> {
        loop {
            if let Some(result) = py.detach(|| self.wait_slice()) {
                return Ok(result);
            }
            py.check_signals()?;
        }
    }

    fn wait_slice(&self) -> Option<T> {
        self.filled
            .wait_timeout_while(lock(&self.results), SLICE, |results| results.is_empty())
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .pop_front()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
