//! The web frameworks, and how to start each server.

use std::path::Path;
use std::process::Command;

use crate::language::Language;
use crate::repository;

#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub(crate) enum Framework {
    Fastapi,
    Django,
    Express,
    Axum,
    Php,
}

impl Framework {
    pub(crate) const ALL: [Self; 5] = [
        Self::Fastapi,
        Self::Django,
        Self::Express,
        Self::Axum,
        Self::Php,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Fastapi => "fastapi",
            Self::Django => "django",
            Self::Express => "express",
            Self::Axum => "axum",
            Self::Php => "php",
        }
    }

    pub(super) const fn language(self) -> Language {
        match self {
            Self::Fastapi | Self::Django => Language::Python,
            Self::Express => Language::Node,
            Self::Axum => Language::Rust,
            Self::Php => Language::Php,
        }
    }

    /// The server's command. The operating system chooses the port and the server prints it.
    pub(super) fn server(self) -> Command {
        let root = repository::root();
        let built = root.join("target/examples").join(self.name());
        match self {
            Self::Fastapi => python(
                &built,
                &["uvicorn", "app:app", "--host", "127.0.0.1", "--port", "0"],
                &root.join("docs/examples/fastapi"),
            ),
            // Several processes with several threads each, as in production.
            Self::Django => python(
                &built,
                &[
                    "gunicorn",
                    "app",
                    "--bind=127.0.0.1:0",
                    "--workers=2",
                    "--threads=4",
                    // The control socket would be created in the home folder.
                    "--no-control-socket",
                ],
                &root.join("docs/examples/django"),
            ),
            Self::Express => {
                let mut command = Command::new("node");
                command.arg("app.mjs").current_dir(built).env("PORT", "0");
                command
            }
            Self::Axum => {
                let mut command = Command::new(built);
                command.env("PORT", "0");
                command
            }
            Self::Php => Command::new(root.join("tests/examples/php-fpm")),
        }
    }
}

fn python(venv: &Path, module: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(venv.join("bin/python"));
    command
        .arg("-m")
        .args(module)
        .current_dir(folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env(
            "PYTHONPATH",
            repository::root().join("target/drivers/python"),
        );
    command
}
