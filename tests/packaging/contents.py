"""Checks the contents of the packages."""

from __future__ import annotations

import json
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from sandbox import DIST, ROOT, Sandbox, run

# Each in two parts, because the file itself must not contain them.
FORBIDDEN = ["".join(parts) for parts in json.loads((ROOT / "tests" / "forbidden-names.json").read_text())]


def the_crate_is_complete(_folder: Path, _sandbox: Sandbox) -> None:
    """Cargo packs only files of `core/`."""
    listed = run("cargo", "package", "--list", "--allow-dirty", "--locked", "-p", "alikassa", cwd=ROOT).splitlines()
    missing = {"README.md", "LICENSE-APACHE", "LICENSE-MIT", "src/lib.rs"} - set(listed)
    assert not missing, missing


def the_third_party_licences_are_complete(_folder: Path, _sandbox: Sandbox) -> None:
    """They name each dependency of the core, and contain the required texts."""
    licences = (ROOT / "LICENSE-THIRD-PARTY").read_text()
    manifest = tomllib.loads((ROOT / "core" / "Cargo.toml").read_text())
    # What no package of ours enables is not in them.
    optional = {feature for feature, parts in manifest["features"].items() if parts == [f"dep:{feature}"]}
    for crate in manifest["dependencies"].keys() - optional:
        assert f"\n{crate} " in licences, crate
    for text in ("Community Data License Agreement", "Apache License", "ISC License", "AWS Libcrypto", "fiat-crypto"):
        assert text in licences, text


def no_file_contains_a_forbidden_name_or_a_path_of_the_build_machine(_folder: Path, _sandbox: Sandbox) -> None:
    """In any package."""
    forbidden = [*FORBIDDEN, f"{ROOT}/bindings/", f"{ROOT}/target/"]
    files = 0
    for name, content in packed_files():
        files += 1
        found = [part for part in forbidden if part.encode() in content]
        assert not found, f"{name} contains {found}"
    assert files > 50, f"only {files} files, so packages are missing"


def packed_files() -> Iterator[tuple[str, bytes]]:
    """Every file of dist/, and every file of its wheels and tarballs."""
    for path in filter(Path.is_file, DIST.rglob("*")):
        if path.suffix == ".whl":
            yield from wheel_files(path)
        elif path.suffix == ".tgz":
            yield from tarball_files(path)
        else:
            yield str(path), path.read_bytes()


def wheel_files(path: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a wheel."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield f"{path.name}: {name}", archive.read(name)


def tarball_files(path: Path) -> Iterator[tuple[str, bytes]]:
    """The files of an npm package."""
    with tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content:
                yield f"{path.name}: {member.name}", content.read()
