//! The languages and their drivers.

use std::fmt;
use std::process::Command;

use serde::Deserialize;

use crate::{Result, repository};

#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    Rust,
    Python,
    Node,
    C,
    Php,
    Go,
}

impl Language {
    pub(crate) const ALL: [Self; 6] = [
        Self::Rust,
        Self::Python,
        Self::Node,
        Self::C,
        Self::Php,
        Self::Go,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::Node => "node",
            Self::C => "c",
            Self::Php => "php",
            Self::Go => "go",
        }
    }

    /// Why the language has no function that the library calls, if it has none.
    pub(crate) const fn no_callbacks(self) -> Option<&'static str> {
        match self {
            Self::Php => {
                Some("PHP cannot run a function of the program on a thread of the library")
            }
            Self::Rust | Self::Python | Self::Node | Self::C | Self::Go => None,
        }
    }

    /// The header of its requests.
    pub(crate) fn user_agent(self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        match self {
            // A package over the C library names both.
            Self::Php | Self::Go => format!("alikassa-{self}/{version} alikassa-c/{version}"),
            Self::Rust | Self::Python | Self::Node | Self::C => {
                format!("alikassa-{self}/{version}")
            }
        }
    }

    /// The package of the system that is missing, of a language that `make demo` can do without.
    pub(crate) fn missing_package(self) -> Option<&'static str> {
        match self {
            Self::Php => {
                let has_ffi = "exit(extension_loaded('ffi') ? 0 : 1);";
                let status = Command::new("php").args(["-r", has_ffi]).status();
                let is_there = status.is_ok_and(|status| status.success());
                (!is_there).then_some("php-cli, with FFI")
            }
            Self::Go => {
                let is_there = Command::new("go").arg("version").output().is_ok();
                (!is_there).then_some("golang-go")
            }
            Self::Rust | Self::Python | Self::Node | Self::C => None,
        }
    }

    /// The driver's command, to run from the repository's root.
    pub(crate) fn driver(self) -> Command {
        let root = repository::root();
        let mut command = match self {
            Self::Rust => Command::new(root.join("target/drivers/rust")),
            Self::Python => {
                let mut command = Command::new("python3");
                command.arg("tests/drivers/python/driver.py");
                command.env("PYTHONPATH", root.join("target/drivers/python"));
                command
            }
            Self::Node => {
                let mut command = Command::new("node");
                command.arg("tests/drivers/node/driver.mjs");
                command
            }
            Self::C => Command::new(root.join("target/drivers/c/driver")),
            Self::Go => Command::new(root.join("target/drivers/go/driver")),
            Self::Php => {
                let mut command = Command::new("php");
                command.arg("tests/drivers/php/driver.php");
                command
            }
        };
        command.current_dir(root);
        command
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The named languages, or all of them if none is named.
pub(crate) fn selected(named: &[Language]) -> Vec<Language> {
    if named.is_empty() {
        Language::ALL.to_vec()
    } else {
        named.to_vec()
    }
}

const WITHOUT_AWS_LC: &str = "rust-without-aws-lc";

/// The Rust driver that signs with the reference engine. Build it first.
pub(crate) fn driver_without_aws_lc() -> Command {
    Command::new(
        repository::root()
            .join("target/drivers")
            .join(WITHOUT_AWS_LC),
    )
}

/// Builds the drivers and the packages that they load.
pub(crate) fn build(languages: &[Language]) -> Result<()> {
    let names: Vec<_> = languages.iter().map(|language| language.name()).collect();
    build_drivers(&names)
}

pub(crate) fn build_without_aws_lc() -> Result<()> {
    build_drivers(&[WITHOUT_AWS_LC])
}

fn build_drivers(names: &[&str]) -> Result<()> {
    let mut build = Command::new(repository::root().join("tests/drivers/build"));
    build.args(names);
    let status = build
        .status()
        .map_err(|error| format!("tests/drivers/build: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("tests/drivers/build: {status}").into())
    }
}
