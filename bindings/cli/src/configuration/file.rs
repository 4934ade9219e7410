//! The file of settings. It has no secrets, and its paths are relative to its folder.

use std::path::Path;

use alikassa::binding::{ClientOption, OptionKind};

use crate::failure::Failure;

/// The content of the file; empty if there is none and none was asked for.
pub(super) fn read(path: &Path, is_asked_for: bool) -> Result<toml::Table, Failure> {
    let text = match std::fs::read_to_string(path) {
        Err(error) if !is_asked_for && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(toml::Table::new());
        }
        read => read.map_err(|error| refuse(path, &error.to_string()))?,
    };
    // The parser's error shows the line, which may have a secret.
    text.parse()
        .map_err(|error: toml::de::Error| refuse(path, error.message()))
}

/// The text of a setting.
pub(super) fn text(
    path: &Path,
    option: &ClientOption,
    value: toml::Value,
) -> Result<String, Failure> {
    let name = option.name;
    let text = match value {
        toml::Value::String(text) => text,
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        _ => {
            return Err(refuse(path, &format!("{name}: write a text or a number")));
        }
    };
    if has_password(&text) {
        let advice = option.variable.unwrap_or("the environment");
        return Err(refuse(
            path,
            &format!("{name}: a password does not belong into this file; set {advice}"),
        ));
    }
    Ok(relative_to(path, option, text))
}

pub(super) fn refuse(path: &Path, reason: &str) -> Failure {
    Failure::usage(format!("{}: {reason}", path.display()))
}

/// Whether it is a URL with a password.
fn has_password(text: &str) -> bool {
    let authority = text.split_once("://").map(|(_, rest)| rest);
    let authority = authority.and_then(|rest| rest.split('/').next());
    let user = authority.and_then(|authority| authority.rsplit_once('@'));
    user.is_some_and(|(user, _)| user.contains(':')) || text.contains("password=")
}

fn relative_to(file: &Path, option: &ClientOption, text: String) -> String {
    let is_path = match option.kind {
        OptionKind::Path | OptionKind::SigningKey | OptionKind::VerifyingKeys => true,
        OptionKind::Ledger => !text.contains("://"),
        _ => false,
    };
    match file.parent().filter(|_| is_path) {
        Some(folder) => folder.join(&text).to_str().map_or(text, str::to_owned),
        None => text,
    }
}
