//! What stays in memory of a key that was loaded and dropped: nothing of its primes, of the lines of
//! its file and of its password.

mod cases;
mod memory;

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;

use alikassa::{Digest, SigningKey};
use zeroize::Zeroizing;

use crate::fixture;
use crate::vectors::vectors;
use memory::{Memory, Secret};

#[test]
fn nothing_of_a_key_stays_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let cases = cases::write(&vectors(), folder.path());
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
        let searched = format!("{cases} keys were searched");
        assert!(output.contains(&searched), "{output}");
    }
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
    let mut memory = Memory::of("self");
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
    let pem = read(&case.join("private.pem")).unwrap();
    let password: Option<Zeroizing<Vec<u8>>> = read(&case.join("password.txt"));
    SigningKey::from_pem(&pem, password.as_ref().map(|password| password.as_slice()))
}

/// Reads a file into memory that is wiped after use.
fn read(path: &Path) -> Option<Zeroizing<Vec<u8>>> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().unwrap().len();
    let mut bytes = Zeroizing::new(vec![0; usize::try_from(length).unwrap()]);
    file.read_exact(&mut bytes).unwrap();
    Some(bytes)
}
