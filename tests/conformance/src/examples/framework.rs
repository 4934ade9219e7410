//! The frameworks, and how each one's server is started.

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
}

impl Framework {
    pub(crate) const ALL: [Self; 4] = [Self::Fastapi, Self::Django, Self::Express, Self::Axum];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Fastapi => "fastapi",
            Self::Django => "django",
            Self::Express => "express",
            Self::Axum => "axum",
        }
    }

    pub(super) const fn language(self) -> Language {
        match self {
            Self::Fastapi | Self::Django => Language::Python,
            Self::Express => Language::Node,
            Self::Axum => Language::Rust,
        }
    }

    /// The server, on a port that the system chooses and the server then says.
    pub(super) fn server(self) -> Command {
        let root = repository::root();
        let made = root.join("target/examples").join(self.name());
        match self {
            Self::Fastapi => python(
                &made,
                &["uvicorn", "app:app", "--host", "127.0.0.1", "--port", "0"],
                &root.join("docs/examples/fastapi"),
            ),
            // Several processes of several threads each, as in earnest.
            Self::Django => python(
                &made,
                &[
                    "gunicorn",
                    "app",
                    "--bind=127.0.0.1:0",
                    "--workers=2",
                    "--threads=4",
                    // It would stand in the home folder.
                    "--no-control-socket",
                ],
                &root.join("docs/examples/django"),
            ),
            Self::Express => {
                let mut command = Command::new("node");
                command.arg("app.mjs").current_dir(made).env("PORT", "0");
                command
            }
            Self::Axum => {
                let mut command = Command::new(made);
                command.env("PORT", "0");
                command
            }
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
