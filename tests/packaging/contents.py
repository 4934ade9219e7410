"""What is in what is packed."""

from __future__ import annotations

import json
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from sandbox import DIST, ROOT, Sandbox, run

# Each in two parts, so that the file does not name what no file may.
NOT_TO_BE_NAMED = ["".join(parts) for parts in json.loads((ROOT / "tests" / "forbidden-names.json").read_text())]


def the_crate_is_whole(_folder: Path, _sandbox: Sandbox) -> None:
    """Cargo packs what lies under `core/` alone."""
    listed = run("cargo", "package", "--list", "--allow-dirty", "--locked", "-p", "alikassa", cwd=ROOT).splitlines()
    missing = {"README.md", "LICENSE-APACHE", "LICENSE-MIT", "src/lib.rs"} - set(listed)
    assert not missing, missing


def the_licences_name_what_is_inside(_folder: Path, _sandbox: Sandbox) -> None:
    """Each crate that the core is built from, and texts that have to go along."""
    licences = (ROOT / "LICENSE-THIRD-PARTY").read_text()
    for crate in tomllib.loads((ROOT / "core" / "Cargo.toml").read_text())["dependencies"]:
        assert f"\n{crate} " in licences, crate
    for text in ("Community Data License Agreement", "Apache License", "ISC License", "AWS Libcrypto", "fiat-crypto"):
        assert text in licences, text


def nothing_names_a_path_of_the_machine_or_a_registry(_folder: Path, _sandbox: Sandbox) -> None:
    """No file of a package does, whatever is in it."""
    not_to_be_named = [*NOT_TO_BE_NAMED, f"{ROOT}/bindings/", f"{ROOT}/target/"]
    looked_at = 0
    for name, content in packed():
        looked_at += 1
        found = [part for part in not_to_be_named if part.encode() in content]
        assert not found, f"{name} names {found}"
    assert looked_at > 50, f"{looked_at} files are not all packages"


def packed() -> Iterator[tuple[str, bytes]]:
    """Every file of dist/, those inside wheels and tarballs too."""
    for path in filter(Path.is_file, DIST.rglob("*")):
        if path.suffix == ".whl":
            yield from unzipped(path)
        elif path.suffix == ".tgz":
            yield from untarred(path)
        else:
            yield str(path), path.read_bytes()


def unzipped(path: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a wheel."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield f"{path.name}: {name}", archive.read(name)


def untarred(path: Path) -> Iterator[tuple[str, bytes]]:
    """The files of an npm package."""
    with tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content:
                yield f"{path.name}: {member.name}", content.read()
