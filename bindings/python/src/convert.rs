//! Where types change, both ways; what a value may be is decided by the core.

use std::path::PathBuf;
use std::time::Duration;

use alikassa::binding::{FieldValue, MAX_BODY, MAX_DEPTH, Record, ResolutionView, Response};
use alikassa::{Error, InvalidValue, LedgerRow, MatchedBy, OrderRef, Reason, Reply, Value};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple,
};
use zeroize::Zeroizing;

use crate::client::{Cert, VerifyingCert};
use crate::error;
use crate::ledger::Ledger;
use crate::{SigningKey, VerifyingKey};

/// Why a value did not convert.
pub(crate) enum Failure {
    /// It has no place in a body; its path grows on the way out.
    Value(InvalidValue),
    /// It is no value for its option or argument.
    Argument(Error),
    /// Python code that had to run for it raised.
    Raised(PyErr),
}

impl Failure {
    /// The exception.
    pub(crate) fn raise(self, py: Python<'_>) -> PyErr {
        self.raise_as(py, |error| error)
    }

    /// The exception, once `refuse` has named the call that was meant.
    pub(crate) fn raise_as(self, py: Python<'_>, refuse: impl FnOnce(Error) -> Error) -> PyErr {
        let error = match self {
            Self::Value(refusal) => Error::from(refusal),
            Self::Argument(error) => error,
            Self::Raised(raised) => return raised,
        };
        error::raise(py, &refuse(error))
    }

    fn within_key(self, key: &str) -> Self {
        match self {
            Self::Value(refusal) => Self::Value(refusal.within_key(key)),
            other => other,
        }
    }

    fn within_index(self, index: usize) -> Self {
        match self {
            Self::Value(refusal) => Self::Value(refusal.within_index(index)),
            other => other,
        }
    }
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        Self::Value(InvalidValue::new(reason))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Argument(error)
    }
}

impl From<PyErr> for Failure {
    fn from(raised: PyErr) -> Self {
        Self::Raised(raised)
    }
}

fn wrong_type(name: &str, advice: &str) -> Failure {
    Error::invalid_argument(name, "type", format!("{name}: {advice}")).into()
}

/// A request's body.
pub(crate) fn body(data: &Bound<'_, PyAny>) -> Result<Value, Failure> {
    value(data, 1)
}

/// The fields of a typed call.
pub(crate) fn fields(arguments: &Bound<'_, PyDict>) -> Result<Vec<(String, Value)>, Failure> {
    members(arguments.as_mapping(), 1)
}

/// The `order_id` among fields that are refused, as far as it can be read.
pub(crate) fn order_id(fields: &Bound<'_, PyAny>) -> Option<String> {
    let order_id = fields.get_item("order_id").ok()?;
    text_of(order_id.cast::<PyString>().ok()?).ok()
}

fn value(any: &Bound<'_, PyAny>, depth: usize) -> Result<Value, Failure> {
    if any.is_none() {
        Ok(Value::Null)
    } else if let Ok(text) = any.cast::<PyString>() {
        Ok(Value::Text(text_of(text)?))
    } else if let Ok(bool) = any.cast::<PyBool>() {
        Ok(Value::Bool(bool.is_true()))
    } else if let Ok(int) = any.cast::<PyInt>() {
        int.extract()
            .map(Value::Integer)
            .map_err(|_| Reason::OutOfRange.into())
    } else if any.is_instance_of::<PyFloat>() {
        Err(Reason::Float.into())
    } else if any.is_instance_of::<PyList>() || any.is_instance_of::<PyTuple>() {
        items(any, depth).map(Value::List)
    } else if let Ok(dict) = any.cast::<PyDict>() {
        members(dict.as_mapping(), depth).map(Value::Map)
    } else if any.is_instance(decimal(any.py())?)? {
        plain(any).map(Value::Decimal)
    } else if let Ok(mapping) = any.cast::<PyMapping>() {
        members(mapping, depth).map(Value::Map)
    } else {
        Err(Reason::Type.into())
    }
}

fn items(list: &Bound<'_, PyAny>, depth: usize) -> Result<Vec<Value>, Failure> {
    check_depth(depth)?;
    let items = list.try_iter()?.enumerate();
    items
        .map(|(index, item)| value(&item?, depth + 1).map_err(|f| f.within_index(index)))
        .collect()
}

fn members(mapping: &Bound<'_, PyMapping>, depth: usize) -> Result<Vec<(String, Value)>, Failure> {
    check_depth(depth)?;
    // A list of its own: converting a member can run Python code that changes the mapping.
    let pairs = mapping.items()?;
    pairs.iter().map(|pair| member(&pair, depth)).collect()
}

fn member(pair: &Bound<'_, PyAny>, depth: usize) -> Result<(String, Value), Failure> {
    let (key, item) = pair.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
    let Ok(text) = key.cast::<PyString>() else {
        return Err(Failure::from(Reason::Type).within_key(&key.str()?.to_string_lossy()));
    };
    let text = text_of(text).map_err(|f| f.within_key(&text.to_string_lossy()))?;
    let item = value(&item, depth + 1).map_err(|f| f.within_key(&text))?;
    Ok((text, item))
}

/// The writer looks at the depth too, but a list that holds itself would never get there.
fn check_depth(depth: usize) -> Result<(), Failure> {
    if depth > MAX_DEPTH {
        Err(Reason::TooDeep.into())
    } else {
        Ok(())
    }
}

fn text_of(text: &Bound<'_, PyString>) -> Result<String, Failure> {
    match text.to_str() {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(Reason::LoneSurrogate.into()),
    }
}

/// A decimal without an exponent.
fn plain(decimal: &Bound<'_, PyAny>) -> Result<String, Failure> {
    if !decimal.call_method0("is_finite")?.is_truthy()? {
        return Err(Reason::Float.into());
    }
    // Written out, a large exponent is more digits than there is memory.
    let magnitude: i64 = decimal.call_method0("adjusted")?.extract()?;
    if magnitude.unsigned_abs() > MAX_BODY as u64 {
        return Err(Reason::TooLarge.into());
    }
    Ok(decimal.call_method1("__format__", ("f",))?.extract()?)
}

fn decimal(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static DECIMAL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    DECIMAL.import(py, "decimal", "Decimal")
}

/// Text that an argument needs.
pub(crate) fn text(any: &Bound<'_, PyAny>, name: &str) -> Result<String, Failure> {
    let text = any.cast::<PyString>();
    let text = text.map_err(|_| wrong_type(name, "pass a string"))?;
    text_of(text).map_err(|failure| failure.within_key(name))
}

/// A duration in seconds; none for `None`.
pub(crate) fn seconds(any: &Bound<'_, PyAny>, name: &str) -> Result<Option<Duration>, Failure> {
    if any.is_none() {
        return Ok(None);
    }
    if any.is_instance_of::<PyBool>() || !is_number(any) {
        return Err(wrong_type(name, "pass seconds as a number"));
    }
    // What no duration can be becomes zero, which the core refuses with the name of the field.
    let seconds = any.extract().unwrap_or_default();
    Ok(Some(
        Duration::try_from_secs_f64(seconds).unwrap_or_default(),
    ))
}

fn is_number(any: &Bound<'_, PyAny>) -> bool {
    any.is_instance_of::<PyFloat>() || any.is_instance_of::<PyInt>()
}

/// An order of many, by what it is named: `id` or `order_id`.
pub(crate) fn order(any: &Bound<'_, PyAny>, name: &str) -> Result<OrderRef, Error> {
    let refused = |reason| Error::from(InvalidValue::new(reason).within_key(name));
    let by_id = name == "id";
    if let Ok(text) = any.cast::<PyString>() {
        let text = text.to_str();
        let text = text.map_err(|_| refused(Reason::LoneSurrogate))?;
        Ok(if by_id {
            OrderRef::id(text)
        } else {
            OrderRef::order_id(text)
        })
    } else if by_id && any.is_instance_of::<PyInt>() && !any.is_instance_of::<PyBool>() {
        let id: i64 = any.extract().map_err(|_| refused(Reason::OutOfRange))?;
        Ok(OrderRef::id(id))
    } else {
        let message = format!("{name}: pass a string");
        Err(Error::invalid_argument(name, "type", message))
    }
}

/// A folder or file by its name.
pub(crate) fn folder(any: &Bound<'_, PyAny>, name: &str) -> Result<PathBuf, Failure> {
    any.extract()
        .map_err(|_| wrong_type(name, "pass a path as str or os.PathLike"))
}

/// What was signed of a notification, which its object keeps.
pub(crate) fn signed_text(event: &Bound<'_, PyAny>) -> Result<Vec<u8>, Failure> {
    if !event.is_instance(&record_class(event.py(), "Notification")?)? {
        return Err(wrong_type("event", "pass a Notification that verify gave"));
    }
    Ok(contents(&event.getattr("raw")?)?)
}

/// Bytes, or anything that gives them.
pub(crate) fn bytes(any: &Bound<'_, PyAny>, name: &str) -> Result<Vec<u8>, Failure> {
    contents(any).map_err(|_| wrong_type(name, "pass bytes"))
}

/// A key or password, as bytes or text.
pub(crate) fn secret(any: &Bound<'_, PyAny>, name: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let secret = match any.cast::<PyString>() {
        Ok(text) => text_of(text).map(String::into_bytes),
        Err(_) => contents(any).map_err(|_| wrong_type(name, "pass bytes or a string")),
    };
    secret
        .map(Zeroizing::new)
        .map_err(|failure| failure.within_key(name))
}

fn contents(any: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    PyBuffer::get(any)?.to_vec(any.py())
}

/// Text from a stranger: what is no Unicode cannot be base64 either, and stays wrong.
pub(crate) fn lossy(any: &Bound<'_, PyAny>, name: &str) -> Result<String, Failure> {
    let text = any.cast::<PyString>();
    let text = text.map_err(|_| wrong_type(name, "pass a string"))?;
    Ok(text.to_string_lossy().into_owned())
}

/// Named options of any type, `None` counting as not given.
pub(crate) struct Arguments<'a, 'py>(pub(crate) &'a Bound<'py, PyDict>);

impl<'py> Arguments<'_, 'py> {
    /// The value as it is.
    pub(crate) fn any(&self, name: &str) -> Result<Bound<'py, PyAny>, Failure> {
        Ok(self.0.as_any().get_item(name)?)
    }

    pub(crate) fn required_text(&self, name: &str) -> Result<String, Failure> {
        self.text(name)?
            .ok_or_else(|| wrong_type(name, "pass a string"))
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        self.read(name, |any| text(any, name))
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, Failure> {
        let any = self.any(name)?;
        let flag = any.cast::<PyBool>();
        Ok(flag
            .map_err(|_| wrong_type(name, "pass True or False"))?
            .is_true())
    }

    pub(crate) fn path(&self, name: &str) -> Result<Option<PathBuf>, Failure> {
        self.read(name, |any| folder(any, name))
    }

    pub(crate) fn seconds(&self, name: &str) -> Result<Option<Duration>, Failure> {
        seconds(&self.any(name)?, name)
    }

    pub(crate) fn count<T: TryFrom<u32>>(&self, name: &str) -> Result<Option<T>, Failure> {
        self.read(name, |any| {
            let refused = || wrong_type(name, "pass an integer from 0");
            if any.is_instance_of::<PyBool>() {
                return Err(refused());
            }
            let count: u32 = any.extract().map_err(|_| refused())?;
            T::try_from(count).map_err(|_| refused())
        })
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<f64>, Failure> {
        self.read(name, |any| {
            if any.is_instance_of::<PyBool>() || !is_number(any) {
                return Err(wrong_type(name, "pass a number"));
            }
            // What is too large for a float the core refuses, as it does infinity.
            Ok(any.extract().unwrap_or(f64::INFINITY))
        })
    }

    /// What iterates over the value; a text is none that anybody means to iterate over.
    pub(crate) fn iterator(
        &self,
        name: &str,
        asynchronous: bool,
    ) -> Result<Option<Bound<'py, PyAny>>, Failure> {
        self.read(name, |any| {
            let has = |method| any.get_type().hasattr(method);
            if asynchronous && has("__aiter__")? {
                return Ok(any.py().import("builtins")?.call_method1("aiter", (any,))?);
            }
            let text = any.is_instance_of::<PyString>()
                || any.is_instance_of::<PyBytes>()
                || any.is_instance_of::<PyByteArray>();
            if text || !(has("__iter__")? || has("__getitem__")?) {
                return Err(wrong_type(name, "pass an iterable of ids, such as a list"));
            }
            Ok(any.try_iter()?.into_any())
        })
    }

    /// The fields of a typed call that stand under a name of their own.
    pub(crate) fn fields(&self, name: &str) -> Result<Vec<(String, Value)>, Failure> {
        let any = self.any(name)?;
        let dict = any.cast::<PyDict>();
        fields(dict.map_err(|_| wrong_type(name, "pass a dict"))?)
    }

    /// The `order_id` among refused fields that stand under a name of their own.
    pub(crate) fn order_id(&self, name: &str) -> Option<String> {
        order_id(&self.any(name).ok()?)
    }

    /// Text from a stranger.
    pub(crate) fn received_text(&self, name: &str) -> Result<Option<String>, Failure> {
        self.read(name, |any| lossy(any, name))
    }

    /// Bytes from a stranger.
    pub(crate) fn received_bytes(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        self.read(name, |any| bytes(any, name))
    }

    /// Fields from a stranger, as a framework parsed them.
    pub(crate) fn received_fields(
        &self,
        name: &str,
    ) -> Result<Option<Vec<(String, Value)>>, Failure> {
        self.read(name, |any| {
            let mapping = any.cast::<PyMapping>();
            let mapping = mapping.map_err(|_| wrong_type(name, "pass a mapping"))?;
            members(mapping, 1).map_err(|failure| failure.within_key(name))
        })
    }

    /// A function for the statuses of a wait, given as `reply`.
    pub(crate) fn on_update(
        &self,
        name: &str,
        reply: &Bound<'py, PyAny>,
    ) -> Result<Option<OnUpdate>, Failure> {
        self.check_function(name, "pass a function of one argument")?;
        self.read(name, |any| {
            Ok(OnUpdate {
                reply: reply.clone().unbind(),
                function: any.clone().unbind(),
            })
        })
    }

    pub(crate) fn check_function(&self, name: &str, advice: &str) -> Result<(), Failure> {
        let any = self.any(name)?;
        if any.is_none() || any.is_callable() {
            Ok(())
        } else {
            Err(wrong_type(name, advice))
        }
    }

    pub(crate) fn ledger(&self, name: &str) -> Result<Option<alikassa::Ledger>, Failure> {
        self.read(name, |any| match any.cast::<Ledger>() {
            Ok(ledger) => Ok(ledger.get().0.clone()),
            Err(_) => Err(wrong_type(name, "pass a Ledger, or a path")),
        })
    }

    pub(crate) fn cert(&self, name: &str) -> Result<Option<Cert>, Failure> {
        self.read(name, |any| match any.cast::<SigningKey>() {
            Ok(key) => Ok(Cert::Key(key.get().0.clone())),
            Err(_) => any.extract().map(Cert::Folder).map_err(|_| {
                wrong_type(name, "pass a folder as str or os.PathLike, or a SigningKey")
            }),
        })
    }

    /// Any number of certificates, as a tuple.
    pub(crate) fn verifying_certs(&self, name: &str) -> Result<Vec<VerifyingCert>, Failure> {
        let certs = self.any(name)?;
        let certs = certs.cast::<PyTuple>().map_err(PyErr::from)?;
        let certs = certs.iter().map(|any| match any.cast::<VerifyingKey>() {
            Ok(key) => Ok(VerifyingCert::Key(key.get().0.clone())),
            Err(_) => any.extract().map(VerifyingCert::Folder).map_err(|_| {
                let advice = "pass folders as str or os.PathLike, or VerifyingKeys";
                wrong_type(name, advice)
            }),
        });
        certs.collect()
    }

    fn read<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Bound<'py, PyAny>) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        let any = self.any(name)?;
        if any.is_none() {
            return Ok(None);
        }
        read(&any).map(Some)
    }
}

/// A function of Python's that gets the statuses of a wait.
pub(crate) struct OnUpdate {
    reply: Py<PyAny>,
    function: Py<PyAny>,
}

impl OnUpdate {
    pub(crate) fn tell(&self, py: Python<'_>, status: &Response) -> PyResult<()> {
        let status = answer(self.reply.bind(py), status)?;
        self.function.call1(py, (status,)).map(drop)
    }
}

/// An answer as an object of the class `reply`.
pub(crate) fn answer<'py>(
    reply: &Bound<'py, PyAny>,
    answer: &Response,
) -> PyResult<Bound<'py, PyAny>> {
    let py = reply.py();
    let values = PyDict::new(py);
    match answer {
        Response::Reply(raw) => set_reply(&values, raw)?,
        Response::Rows(rows) => {
            let rows = rows.iter().map(|row| ledger_row(py, row));
            return reply.call1((rows.collect::<PyResult<Vec<_>>>()?,));
        }
        _ => {
            if let Some(record) = answer.record() {
                set_record(&values, &record)?;
            }
            if let Some(resolution) = answer.resolution() {
                set_resolution(&values, &resolution)?;
            }
        }
    }
    reply.call((), Some(&values))
}

fn set_resolution(values: &Bound<'_, PyDict>, resolution: &ResolutionView<'_>) -> PyResult<()> {
    let status = resolution.status.as_ref();
    let status = status
        .map(|record| nested(values.py(), record))
        .transpose()?;
    values.set_item("found", resolution.found)?;
    values.set_item("status", status)?;
    values.set_item("matched_by", resolution.matched_by.map(MatchedBy::as_str))
}

/// The status of an order of many, or the error in its place, beside what the caller named it by.
pub(crate) fn status_result<'py>(
    name: &str,
    order: &Bound<'py, PyAny>,
    result: Result<Bound<'py, PyAny>, PyErr>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = order.py();
    let values = PyDict::new(py);
    for absent in ["id", "order_id", "status", "error"] {
        values.set_item(absent, py.None())?;
    }
    values.set_item(name, order)?;
    match result {
        Ok(status) => values.set_item("status", status)?,
        Err(raised) => values.set_item("error", raised.into_value(py))?,
    }
    record_class(py, "StatusResult")?.call((), Some(&values))
}

/// A row of the ledger as an object of its class.
pub(crate) fn ledger_row<'py>(py: Python<'py>, row: &LedgerRow) -> PyResult<Bound<'py, PyAny>> {
    let values = PyDict::new(py);
    for (name, value) in row.fields() {
        let value = match &value {
            Value::Decimal(amount) => decimal(py)?.call1((amount,))?,
            other => to_python(py, other)?,
        };
        values.set_item(name, value)?;
    }
    record_class(py, "LedgerRow")?.call((), Some(&values))
}

fn record_class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("alikassa")?.getattr(name)
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
    values.set_item("raw", PyBytes::new(py, record.raw))
}

/// A field's name, unless Python keeps that word for itself.
fn attribute(name: &'static str) -> &'static str {
    match name {
        "from" => "from_",
        _ => name,
    }
}

/// A record in a field of another one, as an object of its class.
fn nested<'py>(py: Python<'py>, record: &Record<'_>) -> PyResult<Bound<'py, PyAny>> {
    let values = PyDict::new(py);
    set_record(&values, record)?;
    record_class(py, record.name)?.call((), Some(&values))
}

fn set_reply(values: &Bound<'_, PyDict>, reply: &Reply) -> PyResult<()> {
    values.set_item("status", reply.status)?;
    values.set_item("body", PyBytes::new(values.py(), &reply.body))
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

/// A value of the core in Python's types: integers as `int`, other numbers as `Decimal`.
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

/// The digits of a JSON number. `int` has a limit of digits and `Decimal` one of exponents: what neither takes
/// stays text, so that one strange field does not cost the caller the whole answer.
fn number_to_python<'py>(py: Python<'py>, digits: &str) -> PyResult<Bound<'py, PyAny>> {
    let text = PyString::new(py, digits);
    if !digits.contains(['.', 'e', 'E'])
        && let Ok(int) = py.get_type::<PyInt>().call1((&text,))
    {
        return Ok(int);
    }
    Ok(decimal(py)?.call1((&text,)).unwrap_or(text.into_any()))
}
