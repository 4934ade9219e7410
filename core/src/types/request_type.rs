//! A type of request as data: what the checks, the bindings and the documents are made from.

/// A type of request: its name, its documentation and its fields, the same in every language.
#[derive(Debug)]
pub struct RequestType {
    /// The type's name: `"PayoutRequest"`.
    pub name: &'static str,
    /// The documentation, in lines; field names are in backticks.
    pub doc: &'static [&'static str],
    /// The provider's page that describes it, such as `"the payout creation page"`.
    pub source: &'static str,
    /// The fields, in the order they are sent.
    pub fields: &'static [RequestField],
}

/// A field of a request: its name in every language, the values it accepts, and its documentation.
#[derive(Clone, Copy, Debug)]
pub struct RequestField {
    /// The provider's name.
    pub name: &'static str,
    /// The values it accepts.
    pub rule: Rule,
    /// Whether a request must have it.
    pub required: bool,
    /// One sentence for the documentation of every language.
    pub doc: &'static str,
}

/// The values that a field of a request accepts.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// A decimal above 0 with up to this number of integer digits and up to 2 decimals. It is sent
    /// as given, without zeros after the second decimal.
    Amount(usize),
    /// A day, as `2024-11-01`.
    Date,
    /// An integer in this range, both ends included.
    Integer(i64, i64),
    /// An IPv4 or IPv6 address.
    Ip,
    /// An object with the fields of this type, and any other fields.
    Object(&'static RequestType),
    /// The number of an account, card or phone, as text. A card number has no blanks.
    Recipient,
    /// A text of up to this number of characters, if the provider documents a limit.
    Text(Option<usize>),
    /// An integer of 0 or more, or a text, of up to this number of characters.
    TextOrInteger(usize),
    /// An http or https URL of up to 255 characters.
    Url,
}
