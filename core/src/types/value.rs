//! JSON values without binary floats: the content of request and response bodies.

/// A value in the body of a request or response. It has no binary floats.
///
/// ```
/// use alikassa::Value;
/// let body = Value::from([("order_id", "B-1"), ("amount", "300.00")]);
/// assert_eq!(body.get("amount").and_then(Value::as_str), Some("300.00"));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// JSON null.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer that fits in 64 bits.
    Integer(i64),
    /// An exact decimal. A request body has it as a JSON string; in a response it is the digits of
    /// a JSON number.
    Decimal(String),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// An object. Its keys keep their order.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// The member `key`, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => members
                .iter()
                .find_map(|(name, value)| (name == key).then_some(value)),
            _ => None,
        }
    }

    /// The string, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl From<bool> for Value {
    fn from(bool: bool) -> Self {
        Self::Bool(bool)
    }
}

/// An object with these members, in this order.
impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for Value {
    fn from(pairs: [(K, V); N]) -> Self {
        Self::Map(
            pairs
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}
