//! Random JSON documents, generated from a seed so that a failure can be reproduced.

use fastrand::Rng;
use serde_json::{Value, json};

/// The maximum nesting depth, the document itself included.
const DEPTH: usize = 5;

pub(crate) struct Documents(Rng);

impl Documents {
    pub(crate) fn from_seed(seed: u64) -> Self {
        Self(Rng::with_seed(seed))
    }

    /// The next document, as tagged data: an object of any values but floats.
    pub(crate) fn next(&mut self) -> Value {
        self.map(DEPTH)
    }

    fn node(&mut self, depth: usize) -> Value {
        let kinds = if depth > 1 { 9 } else { 7 };
        match self.0.u8(..kinds) {
            0 => json!(["null"]),
            1 => json!(["bool", self.0.bool()]),
            2 => json!(["int", self.integer().to_string()]),
            3..=6 => json!(["text", self.text()]),
            7 => {
                let items = (0..self.0.usize(..4)).map(|_| self.node(depth - 1));
                json!(["list", items.collect::<Vec<_>>()])
            }
            _ => self.map(depth - 1),
        }
    }

    fn map(&mut self, depth: usize) -> Value {
        let mut members: Vec<Value> = Vec::new();
        let mut keys: Vec<String> = Vec::new();
        for _ in 0..self.0.usize(..6) {
            let key = self.text();
            // PHP rejects a property name that starts with NUL, and a duplicate key is refused.
            if key.starts_with('\0') || keys.contains(&key) {
                continue;
            }
            members.push(json!([key, self.node(depth)]));
            keys.push(key);
        }
        json!(["map", members])
    }

    /// Small integers, and those near the limits of every width.
    fn integer(&mut self) -> i64 {
        match self.0.u8(..4) {
            0 => self.0.i64(..),
            1 => i64::MAX - self.0.i64(0..3),
            2 => i64::MIN + self.0.i64(0..3),
            _ => {
                let edge = 1_i64 << self.0.u32(..63);
                (edge + self.0.i64(-2..3)) * if self.0.bool() { 1 } else { -1 }
            }
        }
    }

    fn text(&mut self) -> String {
        let length = match self.0.u8(..10) {
            0 => 0,
            1 => self.0.usize(..60),
            _ => self.0.usize(1..8),
        };
        (0..length).map(|_| self.character()).collect()
    }

    /// From every range that has its own escape, and from everywhere else.
    fn character(&mut self) -> char {
        match self.0.u8(..8) {
            0 => self.0.char('\0'..=' '),
            1 => self.one_of(&['"', '\\', '/', '<', '>', '&', '\'', '\u{7f}']),
            2 => self.0.char('\u{80}'..='\u{7ff}'),
            3 => self.0.char('\u{800}'..='\u{ffff}'),
            4 => self.0.char('\u{10000}'..='\u{10ffff}'),
            5 => self.one_of(&[
                '\u{2028}', '\u{2029}', '\u{feff}', '\u{d7ff}', '\u{e000}', '\u{ffff}',
            ]),
            _ => self.0.char('!'..='~'),
        }
    }

    fn one_of(&mut self, characters: &[char]) -> char {
        self.0.choice(characters).copied().unwrap_or('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_generates_the_same_documents() {
        let few = |seed| {
            let mut documents = Documents::from_seed(seed);
            (0..50)
                .map(|_| documents.next().to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(few(7), few(7));
        assert_ne!(few(7), few(8));
    }

    #[test]
    fn every_kind_and_range_occurs() {
        let mut documents = Documents::from_seed(1);
        let all: String = (0..2000).map(|_| documents.next().to_string()).collect();
        for part in [
            "null",
            "true",
            "[\"int\",\"-",
            "9223372036854775807",
            "[\"list\",[]]",
            "[\"map\",[]]",
            "\\u0001",
            "/",
            "\u{2028}",
        ] {
            assert!(all.contains(part), "{part:?}");
        }
        let ranges = [
            0x80..0x800,
            0x800..0xd800,
            0xe000..0x1_0000,
            0x1_0000..0x11_0000_u32,
        ];
        for range in ranges {
            assert!(
                all.chars()
                    .any(|character| range.contains(&u32::from(character))),
                "{range:x?}"
            );
        }
    }
}
