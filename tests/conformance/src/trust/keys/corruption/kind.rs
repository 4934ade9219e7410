//! Kinds of corruption: of a file's text, of the encoded bytes, and of single values of the DER
//! structure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;

use crate::trust::keys::der::{self, Content, Node};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Of the text: a bit, a character, the first lines with label and headers, whole lines, the
    /// end.
    TextBit,
    Character,
    Header,
    Lines,
    TextCut,
    /// Of the bytes: bits, cipher blocks, a missing part, a length byte.
    Bit,
    Blocks,
    Cut,
    Length,
    /// Of a value, with all enclosing lengths adjusted.
    Value,
    Tag,
    Missing,
    Duplicate,
}

const BLOCK: usize = 16;

impl Kind {
    pub(super) const ALL: [Self; 13] = [
        Self::TextBit,
        Self::Character,
        Self::Header,
        Self::Lines,
        Self::TextCut,
        Self::Bit,
        Self::Blocks,
        Self::Cut,
        Self::Length,
        Self::Value,
        Self::Tag,
        Self::Missing,
        Self::Duplicate,
    ];

    /// Cycles through all kinds.
    pub(super) fn of(number: usize) -> Self {
        let kind = Self::ALL.into_iter().cycle().nth(number % Self::ALL.len());
        kind.unwrap_or(Self::Bit)
    }

    /// A corrupted copy that differs from the original.
    pub(super) fn apply(self, pem: &[u8], chance: &mut Rng) -> Vec<u8> {
        loop {
            let mut corrupted = pem.to_vec();
            self.corrupt(&mut corrupted, chance);
            if corrupted != pem {
                return corrupted;
            }
        }
    }

    fn corrupt(self, pem: &mut Vec<u8>, chance: &mut Rng) {
        match self {
            Self::TextBit => flip_bit(pem, chance),
            Self::Character => replace_byte(pem, chance.u8(b'\t'..=b'~'), chance),
            Self::Header => {
                let blank = pem.windows(2).position(|two| two == b"\n\n");
                let end = blank.or_else(|| pem.iter().position(|byte| *byte == b'\n'));
                let headers = pem.get_mut(..end.unwrap_or_default());
                let headers = headers.unwrap_or_default();
                replace_byte(headers, chance.u8(b'\t'..=b'~'), chance);
            }
            Self::Lines => {
                let mut lines: Vec<Vec<u8>> = pem
                    .split(|byte| *byte == b'\n')
                    .map(<[u8]>::to_vec)
                    .collect();
                let (one, other) = (chance.usize(..lines.len()), chance.usize(..lines.len()));
                lines.swap(one, other);
                *pem = lines.join(&b'\n');
            }
            Self::TextCut => pem.truncate(chance.usize(..pem.len())),
            _ => change_bytes(pem, |der| self.corrupt_der(der, chance)),
        }
    }

    fn corrupt_der(self, data: &mut Vec<u8>, chance: &mut Rng) {
        match (self, der::decode(data)) {
            (Self::Blocks, _) => {
                let mut blocks: Vec<Vec<u8>> = data.chunks(BLOCK).map(<[u8]>::to_vec).collect();
                let (one, other) = (chance.usize(..blocks.len()), chance.usize(..blocks.len()));
                blocks.swap(one, other);
                *data = blocks.concat();
            }
            (Self::Cut, _) => {
                let start = chance.usize(..data.len());
                let end = start + chance.usize(1..64);
                data.drain(start..end.min(data.len()));
            }
            (Self::Length, _) => corrupt_length(data, chance),
            (Self::Value | Self::Tag | Self::Missing | Self::Duplicate, Some(mut nodes)) => {
                self.corrupt_nodes(&mut nodes, chance);
                *data = der::encode(&nodes);
            }
            // A traditional file contains only cipher text.
            _ => (0..chance.usize(1..4)).for_each(|_| flip_bit(data, chance)),
        }
    }

    fn corrupt_nodes(self, nodes: &mut Vec<Node>, chance: &mut Rng) {
        let paths = der::lists(nodes);
        let Some(path) = chance.choice(&paths) else {
            return;
        };
        let Some(list) = der::list_at(nodes, path).filter(|list| !list.is_empty()) else {
            return;
        };
        let index = chance.usize(..list.len());
        match self {
            Self::Missing => drop(list.remove(index)),
            Self::Duplicate => {
                let copy = list.get(index).cloned();
                list.extend(copy);
            }
            _ => {
                let Some(node) = list.get_mut(index) else {
                    return;
                };
                match (self, &mut node.content) {
                    (Self::Value, Content::Bytes(bytes)) => *bytes = unusual_value(bytes, chance),
                    _ => node.tag = chance.u8(..),
                }
            }
        }
    }
}

fn flip_bit(data: &mut [u8], chance: &mut Rng) {
    let index = chance.usize(..data.len().max(1));
    if let Some(byte) = data.get_mut(index) {
        *byte ^= 1 << chance.u8(..8);
    }
}

fn replace_byte(data: &mut [u8], byte: u8, chance: &mut Rng) {
    let index = chance.usize(..data.len().max(1));
    if let Some(old) = data.get_mut(index) {
        *old = byte;
    }
}

/// Changes a byte that follows a possible tag.
fn corrupt_length(data: &mut [u8], chance: &mut Rng) {
    const TAGS: [u8; 6] = [0x02, 0x03, 0x04, 0x05, 0x06, 0x30];
    let two = data.windows(2).take(data.len().min(120)).enumerate();
    let lengths: Vec<usize> = two
        .filter(|(_, two)| two.first().is_some_and(|tag| TAGS.contains(tag)))
        .map(|(index, _)| index + 1)
        .collect();
    let index = chance.choice(&lengths).copied().unwrap_or(1);
    let Some(byte) = data.get_mut(index) else {
        return;
    };
    *byte = match chance.u8(..5) {
        0 => byte.wrapping_add(1),
        1 => byte.wrapping_sub(1),
        2 => 0x80,
        3 => chance.u8(0x81..=0x88),
        _ => chance.u8(..),
    };
}

/// Values that a parser of integers and strings rarely sees.
fn unusual_value(bytes: &[u8], chance: &mut Rng) -> Vec<u8> {
    match chance.u8(..10) {
        0 => Vec::new(),
        1 => vec![0],
        2 => vec![1],
        3 => vec![0xff; 8],
        4 => vec![0x7f, 0xff, 0xff, 0xff],
        5 => vec![2, 0, 0, 0, 0, 0, 0, 0],
        6 => bytes.iter().take(bytes.len() / 2).copied().collect(),
        7 => [bytes, bytes].concat(),
        8 => [bytes, &[chance.u8(..)]].concat(),
        _ => bytes.iter().map(|_| chance.u8(..)).collect(),
    }
}

/// Changes the bytes that the base64 text encodes.
fn change_bytes(pem: &mut Vec<u8>, change: impl FnOnce(&mut Vec<u8>)) {
    let text = String::from_utf8_lossy(pem);
    let is_base64 = |line: &&str| !line.contains([':', '-']);
    let body: String = text.lines().filter(is_base64).collect();
    let (Some(first), Some(last)) = (
        text.find(&*body.chars().take(64).collect::<String>()),
        text.rfind("\n-----END"),
    ) else {
        return;
    };
    let mut data = STANDARD.decode(&body).unwrap_or_default();
    change(&mut data);
    let encoded = STANDARD.encode(data);
    let lines: Vec<&[u8]> = encoded.as_bytes().chunks(64).collect();
    let (start, end) = (
        text.get(..first).unwrap_or_default(),
        text.get(last..).unwrap_or_default(),
    );
    *pem = [start.as_bytes(), &lines.join(&b'\n'), end.as_bytes()].concat();
}
