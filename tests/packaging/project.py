#!/usr/bin/env python3
"""The addresses of the project, which the root Cargo.toml has for every package.

usage: tests/packaging/project.py homepage|repository  prints one
       tests/packaging/project.py filled-in            fails unless a publisher has filled them in
       tests/packaging/project.py wheel FILE           writes them into a wheel
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("homepage", "repository")
# RFC 2606 reserves the domain, so it is never the address of a project.
PLACEHOLDER = "https://example.invalid/"


def addresses(manifest: Path = ROOT / "Cargo.toml") -> dict[str, str]:
    """Homepage and repository."""
    package = tomllib.loads(manifest.read_text())["workspace"]["package"]
    return {name: package.get(name, "") for name in NAMES}


def missing(manifest: Path = ROOT / "Cargo.toml") -> list[str]:
    """Those that nobody has filled in."""
    return [name for name, url in addresses(manifest).items() if not url or url.startswith(PLACEHOLDER)]


def write_into(wheel: Path) -> None:
    """Adds both as project URLs. maturin takes them only from pyproject.toml, and the homepage under its old name."""
    with zipfile.ZipFile(wheel) as archive:
        files = {entry: archive.read(entry) for entry in archive.infolist()}
    urls = "".join(f"Project-URL: {name.capitalize()}, {url}\n" for name, url in addresses().items())
    (metadata,) = [entry for entry in files if entry.filename.endswith(".dist-info/METADATA")]
    (record,) = [entry for entry in files if entry.filename.endswith(".dist-info/RECORD")]
    files[metadata] = re.sub(rb"^Home-Page: .*\n", urls.encode(), files[metadata], count=1, flags=re.MULTILINE)
    digest = base64.urlsafe_b64encode(hashlib.sha256(files[metadata]).digest()).rstrip(b"=").decode()
    line = f"{metadata.filename},sha256={digest},{len(files[metadata])}"
    pattern = rf"^{re.escape(metadata.filename)},.*$"
    files[record] = re.sub(pattern, line, files[record].decode(), flags=re.MULTILINE).encode()
    with zipfile.ZipFile(wheel, "w") as archive:
        for entry, content in files.items():
            archive.writestr(entry, content)


def main(what: str, *files: str) -> str:
    """What to print, or the message of a failure."""
    if what == "wheel":
        for file in files:
            write_into(Path(file))
        return f"{len(files)} wheels have the addresses of the project"
    if what != "filled-in":
        return addresses()[what]
    if names := missing():
        sys.exit(f"Cargo.toml, [workspace.package]: fill in {' and '.join(names)} before a release")
    return "the addresses of the project are filled in"


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
