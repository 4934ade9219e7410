//! Where types change: JavaScript values become the core's, and the core's answers become JavaScript values.

use std::collections::HashSet;
use std::time::Duration;

use alikassa::binding::{FieldValue, Record, ResolutionView, Response};
use alikassa::{Error, InvalidValue, LedgerRow, MatchedBy, Notification, Reason, Reply, Value};
use napi::bindgen_prelude::{
    BigInt, BufferSlice, Either, External, ExternalRef, FnArgs, FromNapiValue, Function,
    JsObjectValue, Null, Object, ToNapiValue, Unknown, Utf16String,
};
use napi::{Env, JsNumber, JsValue, Property, ValueType};
use zeroize::Zeroizing;

use crate::codec;
use crate::error::Failure;

/// The largest integer that a JavaScript number holds for certain.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// `encode` of `node/src/codec.js`. The fields of a typed call come with the names of the fields that
/// are objects.
pub(crate) type Encode<'js> =
    Function<'js, FnArgs<(Unknown<'js>, Option<Vec<&'static str>>)>, Unknown<'js>>;

/// The JavaScript side's word on whether something can be iterated; a text is not meant to be.
pub(crate) type IsIterable<'js> = Function<'js, Unknown<'js>, bool>;

/// Reads fields.
pub(crate) struct Reader<'js>(pub(crate) Encode<'js>);

impl<'js> Reader<'js> {
    /// The fields of a typed call: null and undefined are fields not given, inside one of `objects`, which have fields
    /// of their own, too.
    pub(crate) fn fields(
        &self,
        value: Unknown<'js>,
        objects: Vec<&'static str>,
    ) -> Result<Vec<(String, Value)>, Failure> {
        self.fields_of_order(value, objects, &mut None)
    }

    /// The same, and the order's id as [`codec::decode_request`] gives it.
    pub(crate) fn fields_of_order(
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

    /// The fields under an argument; undefined is a field not given, at the top.
    pub(crate) fn fields_of(
        &self,
        argument: &Argument<'js>,
    ) -> Result<Vec<(String, Value)>, Failure> {
        let fields = self.fields(argument.value, Vec::new());
        fields.map_err(|failure| failure.within_key(&argument.name))
    }

    /// The value of one field, undefined refused.
    pub(crate) fn field(&self, field: &Argument<'js>) -> Result<Value, Failure> {
        let value = codec::decode(self.encode(field.value, None)?);
        value.map_err(|failure| failure.within_key(&field.name))
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
    let minus_zero = double == 0.0 && double.is_sign_negative();
    let exact = double.fract() == 0.0 && integer.unsigned_abs() <= MAX_SAFE_INTEGER && !minus_zero;
    Ok(exact.then_some(integer))
}

/// napi's own reading as UTF-8 would put U+FFFD in place of half a surrogate pair.
fn text(value: Unknown<'_>) -> Result<String, Failure> {
    let units = Utf16String::from_unknown(value)?;
    String::from_utf16(&units).map_err(|_| InvalidValue::new(Reason::LoneSurrogate).into())
}

/// An argument or option, and the name it has in errors.
pub(crate) struct Argument<'js> {
    name: String,
    value: Unknown<'js>,
}

impl<'js> Argument<'js> {
    pub(crate) fn new(name: impl Into<String>, value: Unknown<'js>) -> Self {
        Self {
            name: name.into(),
            value,
        }
    }

    /// The options of an object that are given: neither undefined nor null. Their names are those of the
    /// documents, `connect_timeout` for `connectTimeout`.
    pub(crate) fn options(object: Unknown<'js>) -> Result<Vec<Self>, Failure> {
        Self::new("options", object).members()
    }

    /// The members that are given, as [`options`](Self::options).
    pub(crate) fn members(self) -> Result<Vec<Self>, Failure> {
        let Some(options) = self.if_given()? else {
            return Ok(Vec::new());
        };
        options.expect(ValueType::Object, "pass a plain object")?;
        let object = options.value.coerce_to_object()?;
        // What holds values without names, as a Map does, would look like an object without members.
        if object.has_property_js(symbol_iterator(&object)?)? {
            return Err(options.refuse("type", "pass a plain object"));
        }
        let names = object.get_property_names()?;
        let given = |index| -> Result<Option<Self>, Failure> {
            // As JavaScript has it: it may hold a NUL, or half of a surrogate pair.
            let name: Unknown = names.get_element(index)?;
            let value = object.get_property(name)?;
            let name = text(name).map_err(|failure| failure.within_key(&options.name))?;
            Self::new(snake_case(&name), value).if_given()
        };
        let members = (0..names.get_array_length()?).map(given);
        let members = members.filter_map(Result::transpose);
        let members = members.collect::<Result<Vec<_>, _>>()?;
        let mut seen = HashSet::new();
        match members.iter().find(|member| !seen.insert(member.name())) {
            Some(again) => Err(again.refuse("twice", "it is given twice")),
            None => Ok(members),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The items of a list; itself, when it is none.
    pub(crate) fn items(self) -> Result<Vec<Self>, Failure> {
        if !self.value.is_array()? {
            return Ok(vec![self]);
        }
        let list = self.value.coerce_to_object()?;
        let items = (0..list.get_array_length()?).map(|index| {
            let name = format!("{}[{index}]", self.name);
            Ok(Self::new(name, list.get_element(index)?))
        });
        items.collect()
    }

    /// Itself, unless it is undefined or null.
    pub(crate) fn if_given(self) -> Result<Option<Self>, Failure> {
        match self.value.get_type()? {
            ValueType::Undefined | ValueType::Null => Ok(None),
            _ => Ok(Some(self)),
        }
    }

    pub(crate) fn text(&self) -> Result<String, Failure> {
        self.text_or("pass a string")
    }

    /// A text, where something else could stand as well, as the advice says.
    pub(crate) fn text_or(&self, advice: &str) -> Result<String, Failure> {
        self.expect(ValueType::String, advice)?;
        text(self.value).map_err(|failure| failure.within_key(&self.name))
    }

    /// A text's UTF-8, or the bytes of a Buffer, wiped when done with: they may be a password or a key.
    pub(crate) fn bytes(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let bytes = match self.value.get_type()? {
            ValueType::String => self.text()?.into_bytes(),
            ValueType::Object if self.value.is_buffer()? => {
                BufferSlice::from_unknown(self.value)?.to_vec()
            }
            _ => return Err(self.refuse("type", "pass a Buffer or a string")),
        };
        Ok(Zeroizing::new(bytes))
    }

    pub(crate) fn flag(&self) -> Result<bool, Failure> {
        self.expect(ValueType::Boolean, "pass true or false")?;
        Ok(bool::from_unknown(self.value)?)
    }

    /// A number of milliseconds. The core refuses zero, and so whatever no duration can hold.
    pub(crate) fn duration(&self) -> Result<Duration, Failure> {
        self.expect(ValueType::Number, "pass a number of milliseconds")?;
        let milliseconds = f64::from_unknown(self.value)?;
        Ok(Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or(Duration::ZERO))
    }

    pub(crate) fn count(&self) -> Result<u32, Failure> {
        self.expect(ValueType::Number, "pass a whole number")?;
        let whole = integer(self.value)?;
        let whole = whole.ok_or_else(|| self.refuse("type", "pass a whole number"))?;
        u32::try_from(whole).map_err(|_| self.refuse("out_of_range", "pass 0 or more"))
    }

    pub(crate) fn rate(&self) -> Result<f64, Failure> {
        self.expect(ValueType::Number, "pass a number")?;
        Ok(f64::from_unknown(self.value)?)
    }

    /// Itself, if the JavaScript side can take one value after the other from it.
    pub(crate) fn iterable(&self, is_iterable: &IsIterable<'js>) -> Result<Unknown<'js>, Failure> {
        if is_iterable.call(self.value)? {
            Ok(self.value)
        } else {
            Err(self.refuse("type", "pass an iterable, such as a list"))
        }
    }

    /// What the JavaScript side took out of its class; none for anything else.
    pub(crate) fn handle<T: Clone + 'static>(&self) -> Result<Option<T>, Failure> {
        if self.value.get_type()? != ValueType::External {
            return Ok(None);
        }
        let handle: ExternalRef<T> = ExternalRef::from_unknown(self.value)?;
        Ok(Some(T::clone(&handle)))
    }

    /// Refuses what is no function.
    pub(crate) fn function(&self) -> Result<(), Failure> {
        self.expect(ValueType::Function, "pass a function")
    }

    /// Whether this `AbortSignal` is aborted.
    pub(crate) fn aborted(&self) -> Result<bool, Failure> {
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

    /// The refusal of an option that does not exist.
    pub(crate) fn unknown(&self) -> Failure {
        self.refuse("unknown", "there is no such option")
    }

    fn expect(&self, wanted: ValueType, advice: &str) -> Result<(), Failure> {
        if self.value.get_type()? == wanted {
            Ok(())
        } else {
            Err(self.refuse("type", advice))
        }
    }

    pub(crate) fn refuse(&self, reason: &'static str, advice: &str) -> Failure {
        let message = format!("{}: {advice}", self.name);
        Error::invalid_argument(self.name.clone(), reason, message).into()
    }
}

fn symbol_iterator<'js>(object: &Object<'js>) -> napi::Result<Unknown<'js>> {
    let global = Env::from_raw(object.value().env).get_global()?;
    let symbol: Unknown = global.get_named_property_unchecked("Symbol")?;
    symbol
        .coerce_to_object()?
        .get_named_property_unchecked("iterator")
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

/// `{ type, fields, is_final, details, other, raw }` for a typed answer, `{ status, body, handle }` for a raw one,
/// `{ found, status, matched_by }` with a typed answer or null for a resolution, a list for rows.
pub(crate) fn answer_to_js(env: &Env, answer: Response) -> Result<Unknown<'_>, Failure> {
    let answer = match answer {
        Response::Reply(reply) => return Ok(reply_to_js(env, reply)?.into_unknown(env)?),
        Response::Rows(rows) => return Ok(rows_to_js(env, &rows)?),
        typed => typed,
    };
    if let Some(resolution) = answer.resolution() {
        return Ok(resolution_to_js(env, &resolution)?.into_unknown(env)?);
    }
    let record = answer.record();
    let record = record.ok_or_else(|| Error::internal("an answer without fields"))?;
    Ok(record_to_js(env, &record)?.into_unknown(env)?)
}

/// A verified notification or redirect; `handle` is what a ledger takes note of.
pub(crate) fn verified_to_js<'js>(
    env: &'js Env,
    answer: &Response,
) -> Result<Object<'js>, Failure> {
    let record = answer.record();
    let record = record.ok_or_else(|| Error::internal("an answer without fields"))?;
    let mut object = record_to_js(env, &record)?;
    if let Response::Notification(event) = answer {
        let event = Notification::clone(event);
        object.set("handle", External::new(event))?;
    }
    Ok(object)
}

fn record_to_js<'js>(env: &'js Env, record: &Record<'_>) -> napi::Result<Object<'js>> {
    let mut fields = Object::new(env)?;
    for (field, value) in &record.fields {
        fields.set(field.name, field_to_js(env, value)?)?;
    }
    let mut details = Object::new(env)?;
    for (name, detail) in &record.details {
        details.set(name, detail)?;
    }
    let mut object = Object::new(env)?;
    object.set("type", record.name)?;
    object.set("fields", fields)?;
    object.set("is_final", record.is_final)?;
    object.set("details", details)?;
    object.set("other", members_to_js(env, record.other)?)?;
    object.set("raw", BufferSlice::copy_from(env, record.raw)?)?;
    Ok(object)
}

fn field_to_js<'js>(env: &'js Env, value: &FieldValue<'_>) -> napi::Result<Unknown<'js>> {
    match value {
        FieldValue::Amount(amount) => amount.as_str().into_unknown(env),
        FieldValue::Bool(bool) => bool.into_unknown(env),
        FieldValue::Integer(integer) => integer_to_js(env, *integer),
        FieldValue::List(records) => {
            let records = records.iter().map(|record| record_to_js(env, record));
            records.collect::<napi::Result<Vec<_>>>()?.into_unknown(env)
        }
        FieldValue::Record(record) => record_to_js(env, record)?.into_unknown(env),
        FieldValue::Text(text) => text.into_unknown(env),
        _ => Null.into_unknown(env),
    }
}

fn resolution_to_js<'js>(
    env: &'js Env,
    resolution: &ResolutionView<'_>,
) -> napi::Result<Object<'js>> {
    let status = resolution.status.as_ref();
    let status = status.map(|status| record_to_js(env, status)).transpose()?;
    let mut object = Object::new(env)?;
    object.set("found", resolution.found)?;
    object.set("status", status.map_or(Either::B(Null), Either::A))?;
    let matched_by = resolution.matched_by.map(MatchedBy::as_str);
    object.set("matched_by", matched_by.map_or(Either::B(Null), Either::A))?;
    Ok(object)
}

/// A list of the rows' fields.
pub(crate) fn rows_to_js<'js>(env: &'js Env, rows: &[LedgerRow]) -> napi::Result<Unknown<'js>> {
    let rows = rows.iter().map(|row| members_to_js(env, &row.fields()));
    rows.collect::<napi::Result<Vec<_>>>()?.into_unknown(env)
}

fn reply_to_js(env: &Env, reply: Reply) -> napi::Result<Object<'_>> {
    let mut object = Object::new(env)?;
    object.set("status", reply.status)?;
    object.set("body", BufferSlice::copy_from(env, &reply.body)?)?;
    object.set("handle", External::new(reply))?;
    Ok(object)
}

/// A value of an answer: an integer beyond the safe ones becomes a bigint, any other number the text of its digits.
pub(crate) fn to_js<'js>(env: &'js Env, value: &Value) -> napi::Result<Unknown<'js>> {
    match value {
        Value::Bool(bool) => bool.into_unknown(env),
        Value::Integer(integer) => integer_to_js(env, *integer),
        Value::Decimal(text) | Value::Text(text) => text.as_str().into_unknown(env),
        Value::List(items) => {
            let items: napi::Result<Vec<_>> = items.iter().map(|item| to_js(env, item)).collect();
            items?.into_unknown(env)
        }
        Value::Map(members) => members_to_js(env, members)?.into_unknown(env),
        _ => Null.into_unknown(env),
    }
}

/// An object of the members.
pub(crate) fn members_to_js<'js, K: AsRef<str>>(
    env: &'js Env,
    members: &[(K, Value)],
) -> napi::Result<Object<'js>> {
    let members = members.iter();
    object_of(
        env,
        members.map(|(key, value)| Ok((key.as_ref(), to_js(env, value)?))),
    )
}

/// An object of the arguments, by name.
pub(crate) fn arguments_to_js<'js>(
    env: &'js Env,
    arguments: &[Argument<'js>],
) -> napi::Result<Object<'js>> {
    let arguments = arguments.iter();
    object_of(
        env,
        arguments.map(|argument| Ok((argument.name(), argument.value))),
    )
}

/// An object of these members. They are defined, not set: setting `__proto__` would change what the object is.
fn object_of<'js, 'm>(
    env: &'js Env,
    members: impl Iterator<Item = napi::Result<(&'m str, Unknown<'js>)>>,
) -> napi::Result<Object<'js>> {
    let properties = members.map(|member| {
        let (name, value) = member?;
        Ok(Property::new().with_name(env, name)?.with_value(&value))
    });
    let properties = properties.collect::<napi::Result<Vec<_>>>()?;
    let mut object = Object::new(env)?;
    object.define_properties(&properties)?;
    Ok(object)
}

fn integer_to_js(env: &Env, integer: i64) -> napi::Result<Unknown<'_>> {
    if integer.unsigned_abs() <= MAX_SAFE_INTEGER {
        integer.into_unknown(env)
    } else {
        BigInt::from(integer).into_unknown(env)
    }
}
