//! The data folder of a new server. `initdb` takes seconds, so it runs once, and its result is
//! copied.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::folder::{Folder, command};
use crate::process::run;
use crate::{BoxResult, DATABASE, MD5_USER, OWNER, PASSWORD, USER};

/// What every server's database has at first.
fn set_up() -> String {
    format!(
        "CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}';\n\
         SET password_encryption = md5;\n\
         CREATE ROLE {MD5_USER} LOGIN PASSWORD '{PASSWORD}';\n\
         CREATE DATABASE {DATABASE} OWNER {USER};\n"
    )
}

/// The folder of the programs: that of the newest of Debian's packages.
pub(crate) fn programs() -> BoxResult<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let folders = versions.flatten().map(|version| version.path().join("bin"));
    let folders = folders.filter(|folder| folder.join("initdb").exists());
    let newest = folders.max_by_key(|folder| {
        let version = folder.parent().and_then(Path::file_name);
        version.and_then(|name| name.to_str()?.parse::<u32>().ok())
    });
    Ok(newest.ok_or("PostgreSQL is not installed; run tests/install-system")?)
}

/// Makes `data` in the folder of a new server.
pub(crate) fn create(folder: &Folder, is_new: bool) -> BoxResult<PathBuf> {
    let data = folder.path().join("data");
    let programs = programs()?;
    if is_new {
        initialise(&programs, &data)?;
        return Ok(data);
    }
    let mut hasher = DefaultHasher::new();
    (&programs, set_up()).hash(&mut hasher);
    let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/servers");
    let template = targets.join(format!("{:016x}", hasher.finish()));
    if template.exists() {
        copy(&template, &data)?;
        let owner = fs::metadata(folder.path())?;
        let owner = format!("{}:{}", owner.uid(), owner.gid());
        run(Command::new("chown").args(["-R", &owner]).arg(&data))?;
        return Ok(data);
    }
    initialise(&programs, &data)?;
    fs::create_dir_all(&targets)?;
    // Another process may do the same; the first to finish wins.
    let copied = tempfile::tempdir_in(&targets)?;
    let copied_data = copied.path().join("data");
    copy(&data, &copied_data)?;
    _ = fs::rename(copied_data, template);
    Ok(data)
}

fn copy(from: &Path, to: &Path) -> BoxResult<()> {
    run(Command::new("cp").arg("-a").arg(from).arg(to))?;
    Ok(())
}

fn initialise(programs: &Path, data: &Path) -> BoxResult<()> {
    run(command(programs.join("initdb"))
        .args([
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
            "--wal-segsize=1",
        ])
        .arg(format!("--username={OWNER}"))
        .arg("--pgdata")
        .arg(data))?;
    let mut single = command(programs.join("postgres"));
    single
        .args(["--single", "-j", "-D"])
        .arg(data)
        .arg("postgres");
    single
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut single = single.spawn()?;
    if let Some(mut input) = single.stdin.take() {
        // With -j, a statement ends with an empty line.
        input.write_all(set_up().replace(";\n", ";\n\n").as_bytes())?;
    }
    let output = single.wait_with_output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() || errors.contains("ERROR") {
        return Err(format!("the set-up failed: {errors}").into());
    }
    Ok(())
}
