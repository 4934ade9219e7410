//! The options of a client and of a call.

use alikassa::binding::{ClientOption, OPTIONS, OptionKind, OptionValue};
use alikassa::{BatchOptions, CallOptions, Client};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::boundary::{detached, guard};
use crate::error::{Failure, wrong_type};
use crate::events;
use crate::input::{self, Arguments};
use crate::key::{SigningKey, VerifyingKey};
use crate::ledger::Ledger;
use crate::limits::{self, Functions};

/// The options of one call.
pub(crate) fn call(
    timeout: &Bound<'_, PyAny>,
    deadline: &Bound<'_, PyAny>,
) -> Result<CallOptions, Failure> {
    let mut options = CallOptions::default();
    options.timeout = input::seconds(timeout, "timeout")?;
    options.deadline = input::seconds(deadline, "deadline")?;
    Ok(options)
}

/// Return the options that the environment sets, by name, except the `given` ones.
#[pyfunction]
#[pyo3(signature = (given, /))]
#[allow(clippy::needless_pass_by_value, reason = "Python's strings are copied")]
pub(crate) fn environment(
    py: Python<'_>,
    given: Vec<String>,
) -> PyResult<Vec<(&'static str, Py<PyAny>)>> {
    guard(py, || {
        let is_given = |name: &str| given.iter().any(|given| given == name);
        let options = detached(py, || alikassa::binding::environment(is_given))?;
        let options = options.into_iter().map(|(name, value)| {
            let value = match value {
                OptionValue::SigningKey(key) => Bound::new(py, SigningKey(key))?.into_any(),
                OptionValue::VerifyingKey(key) => Bound::new(py, VerifyingKey(key))?.into_any(),
                OptionValue::Text(text) => text.into_pyobject(py)?.into_any(),
                other => unreachable!("the environment has texts and keys, no {other:?}"),
            };
            Ok((name, value.unbind()))
        });
        options.collect()
    })
}

/// The options of a client, copied from Python, so that `build` runs without the GIL.
pub(crate) struct ClientOptions {
    account: String,
    values: Vec<(&'static str, OptionValue)>,
    /// The function that receives the events.
    pub(crate) hook: Option<Py<PyAny>>,
    /// The functions in the limits.
    pub(crate) functions: Functions,
}

impl ClientOptions {
    pub(crate) fn read(options: &Bound<'_, PyDict>) -> Result<Self, Failure> {
        let options = Arguments(options);
        let account = options.required_text("account")?;
        let (mut values, mut hook) = (Vec::new(), None);
        let mut functions = Functions::new();
        for option in OPTIONS {
            if option.kind == OptionKind::EventHook {
                hook = event_hook(&options, option.name)?;
            }
            if option.kind == OptionKind::Limits {
                let limits = options.read(option.name, |any| limits::read(any, option.name))?;
                let (limits, found) = limits.unwrap_or_default();
                values.extend(limits.into_iter().map(|limits| (option.name, limits)));
                functions = found;
            }
            for value in read_values(&options, option)? {
                values.push((option.name, value));
            }
        }
        Ok(Self {
            account,
            values,
            hook,
            functions,
        })
    }

    pub(crate) fn build(self) -> alikassa::Result<Client> {
        let mut builder = Client::builder(self.account);
        for (name, value) in self.values {
            builder = builder.set(name, value)?;
        }
        builder.build()
    }
}

/// The values of an option: none if it is `None`, several only if it is a list of keys.
fn read_values(
    options: &Arguments<'_, '_>,
    option: &'static ClientOption,
) -> Result<Vec<OptionValue>, Failure> {
    let name = option.name;
    let value = match option.kind {
        // Read where their functions are kept.
        OptionKind::Account | OptionKind::Limits => None,
        OptionKind::Choice(_) | OptionKind::Text => options.text(name)?.map(OptionValue::Text),
        OptionKind::Count(..) => options.count(name)?.map(OptionValue::Count),
        OptionKind::Duration(..) => options.seconds(name)?.map(OptionValue::Duration),
        OptionKind::EventHook => event_hook(options, name)?.map(|_| events::option()),
        OptionKind::Flag => options.optional_flag(name)?.map(OptionValue::Flag),
        OptionKind::Ledger => ledger(options, name)?,
        OptionKind::Path => options.path(name)?.map(OptionValue::Path),
        OptionKind::SigningKey => signing_key(options, name)?,
        OptionKind::VerifyingKeys => return verifying_keys(options, name),
    };
    Ok(value.into_iter().collect())
}

fn event_hook(options: &Arguments<'_, '_>, name: &str) -> Result<Option<Py<PyAny>>, Failure> {
    options.check_function(name, "pass a function of one argument")?;
    options.read(name, |any| Ok(any.clone().unbind()))
}

fn ledger(options: &Arguments<'_, '_>, name: &str) -> Result<Option<OptionValue>, Failure> {
    options.read(name, |any| match any.cast::<Ledger>() {
        Ok(ledger) => Ok(OptionValue::Ledger(ledger.get().0.clone())),
        Err(_) => Err(wrong_type(name, "pass a Ledger, or a path")),
    })
}

fn signing_key(options: &Arguments<'_, '_>, name: &str) -> Result<Option<OptionValue>, Failure> {
    options.read(name, |any| match any.cast::<SigningKey>() {
        Ok(key) => Ok(OptionValue::SigningKey(key.get().0.clone())),
        Err(_) => any.extract().map(OptionValue::Path).map_err(|_| {
            let advice = "pass a folder as str or os.PathLike, or a SigningKey";
            wrong_type(name, advice)
        }),
    })
}

/// The keys in a tuple.
fn verifying_keys(options: &Arguments<'_, '_>, name: &str) -> Result<Vec<OptionValue>, Failure> {
    let keys = options.any(name)?;
    let keys = keys.cast::<PyTuple>().map_err(PyErr::from)?;
    let keys = keys.iter().map(|any| match any.cast::<VerifyingKey>() {
        Ok(key) => Ok(OptionValue::VerifyingKey(key.get().0.clone())),
        Err(_) => any.extract().map(OptionValue::Path).map_err(|_| {
            let advice = "pass folders as str or os.PathLike, or VerifyingKeys";
            wrong_type(name, advice)
        }),
    });
    keys.collect()
}

/// The limits of many requests. The caller's code calls `on_progress`.
pub(crate) fn batch(arguments: &Arguments<'_, '_>) -> Result<BatchOptions, Failure> {
    arguments.check_function("on_progress", "pass a function of two arguments")?;
    let mut options = BatchOptions::default();
    options.rate = arguments.number("rate")?;
    if let Some(concurrency) = arguments.count("concurrency")? {
        options.concurrency = concurrency;
    }
    Ok(options)
}
