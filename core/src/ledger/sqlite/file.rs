//! The path of the ledger, and whether it is still the same file. SQLite keeps two more files next
//! to it, whose names end in `-wal` and `-shm`. Rows are lost if they are separated.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use file_id::{FileId, get_file_id};

#[cfg(not(unix))]
use elsewhere::hard_links;
#[cfg(not(target_os = "linux"))]
use elsewhere::{is_mount_point, is_writable};

/// Why a file is refused that is not the one that this process opened first.
pub(super) const REPLACED: &str =
    "the file was replaced while it was in use: restart the program with the right file";

/// Why an operation fails after the file was removed.
pub(super) const REMOVED: &str =
    "the file was removed while it was in use: restore it, or start again with a new ledger";

/// The maximum number of symbolic links that lead to the file.
const MAX_LINKS: usize = 40;

/// The ledger's file, as this process knows it.
pub(super) struct LedgerFile {
    /// The path that the caller passed, as an absolute path.
    given: PathBuf,
    /// The same without symbolic links. It is resolved once, so that all three files stay together
    /// when a link changes.
    resolved: OnceLock<PathBuf>,
    /// Which file it was when this process first opened it.
    id: OnceLock<FileId>,
}

impl LedgerFile {
    pub(super) fn new(given: PathBuf) -> Self {
        Self {
            given,
            resolved: OnceLock::new(),
            id: OnceLock::new(),
        }
    }

    pub(super) fn given(&self) -> &Path {
        &self.given
    }

    /// The path without symbolic links.
    pub(super) fn resolved(&self) -> io::Result<&Path> {
        if let Some(resolved) = self.resolved.get() {
            return Ok(resolved);
        }
        let resolved = resolve(&self.given, MAX_LINKS)?;
        Ok(self.resolved.get_or_init(|| resolved))
    }

    /// Creates the file before SQLite does, readable only by its owner, because it contains payment
    /// data. A file that this process has opened before is not created again.
    pub(super) fn make(&self) -> io::Result<()> {
        let path = self.resolved()?;
        if self.id.get().is_some() {
            return Ok(());
        }
        // The file is looked for after its log: another process may be creating both.
        if has_rows_in_log(path) && !path.try_exists()? {
            return Err(io::Error::other(
                "the file is missing, and its -wal file has rows: put the file back, or remove the -wal file",
            ));
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }

    /// Checks that it is the file that this process opened first, and that SQLite's two other files
    /// have a place next to it. SQLite must have opened it for writing before: a file system in layers
    /// changes the identity of a file at that moment.
    pub(super) fn check(&self) -> io::Result<()> {
        let path = self.resolved()?;
        let id = get_file_id(path)?;
        match self.id.get() {
            Some(first) if *first == id => Ok(()),
            Some(_) => Err(io::Error::other(REPLACED)),
            None if is_mount_point(path)? => Err(io::Error::other(
                "the file itself is a mount point: mount its folder, because the ledger has three files",
            )),
            None => {
                self.id.get_or_init(|| id);
                Ok(())
            }
        }
    }

    /// Whether the file is gone that this process has opened before.
    pub(super) fn is_removed(&self) -> bool {
        let exists = |path: &Path| path.try_exists().unwrap_or(true);
        self.id.get().is_some() && self.resolved().is_ok_and(|path| !exists(path))
    }

    /// What to say if this user may not use the file, one of SQLite's two others, or their folder.
    /// None of them is opened: closing one would release SQLite's locks.
    pub(super) fn denied(&self) -> Option<String> {
        let path = self.resolved().unwrap_or(self.given());
        let folder = path.parent().unwrap_or(path);
        let beside = |ending: &str| {
            let mut path = path.as_os_str().to_owned();
            path.push(ending);
            PathBuf::from(path)
        };
        let mut places = [
            folder.to_owned(),
            path.to_owned(),
            beside("-wal"),
            beside("-shm"),
        ]
        .into_iter();
        let denied = places.find(|place| !is_writable(place))?;
        Some(format!(
            "no permission to write {}: run this program as the user that the ledger belongs to, or give it the folder and the files",
            denied.display()
        ))
    }

    /// A notice for the operator, if the file has several names.
    pub(super) fn notice(&self) -> Option<String> {
        let path = self.resolved().ok()?;
        (hard_links(path) > 1).then(|| {
            let path = path.display();
            format!("ledger: {path}: the file has several names (hard links): open it by one of them only")
        })
    }
}

fn resolve(path: &Path, max_links: usize) -> io::Result<PathBuf> {
    match path.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        result => return result,
    }
    let folder = path.parent().unwrap_or(path);
    if let Ok(target) = path.read_link()
        && max_links > 0
    {
        return resolve(&folder.join(target), max_links - 1);
    }
    let name = path.file_name().unwrap_or_default();
    Ok(folder.canonicalize()?.join(name))
}

/// Whether there is a log next to the path. SQLite would delete the log of an empty file.
fn has_rows_in_log(path: &Path) -> bool {
    let mut log = path.to_path_buf().into_os_string();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

#[cfg(unix)]
fn hard_links(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    path.metadata().map_or(1, |metadata| metadata.nlink())
}

/// Whether this user may read and write it, or it does not exist.
#[cfg(target_os = "linux")]
fn is_writable(path: &Path) -> bool {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    use rustix::io::Errno;
    let access = Access::READ_OK | Access::WRITE_OK;
    let result = accessat(CWD, path, access, AtFlags::EACCESS);
    !matches!(result, Err(Errno::ACCESS | Errno::PERM | Errno::ROFS))
}

/// Whether something is mounted at the file: then each container that mounts it has its own log.
#[cfg(target_os = "linux")]
fn is_mount_point(path: &Path) -> io::Result<bool> {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
    let root = StatxAttributes::MOUNT_ROOT;
    match statx(CWD, path, AtFlags::empty(), StatxFlags::empty()) {
        Ok(info) if info.stx_attributes_mask.contains(root) => {
            Ok(info.stx_attributes.contains(root))
        }
        // A kernel before 5.8.
        _ => Ok(is_listed(
            path,
            &std::fs::read_to_string("/proc/self/mountinfo")?,
        )),
    }
}

/// Whether the list of mounts has this mount point.
#[cfg(target_os = "linux")]
fn is_listed(path: &Path, mounts: &str) -> bool {
    let escaped = |c: char| match c {
        ' ' | '\t' | '\n' | '\\' => format!("\\{:03o}", c as u32),
        _ => c.to_string(),
    };
    let path: String = path.to_string_lossy().chars().map(escaped).collect();
    let points = mounts.lines().map(|mount| mount.split(' ').nth(4));
    points.flatten().any(|point| point == path)
}

/// What other systems tell about a file.
#[cfg(not(target_os = "linux"))]
mod elsewhere {
    #[cfg(not(unix))]
    pub(super) fn hard_links(_: &super::Path) -> u64 {
        1
    }

    pub(super) fn is_writable(path: &super::Path) -> bool {
        std::fs::metadata(path).map_or(true, |metadata| !metadata.permissions().readonly())
    }

    pub(super) fn is_mount_point(_: &super::Path) -> super::io::Result<bool> {
        Ok(false)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_mounts_is_read() {
        let mounts = "36 35 98:0 /mnt1 /a rw - ext4 /dev/root rw\n37 35 98:0 / /b\\040c/l.sqlite rw - ext4 /dev/root rw\n";
        assert!(is_listed(Path::new("/a"), mounts));
        assert!(is_listed(Path::new("/b c/l.sqlite"), mounts));
        assert!(!is_listed(Path::new("/mnt1"), mounts));
        assert!(!is_listed(Path::new("/b"), mounts));
    }
}
