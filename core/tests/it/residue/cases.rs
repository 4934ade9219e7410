//! The keys of `tests/vectors/keys.json`, each in a folder with its secrets.

use std::fs;
use std::path::Path;

use base64ct::{Base64, Encoding};
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PrivateKeyParts;
use rsa::{BoxedUint, PrivateKey};
use serde_json::Value;

use super::memory::Secret;

/// The length of the pieces that are searched: half a prime is enough to compute the key.
const PIECE: usize = 32;

/// The shortest password that is searched. A shorter one could be in memory by chance.
const MIN_PASSWORD: usize = 6;

/// Writes a folder for each key, and returns their number.
pub(super) fn write(vectors: &Path, folder: &Path) -> usize {
    let file = fs::read(vectors.join("keys.json")).unwrap();
    let file: Value = serde_json::from_slice(&file).unwrap();
    let cases = file["private"].as_array().unwrap();
    for (number, case) in cases.iter().enumerate() {
        write_case(vectors, &folder.join(format!("{number:03}")), case);
    }
    cases.len()
}

/// Writes the folder of a key, with the secrets to search, each changed so that the child that reads
/// them does not have them in memory.
fn write_case(vectors: &Path, folder: &Path, case: &Value) {
    let pem = fs::read(vectors.join(case["file"].as_str().unwrap())).unwrap();
    let mut secrets = Vec::new();
    fs::create_dir(folder).unwrap();
    if let Some(name) = case["expect"]["opens"].as_str() {
        let key = plain_key(vectors, name);
        for (name, prime) in ["p", "q"].into_iter().zip(key.primes()) {
            secrets.extend(prime_pieces(name, prime));
        }
        fs::write(folder.join("opens"), name).unwrap();
    }
    let lines = pem.split(|byte| matches!(byte, b'\n' | b'\r'));
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    for (number, line) in lines.map(<[u8]>::trim_ascii).enumerate() {
        if line.len() >= PIECE && line.iter().all(is_base64) {
            let pieces = line.chunks_exact(PIECE);
            secrets.extend(pieces.map(|piece| Secret::new(&format!("line {number}"), piece)));
        }
    }
    fs::write(folder.join("private.pem"), &pem).unwrap();
    if case["password"].is_string() {
        let password = bytes(&case["password"]);
        if password.len() >= MIN_PASSWORD {
            secrets.push(Secret::new("password", &password));
        }
        fs::write(folder.join("password.txt"), password).unwrap();
    }
    let name = case["name"].as_str().unwrap();
    fs::write(folder.join("name"), name).unwrap();
    fs::write(folder.join("secrets"), Secret::to_file(&secrets)).unwrap();
}

/// The pieces of a prime as key files have it, and as numbers have it in memory.
fn prime_pieces(name: &str, prime: &BoxedUint) -> Vec<Secret> {
    let big_endian = prime.to_be_bytes();
    let little_endian = prime.to_le_bytes();
    let forms = [("bytes", big_endian), ("number", little_endian)];
    let pieces = forms.iter().flat_map(|(form, prime)| {
        let name = format!("{name} in {form}");
        prime
            .chunks_exact(PIECE)
            .map(move |piece| Secret::new(&name, piece))
    });
    pieces.collect()
}

fn plain_key(vectors: &Path, name: &str) -> PrivateKey {
    let file = if name == "rsa2048" {
        "pkcs8-plain"
    } else {
        name
    };
    let path = vectors.join(format!("keys/matrix/{file}.pem"));
    let pem = fs::read_to_string(path).unwrap();
    PrivateKey::from_pkcs8_pem(&pem)
        .or_else(|_| PrivateKey::from_pkcs1_pem(&pem))
        .unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    Base64::decode_vec(value.as_str().unwrap()).unwrap()
}
