//! Searching the memory of a process.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding};

/// Combined with each byte of a secret, so that what is searched for is not in memory itself.
const MASK: u8 = 0xa5;

/// How much of the memory is read at once.
const CHUNK: usize = 1 << 16;

/// What most of a stack is.
static ZEROS: [u8; CHUNK] = [0; CHUNK];

/// A secret whose bytes are masked.
pub(super) struct Secret {
    name: String,
    masked: Vec<u8>,
}

impl Secret {
    pub(super) fn new(name: &str, secret: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            masked: secret.iter().map(|byte| byte ^ MASK).collect(),
        }
    }

    pub(super) fn to_file(secrets: &[Self]) -> String {
        let line = |secret: &Self| {
            format!(
                "{}\t{}\n",
                secret.name,
                Base64::encode_string(&secret.masked)
            )
        };
        secrets.iter().map(line).collect()
    }

    pub(super) fn from_file(text: &str) -> Vec<Self> {
        let lines = text.lines().map(|line| line.split_once('\t').unwrap());
        let secret = |(name, masked): (&str, &str)| Self {
            name: name.to_owned(),
            masked: Base64::decode_vec(masked).unwrap(),
        };
        lines.map(secret).collect()
    }

    fn is_at(&self, bytes: &[u8]) -> bool {
        let masked = self.masked.iter();
        bytes.len() >= self.masked.len()
            && masked
                .zip(bytes)
                .all(|(masked, byte)| *masked == byte ^ MASK)
    }
}

/// The memory that a process can write.
pub(super) struct Memory {
    /// Its folder in `/proc`.
    process: PathBuf,
    chunk: Vec<u8>,
}

impl Memory {
    pub(super) fn of(process: &str) -> Self {
        Self {
            process: Path::new("/proc").join(process),
            chunk: vec![0; CHUNK],
        }
    }

    /// The secrets in memory, each with the mapping that has it.
    pub(super) fn search(&mut self, secrets: &[Secret]) -> BTreeSet<String> {
        let overlap = secrets.iter().map(|secret| secret.masked.len()).max();
        let overlap = overlap.unwrap_or(0);
        let mut starts = vec![false; 1 << 16];
        for secret in secrets {
            starts[start(&secret.masked, 0)] = true;
        }
        let memory = File::open(self.process.join("mem")).unwrap();
        let maps = std::fs::read_to_string(self.process.join("maps")).unwrap();
        let mut found = BTreeSet::new();
        for map in maps.lines().filter(|map| map.contains(" rw")) {
            let (from, to) = map.split(' ').next().unwrap().split_once('-').unwrap();
            let [mut from, to] =
                [from, to].map(|address| u64::from_str_radix(address, 16).unwrap());
            while from < to {
                let size = usize::try_from(to - from).unwrap().min(CHUNK);
                let read = memory.read_at(&mut self.chunk[..size], from).unwrap_or(0);
                let chunk = &self.chunk[..read];
                let written = if chunk == &ZEROS[..read] { &[] } else { chunk };
                for (at, pair) in written.windows(2).enumerate() {
                    if starts[start(pair, MASK)] {
                        let here = secrets.iter().filter(|secret| secret.is_at(&chunk[at..]));
                        found.extend(here.map(|secret| format!("{} in {map}", secret.name)));
                    }
                }
                // The next search must not find what this one read.
                std::hint::black_box(&mut self.chunk).fill(0);
                if read < size || from + size as u64 == to {
                    break;
                }
                from += (size - overlap) as u64;
            }
        }
        found
    }
}

fn start(bytes: &[u8], mask: u8) -> usize {
    usize::from(bytes[0] ^ mask) << 8 | usize::from(bytes[1] ^ mask)
}
