//! Notifications: exactly the signed ones are accepted.
//!
//! The first byte chooses the kind of the payload. The rest is either the payload itself, which is
//! accepted only with a text that was signed for the corpus, or values that this target signs.
#![no_main]

use std::fmt::Write as _;
use std::sync::LazyLock;

use alikassa::binding::{FieldValue, Response, parse_response};
use alikassa::{
    Amount, Client, Digest, Error, ErrorKind, Notification, Result, SigningKey, Value,
    WebhookPayload,
};
use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

const ACCOUNT: &str = "93d5df06-996c-48c3-9847-348d6b580b80";
const KEY: &str = include_str!("../../../tests/vectors/keys/rsa1024/private.pem");
const PASSWORD: &[u8] = include_bytes!("../../../tests/vectors/keys/rsa1024/password.txt");

/// The signed texts of the corpus, one a line.
const SIGNED: &str = include_str!("../notification.signed");

const NAMES: [&str; 12] = [
    "type",
    "id",
    "order_id",
    "payment_status",
    "amount",
    "payment_amount",
    "commission_amount",
    "is_partial_payment",
    "account",
    "service",
    "desc",
    "card_brand",
];

static PROVIDER: LazyLock<SigningKey> = LazyLock::new(|| {
    SigningKey::from_pem(KEY, Some(PASSWORD.trim_ascii_end())).expect("the key of the vectors")
});

static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let builder = Client::builder(ACCOUNT).notification_cert(PROVIDER.verifying_key().clone());
    builder.expect("a key").build().expect("a client")
});

fuzz_target!(|data: &[u8]| {
    let Some((kind_of_payload, rest)) = data.split_first() else {
        return;
    };
    match kind_of_payload {
        b'0'..=b'4' => verify_payload(*kind_of_payload, rest),
        _ => {
            if let Ok(signed) = <Signed as Arbitrary>::arbitrary_take_rest(Unstructured::new(rest))
            {
                signed.check();
            }
        }
    }
});

fn verify_payload(kind_of_payload: u8, rest: &[u8]) {
    let payload = match kind_of_payload {
        b'0' => match std::str::from_utf8(rest) {
            Ok(query) => WebhookPayload::query(query),
            Err(_) => return,
        },
        b'1' => WebhookPayload::body(rest, Some("application/x-www-form-urlencoded")),
        b'2' => WebhookPayload::body(rest, Some("application/json; charset=utf-8")),
        b'3' => WebhookPayload::body(rest, None),
        _ => match parse_response(rest) {
            Ok(Value::Map(fields)) => WebhookPayload::fields(fields),
            _ => return,
        },
    };
    match CLIENT.notifications().verify(payload.clone()) {
        Ok(event) => check_accepted(&event),
        Err(error) => check_rejected(&error),
    }
    if let Err(error) = CLIENT.redirects().verify(payload) {
        check_rejected(&error);
    }
}

fn check_accepted(event: &Notification) {
    let text = std::str::from_utf8(event.signed_text()).expect("UTF-8");
    assert!(
        SIGNED.lines().any(|signed| signed == text),
        "accepted, but never signed: {text}"
    );
    let signed: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let values = [
        ("type", Some(event.kind.as_str())),
        ("order_id", event.order_id.as_deref()),
        ("payment_status", Some(event.payment_status.as_str())),
        ("amount", event.amount.as_ref().map(Amount::as_str)),
        (
            "payment_amount",
            event.payment_amount.as_ref().map(Amount::as_str),
        ),
        ("account", event.account.as_deref()),
        ("desc", event.desc.as_deref()),
    ];
    for (name, value) in values {
        assert_eq!(value, signed[name].as_str(), "{name}");
    }
    assert_eq!(event.id, signed["id"].as_i64());
}

fn check_rejected(error: &Error) {
    use ErrorKind::{AccountMismatch, MalformedNotification, SignatureMismatch};
    assert!(matches!(
        error.kind(),
        MalformedNotification | SignatureMismatch | AccountMismatch
    ));
    assert!(error.message().len() < 500);
}

/// The values of a notification that this target signs.
#[derive(Arbitrary, Debug)]
struct Signed {
    kind_of_payload: u8,
    fields: u8,
    encoding: u8,
    partial_as_bool: bool,
    sha256: bool,
    foreign: bool,
    id: Option<u32>,
    partial: u8,
    amounts: [Option<u32>; 3],
    texts: [Option<String>; 5],
    unsigned: Option<String>,
}

impl Signed {
    /// The values in the order of their names.
    fn values(&self) -> [Option<String>; 12] {
        let [kind, order_id, status, service, desc] = self.texts.clone();
        let amount = |place: usize| {
            let amount: Option<u32> = self.amounts[place];
            amount.map(|cents| format!("{}.{:02}", cents / 100, cents % 100))
        };
        let partial = ["true", "false", "1", "0", ""].get(usize::from(self.partial));
        let account = if self.foreign { "another" } else { ACCOUNT };
        [
            Some(kind.unwrap_or_default()),
            self.id.map(|id| id.to_string()),
            order_id,
            status,
            amount(0),
            amount(1),
            amount(2),
            partial.map(|text| (*text).to_owned()),
            Some(account.to_owned()),
            service,
            desc,
            (self.fields & 1 == 1).then(|| "VISA".to_owned()),
        ]
    }

    fn is_signed(&self, name: &str, values: &[Option<String>; 12]) -> bool {
        match name {
            "commission_amount" => values[6].is_some() || self.fields & 2 == 0,
            // Only the longest field list has it, which also has the commission.
            "card_brand" => values[11].is_some() && self.signs_the_card_brand(values),
            _ => true,
        }
    }

    fn signs_the_card_brand(&self, values: &[Option<String>; 12]) -> bool {
        self.fields & 4 == 4 && (values[6].is_some() || self.fields & 2 == 0)
    }

    fn signed_text(&self, values: &[Option<String>; 12]) -> String {
        let members = NAMES
            .iter()
            .zip(values)
            .filter(|(name, _)| self.is_signed(name, values));
        let members = members.map(|(name, value)| {
            let written = match (*name, value.as_deref()) {
                (_, None) => "null".to_owned(),
                ("id", Some(id)) => id.to_owned(),
                ("is_partial_payment", Some(text)) if self.partial_as_bool => {
                    matches!(text, "true" | "1").to_string()
                }
                (_, Some(text)) => php(text, self.encoding % 3),
            };
            format!("{}:{written}", php(name, 0))
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    fn check(&self) {
        let values = self.values();
        let text = self.signed_text(&values);
        let digest = if self.sha256 {
            Digest::Sha256
        } else {
            Digest::Sha1
        };
        let sign = PROVIDER.sign(text.as_bytes(), digest).expect("a signature");
        match self.verify(&values, &sign) {
            Ok(event) => self.check_values(&event, &values, &text, digest),
            Err(error) => {
                let expected = if values[3].as_deref().unwrap_or_default().is_empty() {
                    ErrorKind::MalformedNotification
                } else {
                    assert!(self.foreign, "signed, but rejected: {error:?}\n{text}");
                    ErrorKind::AccountMismatch
                };
                assert_eq!(error.kind(), expected, "{error:?}");
            }
        }
        let mut forged = values;
        forged[1] = Some(self.id.unwrap_or_default().wrapping_add(1).to_string());
        let forged = self
            .verify(&forged, &sign)
            .expect_err("the signature is for another id");
        assert_eq!(forged.kind(), ErrorKind::SignatureMismatch);
    }

    fn verify(&self, values: &[Option<String>; 12], sign: &str) -> Result<Notification> {
        let pairs = NAMES.iter().zip(values);
        let pairs = pairs.filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        let mut pairs: Vec<(&str, &str)> = pairs.chain([("sign", sign)]).collect();
        pairs.extend(self.unsigned.as_deref().map(|text| ("anything", text)));
        let notifications = CLIENT.notifications();
        match self.kind_of_payload % 4 {
            0 => notifications.verify(WebhookPayload::query(&form(&pairs))),
            1 => notifications.verify(WebhookPayload::body(
                form(&pairs).as_bytes(),
                Some("application/x-www-form-urlencoded"),
            )),
            2 => {
                let object: serde_json::Map<_, _> = pairs
                    .iter()
                    .map(|(name, text)| ((*name).to_owned(), (*text).into()))
                    .collect();
                let body = serde_json::Value::from(object).to_string();
                notifications.verify(WebhookPayload::body(body.as_bytes(), None))
            }
            _ => {
                let fields = pairs
                    .iter()
                    .map(|(name, text)| ((*name).to_owned(), Value::from(*text)));
                notifications.verify(WebhookPayload::fields(fields.collect()))
            }
        }
    }

    fn check_values(
        &self,
        event: &Notification,
        values: &[Option<String>; 12],
        text: &str,
        digest: Digest,
    ) {
        assert!(!self.foreign);
        assert_eq!(event.signed_text(), text.as_bytes());
        assert_eq!(event.digest, digest);
        let response = Response::Notification(Box::new(event.clone()));
        let record = response.record().expect("a record");
        for (field, value) in &record.fields {
            let place = NAMES
                .iter()
                .position(|name| *name == field.name)
                .expect("a signed field");
            let expected = values[place]
                .as_deref()
                .filter(|_| self.is_signed(field.name, values));
            match value {
                FieldValue::None => assert!(expected.is_none_or(str::is_empty), "{}", field.name),
                FieldValue::Amount(amount) => assert_eq!(Some(amount.as_str()), expected),
                FieldValue::Integer(id) => assert_eq!(Some(id.to_string().as_str()), expected),
                FieldValue::Text(text) => assert_eq!(Some(*text), expected),
                FieldValue::Bool(bool) => assert_eq!(*bool, matches!(expected, Some("true" | "1"))),
                other => panic!("{other:?}"),
            }
        }
        let unsigned = event.unsigned().iter().find(|(name, _)| name == "anything");
        assert_eq!(
            unsigned.and_then(|(_, value)| value.as_str()),
            self.unsigned.as_deref()
        );
    }
}

fn form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A text as `json_encode` writes it: by default, with unescaped slashes, or with unescaped slashes
/// and Unicode.
fn php(text: &str, encoding: u8) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' if encoding == 0 => out.push_str("\\/"),
            '\u{8}' => out.push_str("\\b"),
            '\u{9}' => out.push_str("\\t"),
            '\u{a}' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\u{d}' => out.push_str("\\r"),
            '\u{2028}' | '\u{2029}' => write!(out, "\\u{:04x}", character as u32).unwrap(),
            ' '..='\u{7f}' => out.push(character),
            '\u{80}'.. if encoding == 2 => out.push(character),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}").unwrap();
                }
            }
        }
    }
    out.push('"');
    out
}
