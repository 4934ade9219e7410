"""What is in what is packed."""

from __future__ import annotations

import tomllib
from pathlib import Path

from sandbox import ROOT, Sandbox, run


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
