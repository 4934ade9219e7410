//! The set-up of a case: a sandbox, folders of certificates, settings and secrets.

use std::any::Any;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use alikassa_sandbox::{BadTls, Options};

use crate::program::{Program, Run, bare, run};

/// The password of every proxy and database.
pub(super) const PASSWORD: &str = "hidden-pass-word";

/// A set-up, its exit code, and the lines that say so: step, result, and words of the line.
pub(super) struct Case {
    pub(super) setup: Setup,
    pub(super) code: i32,
    pub(super) lines: Vec<(&'static str, &'static str, &'static str)>,
}

pub(super) struct Setup {
    pub(super) program: Program,
    environment: BTreeMap<&'static str, String>,
    /// What must exist until the program has ended.
    kept: Vec<Box<dyn Any>>,
}

impl Setup {
    /// A set-up without a fault.
    pub(super) fn new() -> Self {
        Self::with(Options::default())
    }

    /// A set-up whose server has a certificate that must be refused.
    pub(super) fn with_bad_tls(bad_tls: BadTls) -> Self {
        let setup = Self::with(Options {
            bad_tls: Some(bad_tls),
            ..Options::default()
        });
        let url = setup.program.sandbox.bad_tls_url().unwrap().to_owned();
        setup.set("ALIKASSA_BASE_URL", url)
    }

    pub(super) fn with(options: Options) -> Self {
        let program = Program::with(options);
        let sandbox = &program.sandbox;
        let mut environment = BTreeMap::from([
            ("ALIKASSA_ACCOUNT", sandbox.account().to_owned()),
            ("ALIKASSA_BASE_URL", sandbox.tls_url().to_owned()),
            (
                "ALIKASSA_CA_FILE",
                sandbox.ca_file().to_str().unwrap().to_owned(),
            ),
        ]);
        for (variable, name, from) in [
            ("ALIKASSA_PAYMENT_CERT", "payment", sandbox.payment_cert()),
            ("ALIKASSA_PAYOUT_CERT", "payout", sandbox.payout_cert()),
            (
                "ALIKASSA_NOTIFICATION_CERT",
                "notification",
                sandbox.notification_cert(),
            ),
        ] {
            let to = program.folder.path().join(name);
            fs::create_dir(&to).unwrap();
            for file in fs::read_dir(from).unwrap() {
                let file = file.unwrap();
                let copy = to.join(file.file_name());
                fs::copy(file.path(), &copy).unwrap();
                permit(&copy, 0o600);
            }
            environment.insert(variable, name.to_owned());
        }
        Self {
            program,
            environment,
            kept: Vec::new(),
        }
    }

    pub(super) fn set(mut self, variable: &'static str, value: impl Into<String>) -> Self {
        self.environment.insert(variable, value.into());
        self
    }

    pub(super) fn unset(mut self, variable: &str) -> Self {
        self.environment.remove(variable);
        self
    }

    pub(super) fn keep(mut self, kept: impl Any) -> Self {
        self.kept.push(Box::new(kept));
        self
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.program.folder.path().join(name)
    }

    pub(super) fn write(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), bytes).unwrap();
        self
    }

    pub(super) fn remove(self, name: &str) -> Self {
        fs::remove_file(self.path(name)).unwrap();
        self
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(&[&["doctor"], arguments].concat());
        command
            .current_dir(self.program.folder.path())
            .envs(&self.environment);
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Run {
        run(&mut self.command(arguments), "")
    }

    /// Everything that no output may contain: key files, passwords and signatures.
    pub(super) fn secrets(&self) -> Vec<String> {
        let mut secrets = vec![PASSWORD.to_owned()];
        for folder in ["payment", "payout"] {
            for name in ["password.txt", "private.pem"] {
                let text = fs::read_to_string(self.path(folder).join(name));
                let text = text.unwrap_or_default();
                let lines = text
                    .lines()
                    .filter(|line| line.len() > 8 && !line.contains("-----"));
                secrets.extend(lines.map(str::to_owned));
            }
        }
        let log = self.program.sandbox.log();
        secrets.extend(
            log.iter()
                .filter_map(|request| request.headers.get("sign").cloned()),
        );
        secrets
    }

    pub(super) fn case(
        self,
        code: i32,
        lines: impl Into<Vec<(&'static str, &'static str, &'static str)>>,
    ) -> Case {
        Case {
            setup: self,
            code,
            lines: lines.into(),
        }
    }
}

/// A file of the test vectors.
pub(super) fn vector(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/keys");
    fs::read(folder.join(name)).unwrap()
}

#[cfg(unix)]
pub(super) fn permit(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
pub(super) fn permit(_path: &Path, _mode: u32) {}
