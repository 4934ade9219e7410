//! Messages that differ in one bit from a valid one.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::file::{File, Flip};
use super::{CLIENT, case, open};
use crate::Result;
use crate::cases::{Case, Exchange};
use crate::expect::Expected;

/// Each message unchanged, and then with every bit of its signature and of every signed value
/// flipped, one at a time.
pub(super) fn cases(file: &File) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for flip in &file.flips {
        let message = Message::of(flip)?;
        let accepted = Exchange::new(&message.request(), Expected::Ok(flip.ok.clone()));
        let name = format!("{}: unchanged", flip.name);
        cases.push(case(name, vec![open(&file.default_options()), accepted]));
        cases.extend(message.flips());
    }
    Ok(cases)
}

#[derive(Clone)]
struct Message<'a> {
    name: &'a str,
    verb: &'a str,
    /// The name and the raw bytes of each signed parameter and of the signature.
    values: Vec<(&'a str, Vec<u8>)>,
}

const SIGNATURE: &str = "sign";

impl<'a> Message<'a> {
    fn of(flip: &'a Flip) -> Result<Self> {
        let values = flip.values.iter();
        let mut values: Vec<(&str, Vec<u8>)> = values
            .map(|(name, value)| (name.as_str(), value.clone().into_bytes()))
            .collect();
        values.push((SIGNATURE, STANDARD.decode(&flip.sign)?));
        Ok(Self {
            name: &flip.name,
            verb: &flip.verb,
            values,
        })
    }

    fn flips(&self) -> impl Iterator<Item = Case> {
        let received = self.received();
        let indexes = self.values.iter().enumerate();
        let bits = indexes.flat_map(|(index, (_, value))| {
            (0..value.len()).flat_map(move |byte| (0..8).map(move |bit| (index, byte, bit)))
        });
        bits.filter_map(move |(index, byte, bit)| {
            let mut message = self.clone();
            let (name, value) = message.values.get_mut(index)?;
            *value.get_mut(byte)? ^= 1 << bit;
            let title = format!("{}: bit {bit} of byte {byte} of {name}", self.name);
            let refused = Expected::error(class(name, value)).with("message_lacks", &received);
            Some(case(
                title,
                vec![Exchange::new(&message.request(), refused)],
            ))
        })
    }

    /// The message as a query string, which can carry bytes that are not UTF-8.
    fn request(&self) -> Value {
        let mut query = String::new();
        for (name, value) in &self.values {
            query.push('&');
            query.push_str(name);
            query.push('=');
            let bytes = if *name == SIGNATURE {
                STANDARD.encode(value).into_bytes()
            } else {
                value.clone()
            };
            percent_encode(&bytes, &mut query);
        }
        json!({ "do": self.verb, "client": CLIENT, "query": query })
    }

    /// Values that no error message may repeat. A shorter value could occur in the message anyway.
    fn received(&self) -> Value {
        let values = self.values.iter().map(|(_, value)| value.as_slice());
        let texts = values.filter_map(|value| std::str::from_utf8(value).ok());
        texts.filter(|text| text.len() >= 5).collect()
    }
}

fn percent_encode(bytes: &[u8], query: &mut String) {
    for byte in bytes {
        if byte.is_ascii_alphanumeric() {
            query.push(char::from(*byte));
        } else {
            // Writing to a String cannot fail.
            _ = write!(query, "%{byte:02X}");
        }
    }
}

/// The class of the error for a parameter with this value.
fn class(name: &str, value: &[u8]) -> &'static str {
    let is_signature = name == SIGNATURE;
    let is_valid = match std::str::from_utf8(value) {
        Ok(text) => name != "id" || text.bytes().all(|byte| byte.is_ascii_digit()),
        Err(_) => false,
    };
    if is_signature || is_valid {
        "SignatureMismatchError"
    } else {
        "MalformedNotificationError"
    }
}
