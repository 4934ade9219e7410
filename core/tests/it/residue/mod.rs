//! What stays in memory of a key that was loaded and dropped: nothing of its primes, of the lines of
//! its file and of its password.

mod memory;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use alikassa::{Digest, SigningKey};
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PrivateKeyParts;
use rsa::{BoxedUint, PrivateKey};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::fixture;
use crate::vectors::{bytes, read_json, vectors};
use memory::{Memory, Secret};

/// The length of the pieces that are searched: half a prime is enough to compute the key.
const PIECE: usize = 32;

/// The shortest password that is searched. A shorter one could be in memory by chance.
const MIN_PASSWORD: usize = 6;

#[test]
fn nothing_of_a_key_stays_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let cases = read_json("keys.json");
    let cases = cases["private"].as_array().unwrap();
    for (number, case) in cases.iter().enumerate() {
        write_case(&folder.path().join(format!("{number:03}")), case);
    }
    let child = |way| {
        let mut child = fixture::child_process(module_path!());
        child
            .env("RESIDUE_TEST_FOLDER", folder.path())
            .env("RESIDUE_TEST_WAY", way)
            // Returns the memory of a key derivation at once, so that it is not searched.
            .env("MALLOC_MMAP_THRESHOLD_", "131072")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        child.spawn().unwrap()
    };
    for child in ["folder", "bytes"].map(child) {
        let child = child.wait_with_output().unwrap();
        let output = String::from_utf8_lossy(&[child.stdout, child.stderr].concat()).into_owned();
        assert!(child.status.success(), "{output}");
        let searched = format!("{} keys were searched", cases.len());
        assert!(output.contains(&searched), "{output}");
    }
}

/// Writes the folder of a key, with the secrets to search, each changed so that the child that reads
/// them does not have them in memory.
fn write_case(folder: &Path, case: &Value) {
    let pem = fs::read(vectors().join(case["file"].as_str().unwrap())).unwrap();
    let mut secrets = Vec::new();
    fs::create_dir(folder).unwrap();
    if let Some(name) = case["expect"]["opens"].as_str() {
        let key = plain_key(name);
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

fn plain_key(name: &str) -> PrivateKey {
    let file = if name == "rsa2048" {
        "pkcs8-plain"
    } else {
        name
    };
    let path = vectors().join(format!("keys/matrix/{file}.pem"));
    let pem = fs::read_to_string(path).unwrap();
    PrivateKey::from_pkcs8_pem(&pem)
        .or_else(|_| PrivateKey::from_pkcs1_pem(&pem))
        .unwrap()
}

/// In a process of its own: loads, uses and drops each key, and searches the memory after each.
#[test]
fn child_process() {
    let Ok(folder) = std::env::var("RESIDUE_TEST_FOLDER") else {
        return;
    };
    let way = std::env::var("RESIDUE_TEST_WAY").unwrap();
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    let mut memory = Memory::new();
    let mut residue = Vec::new();
    for case in &cases {
        let name = fs::read_to_string(case.join("name")).unwrap();
        let secrets = Secret::from_file(&fs::read_to_string(case.join("secrets")).unwrap());
        let key = open(case, &way).ok();
        let opens = case.join("opens").exists();
        assert!(key.is_some() || !opens, "{name}");
        if let Some(key) = key.filter(|_| opens) {
            key.sign(b"body", Digest::Sha1).unwrap();
            let alive = memory.search(&secrets);
            // The engine has the primes, so the search finds them.
            assert!(
                alive.iter().any(|found| found.starts_with("p in ")),
                "{name}"
            );
        }
        let left = memory.search(&secrets).into_iter();
        let left = left.filter(|found| !is_left_by_rsa(found));
        residue.extend(left.map(|found| format!("{name}: {found}")));
    }
    assert!(
        residue.is_empty(),
        "{}:\n{}",
        residue.len(),
        residue.join("\n")
    );
    println!("{} keys were searched", cases.len());
}

/// The crate `rsa`, which signs without aws-lc, does not wipe the numbers that it computes with.
fn is_left_by_rsa(found: &str) -> bool {
    cfg!(not(feature = "aws-lc")) && found.contains(" in number ")
}

fn open(case: &Path, way: &str) -> alikassa::Result<SigningKey> {
    if way == "folder" {
        return SigningKey::load(case);
    }
    let pem = memory::read(&case.join("private.pem")).unwrap();
    let password: Option<Zeroizing<Vec<u8>>> = memory::read(&case.join("password.txt"));
    SigningKey::from_pem(&pem, password.as_ref().map(|password| password.as_slice()))
}
