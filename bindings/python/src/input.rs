//! Converts Python values to the core's. The core decides which values are valid.

use std::path::PathBuf;
use std::time::Duration;

use alikassa::binding::{MAX_BODY, MAX_DEPTH, Operation, RequestField, Rule};
use alikassa::{Error, InvalidValue, OrderRef, Reason, Value};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple,
};
use zeroize::Zeroizing;

use crate::error::{Failure, wrong_type};
use crate::output::decimal;

/// A request's body.
pub(crate) fn body(data: &Bound<'_, PyAny>) -> Result<Value, Failure> {
    value(data, 1)
}

/// The fields of a typed call. Where the operation takes a date, `datetime.date` is one.
pub(crate) fn fields(
    arguments: &Bound<'_, PyDict>,
    operation: &str,
) -> Result<Vec<(String, Value)>, Failure> {
    let operation = Operation::named(operation).ok();
    let fields = operation.and_then(Operation::request_fields);
    let dates = fields
        .into_iter()
        .flatten()
        .filter(|field| matches!(field.rule, Rule::Date));
    let arguments = arguments.copy()?;
    for RequestField { name, .. } in dates {
        if let Some(given) = arguments.get_item(name)?
            && is_date(&given)?
        {
            arguments.set_item(name, given.call_method0("isoformat")?)?;
        }
    }
    members(arguments.as_mapping(), 1)
}

/// The `order_id` among invalid fields, if it is readable.
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
    } else if let Some(int) = index(any) {
        int.extract()
            .map(Value::Integer)
            .map_err(|_| Reason::OutOfRange.into())
    } else {
        Err(Reason::Type.into())
    }
}

/// The integer that an object is, such as one of numpy. A boolean counts as none.
fn index<'py>(any: &Bound<'py, PyAny>) -> Option<Bound<'py, PyInt>> {
    if any.is_instance_of::<PyBool>() {
        return None;
    }
    if let Ok(int) = any.cast::<PyInt>() {
        return Some(int.clone());
    }
    // An array has no type that says whether it is one number.
    any.call_method0("__index__").ok()?.cast_into().ok()
}

/// Whether it is a date. A `datetime` is none: the provider does not say in which zone a day begins.
fn is_date(any: &Bound<'_, PyAny>) -> PyResult<bool> {
    if any.is_instance_of::<PyString>() {
        return Ok(false);
    }
    let module = any.py().import("datetime")?;
    Ok(any.is_instance(&module.getattr("date")?)?
        && !any.is_instance(&module.getattr("datetime")?)?)
}

fn items(list: &Bound<'_, PyAny>, depth: usize) -> Result<Vec<Value>, Failure> {
    check_depth(depth)?;
    let items = list.try_iter()?.enumerate();
    items
        .map(|(index, item)| value(&item?, depth + 1).map_err(|f| f.within_index(index)))
        .collect()
}

/// The members of a mapping.
pub(crate) fn members(
    mapping: &Bound<'_, PyMapping>,
    depth: usize,
) -> Result<Vec<(String, Value)>, Failure> {
    check_depth(depth)?;
    // A copy: converting a member can run Python code that changes the mapping.
    let pairs = mapping.items()?;
    pairs.iter().map(|pair| member(&pair, depth)).collect()
}

/// A member, as a pair of key and value.
pub(crate) fn member(pair: &Bound<'_, PyAny>, depth: usize) -> Result<(String, Value), Failure> {
    let (key, item) = pair.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
    let Ok(text) = key.cast::<PyString>() else {
        return Err(Failure::from(Reason::Type).within_key(&key.str()?.to_string_lossy()));
    };
    let text = text_of(text).map_err(|f| f.within_key(&text.to_string_lossy()))?;
    let item = value(&item, depth + 1).map_err(|f| f.within_key(&text))?;
    Ok((text, item))
}

/// The core checks the depth too, but a list that contains itself would never reach it.
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

/// The digits of a `Decimal`, without an exponent.
fn plain(decimal: &Bound<'_, PyAny>) -> Result<String, Failure> {
    if !decimal.call_method0("is_finite")?.is_truthy()? {
        return Err(Reason::Float.into());
    }
    // The digits of a large exponent would not fit into memory.
    let magnitude: i64 = decimal.call_method0("adjusted")?.extract()?;
    if magnitude.unsigned_abs() > MAX_BODY as u64 {
        return Err(Reason::TooLarge.into());
    }
    Ok(decimal.call_method1("__format__", ("f",))?.extract()?)
}

/// A string argument.
pub(crate) fn text(any: &Bound<'_, PyAny>, name: &str) -> Result<String, Failure> {
    let text = any.cast::<PyString>();
    let text = text.map_err(|_| wrong_type(name, "pass a string"))?;
    text_of(text).map_err(|failure| failure.within_key(name))
}

/// An integer argument.
pub(crate) fn integer(any: &Bound<'_, PyAny>, name: &str) -> Result<i64, Failure> {
    let int = index(any).ok_or_else(|| wrong_type(name, "pass an int"))?;
    let integer = int.extract::<i64>();
    integer.map_err(|_| Failure::from(Reason::OutOfRange).within_key(name))
}

/// A duration in seconds; `None` if the argument is `None`.
pub(crate) fn seconds(any: &Bound<'_, PyAny>, name: &str) -> Result<Option<Duration>, Failure> {
    if any.is_none() {
        return Ok(None);
    }
    if any.is_instance_of::<PyBool>() || !is_number(any) {
        return Err(wrong_type(name, "pass seconds as a number"));
    }
    // An impossible duration becomes zero, which the core refuses with the name of the field.
    let seconds = any.extract().unwrap_or_default();
    Ok(Some(
        Duration::try_from_secs_f64(seconds).unwrap_or_default(),
    ))
}

fn is_number(any: &Bound<'_, PyAny>) -> bool {
    any.is_instance_of::<PyFloat>() || index(any).is_some()
}

/// One order of many, by `id` or `order_id`, which is `name`.
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
    } else if let Some(int) = index(any).filter(|_| by_id) {
        let id: i64 = int.extract().map_err(|_| refused(Reason::OutOfRange))?;
        Ok(OrderRef::id(id))
    } else {
        let message = format!("{name}: pass a string");
        Err(Error::invalid_argument(name, "type", message))
    }
}

/// The path of a folder or file.
pub(crate) fn path(any: &Bound<'_, PyAny>, name: &str) -> Result<PathBuf, Failure> {
    any.extract()
        .map_err(|_| wrong_type(name, "pass a path as str or os.PathLike"))
}

fn flag(any: &Bound<'_, PyAny>, name: &str) -> Result<bool, Failure> {
    match any.cast::<PyBool>() {
        Ok(flag) => Ok(flag.is_true()),
        Err(_) => Err(wrong_type(name, "pass True or False")),
    }
}

/// Bytes, or another object with the buffer protocol.
pub(crate) fn bytes(any: &Bound<'_, PyAny>, name: &str) -> Result<Vec<u8>, Failure> {
    contents(any).map_err(|_| wrong_type(name, "pass bytes"))
}

/// A key or password, as bytes or string.
pub(crate) fn secret(any: &Bound<'_, PyAny>, name: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let secret = match any.cast::<PyString>() {
        Ok(text) => text_of(text).map(String::into_bytes),
        Err(_) => contents(any).map_err(|_| wrong_type(name, "pass bytes or a string")),
    };
    secret
        .map(Zeroizing::new)
        .map_err(|failure| failure.within_key(name))
}

pub(crate) fn contents(any: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    PyBuffer::get(any)?.to_vec(any.py())
}

/// A string of untrusted origin. Lone surrogates are replaced: such a string is not valid base64,
/// so it stays invalid.
pub(crate) fn lossy(any: &Bound<'_, PyAny>, name: &str) -> Result<String, Failure> {
    let text = any.cast::<PyString>();
    let text = text.map_err(|_| wrong_type(name, "pass a string"))?;
    Ok(text.to_string_lossy().into_owned())
}

/// Named arguments of any type; one that is `None` counts as not given.
pub(crate) struct Arguments<'a, 'py>(pub(crate) &'a Bound<'py, PyDict>);

impl<'py> Arguments<'_, 'py> {
    /// The Python object itself.
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
        flag(&self.any(name)?, name)
    }

    pub(crate) fn optional_flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        self.read(name, |any| flag(any, name))
    }

    pub(crate) fn path(&self, name: &str) -> Result<Option<PathBuf>, Failure> {
        self.read(name, |any| path(any, name))
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
            // Too large for a float: the core refuses infinity.
            Ok(any.extract().unwrap_or(f64::INFINITY))
        })
    }

    /// An iterator over the value. A string is refused, because its characters are not orders.
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

    /// The fields of a typed call, passed as one argument.
    pub(crate) fn fields(&self, name: &str) -> Result<Vec<(String, Value)>, Failure> {
        let any = self.any(name)?;
        let dict = any.cast::<PyDict>();
        members(
            dict.map_err(|_| wrong_type(name, "pass a dict"))?
                .as_mapping(),
            1,
        )
    }

    /// The `order_id` among invalid fields that were passed as one argument.
    pub(crate) fn order_id(&self, name: &str) -> Option<String> {
        order_id(&self.any(name).ok()?)
    }

    /// A string of untrusted origin.
    pub(crate) fn received_text(&self, name: &str) -> Result<Option<String>, Failure> {
        self.read(name, |any| lossy(any, name))
    }

    /// Bytes of untrusted origin.
    pub(crate) fn received_bytes(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        self.read(name, |any| bytes(any, name))
    }

    pub(crate) fn check_function(&self, name: &str, advice: &str) -> Result<(), Failure> {
        let any = self.any(name)?;
        if any.is_none() || any.is_callable() {
            Ok(())
        } else {
            Err(wrong_type(name, advice))
        }
    }

    /// Reads the option unless it is `None`.
    pub(crate) fn read<T>(
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
