//! What must happen around `os.fork`.

use std::any::Any;
use std::cell::RefCell;

use alikassa::binding::lock_for_fork;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::{events, gate};

thread_local! {
    static FORK_LOCK: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// Registers the hooks. A system without fork needs none.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let os = module.py().import("os")?;
    let Some(register) = os.getattr_opt("register_at_fork")? else {
        return Ok(());
    };
    let after = wrap_pyfunction!(after_fork, module)?;
    let hooks = PyDict::new(module.py());
    hooks.set_item("before", wrap_pyfunction!(before_fork, module)?)?;
    hooks.set_item("after_in_parent", &after)?;
    let in_child = wrap_pyfunction!(after_fork_in_child, module)?;
    hooks.set_item("after_in_child", in_child)?;
    register.call((), Some(&hooks)).map(drop)
}

/// Keeps every thread out of the ledgers during a fork: the child would inherit a half-done write,
/// and no thread to finish it.
#[pyfunction]
fn before_fork(py: Python<'_>) {
    py.detach(|| FORK_LOCK.set(Some(Box::new(lock_for_fork()))));
}

#[pyfunction]
fn after_fork_in_child() {
    gate::forget_threads();
    events::forget_thread();
    after_fork();
}

/// Lets threads into the ledgers again, in the parent and in the child.
#[pyfunction]
fn after_fork() {
    drop(FORK_LOCK.take());
}
