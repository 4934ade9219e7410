"""Prints the licences of what the packages are built from, which have to go wherever the binaries go."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("alikassa-python", "alikassa-node", "alikassa-c", "alikassa-sandbox")
LICENCE = re.compile(r"(un)?licen[cs]e|copying|copyright|notice", re.IGNORECASE)
RULE = "=" * 80

HEAD = """\
What is in the packages of alikassa besides alikassa itself: each component with its licence, and below the texts that came
with it, by their numbers. Not every package has all of them. Rust's standard library, by the Rust Project Developers
(https://thanks.rust-lang.org), is in all of them, by the Apache License, Version 2.0. SQLite is in the public domain.
"""


def main() -> None:
    """Every component, then every text once."""
    numbers: dict[str, int] = {}
    texts: list[str] = []
    print(HEAD)
    for package in components():
        used = []
        for text in texts_of(Path(package["manifest_path"]).parent):
            # Texts that differ in their line breaks alone are one.
            words = " ".join(text.split())
            if words not in numbers:
                texts.append(text.strip("\n"))
            used.append(numbers.setdefault(words, len(texts)))
        print(line(package, sorted(set(used))))
    for number, text in enumerate(texts, 1):
        print(f"\n{RULE}\n[{number}]\n\n{text}")


def components() -> list[dict[str, Any]]:
    """What cargo knows of each crate that is linked into what is shipped on this platform, but for this library."""
    linked = set(linked_crates())
    packages = json.loads(cargo("metadata", "--format-version=1"))["packages"]
    found = [package for package in packages if package["source"] and (package["name"], package["version"]) in linked]
    return sorted(found, key=lambda package: (package["name"], package["version"]))


def linked_crates() -> Iterator[tuple[str, str]]:
    """Name and version of each; no tools of the build, no macros, nothing for tests."""
    packages = [f"--package={package}" for package in SHIPPED]
    tree = cargo("tree", "--edges=normal,no-proc-macro", "--prefix=none", "--format={p}", *packages)
    for crate in filter(None, tree.splitlines()):
        name, version = crate.split()[:2]
        yield name, version.removeprefix("v")


def texts_of(folder: Path) -> Iterator[str]:
    """Each licence in a crate, those of what it brings along too."""
    for path in sorted(folder.rglob("*")):
        if LICENCE.match(path.name) and path.is_file():
            yield path.read_text(encoding="utf-8")


def line(package: dict[str, Any], used: list[int]) -> str:
    """A component; who wrote it, if no text says so."""
    about = f"{package['name']} {package['version']}: {package['license']}"
    authors = ", ".join(package["authors"]) or "its authors"
    return f"{about} {used}" if used else f"{about}, by {authors}; no text came with it"


def cargo(*arguments: str) -> str:
    """What cargo prints."""
    command = ["cargo", *arguments, "--locked", f"--manifest-path={ROOT / 'Cargo.toml'}"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main()
