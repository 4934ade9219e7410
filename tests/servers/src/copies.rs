//! Copies of a server's data, as administrators make them.

use std::path::PathBuf;

use crate::cluster;
use crate::folder::{Folder, command};
use crate::postgres::{Options, Postgres};
use crate::process::{run, wait_until};
use crate::{BoxResult, DATABASE, OWNER};

/// A copy of the data folder of a server, for a recovery to a point in time.
pub struct Backup {
    folder: Folder,
    data: PathBuf,
    /// Where the server keeps its log, from which the recovery reads what the copy lacks.
    log: PathBuf,
}

impl Postgres {
    /// Starts a standby of this server, which follows it as it is now.
    ///
    /// # Errors
    /// If the copy or the start fails.
    pub fn standby(&self, options: &Options) -> BoxResult<Self> {
        let (folder, data) = self.copy(&["--write-recovery-conf"])?;
        Self::start_in(folder, data, options)
    }

    /// Copies the data folder.
    ///
    /// # Errors
    /// If the copy fails.
    pub fn backup(&self) -> BoxResult<Backup> {
        let (folder, data) = self.copy(&[])?;
        let log = self.data().join("pg_wal");
        Ok(Backup { folder, data, log })
    }

    fn copy(&self, arguments: &[&str]) -> BoxResult<(Folder, PathBuf)> {
        let folder = Folder::new()?;
        let data = folder.path().join("data");
        run(command(cluster::programs()?.join("pg_basebackup"))
            .args(["--checkpoint=fast", "--no-sync", "-U", OWNER, "-p"])
            .arg(self.port().to_string())
            .arg("-h")
            .arg(self.socket_folder())
            .arg("-D")
            .arg(&data)
            .args(arguments))?;
        Ok((folder, data))
    }

    /// The database as SQL.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn dump(&self) -> BoxResult<String> {
        run(command(cluster::programs()?.join("pg_dump"))
            .args(["-U", OWNER, "-d", DATABASE, "-p"])
            .arg(self.port().to_string())
            .arg("-h")
            .arg(self.socket_folder()))
    }

    /// Runs the SQL of a dump.
    ///
    /// # Errors
    /// If the server refuses it.
    pub fn load(&self, dump: &str) -> BoxResult<()> {
        let path = self.folder().write("dump.sql", dump)?;
        run(self.psql()?.arg("-f").arg(path))?;
        Ok(())
    }
}

impl Backup {
    /// Starts a server from it, as the first one was at a restore point.
    ///
    /// # Errors
    /// If the start fails.
    pub fn recover(self, point: &str) -> BoxResult<Postgres> {
        self.folder.write("data/recovery.signal", "")?;
        let settings = vec![
            format!("restore_command = 'cp {}/%f \"%p\"'", self.log.display()),
            format!("recovery_target_name = '{point}'"),
            "recovery_target_action = 'promote'".to_owned(),
        ];
        let options = Options {
            settings,
            ..Options::default()
        };
        let server = Postgres::start_in(self.folder, self.data, &options)?;
        wait_until("the end of the recovery", || {
            Ok(server.execute("SELECT pg_is_in_recovery()")? == "f")
        })?;
        Ok(server)
    }
}
