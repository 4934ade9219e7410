//! The events of clients on their way to the hooks of Python code.
//!
//! A hook is a function of the caller, which can run for long, so no thread of the core runs it
//! (see `gate.rs`). A thread of the package does, with no Rust frame below the hook.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use alikassa::binding::{self, EventSink, HookedEvent, OptionValue, PlainValue};
use alikassa::{ClientEvent, EventContext, EventHook};
use pyo3::exceptions::PyRuntimeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};

use crate::boundary::guard;
use crate::gate::detach;
use crate::output;

/// Whether this process has the thread that runs the hooks.
static HAS_THREAD: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// That of the call that starts on this thread.
    static CURRENT: RefCell<Option<Arc<Captured>>> = const { RefCell::new(None) };
}

/// The hook of a client, and the context in which its caller started a call.
///
/// The calls have the hook, and not the client of the core, where Python's garbage collector would
/// not see it: a hook that has its own client would never be freed.
struct Captured {
    hook: Py<PyAny>,
    context: Py<PyAny>,
}

/// What the core needs of a hook.
struct Capture;

impl EventHook for Capture {
    fn capture(&self) -> Option<EventContext> {
        CURRENT.with_borrow(|current| Some(Arc::clone(current.as_ref()?) as EventContext))
    }

    /// The core delivers nothing: `next_events` does.
    fn on_event(&self, _: &ClientEvent, _: Option<&EventContext>) {}
}

/// The option of a client that has a hook.
pub(crate) fn option() -> OptionValue {
    OptionValue::EventHook(EventSink::new(Arc::new(Capture)))
}

/// What the events of a call need of the place where it starts; empty without a hook.
pub(crate) struct CallContext(Option<Arc<Captured>>);

impl CallContext {
    /// That of a call that starts here.
    pub(crate) fn capture(py: Python<'_>, hook: Option<&Py<PyAny>>) -> PyResult<Self> {
        static COPY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let Some(hook) = hook else {
            return Ok(Self(None));
        };
        start_thread(py)?;
        let copy = COPY.import(py, "contextvars", "copy_context")?;
        Ok(Self(Some(Arc::new(Captured {
            hook: hook.clone_ref(py),
            context: copy.call0()?.unbind(),
        }))))
    }

    /// Runs code of the core that can start calls.
    pub(crate) fn enter<T>(&self, work: impl FnOnce() -> T) -> T {
        let Some(captured) = &self.0 else {
            return work();
        };
        let before = CURRENT.replace(Some(Arc::clone(captured)));
        let result = work();
        CURRENT.set(before);
        result
    }
}

/// Starts the thread that runs the hooks, if this process does not have it. If the system allows no
/// further thread, the next call tries again.
fn start_thread(py: Python<'_>) -> PyResult<()> {
    if HAS_THREAD.load(Ordering::Acquire) {
        return Ok(());
    }
    binding::expect_events(true);
    if HAS_THREAD.swap(true, Ordering::AcqRel) {
        return Ok(());
    }
    let start = || {
        let events = py.import("alikassa._events")?;
        let run = events.getattr("run")?;
        events.call_method1("start_new_thread", (run, PyTuple::empty(py)))
    };
    let Err(raised) = start() else {
        return Ok(());
    };
    HAS_THREAD.store(false, Ordering::Release);
    binding::expect_events(false);
    if raised.is_instance_of::<PyRuntimeError>(py) {
        return Ok(());
    }
    Err(raised)
}

/// A child of `fork` has no thread until its first call.
pub(crate) fn forget_thread() {
    HAS_THREAD.store(false, Ordering::Release);
}

/// Waits for events. Returns each with its hook and its context. What the call before returned
/// counts as delivered.
#[pyfunction]
pub(crate) fn next_events(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    guard(py, || {
        let events = detach(py, binding::next_events);
        let class = EventClass::get(py)?;
        let converted = PyList::empty(py);
        for HookedEvent { event, context, .. } in events {
            let captured = context.as_deref();
            let captured = captured.and_then(|context| context.downcast_ref::<Captured>());
            if let Some(Captured { hook, context }) = captured {
                converted.append((hook, context, class.convert(py, &event)?))?;
            }
        }
        Ok(converted)
    })
}

/// What makes an event of Python. The names of its fields are made once.
struct EventClass {
    class: Py<PyType>,
    names: Vec<Py<PyString>>,
    /// A value with each field absent. Copying it is faster than setting each.
    absent: Py<PyDict>,
    new: Py<PyAny>,
    set: Py<PyAny>,
}

impl EventClass {
    fn get(py: Python<'_>) -> PyResult<&Self> {
        static CLASS: PyOnceLock<EventClass> = PyOnceLock::new();
        CLASS.get_or_try_init(py, || {
            let class = output::record_class(py, "ClientEvent")?;
            let object = py.import("builtins")?.getattr("object")?;
            let absent = PyDict::new(py);
            let names = ClientEvent::TYPE.fields.iter().map(|field| {
                let name = PyString::intern(py, field.name);
                absent.set_item(&name, py.None())?;
                Ok(name.unbind())
            });
            Ok(Self {
                names: names.collect::<PyResult<_>>()?,
                class: class.cast_into::<PyType>()?.unbind(),
                absent: absent.unbind(),
                new: object.getattr("__new__")?.unbind(),
                set: object.getattr("__setattr__")?.unbind(),
            })
        })
    }

    fn convert<'py>(&self, py: Python<'py>, event: &ClientEvent) -> PyResult<Bound<'py, PyAny>> {
        let values = self.absent.bind(py).copy()?;
        for (name, value) in self.names.iter().zip(event.values()) {
            match value {
                PlainValue::Integer(integer) => values.set_item(name, integer)?,
                PlainValue::Text(text) => values.set_item(name, text)?,
                _ => {}
            }
        }
        let object = self.new.bind(py).call1((&self.class,))?;
        // The class forbids changes of its attributes.
        self.set
            .bind(py)
            .call1((&object, intern!(py, "__dict__"), values))?;
        Ok(object)
    }
}
