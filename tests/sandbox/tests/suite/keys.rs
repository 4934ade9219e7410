use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::client::{sign, start};

fn openssl(arguments: &[&str], file: &Path) -> String {
    let output = Command::new("openssl")
        .args(arguments)
        .arg(file)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn each_archive_contains_its_files() {
    let sandbox = start();
    let all = ["password.txt", "private.pem", "public.pem"];
    let has = |folder: &Path, files: &[&str]| {
        assert!(names(folder).iter().eq(files), "{}", folder.display());
    };
    has(sandbox.payment_cert(), &all);
    has(sandbox.payout_cert(), &all);
    has(sandbox.notification_cert(), &all[2..]);
    has(sandbox.notification_private_cert(), &all[..2]);
}

#[test]
fn private_keys_have_the_format_that_php_writes() {
    let sandbox = start();
    for folder in [
        sandbox.payment_cert(),
        sandbox.payout_cert(),
        sandbox.notification_private_cert(),
    ] {
        let private = folder.join("private.pem");
        let text = fs::read_to_string(&private).unwrap();
        assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        assert!(text.ends_with("-----END ENCRYPTED PRIVATE KEY-----\n"));
        assert_eq!(text.lines().nth(1).unwrap().len(), 64);

        let tree = openssl(&["asn1parse", "-in"], &private);
        for part in [
            "PBES2",
            "PBKDF2",
            "INTEGER           :0800",
            "hmacWithSHA256",
            "des-ede3-cbc",
        ] {
            assert!(tree.contains(part), "{part} in {tree}");
        }
        let salt = tree
            .lines()
            .find(|line| line.contains("OCTET STRING"))
            .unwrap();
        assert!(salt.contains("l=   8"), "{salt}");
        assert_eq!(
            fs::read_to_string(folder.join("password.txt"))
                .unwrap()
                .trim_end()
                .len(),
            32
        );
    }
}

#[test]
fn public_keys_match_the_private_keys() {
    let sandbox = start();
    for (private, public) in [
        (sandbox.payment_cert(), sandbox.payment_cert()),
        (sandbox.payout_cert(), sandbox.payout_cert()),
        (
            sandbox.notification_private_cert(),
            sandbox.notification_cert(),
        ),
    ] {
        let password = format!("file:{}", private.join("password.txt").display());
        let derived = openssl(
            &["pkey", "-pubout", "-passin", &password, "-in"],
            &private.join("private.pem"),
        );
        let public = fs::read_to_string(public.join("public.pem")).unwrap();
        assert_eq!(public, derived);
        assert_eq!(public.len(), 451);
    }
}

#[test]
fn every_sandbox_has_its_own_keys() {
    let [one, other] = [start(), start()];
    let signatures: BTreeSet<_> = [&one, &other]
        .iter()
        .flat_map(|sandbox| {
            [
                sandbox.payment_cert(),
                sandbox.payout_cert(),
                sandbox.notification_private_cert(),
            ]
        })
        .map(|archive| sign(archive, "sha1", b""))
        .collect();
    assert_eq!(signatures.len(), 6);
}

#[test]
fn the_folder_is_removed_with_the_sandbox() {
    let sandbox = start();
    let folder = sandbox.ca_file().parent().unwrap().to_owned();
    assert!(folder.exists());
    drop(sandbox);
    assert!(!folder.exists());
}
