//! `alikassa-servers`: starts a database, prints one line of JSON with its URLs, and ends with its
//! standard input. Each line of that is a command, and is answered by a line of JSON.

use std::io::{Write as _, stdin, stdout};
use std::process::ExitCode;

use alikassa_servers::{BoxResult, Options, PgBouncer, Postgres, Tls};
use clap::{Parser, ValueEnum};
use serde_json::{Value, json};

/// A PostgreSQL server with an empty database. Commands: stop, crash, pause, resume, restart,
/// promote (the standby), and execute SQL
#[derive(Parser)]
struct Arguments {
    /// Certificate of the server; without it, it has no TLS
    #[arg(long, value_enum)]
    tls: Option<Certificate>,

    /// Method of authentication, as in `pg_hba.conf`
    #[arg(long, default_value = "scram-sha-256")]
    method: String,

    /// Line of `postgresql.conf`
    #[arg(long)]
    setting: Vec<String>,

    /// Put a `PgBouncer` with this number of sessions in front of it
    #[arg(long)]
    pgbouncer: Option<usize>,

    /// Start a standby of it
    #[arg(long)]
    standby: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Certificate {
    Loopback,
    LoopbackSha384,
    OtherHost,
}

struct Servers {
    // Those that depend on another end before it.
    pgbouncer: Option<PgBouncer>,
    standby: Option<Postgres>,
    postgres: Postgres,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("alikassa-servers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> BoxResult<()> {
    let tls = arguments.tls.map(|tls| match tls {
        Certificate::Loopback => Tls::Loopback,
        Certificate::LoopbackSha384 => Tls::LoopbackSha384,
        Certificate::OtherHost => Tls::OtherHost,
    });
    let options = Options {
        tls,
        method: arguments.method,
        settings: arguments.setting,
        ..Options::default()
    };
    let postgres = Postgres::start(&options)?;
    let pgbouncer = arguments.pgbouncer;
    let pgbouncer = pgbouncer.map(|sessions| PgBouncer::start(&postgres, sessions));
    let standby = arguments.standby.then(|| postgres.standby(&options));
    let mut servers = Servers {
        pgbouncer: pgbouncer.transpose()?,
        standby: standby.transpose()?,
        postgres,
    };
    print(&servers.urls())?;
    for line in stdin().lines() {
        print(&match servers.execute(&line?) {
            Ok(printed) => json!({ "ok": printed }),
            Err(error) => json!({ "error": error.to_string() }),
        })?;
    }
    Ok(())
}

fn print(value: &Value) -> BoxResult<()> {
    writeln!(stdout(), "{value}")?;
    Ok(stdout().flush()?)
}

impl Servers {
    fn urls(&self) -> Value {
        json!({
            "url": self.postgres.url(),
            "socket_url": self.postgres.socket_url(),
            "port": self.postgres.port(),
            "socket_folder": self.postgres.socket_folder(),
            "authority": self.postgres.authority(),
            "pgbouncer_url": self.pgbouncer.as_ref().map(PgBouncer::url),
            "standby_url": self.standby.as_ref().map(Postgres::url),
        })
    }

    fn execute(&mut self, command: &str) -> BoxResult<String> {
        match command.split_once(' ').unwrap_or((command, "")) {
            ("stop", _) => self.postgres.stop()?,
            ("crash", _) => self.postgres.crash()?,
            ("pause", _) => self.postgres.pause()?,
            ("resume", _) => self.postgres.resume()?,
            ("restart", _) => self.postgres.restart()?,
            ("promote", _) => self
                .standby
                .as_ref()
                .ok_or("there is no standby")?
                .promote()?,
            ("execute", sql) => return self.postgres.execute(sql),
            _ => return Err("unknown command".into()),
        }
        Ok(String::new())
    }
}
