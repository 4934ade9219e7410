"""Prints the licences of the packages' components. They have to be distributed with the binaries."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("alikassa-python", "alikassa-node", "alikassa-c", "alikassa-cli", "alikassa-sandbox")
LICENCE = re.compile(r"(un)?licen[cs]e|copying|copyright|notice", re.IGNORECASE)
RULE = "=" * 80

HEAD = """\
The components of the packages of alikassa other than alikassa itself: each with its licence, and the numbers of the texts that
it includes, which follow below. Not every package contains every component. Rust's standard library, by the Rust Project
Developers (https://thanks.rust-lang.org), is in all packages, under the Apache License, Version 2.0. SQLite is in the public
domain.
"""


def main() -> None:
    """Prints every component, then every licence text once."""
    numbers: dict[str, int] = {}
    texts: list[str] = []
    print(HEAD)
    for package in components():
        used = []
        for text in texts_of(Path(package["manifest_path"]).parent):
            # Texts that differ only in line breaks are the same.
            words = " ".join(text.split())
            if words not in numbers:
                texts.append(text.strip("\n"))
            used.append(numbers.setdefault(words, len(texts)))
        print(line(package, sorted(set(used))))
    for number, text in enumerate(texts, 1):
        print(f"\n{RULE}\n[{number}]\n\n{text}")


def components() -> list[dict[str, Any]]:
    """cargo's metadata of each crate that is linked into the packages on this platform, except this library."""
    linked = set(linked_crates())
    packages = json.loads(cargo("metadata", "--format-version=1"))["packages"]
    found = [package for package in packages if package["source"] and (package["name"], package["version"]) in linked]
    return sorted(found, key=lambda package: (package["name"], package["version"]))


def linked_crates() -> Iterator[tuple[str, str]]:
    """Name and version of each, without build tools, macros and test dependencies."""
    packages = [f"--package={package}" for package in SHIPPED]
    tree = cargo("tree", "--edges=normal,no-proc-macro", "--prefix=none", "--format={p}", *packages)
    for crate in filter(None, tree.splitlines()):
        name, version = crate.split()[:2]
        yield name, version.removeprefix("v")


def texts_of(folder: Path) -> Iterator[str]:
    """The licence files of a crate and of the sources it contains."""
    for path in sorted(folder.rglob("*")):
        if LICENCE.match(path.name) and path.is_file():
            yield path.read_text(encoding="utf-8")


def line(package: dict[str, Any], used: list[int]) -> str:
    """The line of a component. Names its authors if it has no licence text."""
    about = f"{package['name']} {package['version']}: {package['license']}"
    authors = ", ".join(package["authors"]) or "its authors"
    return f"{about} {used}" if used else f"{about}, by {authors}; no licence text included"


def cargo(*arguments: str) -> str:
    """The output of cargo."""
    command = ["cargo", *arguments, "--locked", f"--manifest-path={ROOT / 'Cargo.toml'}"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main()
