//! The folder of a server, which belongs to a user that is not root: PostgreSQL refuses to run as
//! root.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use tempfile::TempDir;

use crate::BoxResult;

/// Ends what still runs in the folder when the process that made it is gone, however it ended.
const WATCH: &str = r#"
trap '' INT TERM
cat >/dev/null
if pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null); then
  kill -CONT $(cat "/proc/$pid/task/$pid/children" 2>/dev/null) "$pid" 2>/dev/null
  kill -QUIT "$pid" 2>/dev/null
fi
if pid=$(cat "$1/pgbouncer.pid" 2>/dev/null); then
  kill -KILL "$pid" 2>/dev/null
fi
sleep 0.1
rm -rf "$1"
"#;

pub(crate) struct Folder {
    path: TempDir,
    watch: Child,
    alive: Option<ChildStdin>,
}

impl Folder {
    pub(crate) fn new() -> BoxResult<Self> {
        let path = tempfile::Builder::new().prefix("alikassa-").tempdir()?;
        give(path.path())?;
        let mut watch = Command::new("sh");
        watch.args(["-c", WATCH, "sh"]).arg(path.path());
        watch.stdin(Stdio::piped()).process_group(0);
        let mut watch = watch.spawn()?;
        let alive = watch.stdin.take();
        Ok(Self { path, watch, alive })
    }

    pub(crate) fn path(&self) -> &Path {
        self.path.path()
    }

    /// Writes a file that only the servers' user can read, as PostgreSQL requires of a key.
    pub(crate) fn write(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        let path = self.path().join(name);
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        give(&path)?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.alive = None;
        _ = self.watch.wait();
    }
}

/// Gives a path to the servers' user.
pub(crate) fn give(path: &Path) -> io::Result<()> {
    match servers_user() {
        Some((user, group)) => chown(path, Some(user), Some(group)),
        None => Ok(()),
    }
}

/// A command that runs as the servers' user.
pub(crate) fn command(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    if let Some((user, group)) = servers_user() {
        command.uid(user).gid(group);
    }
    // The current folder may be one that the user cannot enter.
    command.current_dir("/").stdin(Stdio::null());
    command
}

/// The user and group for root: `postgres` of Debian's package, or nobody.
fn servers_user() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = users.lines().find_map(|line| {
        let mut fields = line.strip_prefix("postgres:")?.split(':').skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    });
    Some(ids.unwrap_or((65534, 65534)))
}
