"""Checks the crate with other dependencies and other profiles than those of this repository."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tarfile
import time
from pathlib import Path

import command
import crates
import documents

from sandbox import COMMAND_CRATE, CRATE, ROOT, Sandbox, one, run

# In target/, so that Cargo builds again only what has changed.
BUILDS = ROOT / "target" / "ecosystem"
TARGET = ("--target-dir", ROOT / "target")

PANICKING = """
use alikassa::{Cert, Client, RawRequest, Value, binding::PANIC_PATH};

fn main() -> alikassa::Result<()> {
    let client = Client::from_env()?;
    println!("{}", client.account().balance()?.balance);
    client.request(RawRequest::read(PANIC_PATH, Value::from([("id", "1")]), Cert::Payout))?;
    Ok(())
}
"""


def the_ledger_works_with_the_oldest_rusqlite_of_the_range(_folder: Path, _sandbox: Sandbox) -> None:
    """The core's tests of the ledger, in a copy of the checkout with another lock file."""
    copy = BUILDS / "oldest-rusqlite"
    copy_checkout(copy)
    start, _ = crates.sqlite_range()
    run("cargo", "update", "--quiet", "-p", "rusqlite", "--precise", f"0.{start}.0", cwd=copy)
    assert crates.locked(copy / "Cargo.lock", "rusqlite") == [f"0.{start}.0"]
    printed = run("cargo", "test", "-p", "alikassa", "--test", "it", *TARGET, "ledger::", cwd=copy, timeout=1500)
    assert re.search(r"^test result: ok\. [1-9]\d* passed", printed, flags=re.MULTILINE), printed


def copy_checkout(copy: Path) -> None:
    """Copies the files of the repository. Those that have not changed keep their times, by which Cargo knows them."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    files = [name for name in listed.splitlines() if (ROOT / name).is_file()]
    for gone in {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()} - set(files):
        (copy / gone).unlink()
    for name in files:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).unlink(missing_ok=True)
        shutil.copy2(ROOT / name, copy / name, follow_symlinks=False)


def a_panic_ends_a_program_that_aborts_on_panics(_folder: Path, sandbox: Sandbox) -> None:
    """The core builds, and a call succeeds. A panic is not an error, as it is in a program that unwinds."""
    crate = BUILDS / "abort"
    shutil.rmtree(crate, ignore_errors=True)
    crates.create_crate(crate, options='features = ["test-hooks"]', program=PANICKING)
    manifest = crate / "Cargo.toml"
    manifest.write_text(manifest.read_text() + documents.profiles())
    shutil.copy(ROOT / "Cargo.lock", crate)
    for strategy, ends in (("unwind", 1), ("abort", -signal.SIGABRT)):
        option = f"profile.dev.panic={strategy!r}"
        run("cargo", "build", "--quiet", "--config", option, *TARGET, cwd=crate, timeout=1500)
        command = [ROOT / "target" / "debug" / "consumer"]
        ended = subprocess.run(command, env={**os.environ, **sandbox.env}, capture_output=True, text=True, timeout=60)
        assert ended.stdout == "93.84000000\n", ended
        assert ended.returncode == ends, ended
        assert ("a panic in the library" in ended.stderr) == (strategy == "unwind"), ended


def no_key_stays_in_memory_without_aws_lc(_folder: Path, _sandbox: Sandbox) -> None:
    """The core's test of key residue with the other RSA engine."""
    features = ("--no-default-features", "--features", "postgresql")
    printed = run(
        "cargo", "test", "--locked", "-p", "alikassa", *features, "--test", "it", "residue", cwd=ROOT, timeout=1500
    )
    assert re.search(r"^test result: ok\. [1-9]\d* passed", printed, flags=re.MULTILINE), printed


def the_bindings_do_not_build_to_abort_on_panics(_folder: Path, _sandbox: Sandbox) -> None:
    """Python, Node and a C program must survive a panic in the library."""
    bindings = ("python", "node", "c")
    packages = [f"--package=alikassa-{binding}" for binding in bindings]
    command = [
        "cargo",
        "check",
        "--keep-going",
        "--locked",
        "--config",
        "profile.dev.panic='abort'",
        *packages,
        *TARGET,
    ]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1500)
    for binding in bindings:
        refused = rf"error: panics are caught at the boundary.*\n.*--> bindings/{binding}/src/lib\.rs"
        assert re.search(refused, built.stderr), f"{binding}:\n{built.stderr}"


def the_command_installs_from_its_crates(folder: Path, sandbox: Sandbox) -> None:
    """`cargo install alikassa-cli`, with the profile and the newest dependencies that it takes, and the packed core."""
    build = BUILDS / "command"
    shutil.rmtree(build / "crates", ignore_errors=True)
    for pattern in (CRATE, COMMAND_CRATE):
        with tarfile.open(one(pattern)) as crate:
            crate.extractall(build / "crates", filter=as_of_now)
    core, cli = sorted((build / "crates").iterdir())
    # The folder is inside the workspace of the repository.
    with (cli / "Cargo.toml").open("a") as manifest:
        manifest.write("[workspace]\n")
    patch = f"patch.crates-io.alikassa.path={str(core)!r}"
    options = ("--quiet", "--root", folder, "--target-dir", build / "target", "--config", patch)
    run("cargo", "install", *options, "--path", cli, cwd=folder, timeout=1500)
    command.check_command(folder, sandbox, folder / "bin" / "alikassa")


def as_of_now(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo:
    """Cargo packs all files with the same time, by which it would see no change between two builds."""
    return tarfile.data_filter(member.replace(mtime=int(time.time())), folder)
