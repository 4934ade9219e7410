//! Keys: what they show, and files that cannot be read.

use std::path::{Path, PathBuf};

use alikassa::{Digest, DigestMode, SigningKey, VerifyingKey};

fn keys() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/keys")
}

#[test]
fn a_key_shows_only_its_size() {
    for (folder, bits) in [
        ("rsa1024", 1024),
        ("rsa1025", 1025),
        ("rsa2048", 2048),
        ("rsa3072", 3072),
    ] {
        let key = SigningKey::load(keys().join(folder)).unwrap();
        assert_eq!((key.bits(), key.verifying_key().bits()), (bits, bits));
        assert_eq!(
            format!("{key:?}"),
            format!("SigningKey {{ bits: {bits}, .. }}")
        );
        let public = format!("{:?}", key.verifying_key());
        assert_eq!(public, format!("VerifyingKey {{ bits: {bits}, .. }}"));
        let notice = key.notice();
        assert_eq!(notice.is_some(), bits < 2048, "{bits}");
        assert!(notice.is_none_or(|notice| notice.contains(&format!("{bits} bits"))));
    }
}

#[test]
fn digests_have_the_standard_names() {
    for (digest, name) in [(Digest::Sha1, "sha1"), (Digest::Sha256, "sha256")] {
        assert_eq!(digest.as_str(), name);
        assert_eq!(name.parse::<Digest>().unwrap(), digest);
        assert_eq!(
            name.parse::<DigestMode>().unwrap(),
            DigestMode::Fixed(digest)
        );
    }
    assert_eq!("auto".parse::<DigestMode>().unwrap(), DigestMode::Auto);
    for other in ["", "SHA1", "md5"] {
        assert_eq!(
            other.parse::<DigestMode>().unwrap_err().field(),
            Some("digest")
        );
        assert_eq!(other.parse::<Digest>().unwrap_err().field(), Some("digest"));
    }
}

#[test]
fn a_key_file_is_read_up_to_its_size_limit() {
    let pem = std::fs::read(keys().join("rsa2048/public.pem")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (length, reason) in [(64 * 1024, None), (64 * 1024 + 1, Some("unreadable"))] {
        let mut longer = pem.clone();
        longer.resize(length, b'\n');
        std::fs::write(folder.path().join("public.pem"), longer).unwrap();
        let opened = VerifyingKey::load(folder.path());
        let found = opened
            .err()
            .and_then(|error| error.reason().map(str::to_owned));
        assert_eq!(found.as_deref(), reason);
    }
}

#[test]
fn an_unreadable_password_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(
        keys().join("rsa2048-b/private.pem"),
        folder.path().join("private.pem"),
    )
    .unwrap();
    std::fs::create_dir(folder.path().join("password.txt")).unwrap();
    let error = SigningKey::load(folder.path()).unwrap_err();
    assert_eq!(error.reason(), Some("unreadable"));
}

#[test]
fn a_damaged_key_is_malformed_with_and_without_a_password() {
    let damaged = "-----BEGIN PRIVATE KEY-----\nMAMCAQA=\n-----END PRIVATE KEY-----\n";
    for password in [None, Some(b"password".as_slice())] {
        let error = SigningKey::from_pem(damaged, password).unwrap_err();
        assert_eq!(error.reason(), Some("malformed"));
    }
}

#[test]
fn a_file_in_utf_16_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let utf16 = |text: &[u8]| -> Vec<u8> {
        let text = std::str::from_utf8(text).unwrap();
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let read = |name: &str| std::fs::read(keys().join("rsa2048").join(name)).unwrap();
    let write = |name: &str, text: &[u8]| std::fs::write(folder.path().join(name), text).unwrap();
    write("public.pem", &utf16(&read("public.pem")));
    write("private.pem", &utf16(&read("private.pem")));
    write("password.txt", &read("password.txt"));
    let public = VerifyingKey::load(folder.path()).unwrap_err();
    let private = SigningKey::load(folder.path()).unwrap_err();
    write("private.pem", &read("private.pem"));
    write("password.txt", &utf16(&read("password.txt")));
    let password = SigningKey::load(folder.path()).unwrap_err();
    for (error, reason, file) in [
        (public, "not_pem", "public.pem"),
        (private, "not_pem", "private.pem"),
        (password, "wrong_password", "password.txt"),
    ] {
        assert_eq!(error.reason(), Some(reason));
        let expected = format!("{file}: this is UTF-16 text; save the file as UTF-8 or ASCII");
        assert!(error.message().ends_with(&expected), "{error}");
    }
}
