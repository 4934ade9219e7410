//! JavaScript values as the core's: the fields of requests, and named arguments and options.

use std::time::Duration;

use alikassa::binding::{Language, OPTIONS};
use alikassa::{Error, InvalidValue, Reason, Value};
use napi::bindgen_prelude::{
    ArrayBuffer, BufferSlice, ExternalRef, FnArgs, FromNapiValue, Function, JsObjectValue, Object,
    Unknown, Utf16String,
};
use napi::{Env, JsNumber, JsValue, ValueType};
use zeroize::Zeroizing;

use crate::codec;
use crate::error::Failure;
use crate::record_text::MAX_SAFE_INTEGER;

/// `encode` of `node/src/codec.js`. The fields of a typed call come with the names of the fields
/// that are objects.
pub(crate) type Encode<'js> =
    Function<'js, FnArgs<(Unknown<'js>, Option<Vec<&'static str>>)>, Unknown<'js>>;

/// `isIterable` of `node/src/orders.js`; false for a string.
pub(crate) type IsIterable<'js> = Function<'js, Unknown<'js>, bool>;

/// Reads the fields of requests.
pub(crate) struct FieldReader<'js>(pub(crate) Encode<'js>);

impl<'js> FieldReader<'js> {
    /// The fields of a typed call. Null and undefined mean absent, also inside the fields that
    /// `objects` names.
    pub(crate) fn fields(
        &self,
        value: Unknown<'js>,
        objects: Vec<&'static str>,
    ) -> Result<Vec<(String, Value)>, Failure> {
        self.request_fields(value, objects, &mut None)
    }

    /// The same, with the `order_id` as of [`codec::decode_request`].
    pub(crate) fn request_fields(
        &self,
        value: Unknown<'js>,
        objects: Vec<&'static str>,
        order_id: &mut Option<String>,
    ) -> Result<Vec<(String, Value)>, Failure> {
        let fields = match value.get_type()? {
            ValueType::Undefined | ValueType::Null => return Ok(Vec::new()),
            ValueType::Object => {
                codec::decode_request(self.encode(value, Some(objects))?, order_id)?
            }
            _ => Value::Null,
        };
        match fields {
            Value::Map(fields) => Ok(fields),
            _ => Err(InvalidValue::new(Reason::NotAnObject).into()),
        }
    }

    /// The fields in an argument, where undefined means absent.
    pub(crate) fn argument_fields(
        &self,
        argument: &Argument<'js>,
    ) -> Result<Vec<(String, Value)>, Failure> {
        let fields = self.fields(argument.value, Vec::new());
        fields.map_err(|failure| failure.within_key(&argument.shown))
    }

    /// The value of one field; undefined is refused.
    pub(crate) fn value(&self, field: &Argument<'js>) -> Result<Value, Failure> {
        let value = codec::decode(self.encode(field.value, None)?);
        value.map_err(|failure| failure.within_key(&field.shown))
    }

    fn encode(
        &self,
        value: Unknown<'js>,
        objects: Option<Vec<&'static str>>,
    ) -> napi::Result<Unknown<'js>> {
        self.0.call((value, objects).into())
    }
}

fn integer(value: Unknown<'_>) -> napi::Result<Option<i64>> {
    let number = JsNumber::from_unknown(value)?;
    let double = number.get_double()?;
    let integer = number.get_int64()?;
    let is_minus_zero = double == 0.0 && double.is_sign_negative();
    let is_exact =
        double.fract() == 0.0 && integer.unsigned_abs() <= MAX_SAFE_INTEGER && !is_minus_zero;
    Ok(is_exact.then_some(integer))
}

/// napi's own conversion to UTF-8 replaces a lone surrogate by U+FFFD.
fn text(value: Unknown<'_>) -> Result<String, Failure> {
    let units = Utf16String::from_unknown(value)?;
    String::from_utf16(&units).map_err(|_| InvalidValue::new(Reason::LoneSurrogate).into())
}

/// The names in options and arguments that are no option of a client, if they have several words.
const OTHER_NAMES: [&str; 4] = ["content_type", "dry_run", "on_progress", "on_update"];

/// An argument or option, with its name in errors.
pub(crate) struct Argument<'js> {
    /// Its documented name; empty if no option can have the name that is shown.
    name: String,
    shown: String,
    value: Unknown<'js>,
}

impl<'js> Argument<'js> {
    pub(crate) fn new(name: impl Into<String>, value: Unknown<'js>) -> Self {
        let name = name.into();
        Self {
            shown: name.clone(),
            name,
            value,
        }
    }

    /// A member of an object: `connectTimeout` has the documented name `connect_timeout`.
    fn member(shown: String, value: Unknown<'js>) -> Self {
        let is_camel_case = !shown.contains('_');
        Self {
            name: if is_camel_case {
                snake_case(&shown)
            } else {
                String::new()
            },
            shown,
            value,
        }
    }

    /// The options of an object that are neither undefined nor null.
    pub(crate) fn options(object: Unknown<'js>) -> Result<Vec<Self>, Failure> {
        Self::new("options", object).members()
    }

    /// The members of this object, as [`options`](Self::options).
    pub(crate) fn members(self) -> Result<Vec<Self>, Failure> {
        let Some(object) = self.present()? else {
            return Ok(Vec::new());
        };
        object.expect(ValueType::Object, "pass a plain object")?;
        let properties = object.value.coerce_to_object()?;
        // An iterable such as a Map would look like an object without members.
        if properties.has_property_js(symbol_iterator(&properties)?)? {
            return Err(object.refuse("type", "pass a plain object"));
        }
        let names = properties.get_property_names()?;
        let member = |index| -> Result<Option<Self>, Failure> {
            // Looked up by its JavaScript value: the name can hold a NUL or a lone surrogate.
            let name: Unknown = names.get_element(index)?;
            let value = properties.get_property(name)?;
            let name = text(name).map_err(|failure| failure.within_key(&object.shown))?;
            Self::member(name, value).present()
        };
        let members = (0..names.get_array_length()?).map(member);
        members.filter_map(Result::transpose).collect()
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The name as the caller wrote it.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    pub(crate) fn value(&self) -> Unknown<'js> {
        self.value
    }

    /// The same member with the path of its object in front of its name.
    pub(crate) fn within(self, path: &str) -> Self {
        Self {
            shown: format!("{path}.{}", self.shown),
            ..self
        }
    }

    /// The items of a list; a value that is not a list is its own only item.
    pub(crate) fn items(self) -> Result<Vec<Self>, Failure> {
        if !self.value.is_array()? {
            return Ok(vec![self]);
        }
        self.list_items()
    }

    /// The items of a list.
    pub(crate) fn list_items(&self) -> Result<Vec<Self>, Failure> {
        let list = self.value.coerce_to_object()?;
        let items = (0..list.get_array_length()?).map(|index| {
            let name = format!("{}[{index}]", self.shown);
            Ok(Self::new(name, list.get_element(index)?))
        });
        items.collect()
    }

    /// Itself, unless it is undefined or null.
    pub(crate) fn present(self) -> Result<Option<Self>, Failure> {
        match self.value.get_type()? {
            ValueType::Undefined | ValueType::Null => Ok(None),
            _ => Ok(Some(self)),
        }
    }

    pub(crate) fn text(&self) -> Result<String, Failure> {
        self.text_or("pass a string")
    }

    /// A string, where another type is accepted too; `advice` names both.
    pub(crate) fn text_or(&self, advice: &str) -> Result<String, Failure> {
        self.expect(ValueType::String, advice)?;
        text(self.value).map_err(|failure| failure.within_key(&self.shown))
    }

    /// The UTF-8 of a string, or the bytes of a Buffer, another view, or an `ArrayBuffer`. They are
    /// wiped on drop: they can be a password or a key.
    pub(crate) fn bytes(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let bytes = match self.value.get_type()? {
            ValueType::String => Some(self.text()?.into_bytes()),
            ValueType::Object if self.value.is_arraybuffer()? => {
                Some(ArrayBuffer::from_unknown(self.value)?.to_vec())
            }
            // Deno reads the bytes of no DataView.
            ValueType::Object if self.value.is_buffer()? => BufferSlice::from_unknown(self.value)
                .ok()
                .map(|slice| slice.to_vec()),
            _ => None,
        };
        let advice = "pass a Buffer, a Uint8Array, an ArrayBuffer or a string";
        bytes
            .map(Zeroizing::new)
            .ok_or_else(|| self.refuse("type", advice))
    }

    pub(crate) fn flag(&self) -> Result<bool, Failure> {
        self.expect(ValueType::Boolean, "pass true or false")?;
        Ok(bool::from_unknown(self.value)?)
    }

    /// A number of milliseconds. It is zero, which the core refuses, if no `Duration` can hold it.
    pub(crate) fn duration(&self) -> Result<Duration, Failure> {
        self.expect(ValueType::Number, "pass a number of milliseconds")?;
        let milliseconds = f64::from_unknown(self.value)?;
        Ok(Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or(Duration::ZERO))
    }

    pub(crate) fn integer(&self) -> Result<i64, Failure> {
        self.integer_or("type", "pass a whole number")
    }

    /// A whole number; `reason` and `advice` are those of another number.
    pub(crate) fn integer_or(&self, reason: &'static str, advice: &str) -> Result<i64, Failure> {
        self.expect(ValueType::Number, "pass a whole number")?;
        integer(self.value)?.ok_or_else(|| self.refuse(reason, advice))
    }

    pub(crate) fn count(&self) -> Result<u32, Failure> {
        u32::try_from(self.integer()?).map_err(|_| self.refuse("out_of_range", "pass 0 or more"))
    }

    pub(crate) fn rate(&self) -> Result<f64, Failure> {
        self.expect(ValueType::Number, "pass a number")?;
        Ok(f64::from_unknown(self.value)?)
    }

    /// Itself, if it can be iterated.
    pub(crate) fn iterable(&self, is_iterable: &IsIterable<'js>) -> Result<Unknown<'js>, Failure> {
        if is_iterable.call(self.value)? {
            Ok(self.value)
        } else {
            Err(self.refuse("type", "pass an iterable, such as a list"))
        }
    }

    /// The native object, if the JavaScript side passed the handle of one.
    pub(crate) fn handle<T: Clone + 'static>(&self) -> Result<Option<T>, Failure> {
        if self.value.get_type()? != ValueType::External {
            return Ok(None);
        }
        let handle: ExternalRef<T> = ExternalRef::from_unknown(self.value)?;
        Ok(Some(T::clone(&handle)))
    }

    pub(crate) fn expect_function(&self) -> Result<(), Failure> {
        self.expect(ValueType::Function, "pass a function")
    }

    /// Whether this `AbortSignal` is aborted.
    pub(crate) fn is_aborted(&self) -> Result<bool, Failure> {
        self.expect(ValueType::Object, "pass an AbortSignal")?;
        let signal = self.value.coerce_to_object()?;
        let has = |name, wanted| -> Result<bool, Failure> {
            let property: Unknown = signal.get_named_property_unchecked(name)?;
            Ok(property.get_type()? == wanted)
        };
        if has("addEventListener", ValueType::Function)?
            && has("removeEventListener", ValueType::Function)?
            && has("aborted", ValueType::Boolean)?
        {
            Ok(signal.get_named_property("aborted")?)
        } else {
            Err(self.refuse("type", "pass an AbortSignal"))
        }
    }

    /// The error for an option that does not exist; it names the one that differs in its spelling.
    pub(crate) fn unknown(&self) -> Failure {
        let names = OPTIONS.iter().map(|option| option.name);
        let mut names = names.chain(OTHER_NAMES);
        let meant = names.find(|name| letters(name) == letters(&self.shown));
        match meant.map(|name| Language::Node.option(name)) {
            Some(name) => self.refuse("unknown", &format!("there is no such option; write {name}")),
            None => self.refuse("unknown", "there is no such option"),
        }
    }

    fn expect(&self, wanted: ValueType, advice: &str) -> Result<(), Failure> {
        if self.value.get_type()? == wanted {
            Ok(())
        } else {
            Err(self.refuse("type", advice))
        }
    }

    pub(crate) fn refuse(&self, reason: &'static str, advice: &str) -> Failure {
        let message = format!("{}: {advice}", self.shown);
        Error::invalid_argument(self.shown.clone(), reason, message).into()
    }
}

fn symbol_iterator<'js>(object: &Object<'js>) -> napi::Result<Unknown<'js>> {
    let global = Env::from_raw(object.value().env).get_global()?;
    let symbol: Unknown = global.get_named_property_unchecked("Symbol")?;
    symbol
        .coerce_to_object()?
        .get_named_property_unchecked("iterator")
}

/// What all spellings of a name have in common.
fn letters(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}

fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 2);
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}
