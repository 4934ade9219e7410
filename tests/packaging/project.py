#!/usr/bin/env python3
"""The addresses of the project, which the root Cargo.toml has for every package.

usage: tests/packaging/project.py homepage|repository  prints one
       tests/packaging/project.py filled-in            fails unless a publisher has filled them in
"""

from __future__ import annotations

import sys
import tomllib
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


def main(what: str) -> str:
    """What to print, or the message of a failure."""
    if what != "filled-in":
        return addresses()[what]
    if names := missing():
        sys.exit(f"Cargo.toml, [workspace.package]: fill in {' and '.join(names)} before a release")
    return "the addresses of the project are filled in"


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
