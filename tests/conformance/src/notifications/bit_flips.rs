//! Messages that differ by one bit from one that is believed.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::file::{File, Flip};
use super::{CLIENT, case, open};
use crate::Fallible;
use crate::cases::{Case, Question};
use crate::expect::Expected;

/// Each message as it is, then with every bit of its signature and of every signed value flipped, one at a time.
pub(super) fn cases(file: &File) -> Fallible<Vec<Case>> {
    let mut cases = Vec::new();
    for flip in &file.flips {
        let message = Message::of(flip)?;
        let believed = Question::new(&message.ask(), Expected::Ok(flip.ok.clone()));
        let name = format!("{}: nothing flipped", flip.name);
        cases.push(case(name, vec![open(&file.default_options()), believed]));
        cases.extend(message.flips());
    }
    Ok(cases)
}

#[derive(Clone)]
struct Message<'a> {
    name: &'a str,
    verb: &'a str,
    /// Of each parameter the name and the bytes that are signed, or that are the signature.
    values: Vec<(&'a str, Vec<u8>)>,
}

const SIGNATURE: &str = "sign";

impl<'a> Message<'a> {
    fn of(flip: &'a Flip) -> Fallible<Self> {
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
        let arrived = self.arrived();
        let places = self.values.iter().enumerate();
        let bits = places.flat_map(|(place, (_, value))| {
            (0..value.len()).flat_map(move |byte| (0..8).map(move |bit| (place, byte, bit)))
        });
        bits.filter_map(move |(place, byte, bit)| {
            let mut message = self.clone();
            let (name, value) = message.values.get_mut(place)?;
            *value.get_mut(byte)? ^= 1 << bit;
            let title = format!("{}: bit {bit} of byte {byte} of {name}", self.name);
            let refused = Expected::error(reason(name, value)).with("message_lacks", &arrived);
            Some(case(title, vec![Question::new(&message.ask(), refused)]))
        })
    }

    /// As a query, in which also what is no UTF-8 can stand.
    fn ask(&self) -> Value {
        let mut query = String::new();
        for (name, value) in &self.values {
            query.push('&');
            query.push_str(name);
            query.push('=');
            if *name == SIGNATURE {
                escape(STANDARD.encode(value).as_bytes(), &mut query);
            } else {
                escape(value, &mut query);
            }
        }
        json!({ "do": self.verb, "client": CLIENT, "query": query })
    }

    /// What no refusal repeats; a short value is a part of an innocent word.
    fn arrived(&self) -> Value {
        let values = self.values.iter().map(|(_, value)| value.as_slice());
        let texts = values.filter_map(|value| std::str::from_utf8(value).ok());
        texts.filter(|text| text.len() >= 5).collect()
    }
}

fn escape(bytes: &[u8], query: &mut String) {
    for byte in bytes {
        if byte.is_ascii_alphanumeric() {
            query.push(char::from(*byte));
        } else {
            // Writing to a String cannot fail.
            _ = write!(query, "%{byte:02X}");
        }
    }
}

/// Why a parameter with this value is not believed.
fn reason(name: &str, value: &[u8]) -> &'static str {
    let is_signature = name == SIGNATURE;
    let is_readable = match std::str::from_utf8(value) {
        Ok(text) => name != "id" || text.bytes().all(|byte| byte.is_ascii_digit()),
        Err(_) => false,
    };
    if is_signature || is_readable {
        "SignatureMismatchError"
    } else {
        "MalformedNotificationError"
    }
}
