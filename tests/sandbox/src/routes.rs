//! The provider's routes.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::http::{Answer, Head};
use crate::signature::{Certificate, DigestPolicy, Finding};
use crate::state::{Book, Entry};

struct Route {
    path: &'static str,
    certificate: Certificate,
    act: fn(&mut Book, &Fields) -> Answer,
}

const ROUTES: [Route; 3] = [
    Route {
        path: "/v1/payment/status",
        certificate: Certificate::Payment,
        act: |book, fields| status(&book.payments, fields, "Payment not found"),
    },
    Route {
        path: "/v1/payout/status",
        certificate: Certificate::Payout,
        act: |book, fields| status(&book.payouts, fields, "Payout not found"),
    },
    Route {
        path: "/v1/account/balance",
        certificate: Certificate::Payout,
        act: |book, _| Answer::json(200, &book.balance),
    },
];

type Fields = Map<String, Value>;

/// A request as the provider understands it.
pub(crate) struct Call<'a> {
    head: &'a Head,
    body: &'a [u8],
    route: Option<&'static Route>,
    fields: Option<Fields>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(head: &'a Head, body: &'a [u8]) -> Self {
        let route = ROUTES.iter().find(|route| route.path == head.path);
        Self {
            head,
            body,
            route,
            fields: fields(body),
        }
    }

    /// The `id` and the `order_id` the body names.
    pub(crate) fn names(&self) -> Vec<String> {
        let fields = self.fields.iter();
        fields
            .flat_map(|fields| NAMES.iter().filter_map(|name| text(fields.get(*name))))
            .collect()
    }

    /// Why the signature will not do; nothing where no signature is asked for.
    pub(crate) fn refusal(&self, finding: Finding, policy: DigestPolicy) -> Option<String> {
        let route = self.route.filter(|_| self.head.method == "POST")?;
        finding.refusal(route.certificate, policy, self.body)
    }

    pub(crate) fn answer(&self, account: &str, refusal: Option<&str>, book: &mut Book) -> Answer {
        let header = |name| self.head.headers.get(name).map(String::as_str);
        let Some(route) = self.route else {
            return Answer::message(404, "There is no such route");
        };
        if self.head.method != "POST" {
            return Answer::message(405, "Only POST is supported here");
        }
        if !header("content-type").is_some_and(is_json) {
            return Answer::message(415, "Content-Type must be application/json");
        }
        if header("account") != Some(account) {
            return Answer::message(401, "The header Account names no account known here");
        }
        if let Some(refusal) = refusal {
            return Answer::message(401, refusal);
        }
        match &self.fields {
            Some(fields) => (route.act)(book, fields),
            None => invalid([("body", "The body must be a JSON object.".into())]),
        }
    }
}

/// `[]`, `{}`, `null` and nothing at all are what the samples in different languages send for a
/// call without fields.
fn fields(body: &[u8]) -> Option<Fields> {
    if body.is_empty() {
        return Some(Fields::new());
    }
    match serde_json::from_slice(body).ok()? {
        Value::Null => Some(Fields::new()),
        Value::Array(items) if items.is_empty() => Some(Fields::new()),
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

const NAMES: [&str; 2] = ["id", "order_id"];
const NAME_LIMIT: usize = 128;

fn status<T: Entry + Serialize>(entries: &[T], fields: &Fields, not_found: &str) -> Answer {
    let [id, order_id] = match names(fields) {
        Ok(names) => names,
        Err(refusal) => return refusal,
    };
    let is_meant = |entry: &&T| {
        id.as_ref().is_none_or(|id| *id == entry.id().to_string())
            && order_id
                .as_ref()
                .is_none_or(|order_id| order_id == entry.order_id())
    };
    match entries.iter().find(is_meant) {
        Some(entry) => Answer::json(200, entry),
        None => Answer::message(404, not_found),
    }
}

/// `id` and `order_id`, of which at least one is there.
fn names(fields: &Fields) -> Result<[Option<String>; 2], Answer> {
    let complaints = NAMES
        .iter()
        .filter_map(|name| complaint(name, fields.get(*name)?));
    let complaints: Vec<_> = complaints.collect();
    if !complaints.is_empty() {
        return Err(invalid(complaints));
    }
    let names = NAMES.map(|name| text(fields.get(name)).filter(|text| !text.is_empty()));
    if names.iter().all(Option::is_none) {
        return Err(invalid(
            NAMES.map(|name| (name, "id or order_id is required.".into())),
        ));
    }
    Ok(names)
}

type Complaint<'a> = (&'a str, String);

fn complaint<'a>(name: &'a str, value: &Value) -> Option<Complaint<'a>> {
    match text(Some(value)) {
        Some(text) if text.chars().count() > NAME_LIMIT => {
            let limit = format!("The {name} may not be over {NAME_LIMIT} characters.");
            Some((name, limit))
        }
        None if !value.is_null() => Some((name, format!("The {name} must be a string."))),
        _ => None,
    }
}

/// A name's text; ids are also seen as numbers.
fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn invalid<'a>(complaints: impl IntoIterator<Item = Complaint<'a>>) -> Answer {
    let complaints = complaints.into_iter();
    let errors: Fields = complaints
        .map(|(field, message)| (field.to_owned(), json!([message])))
        .collect();
    let message = "The given data was invalid.";
    Answer::json(400, &json!({ "message": message, "errors": errors }))
}
