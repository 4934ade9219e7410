//! A PostgreSQL server.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Signal;

use crate::certificates;
use crate::cluster;
use crate::folder::{Folder, command};
use crate::held::Held;
use crate::process::{Server, free_port, run, wait_until};
use crate::{BoxResult, DATABASE, ESCAPED_PASSWORD, OWNER, USER};

/// What a server differs in.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its certificate, if it has TLS.
    pub tls: Option<Tls>,
    /// How users prove who they are, as `pg_hba.conf` names it.
    pub method: String,
    /// Lines of `postgresql.conf`.
    pub settings: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tls: None,
            method: "scram-sha-256".to_owned(),
            settings: Vec::new(),
        }
    }
}

/// A server's certificate.
#[derive(Clone, Copy, Debug)]
pub enum Tls {
    /// It names the loopback addresses, and has a signature with SHA-256.
    Loopback,
    /// The same, signed with SHA-384.
    LoopbackSha384,
    /// It names another host.
    OtherHost,
}

/// A running server, or one that was stopped by a test.
pub struct Postgres {
    server: Option<Server>,
    has_tls: bool,
    port: u16,
    data: PathBuf,
    // The last, so that it is removed when nothing runs in it.
    folder: Folder,
}

impl Postgres {
    /// Starts a new server with an empty database.
    ///
    /// # Errors
    /// If PostgreSQL is not installed or does not start.
    pub fn start(options: &Options) -> BoxResult<Self> {
        let folder = Folder::new()?;
        let data = cluster::create(&folder)?;
        Self::start_in(folder, data, options)
    }

    /// Starts a standby of this server, which follows it as it is now.
    ///
    /// # Errors
    /// If the copy or the start fails.
    pub fn standby(&self, options: &Options) -> BoxResult<Self> {
        let folder = Folder::new()?;
        let data = folder.path().join("data");
        run(command(cluster::programs()?.join("pg_basebackup"))
            .args([
                "--checkpoint=fast",
                "--write-recovery-conf",
                "--no-sync",
                "-U",
                OWNER,
                "-p",
            ])
            .arg(self.port.to_string())
            .arg("-h")
            .arg(self.socket_folder())
            .arg("-D")
            .arg(&data))?;
        Self::start_in(folder, data, options)
    }

    fn start_in(folder: Folder, data: PathBuf, options: &Options) -> BoxResult<Self> {
        let port = free_port()?;
        let mut settings = vec![
            "listen_addresses = '127.0.0.1'".to_owned(),
            format!("port = {port}"),
            format!("unix_socket_directories = '{}'", folder.path().display()),
            "shared_buffers = '16MB'".to_owned(),
            "max_connections = 100".to_owned(),
            "log_min_messages = warning".to_owned(),
        ];
        if let Some(tls) = options.tls {
            let made = certificates::create(tls)?;
            folder.write("authority.pem", &made.authority)?;
            let certificate = folder.write("server.pem", &made.certificate)?;
            let key = folder.write("server.key", &made.key)?;
            settings.push("ssl = on".to_owned());
            settings.push(format!("ssl_cert_file = '{}'", certificate.display()));
            settings.push(format!("ssl_key_file = '{}'", key.display()));
        }
        settings.extend(options.settings.iter().cloned());
        folder.write("data/postgresql.conf", &settings.join("\n"))?;
        let method = &options.method;
        let hba = format!(
            "local all {OWNER} trust\nlocal replication {OWNER} trust\n\
             local all all {method}\nhost all all 127.0.0.1/32 {method}\n"
        );
        folder.write("data/pg_hba.conf", &hba)?;
        let mut postgres = Self {
            server: None,
            has_tls: options.tls.is_some(),
            port,
            data,
            folder,
        };
        postgres.restart()?;
        Ok(postgres)
    }

    /// Starts it again, with its data, port and socket.
    ///
    /// # Errors
    /// If it does not start; the error has its log.
    pub fn restart(&mut self) -> BoxResult<()> {
        self.stop()?;
        let log_path = self.folder.path().join("log");
        let log = File::options().create(true).append(true).open(&log_path)?;
        let mut command = command(cluster::programs()?.join("postgres"));
        command.arg("-D").arg(&self.data);
        command.stdout(log.try_clone()?).stderr(log);
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut server = Server::start(&mut command, Signal::QUIT)?;
        let state = self.data.join("postmaster.pid");
        wait_until("the server's start", || {
            if server.has_ended() {
                let log = fs::read_to_string(&log_path)?;
                return Err(format!("PostgreSQL did not start: {log}").into());
            }
            let state = fs::read_to_string(&state).unwrap_or_default();
            let last = state.lines().nth(7).map(str::trim_end);
            Ok(matches!(last, Some("ready" | "standby")))
        })?;
        self.server = Some(server);
        Ok(())
    }

    /// Ends it as an administrator does: sessions are ended, and its data are in order.
    ///
    /// # Errors
    /// If it does not end.
    pub fn stop(&mut self) -> BoxResult<()> {
        self.end(Signal::INT)
    }

    /// Ends it at once, as a crash does.
    ///
    /// # Errors
    /// If it does not end.
    pub fn crash(&mut self) -> BoxResult<()> {
        self.end(Signal::QUIT)
    }

    fn end(&mut self, signal: Signal) -> BoxResult<()> {
        match self.server.take() {
            Some(mut server) => server.end(signal),
            None => Ok(()),
        }
    }

    /// Stops all its processes with SIGSTOP: connections stay open, and nobody answers.
    ///
    /// # Errors
    /// If it does not run.
    pub fn pause(&mut self) -> BoxResult<()> {
        self.server
            .as_mut()
            .ok_or("the server does not run")?
            .pause()
    }

    /// Lets a paused server run again.
    ///
    /// # Errors
    /// If it does not run.
    pub fn resume(&mut self) -> BoxResult<()> {
        self.server
            .as_mut()
            .ok_or("the server does not run")?
            .resume()
    }

    /// Makes a primary of a standby, and waits until it is one.
    ///
    /// # Errors
    /// If it is none.
    pub fn promote(&self) -> BoxResult<()> {
        self.execute("SELECT pg_promote()")?;
        Ok(())
    }

    /// Runs SQL as the superuser, and returns the columns and rows as `psql` prints them unaligned.
    ///
    /// # Errors
    /// If the server refuses it.
    pub fn execute(&self, sql: &str) -> BoxResult<String> {
        let printed = run(self.psql()?.args(["-c", sql]))?;
        Ok(printed.trim_end().to_owned())
    }

    /// `psql` as the superuser, which prints unaligned columns and rows.
    fn psql(&self) -> BoxResult<Command> {
        let mut psql = command(cluster::programs()?.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"])
            .args(["-U", OWNER, "-d", DATABASE])
            .arg("-p")
            .arg(self.port.to_string())
            .arg("-h")
            .arg(self.socket_folder());
        Ok(psql)
    }

    /// Runs SQL as the superuser in a transaction that stays open.
    ///
    /// # Errors
    /// If the server refuses it.
    pub fn hold(&self, sql: &str) -> BoxResult<Held> {
        Held::new(self.psql()?, sql)
    }

    /// Its URL for the user of the tests over TCP, with TLS if it has that.
    pub fn url(&self) -> String {
        self.url_of(USER)
    }

    /// The same for another user with the same password.
    pub fn url_of(&self, user: &str) -> String {
        let place = format!(
            "postgresql://{user}:{ESCAPED_PASSWORD}@127.0.0.1:{}/{DATABASE}",
            self.port
        );
        if self.has_tls {
            format!("{place}?sslrootcert={}", self.authority().display())
        } else {
            format!("{place}?sslmode=disable")
        }
    }

    /// Its URL over the Unix socket.
    pub fn socket_url(&self) -> String {
        let (folder, port) = (self.socket_folder().display(), self.port);
        format!("postgresql://{USER}:{ESCAPED_PASSWORD}@/{DATABASE}?host={folder}&port={port}")
    }

    /// Its port, on TCP and in the name of its Unix socket.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of its Unix socket.
    pub fn socket_folder(&self) -> &Path {
        self.folder.path()
    }

    /// The certificate of the authority, if it has TLS.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// The files of its certificate and key, if it has TLS.
    pub(crate) fn certificate(&self) -> Option<(PathBuf, PathBuf)> {
        let file = |name| self.folder.path().join(name);
        self.has_tls
            .then(|| (file("server.pem"), file("server.key")))
    }
}
