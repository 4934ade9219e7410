//! The limits of creates. A function that decides about numbers is called by Python code, outside
//! this module: what it decided is kept until the core asks for it, on the same thread.

use std::cell::RefCell;
use std::sync::Arc;

use alikassa::Limits;
use alikassa::binding::OptionValue;
use pyo3::prelude::*;
use pyo3::types::{PyFrozenSet, PyList, PyMapping, PySet, PyString};

use crate::error::{Failure, wrong_type};
use crate::input;

/// The limit that can be a function.
const NUMBERS: &str = "allowed_numbers";

/// The functions that decide about numbers, by operation.
pub(crate) type Functions = Vec<(String, Py<PyAny>)>;

/// What a function decided about a number: whether it is allowed, or why the function failed.
type Decided = (String, Result<bool, String>);

thread_local! {
    static DECIDED: RefCell<Option<Decided>> = const { RefCell::new(None) };
}

/// Keeps what the function decided, for the call that this thread makes next.
pub(crate) fn decide(number: String, decided: Result<bool, String>) {
    DECIDED.set(Some((number, decided)));
}

/// What was decided about the number. Another number was not asked about.
fn decided(number: &str) -> Result<bool, String> {
    match DECIDED.take() {
        Some((asked, decided)) if asked == number => decided,
        _ => Err("it was not asked about this number".to_owned()),
    }
}

/// The limits of each operation, and the functions in them.
pub(crate) fn read(
    limits: &Bound<'_, PyAny>,
    name: &str,
) -> Result<(Vec<OptionValue>, Functions), Failure> {
    let (mut values, mut functions) = (Vec::new(), Functions::new());
    for (operation, limits) in items(limits, name)? {
        if limits.is_none() {
            continue;
        }
        let path = format!("{name}.{operation}");
        let mut read = Limits::new();
        for (limit, value) in items(&limits, &path)? {
            if limit == NUMBERS && value.is_callable() {
                read = read.allow_number_or(Arc::new(decided));
                functions.push((operation.clone(), value.unbind()));
                continue;
            }
            let pair = (&limit, &as_list(value)?).into_pyobject(limits.py())?;
            let value = input::member(&pair, 1).map_err(|failure| failure.within_key(&path))?;
            read = read.set(&limit, value.1);
        }
        values.push(OptionValue::Limits(operation, read));
    }
    Ok((values, functions))
}

fn items<'py>(
    any: &Bound<'py, PyAny>,
    name: &str,
) -> Result<Vec<(String, Bound<'py, PyAny>)>, Failure> {
    let refused = || wrong_type(name, "pass a dict");
    let mapping = any.cast::<PyMapping>().map_err(|_| refused())?;
    let items = mapping.items()?;
    let items = items.iter().map(|item| {
        let (key, value) = item.extract::<(Bound<'py, PyAny>, Bound<'py, PyAny>)>()?;
        let key = key.cast::<PyString>().map_err(|_| refused())?;
        Ok((key.to_string_lossy().into_owned(), value))
    });
    items.collect()
}

/// A set as a list: the order of what is allowed does not matter.
fn as_list(any: Bound<'_, PyAny>) -> PyResult<Bound<'_, PyAny>> {
    if any.is_instance_of::<PySet>() || any.is_instance_of::<PyFrozenSet>() {
        let items = any.try_iter()?.collect::<PyResult<Vec<_>>>()?;
        return Ok(PyList::new(any.py(), items)?.into_any());
    }
    Ok(any)
}

/// The function of this operation.
pub(crate) fn function<'py>(
    functions: &Functions,
    operation: &str,
    py: Python<'py>,
) -> Option<Bound<'py, PyAny>> {
    let mut functions = functions.iter();
    let function = functions.find(|(known, _)| known == operation);
    function.map(|(_, function)| function.bind(py).clone())
}
