//! A PgBouncer in transaction mode: each statement can run in another session of the server.

use std::fs::{self, File};

use rustix::process::Signal;

use crate::folder::{Folder, command};
use crate::process::{Server, free_port, wait_until};
use crate::{BoxResult, DATABASE, ESCAPED_PASSWORD, PASSWORD, Postgres, USER};

/// A running PgBouncer.
pub struct PgBouncer {
    _server: Server,
    port: u16,
    /// What follows the ? of its URL.
    parameters: String,
    _folder: Folder,
}

impl PgBouncer {
    /// Starts one in front of this server, with as many sessions. If the server has TLS, it has the
    /// same certificate.
    ///
    /// # Errors
    /// If PgBouncer is not installed or does not start.
    pub fn start(postgres: &Postgres, sessions: usize) -> BoxResult<Self> {
        let folder = Folder::new()?;
        let port = free_port()?;
        let users = folder.write("users.txt", &format!("\"{USER}\" \"{PASSWORD}\"\n"))?;
        let path = folder.path().display();
        let settings = format!(
            "[databases]\n\
             {DATABASE} = host=127.0.0.1 port={server_port}\n\
             [pgbouncer]\n\
             listen_addr = 127.0.0.1\n\
             listen_port = {port}\n\
             unix_socket_dir = {path}\n\
             pidfile = {path}/pgbouncer.pid\n\
             auth_type = scram-sha-256\n\
             auth_file = {users}\n\
             pool_mode = transaction\n\
             default_pool_size = {sessions}\n",
            server_port = postgres.port(),
            users = users.display(),
        );
        let (tls, parameters) = match postgres.certificate() {
            None => (String::new(), "sslmode=disable".to_owned()),
            Some((certificate, key)) => {
                let certificate = folder.write("server.pem", &fs::read_to_string(certificate)?)?;
                let key = folder.write("server.key", &fs::read_to_string(key)?)?;
                let (certificate, key) = (certificate.display(), key.display());
                (
                    format!(
                        "client_tls_sslmode = require\n\
                         client_tls_cert_file = {certificate}\n\
                         client_tls_key_file = {key}\n"
                    ),
                    format!("sslrootcert={}", postgres.authority().display()),
                )
            }
        };
        let settings = folder.write("pgbouncer.ini", &(settings + &tls))?;
        let log_path = folder.path().join("log");
        let log = File::create(&log_path)?;
        let mut command = command("pgbouncer");
        command.arg(settings).stdout(log.try_clone()?).stderr(log);
        // Debian has it where only root's PATH leads.
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{path}:/usr/sbin"));
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        // It has nothing to lose, and which other signal ends it at once depends on its version.
        let mut server = Server::start(&mut command, Signal::KILL)?;
        wait_until("PgBouncer's start", || {
            if server.has_ended() {
                let log = fs::read_to_string(&log_path)?;
                return Err(format!("PgBouncer did not start: {log}").into());
            }
            Ok(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok())
        })?;
        Ok(Self {
            _server: server,
            port,
            parameters,
            _folder: folder,
        })
    }

    /// Its URL for the user of the tests.
    pub fn url(&self) -> String {
        let Self {
            port, parameters, ..
        } = self;
        format!("postgresql://{USER}:{ESCAPED_PASSWORD}@127.0.0.1:{port}/{DATABASE}?{parameters}")
    }
}
