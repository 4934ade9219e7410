//! Secrets, which no text of the library may contain.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The end of the first line of every key file; no message needs it.
const MARKER: &str = "KEY-----";

/// A shorter line of base64 could occur by chance.
const SHORTEST_LINE: usize = 16;

/// Passwords and lines of key files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Adds the password and the private key of a folder in the provider's archive layout, if
    /// present.
    pub(crate) fn add_folder(&mut self, folder: &Path) {
        if let Ok(password) = fs::read(folder.join("password.txt")) {
            self.add_password(&password);
        }
        if let Ok(pem) = fs::read(folder.join("private.pem")) {
            self.add_pem(&pem);
        }
    }

    pub(crate) fn add_password(&mut self, password: &[u8]) {
        let password = String::from_utf8_lossy(password).trim().to_owned();
        // A short password, such as the vectors' `wrong`, occurs in ordinary words.
        if password.len() >= 6 {
            self.0.push(password);
        }
    }

    pub(crate) fn add_pem(&mut self, pem: &[u8]) {
        let text = String::from_utf8_lossy(pem);
        let lines = text.lines().map(str::trim);
        let secret = lines.filter(|line| line.len() >= SHORTEST_LINE && !line.starts_with("-----"));
        self.0.extend(secret.map(str::to_owned));
    }

    /// Fails if any string of the value contains a secret. The error does not repeat the secret.
    pub(crate) fn check(&self, value: &Value) -> Result<(), String> {
        match value {
            Value::String(text) => self.check_text(text),
            Value::Array(items) => items.iter().try_for_each(|item| self.check(item)),
            Value::Object(members) => members.iter().try_for_each(|(name, value)| {
                self.check_text(name)?;
                self.check(value)
            }),
            _ => Ok(()),
        }
    }

    pub(crate) fn check_text(&self, text: &str) -> Result<(), String> {
        let known = self.0.iter().map(String::as_str);
        match known.chain([MARKER]).find(|secret| text.contains(secret)) {
            Some(MARKER) => Err("a text contains a key".to_owned()),
            Some(_) => Err("a text contains a password or a line of a key file".to_owned()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_is_found_in_any_string() {
        let mut secrets = Secrets::default();
        secrets.add_password(b"correct horse\r\n");
        secrets.add_pem(
            b"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhki\n-----END PRIVATE KEY-----\n",
        );
        for leak in [
            json!("the password is correct horse"),
            json!({ "a": ["x", { "b": "MIIEvQIBADANBgkqhki" }] }),
            json!({ "correct horse": 1 }),
            json!("-----BEGIN PRIVATE KEY-----"),
        ] {
            assert!(secrets.check(&leak).is_err(), "{leak}");
        }
        assert!(
            secrets
                .check(&json!({ "a": "no -----BEGIN line; this is a PRIVATE KEY" }))
                .is_ok()
        );
    }
}
