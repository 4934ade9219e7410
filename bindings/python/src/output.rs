//! Converts the core's values to Python objects. Nothing here depends on another file.

use alikassa::binding::{FieldValue, Record, ResolutionView, Response};
use alikassa::{LedgerEvent, LedgerRow, MatchedBy, Reply, Value};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyInt, PyList, PyString};

/// What was sent and received, for the provider's support.
///
/// It contains no key and no card number: numbers in the response are masked. The response can
/// contain other personal data, so neither the repr nor a pickle of an error or a reply has its
/// record. It cannot be pickled.
#[pyclass(frozen, module = "alikassa._native")]
pub(crate) struct Support(pub(crate) alikassa::Support);

/// A response as an object of the class `reply`.
pub(crate) fn response<'py>(
    reply: &Bound<'py, PyAny>,
    response: &Response,
) -> PyResult<Bound<'py, PyAny>> {
    let py = reply.py();
    let values = PyDict::new(py);
    if let Response::Reply(raw) = response {
        set_reply(&values, raw)?;
    } else {
        if let Some(record) = response.record() {
            set_record(&values, &record)?;
        }
        if let Some(resolution) = response.resolution() {
            set_resolution(&values, &resolution)?;
        }
    }
    reply.call((), Some(&values))
}

fn set_reply(values: &Bound<'_, PyDict>, reply: &Reply) -> PyResult<()> {
    values.set_item("status", reply.status)?;
    values.set_item("body", PyBytes::new(values.py(), &reply.body))?;
    set_support(values, reply.support())
}

fn set_resolution(values: &Bound<'_, PyDict>, resolution: &ResolutionView<'_>) -> PyResult<()> {
    let status = resolution.status.as_ref();
    let status = status
        .map(|record| nested(values.py(), record))
        .transpose()?;
    values.set_item("found", resolution.found)?;
    values.set_item("status", status)?;
    values.set_item("matched_by", resolution.matched_by.map(MatchedBy::as_str))?;
    values.set_item("other_id", resolution.other_id)
}

fn set_record(values: &Bound<'_, PyDict>, record: &Record<'_>) -> PyResult<()> {
    let py = values.py();
    for (field, value) in &record.fields {
        values.set_item(attribute(field.name), field_value(py, value)?)?;
    }
    for (name, detail) in &record.details {
        values.set_item(name, detail)?;
    }
    if let Some(is_final) = record.is_final {
        values.set_item("is_final", is_final)?;
    }
    values.set_item("other", map_to_python(py, record.other)?)?;
    values.set_item("raw", PyBytes::new(py, record.raw))?;
    set_support(values, record.support)
}

/// Sets the record of the request. Nothing of it is copied or masked before a program asks.
pub(crate) fn set_support(
    values: &Bound<'_, PyDict>,
    support: Option<&alikassa::Support>,
) -> PyResult<()> {
    match support {
        Some(support) => values.set_item("support", Support(support.clone())),
        None => Ok(()),
    }
}

/// The name of a field's attribute: Python reserves some words.
fn attribute(name: &'static str) -> &'static str {
    match name {
        "from" => "from_",
        _ => name,
    }
}

fn field_value<'py>(py: Python<'py>, value: &FieldValue<'_>) -> PyResult<Bound<'py, PyAny>> {
    match value {
        FieldValue::Amount(amount) => decimal(py)?.call1((amount.as_str(),)),
        FieldValue::Bool(bool) => Ok(PyBool::new(py, *bool).to_owned().into_any()),
        FieldValue::Integer(integer) => Ok(integer.into_pyobject(py)?.into_any()),
        FieldValue::List(records) => {
            let records = records.iter().map(|record| nested(py, record));
            Ok(PyList::new(py, records.collect::<PyResult<Vec<_>>>()?)?.into_any())
        }
        FieldValue::Record(record) => nested(py, record),
        FieldValue::Text(text) => Ok(PyString::new(py, text).into_any()),
        _ => Ok(py.None().into_bound(py)),
    }
}

/// A record in a field of another record, as an object of its class.
fn nested<'py>(py: Python<'py>, record: &Record<'_>) -> PyResult<Bound<'py, PyAny>> {
    let values = PyDict::new(py);
    set_record(&values, record)?;
    record_class(py, record.name)?.call((), Some(&values))
}

/// The status of one order of many, or its error, with the order as the caller passed it.
pub(crate) fn status_result<'py>(
    key: &str,
    order: &Bound<'py, PyAny>,
    result: Result<Bound<'py, PyAny>, PyErr>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = order.py();
    let values = PyDict::new(py);
    for absent in ["id", "order_id", "status", "error"] {
        values.set_item(absent, py.None())?;
    }
    values.set_item(key, order)?;
    match result {
        Ok(status) => values.set_item("status", status)?,
        Err(raised) => values.set_item("error", raised.into_value(py))?,
    }
    record_class(py, "StatusResult")?.call((), Some(&values))
}

/// What became of an open row, as an object of its class.
pub(crate) fn reconciled<'py>(
    py: Python<'py>,
    row: &LedgerRow,
    error: Option<PyErr>,
    other_id: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let values = PyDict::new(py);
    values.set_item("row", ledger_row(py, row)?)?;
    values.set_item("error", error.map(|raised| raised.into_value(py)))?;
    values.set_item("other_id", other_id)?;
    record_class(py, "Reconciled")?.call((), Some(&values))
}

/// A row of the ledger as an object of its class.
pub(crate) fn ledger_row<'py>(py: Python<'py>, row: &LedgerRow) -> PyResult<Bound<'py, PyAny>> {
    ledger_record(py, "LedgerRow", row.fields())
}

/// An event of the ledger as an object of its class.
pub(crate) fn ledger_event<'py>(
    py: Python<'py>,
    event: &LedgerEvent,
) -> PyResult<Bound<'py, PyAny>> {
    ledger_record(py, "LedgerEvent", event.fields())
}

fn ledger_record<'py>(
    py: Python<'py>,
    name: &str,
    fields: Vec<(&'static str, Value)>,
) -> PyResult<Bound<'py, PyAny>> {
    let values = PyDict::new(py);
    for (name, value) in fields {
        let value = match &value {
            Value::Decimal(amount) => decimal(py)?.call1((amount,))?,
            other => to_python(py, other)?,
        };
        values.set_item(name, value)?;
    }
    record_class(py, name)?.call((), Some(&values))
}

/// A class of the Python package's `_records`.
pub(crate) fn record_class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("alikassa")?.getattr(name)
}

/// Python's `decimal.Decimal`.
pub(crate) fn decimal(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static DECIMAL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    DECIMAL.import(py, "decimal", "Decimal")
}

/// A JSON value in Python's types: integers as `int`, other numbers as `Decimal`.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Bool(bool) => Ok(PyBool::new(py, *bool).to_owned().into_any()),
        Value::Integer(integer) => Ok(integer.into_pyobject(py)?.into_any()),
        Value::Decimal(digits) => number_to_python(py, digits),
        Value::Text(text) => Ok(PyString::new(py, text).into_any()),
        Value::List(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(to_python(py, item)?)?;
            }
            Ok(list.into_any())
        }
        Value::Map(members) => Ok(map_to_python(py, members)?.into_any()),
        _ => Ok(py.None().into_bound(py)),
    }
}

fn map_to_python<'py>(
    py: Python<'py>,
    members: &[(String, Value)],
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (key, value) in members {
        dict.set_item(key, to_python(py, value)?)?;
    }
    Ok(dict)
}

/// A JSON number from its digits. `int` limits the number of digits and `Decimal` the exponent: a
/// number beyond both stays text, so that one strange field does not cost the caller the response.
fn number_to_python<'py>(py: Python<'py>, digits: &str) -> PyResult<Bound<'py, PyAny>> {
    let text = PyString::new(py, digits);
    if !digits.contains(['.', 'e', 'E'])
        && let Ok(int) = py.get_type::<PyInt>().call1((&text,))
    {
        return Ok(int);
    }
    Ok(decimal(py)?.call1((&text,)).unwrap_or(text.into_any()))
}

/// Logs the core's notices on this thread. A log handler that raises must not cost the caller the
/// response.
pub(crate) fn log_notices(py: Python<'_>, notices: impl IntoIterator<Item = String>) {
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
