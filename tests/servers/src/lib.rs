//! PostgreSQL and PgBouncer for the tests: each has its own folder, a Unix socket and a port of the
//! loopback address, and ends with the value that started it, or with the process.

mod certificates;
mod cluster;
mod folder;
mod held;
mod pgbouncer;
mod postgres;
mod process;

pub use held::Held;
pub use pgbouncer::PgBouncer;
pub use postgres::{Options, Postgres, Tls};

/// What a server's start can fail with.
pub type BoxResult<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The database of every server.
pub const DATABASE: &str = "shop";

/// The user of the tests, who owns the database. Its password is one for SCRAM.
pub const USER: &str = "pay";

/// A user whose password is one for md5.
pub const MD5_USER: &str = "legacy";

/// The password of both users, with characters that a URL escapes.
pub const PASSWORD: &str = "p@ss:w/rd% пароль";

/// [`PASSWORD`] as a URL has it.
pub const ESCAPED_PASSWORD: &str = "p%40ss%3Aw%2Frd%25%20%D0%BF%D0%B0%D1%80%D0%BE%D0%BB%D1%8C";

/// The superuser, who needs no password on the Unix socket.
pub const OWNER: &str = "owner";
