"""Checks the crate as a dependency of Rust programs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from sandbox import ROOT, Sandbox, run

MANIFEST = f"""
[package]
name = "consumer"
version = "0.0.0"
edition = "2024"
[workspace]
[dependencies]
alikassa = {{ path = "{ROOT}/core", OPTIONS }}
"""

# They link SQLite too. Cargo refuses two versions of a native library in one program.
NEIGHBOURS = [
    'sqlx = { version = "0.8", features = ["sqlite"] }',
    'sqlx = { version = "0.9", features = ["sqlite"] }',
    'sea-orm = { version = "1", features = ["sqlx-sqlite"] }',
    'sea-orm = { version = "2", features = ["sqlx-sqlite"] }',
    'diesel = { version = "2", features = ["sqlite"] }',
]


def create_crate(folder: Path, *lines: str, options: str = "features = []", program: str = "fn main() {}") -> None:
    """Writes a crate that depends on the core, with these options, and on what further lines of its manifest name."""
    (folder / "src").mkdir(parents=True)
    manifest = MANIFEST.replace("OPTIONS", options)
    (folder / "Cargo.toml").write_text(manifest + "".join(f"{line}\n" for line in lines))
    (folder / "src" / "main.rs").write_text(program)


def locked(lock: Path, crate: str) -> list[str]:
    """The versions of a crate in a lock file."""
    packages = tomllib.loads(lock.read_text())["package"]
    return [package["version"] for package in packages if package["name"] == crate]


def sqlite_range() -> tuple[int, int]:
    """The oldest minor version of rusqlite that the manifest allows, and the first that it does not."""
    wanted = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["dependencies"]["rusqlite"]["version"]
    ends = re.fullmatch(r">=0\.(\d+), <0\.(\d+)", wanted)
    assert ends, wanted
    return int(ends[1]), int(ends[2])


def the_crate_resolves_beside_other_users_of_sqlite(folder: Path, _sandbox: Sandbox) -> None:
    """sqlx, sea-orm and diesel, with the ledger."""
    for number, neighbour in enumerate(NEIGHBOURS):
        here = folder / str(number)
        create_crate(here, neighbour)
        run("cargo", "generate-lockfile", cwd=here)
        for crate in ("alikassa", "rusqlite", "libsqlite3-sys"):
            assert len(locked(here / "Cargo.lock", crate)) == 1, f"{neighbour}: {crate}"


def the_crate_without_the_ledger_depends_on_no_sqlite(folder: Path, _sandbox: Sandbox) -> None:
    """So it resolves beside every version of SQLite."""
    create_crate(folder / "without", options='default-features = false, features = ["aws-lc"]')
    run("cargo", "generate-lockfile", cwd=folder / "without")
    for crate, number in (("aws-lc-sys", 1), ("rusqlite", 0), ("libsqlite3-sys", 0)):
        assert len(locked(folder / "without" / "Cargo.lock", crate)) == number, crate


def the_lock_file_has_the_newest_rusqlite_of_the_range(_folder: Path, _sandbox: Sandbox) -> None:
    """So all tests are tests of that end. `make ecosystem` tests the other end."""
    _, end = sqlite_range()
    (version,) = locked(ROOT / "Cargo.lock", "rusqlite")
    assert version.startswith(f"0.{end - 1}."), version
