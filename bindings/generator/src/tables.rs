//! The core's tables as the templates read them.

use std::collections::BTreeMap;

use alikassa::binding::{
    self, EVENT_SOURCES, Field, FieldKind, ID_SOURCES, Input, OPERATIONS, OPTIONS, OptionDefault,
    OptionKind, RecordBase, RequestField, Rule, SUBJECTS,
};
use alikassa::{
    ClientEvent, ClientEventKind, Digest, DryRun, ErrorKind, LedgerEvent, LedgerRow, LedgerState,
    MatchedBy, Notification, Outcome, PaymentStatus, Phase, Redirect,
};
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct Tables {
    pub(crate) operations: Vec<Operation>,
    orders: Vec<Orders>,
    pub(crate) requests: Vec<RequestType>,
    pub(crate) records: Vec<RecordType>,
    pub(crate) errors: Vec<ErrorClass>,
    pub(crate) options: Vec<ClientOption>,
    statuses: Vec<Status>,
    /// The words that a text has, by the kind of the text.
    words: BTreeMap<&'static str, Vec<&'static str>>,
    loggable: &'static [&'static str],
}

#[derive(Serialize)]
pub(crate) struct Operation {
    /// `payouts.status`
    pub(crate) name: &'static str,
    /// `payouts`
    resource: &'static str,
    /// `status`
    verb: &'static str,
    doc: String,
    source: &'static str,
    pub(crate) path: &'static str,
    pub(crate) cert: &'static str,
    /// `create` or `read`
    pub(crate) kind: String,
    /// `nothing`, `order` or `fields`
    pub(crate) takes: &'static str,
    pub(crate) request: Option<&'static str>,
    pub(crate) reply: &'static str,
}

/// The calls `resolve` and `wait` exist for each resource that has a create.
#[derive(Serialize)]
struct Orders {
    /// `payouts`
    resource: &'static str,
    /// The record of its status: `Payout`.
    status: &'static str,
}

#[derive(Serialize)]
pub(crate) struct RequestType {
    pub(crate) name: &'static str,
    doc: String,
    #[serde(skip)]
    pub(crate) fields: &'static [RequestField],
    #[serde(rename = "fields")]
    rows: Vec<RequestRow>,
    /// Whether an operation takes it, and so `other_fields`; if not it is an object that takes any
    /// field.
    is_top_level: bool,
}

#[derive(Serialize)]
struct RequestRow {
    name: &'static str,
    doc: &'static str,
    required: bool,
    kind: &'static str,
    /// The type of an object.
    item: Option<&'static str>,
}

#[derive(Serialize)]
pub(crate) struct RecordType {
    pub(crate) name: &'static str,
    doc: String,
    pub(crate) base: RecordBaseName,
    pub(crate) fields: Vec<RecordField>,
    details: Vec<RecordField>,
    pub(crate) loggable: &'static [&'static str],
    pub(crate) has_is_final: bool,
}

#[derive(Clone, Copy, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RecordBaseName {
    Response,
    Part,
    Signed,
    LedgerRow,
}

#[derive(Serialize)]
pub(crate) struct RecordField {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) required: bool,
    pub(crate) kind: &'static str,
    /// The type of a record, or of the records of a list.
    pub(crate) item: Option<&'static str>,
}

#[derive(Serialize)]
pub(crate) struct ErrorClass {
    pub(crate) kind: String,
    pub(crate) code: &'static str,
    pub(crate) class: &'static str,
    pub(crate) parent: &'static str,
    pub(crate) c_status: i32,
    pub(crate) c_name: String,
    doc: String,
}

#[derive(Serialize)]
pub(crate) struct ClientOption {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    /// The words of a choice.
    pub(crate) words: &'static [&'static str],
    /// The ends of the range of a count, or of a duration in milliseconds.
    min: u64,
    max: u64,
    /// None, a boolean, a text, a number, or a number of milliseconds.
    pub(crate) default: Option<serde_json::Value>,
    pub(crate) variable: Option<&'static str>,
    key_variable: Option<&'static str>,
    password_variable: Option<&'static str>,
    doc: &'static str,
}

#[derive(Serialize)]
struct Status {
    name: &'static str,
    value: &'static str,
    doc: &'static str,
}

impl Tables {
    /// `payments`, `payouts` and so on, in the order of the operations.
    pub(crate) fn resources(&self) -> Vec<&'static str> {
        let mut resources: Vec<_> = self.operations.iter().map(|row| row.resource).collect();
        resources.dedup();
        resources
    }
}

pub(crate) fn read() -> Tables {
    let operations: Vec<Operation> = OPERATIONS.iter().copied().map(operation).collect();
    Tables {
        orders: orders(&operations),
        operations,
        requests: requests(),
        records: records(),
        errors: ErrorKind::ALL.iter().copied().map(error_class).collect(),
        options: OPTIONS.iter().map(client_option).collect(),
        statuses: PaymentStatus::KNOWN
            .iter()
            .map(|status| Status {
                name: status.name,
                value: status.value,
                doc: status.doc,
            })
            .collect(),
        words: words(),
        loggable: binding::LOGGABLE_FIELDS,
    }
}

fn words() -> BTreeMap<&'static str, Vec<&'static str>> {
    BTreeMap::from([
        (
            "client_event_kind",
            ClientEventKind::ALL.map(ClientEventKind::as_str).to_vec(),
        ),
        ("digest", Digest::ALL.map(Digest::as_str).to_vec()),
        ("event_source", EVENT_SOURCES.to_vec()),
        ("id_source", ID_SOURCES.to_vec()),
        (
            "ledger_state",
            LedgerState::ALL.map(LedgerState::as_str).to_vec(),
        ),
        ("matched_by", MatchedBy::ALL.map(MatchedBy::as_str).to_vec()),
        ("outcome", Outcome::ALL.map(Outcome::as_str).to_vec()),
        ("phase", Phase::ALL.map(Phase::as_str).to_vec()),
        (
            "status",
            PaymentStatus::KNOWN.iter().map(|s| s.value).collect(),
        ),
        ("subject", SUBJECTS.to_vec()),
    ])
}

fn operation(row: &'static binding::Operation) -> Operation {
    let (resource, verb) = row.name.split_once('.').unwrap_or_default();
    Operation {
        name: row.name,
        resource,
        verb,
        doc: documentation(row.doc, None),
        source: row.source,
        path: row.path,
        cert: row.cert.as_str(),
        kind: format!("{:?}", row.kind).to_lowercase(),
        takes: match row.input {
            Input::Nothing => "nothing",
            Input::Order => "order",
            Input::Fields(_) => "fields",
        },
        request: request_of(row).map(|request| request.name),
        reply: row.reply.name,
    }
}

fn orders(operations: &[Operation]) -> Vec<Orders> {
    let creates = operations.iter().filter(|row| row.kind == "create");
    let orders = creates.filter_map(|create| {
        let resource = create.resource;
        let mut rows = operations.iter();
        let status = rows.find(|row| row.resource == resource && row.verb == "status")?;
        Some(Orders {
            resource,
            status: status.reply,
        })
    });
    orders.collect()
}

fn request_of(row: &binding::Operation) -> Option<&'static binding::RequestType> {
    match row.input {
        Input::Fields(request) => Some(request),
        Input::Nothing | Input::Order => None,
    }
}

/// The requests of the operations, each behind the objects in it.
fn requests() -> Vec<RequestType> {
    let mut requests = Vec::new();
    for request in OPERATIONS.iter().filter_map(|row| request_of(row)) {
        for field in request.fields {
            if let Rule::Object(object) = field.rule {
                add_request(&mut requests, object, false);
            }
        }
        add_request(&mut requests, request, true);
    }
    requests
}

/// Two operations can take the same request.
fn add_request(
    requests: &mut Vec<RequestType>,
    request: &'static binding::RequestType,
    is_top_level: bool,
) {
    if requests.iter().all(|known| known.name != request.name) {
        requests.push(request_type(request, is_top_level));
    }
}

fn request_type(request: &'static binding::RequestType, is_top_level: bool) -> RequestType {
    RequestType {
        name: request.name,
        doc: documentation(request.doc, Some(request.source)),
        fields: request.fields,
        rows: request.fields.iter().map(request_row).collect(),
        is_top_level,
    }
}

fn request_row(field: &RequestField) -> RequestRow {
    let (kind, item) = match field.rule {
        Rule::Amount(_) => ("amount", None),
        Rule::Date => ("date", None),
        Rule::Integer(..) => ("integer", None),
        Rule::Ip => ("ip", None),
        Rule::Object(object) => ("object", Some(object.name)),
        Rule::Recipient | Rule::Text(_) => ("text", None),
        Rule::TextOrInteger(_) => ("text_or_integer", None),
        Rule::Url => ("url", None),
    };
    RequestRow {
        name: field.name,
        doc: field.doc,
        required: field.required,
        kind,
        item,
    }
}

/// The replies of the operations, what is verified, a row and an event of the ledger, and an event of
/// a client, each behind the records in it.
fn records() -> Vec<RecordType> {
    let replies = OPERATIONS.iter().map(|row| row.reply);
    let others = [
        Notification::TYPE,
        Redirect::TYPE,
        LedgerRow::TYPE,
        LedgerEvent::TYPE,
        ClientEvent::TYPE,
        DryRun::TYPE,
    ];
    let mut records = Vec::new();
    for record in replies.chain(others) {
        add_record(&mut records, record);
    }
    records
}

fn add_record(records: &mut Vec<RecordType>, record: &'static binding::RecordType) {
    for field in record.fields {
        if let FieldKind::List(item) | FieldKind::Record(item) = field.kind {
            add_record(records, item);
        }
    }
    if records.iter().all(|known| known.name != record.name) {
        records.push(RecordType {
            name: record.name,
            doc: documentation(record.doc, record.source),
            base: match record.base {
                RecordBase::Response => RecordBaseName::Response,
                RecordBase::Part => RecordBaseName::Part,
                RecordBase::Signed => RecordBaseName::Signed,
                RecordBase::LedgerRow => RecordBaseName::LedgerRow,
            },
            fields: record.fields.iter().map(record_field).collect(),
            details: record.details.iter().map(record_field).collect(),
            loggable: record.loggable,
            has_is_final: record.has_is_final,
        });
    }
}

fn record_field(field: &Field) -> RecordField {
    let (kind, item) = match field.kind {
        FieldKind::Amount => ("amount", None),
        FieldKind::Bool => ("bool", None),
        FieldKind::ClientEventKind => ("client_event_kind", None),
        FieldKind::Digest => ("digest", None),
        FieldKind::EventSource => ("event_source", None),
        FieldKind::IdSource => ("id_source", None),
        FieldKind::Integer => ("integer", None),
        FieldKind::LedgerState => ("ledger_state", None),
        FieldKind::List(item) => ("list", Some(item.name)),
        FieldKind::Record(item) => ("record", Some(item.name)),
        FieldKind::Status => ("status", None),
        FieldKind::Subject => ("subject", None),
        FieldKind::Text => ("text", None),
        FieldKind::Timestamp => ("timestamp", None),
    };
    RecordField {
        name: field.name,
        doc: field.doc,
        required: field.required,
        kind,
        item,
    }
}

fn error_class(kind: ErrorKind) -> ErrorClass {
    ErrorClass {
        kind: format!("{kind:?}"),
        code: kind.code(),
        class: kind.class(),
        parent: kind.parent(),
        c_status: kind.c_status(),
        c_name: format!("ALIKASSA_STATUS_{}", kind.code().to_uppercase()),
        doc: documentation(kind.doc(), None),
    }
}

fn client_option(option: &binding::ClientOption) -> ClientOption {
    let (mut words, mut range): (&[_], _) = (&[], (0, 0));
    let kind = match option.kind {
        OptionKind::Account => "account",
        OptionKind::Choice(choice) => {
            words = choice;
            "choice"
        }
        OptionKind::Count(min, max) => {
            range = (min, max);
            "count"
        }
        OptionKind::Duration(min, max) => {
            range = (min, max);
            "duration"
        }
        OptionKind::EventHook => "event_hook",
        OptionKind::Flag => "flag",
        OptionKind::Ledger => "ledger",
        OptionKind::Limits => "limits",
        OptionKind::Path => "path",
        OptionKind::SigningKey => "signing_key",
        OptionKind::Text => "text",
        OptionKind::VerifyingKeys => "verifying_keys",
    };
    ClientOption {
        name: option.name,
        kind,
        words,
        min: range.0,
        max: range.1,
        default: option.default.map(|default| match default {
            OptionDefault::Count(count) => count.into(),
            OptionDefault::Seconds(seconds) => (seconds * 1000).into(),
            OptionDefault::Flag(flag) => flag.into(),
            OptionDefault::Text(text) => text.into(),
        }),
        variable: option.variable,
        key_variable: option.key_variable,
        password_variable: option.password_variable,
        doc: option.doc,
    }
}

/// Lines of a doc comment as paragraphs with an empty line between two, the source in the last one.
fn documentation(lines: &[&str], source: Option<&str>) -> String {
    let mut text = String::new();
    for line in lines.iter().map(|line| line.trim()) {
        match (line, text.ends_with('\n')) {
            ("", _) => text.push_str("\n\n"),
            (line, true) => text.push_str(line),
            (line, false) => {
                text.push(' ');
                text.push_str(line);
            }
        }
    }
    if let Some(source) = source {
        text.push_str("\n\nSource: ");
        text.push_str(source);
        text.push('.');
    }
    text.trim().to_owned()
}
