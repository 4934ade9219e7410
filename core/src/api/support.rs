//! What a record for the provider's support shows: no card number, however the provider spells it.

use sha2::{Digest as _, Sha256};

use crate::api::mask::Mask;
use crate::error::{Exchange, ReceivedBytes, Shown};

/// The maximum length of a response in a record, in characters.
const MAX_SHOWN: usize = 2000;

/// How much of a response a record keeps, in bytes. It is more than is shown, since an escape of a
/// character is longer than the character.
pub(crate) const MAX_KEPT: usize = 4 * MAX_SHOWN;

/// Masks what was sent and received.
pub(crate) fn shown(exchange: &Exchange) -> Shown {
    let mask = Mask::of_body(&exchange.request);
    Shown {
        body_sha256: body_sha256(&exchange.request, &mask),
        response: exchange
            .response
            .as_ref()
            .map(|received| response(received, &mask)),
    }
}

/// None if the hash would give away a number: there are few enough of them to try all.
fn body_sha256(body: &[u8], mask: &Mask) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let hides_nothing = mask.cards(&text) == text;
    hides_nothing.then(|| base16ct::lower::encode_string(&Sha256::digest(body)))
}

fn response(received: &ReceivedBytes, mask: &Mask) -> String {
    let text = unescaped(&String::from_utf8_lossy(&received.bytes));
    let mut masked = mask.numbers(&text);
    let mut is_cut = received.is_cut;
    if is_cut {
        // What is left may begin with a number that was cut, which nothing recognises.
        masked.truncate(mask.without_last_number(&text));
    }
    if masked.len() > MAX_SHOWN {
        masked.truncate(MAX_SHOWN);
        is_cut = true;
    }
    let mut shown: String = masked.into_iter().map(printable).collect();
    if is_cut {
        shown.push('…');
    }
    shown
}

/// The text with the characters that JSON's escapes such as `\u0034` stand for. JSON inside of JSON
/// has several backslashes.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('\\') {
        let (before, escape) = rest.split_at(start);
        plain.push_str(before);
        let backslashes = escape.len() - escape.trim_start_matches('\\').len();
        let (backslashes, after) = escape.split_at(backslashes);
        let code = after
            .strip_prefix(['u', 'U'])
            .and_then(|code| code.get(..4));
        let character = code
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        if let (Some(character), Some(after)) = (character, after.get(5..)) {
            plain.push(character);
            rest = after;
        } else {
            plain.push_str(backslashes);
            rest = after;
        }
    }
    plain.push_str(rest);
    plain
}

/// A line break or an invisible character could add lines to a log, or turn its text around.
fn printable(c: char) -> char {
    let is_hidden = c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    if is_hidden { ' ' } else { c }
}
