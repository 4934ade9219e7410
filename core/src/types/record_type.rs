//! A type of reply as data: what the bindings, the documents and the tests are generated from.

/// A type of reply: its name, its documentation and its fields, the same in every language.
#[derive(Debug)]
pub struct RecordType {
    /// The type's name: `"Payout"`.
    pub name: &'static str,
    /// The documentation, in lines; field names are in backticks.
    pub doc: &'static [&'static str],
    /// The provider's page that describes it, such as `"the payout status page"`.
    pub source: Option<&'static str>,
    /// What the type has besides its fields.
    pub base: RecordBase,
    /// The fields, in the order of the provider's page.
    pub fields: &'static [Field],
    /// What the library found out while reading it, such as the digest of a signature.
    pub details: &'static [Field],
    /// The names of the fields that logs may show; all others may be personal data.
    pub loggable: &'static [&'static str],
    /// Whether it has `is_final`, which follows from `payment_status`.
    pub has_is_final: bool,
}

/// What a type of reply has besides its fields.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RecordBase {
    /// A whole response: `other` and `raw`.
    Response,
    /// A part of a response: `other`. The bytes belong to the response.
    Part,
    /// A verified notification or redirect: `unsigned`, and the signed text as `raw`.
    Signed,
    /// A row or an event of the ledger: nothing.
    LedgerRow,
}

/// A field of a reply: its name in every language, its type, and its documentation.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The provider's name.
    pub name: &'static str,
    /// The type of its value.
    pub kind: FieldKind,
    /// Whether it always has a value. A list is never null either.
    pub required: bool,
    /// One sentence for the documentation of every language.
    pub doc: &'static str,
}

/// The type of a field.
#[derive(Clone, Copy, Debug)]
pub enum FieldKind {
    /// An exact decimal amount.
    Amount,
    /// A boolean.
    Bool,
    /// What happened in a call.
    ClientEventKind,
    /// A digest: `sha1` or `sha256`.
    Digest,
    /// What changed a row of the ledger.
    EventSource,
    /// How the id of a row of the ledger is known.
    IdSource,
    /// A 64-bit integer.
    Integer,
    /// The state of a row of the ledger.
    LedgerState,
    /// A list of records of this type.
    List(&'static RecordType),
    /// A record of this type.
    Record(&'static RecordType),
    /// The status of a payment or payout.
    Status,
    /// What a notification is about: `payment`, `payout`, or a word added later.
    Subject,
    /// A text.
    Text,
    /// A time in milliseconds since 1970.
    Timestamp,
}
