//! Writes every file that follows from the core's tables: `cargo run -p alikassa-generator`. With
//! `--check` it writes nothing and fails if a file is stale.

mod doc;
mod files;
mod go;
mod php;
mod tables;
mod vectors;

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use files::File;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => write().map(|()| ExitCode::SUCCESS),
        ["--check"] => check(),
        _ => Err("usage: alikassa-generator [--check]".into()),
    }
}

fn write() -> Result<(), Box<dyn Error>> {
    for file in stale()? {
        let path = repository().join(&file.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, &file.content)?;
    }
    Ok(())
}

fn check() -> Result<ExitCode, Box<dyn Error>> {
    let stale = stale()?;
    if stale.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("{}", complaint(&stale));
    Ok(ExitCode::FAILURE)
}

/// The files that differ from what the tables say.
fn stale() -> Result<Vec<File>, Box<dyn Error>> {
    let mut files = files::all()?;
    files.retain(|file| {
        let kept = fs::read_to_string(repository().join(&file.path));
        kept.ok().as_ref() != Some(&file.content)
    });
    Ok(files)
}

fn complaint(stale: &[File]) -> String {
    let lines = stale
        .iter()
        .map(|file| format!("{} is stale: run `make bless`", file.path));
    lines.collect::<Vec<_>>().join("\n")
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_generated_file_is_stale() {
        let stale = stale().unwrap();
        assert!(stale.is_empty(), "{}", complaint(&stale));
    }
}
