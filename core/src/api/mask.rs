//! Masking of card numbers in the provider's text: it can repeat what was sent to it.

use std::ops::{Range, RangeInclusive};

use crate::api::prepared_request::PreparedRequest;
use crate::json::parse::parse_response;
use crate::types::value::Value;

/// The maximum length of the provider's text in a message, in characters.
const MAX_LOGGED: usize = 200;

/// The number of digits in a card number.
const CARD_DIGITS: RangeInclusive<usize> = 13..=19;

/// The minimum number of digits that a message does not show, whatever they are. There is no
/// maximum, so that numbers of accounts are masked too.
const MIN_LONG_NUMBER: usize = 12;

/// The minimum length of a recipient's number that is recognised. A shorter one could be any
/// number, such as an amount.
const MIN_RECIPIENT: usize = 5;

/// The number of characters at the end of a masked number that stay visible, if it is long enough
/// to be a card's.
const VISIBLE: usize = 4;

/// What a request sent: its recipient is masked, its own order is not.
#[derive(Default)]
pub(crate) struct Mask {
    recipient: Vec<char>,
    orders: Vec<Vec<char>>,
}

impl Mask {
    pub(crate) fn of(request: &PreparedRequest) -> Self {
        Self::of_body(&request.body)
    }

    /// The mask of a request with this body.
    pub(crate) fn of_body(body: &[u8]) -> Self {
        let body = parse_response(body).unwrap_or(Value::Null);
        let sent = |name| body.get(name).and_then(text);
        let number = sent("number").unwrap_or_default();
        let recipient: Vec<char> = number.chars().filter_map(comparable).collect();
        let orders = [sent("order_id"), sent("id")].into_iter().flatten();
        Self {
            recipient: if recipient.len() < MIN_RECIPIENT {
                Vec::new()
            } else {
                recipient
            },
            orders: orders.map(|order| order.chars().collect()).collect(),
        }
    }

    /// The text without the recipient's number and without card numbers.
    pub(crate) fn cards(&self, text: &str) -> String {
        self.masked(text).iter().collect()
    }

    /// The same for a message: without any long number, and cut.
    pub(crate) fn message(&self, text: &str) -> String {
        self.numbers(text).into_iter().take(MAX_LOGGED).collect()
    }

    /// The characters of the text without the recipient's number, card numbers and any long number.
    pub(crate) fn numbers(&self, text: &str) -> Vec<char> {
        let mut masked = self.masked(text);
        let mut hidden = Hidden::none_of(&masked);
        let is_part = |c: char| c.is_ascii_digit() || c == '-' || c.is_whitespace();
        for run in self
            .characters(&masked)
            .split(|c| c.is_own || !is_part(c.value))
        {
            let digits = run.iter().filter(|c| c.value.is_ascii_digit());
            let digits: Vec<usize> = digits.map(|c| c.index).collect();
            if digits.len() >= MIN_LONG_NUMBER {
                hidden.add(&digits);
            }
        }
        hidden.apply(&mut masked);
        masked
    }

    /// How many characters of a cut text are certain to contain no beginning of a number that goes
    /// on behind the cut.
    pub(crate) fn without_last_number(&self, text: &str) -> usize {
        let longest = self.recipient.len().max(*CARD_DIGITS.end());
        let characters: Vec<char> = text.chars().collect();
        let compared = characters.iter().enumerate().rev();
        let mut compared = compared.filter(|(_, c)| comparable(**c).is_some());
        compared.nth(longest - 1).map_or(0, |(index, _)| index)
    }

    fn masked(&self, text: &str) -> Vec<char> {
        let mut text: Vec<char> = text.chars().collect();
        let characters = self.characters(&text);
        let mut hidden = Hidden::none_of(&text);
        let (comparables, of_number): (Vec<char>, Vec<&Character>) = characters
            .iter()
            .filter_map(|c| Some((comparable(c.value)?, c)))
            .unzip();
        for number in found(&comparables, &self.recipient).filter_map(|range| of_number.get(range))
        {
            // An order_id may contain the number.
            if !number.iter().all(|c| c.is_own) {
                let number: Vec<usize> = number.iter().map(|c| c.index).collect();
                hidden.add(&number);
            }
        }
        let is_part = |c: char| digit(c).is_some() || is_separator(c);
        for run in characters.split(|c| c.is_own || !is_part(c.value)) {
            hide_cards(run, &mut hidden);
        }
        hidden.apply(&mut text);
        text
    }

    /// The characters, with those that name the request's own order, as a word.
    fn characters(&self, text: &[char]) -> Vec<Character> {
        let mut own = vec![false; text.len()];
        for range in self.orders.iter().flat_map(|order| found(text, order)) {
            let before = range.start.checked_sub(1).and_then(|index| text.get(index));
            let around = [before, text.get(range.end)].into_iter().flatten();
            if !around.copied().any(char::is_alphanumeric)
                && let Some(own) = own.get_mut(range)
            {
                own.fill(true);
            }
        }
        let characters = text.iter().zip(own).enumerate();
        characters
            .map(|(index, (value, is_own))| Character {
                index,
                value: *value,
                is_own,
            })
            .collect()
    }
}

struct Character {
    index: usize,
    value: char,
    /// Whether it is in the name of the request's own order.
    is_own: bool,
}

/// For each character of a text, whether it is masked.
struct Hidden(Vec<bool>);

impl Hidden {
    fn none_of(text: &[char]) -> Self {
        Self(vec![false; text.len()])
    }

    /// Hides a number, except the last characters of a long one.
    fn add(&mut self, number: &[usize]) {
        let visible = if number.len() >= MIN_LONG_NUMBER {
            VISIBLE
        } else {
            0
        };
        for index in number.iter().rev().skip(visible) {
            if let Some(hidden) = self.0.get_mut(*index) {
                *hidden = true;
            }
        }
    }

    fn apply(self, text: &mut [char]) {
        let hidden = text.iter_mut().zip(self.0).filter(|(_, hidden)| *hidden);
        hidden.for_each(|(c, _)| *c = '*');
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The places of `part` in `whole`; none if it is empty.
fn found<'a>(whole: &'a [char], part: &'a [char]) -> impl Iterator<Item = Range<usize>> + 'a {
    let windows = whole.windows(part.len().max(1)).enumerate();
    windows
        .filter(move |(_, window)| *window == part)
        .map(|(start, window)| start..start + window.len())
}

/// Hides each card number in a run of digits and separators. A card number consists of whole groups
/// of digits.
fn hide_cards(run: &[Character], hidden: &mut Hidden) {
    let groups = run.split(|c| digit(c.value).is_none());
    let groups: Vec<&[Character]> = groups.filter(|group| !group.is_empty()).collect();
    for first in 0..groups.len() {
        let (mut card, mut digits) = (Vec::new(), Vec::new());
        for group in groups.iter().skip(first) {
            if card.len() + group.len() > *CARD_DIGITS.end() {
                break;
            }
            card.extend(group.iter().map(|c| c.index));
            digits.extend(group.iter().filter_map(|c| digit(c.value)));
            if CARD_DIGITS.contains(&card.len()) && passes_luhn(&digits) {
                hidden.add(&card);
            }
        }
    }
}

fn passes_luhn(digits: &[u32]) -> bool {
    let values = digits.iter().rev().enumerate();
    let values = values.map(|(place, digit)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, double) => double / 10 + double % 10,
    });
    values.sum::<u32>().is_multiple_of(10)
}

/// The value of an ASCII or full-width digit.
fn digit(c: char) -> Option<u32> {
    const FULL_WIDTH_ZERO: u32 = 0xff10;
    c.to_digit(10).or_else(|| {
        let digit = u32::from(c).checked_sub(FULL_WIDTH_ZERO)?;
        (digit < 10).then_some(digit)
    })
}

/// The character in the form in which two spellings of a number are compared: digits as ASCII,
/// letters in lower case. None for a character that is not compared, such as a separator.
fn comparable(c: char) -> Option<char> {
    match digit(c) {
        Some(digit) => char::from_digit(digit, 10),
        None => c
            .is_alphanumeric()
            .then(|| c.to_lowercase().next().unwrap_or(c)),
    }
}

/// Whether card numbers are written with this character between their digits: a blank, a dot, a
/// dash, or nothing visible.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '.' | '-' | '\u{b7}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2010}'..='\u{2015}'
                | '\u{2060}' | '\u{2212}' | '\u{feff}' | '\u{fe63}' | '\u{ff0d}' | '\u{ff0e}'
        )
}

#[cfg(test)]
mod tests;
