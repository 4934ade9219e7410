"""Checks that a missing tool is named."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from sandbox import ROOT, Sandbox, run

# What `tests/install-system` itself needs.
SHELL = ("bash", "grep")


def a_missing_tool_is_named_with_its_package(folder: Path, _sandbox: Sandbox) -> None:
    """With a PATH that has nothing else, each part of the Makefile names what it needs. Nothing is installed."""
    for tool in SHELL:
        (folder / tool).symlink_to(shutil.which(tool))
    for part, packages in {
        "demo": {"gcc", "nodejs", "python3", "rustup"},
        "test": {"gcc", "npm", "valgrind", "cmake"},
    }.items():
        command = ["bash", ROOT / "tests" / "install-system", "--check", part]
        checked = subprocess.run(command, env={"PATH": str(folder)}, capture_output=True, text=True)
        assert checked.returncode == 1, checked
        assert packages <= set(checked.stderr.split()), checked
        planned = run("make", "--no-print-directory", "--dry-run", part, cwd=ROOT)
        assert planned.startswith(f"tests/install-system --check {part}\n"), planned
