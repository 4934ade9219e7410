"""Checks the packages of the command `alikassa`, each in an empty folder."""

from __future__ import annotations

import json
from pathlib import Path

import contents
import python

from sandbox import COMMAND_TARBALL, COMMAND_WHEEL, DIST, ROOT, Sandbox, one, run

# docs/decisions/0017-command.md says what it consists of.
MAX_PROGRAM = 7 * 1024 * 1024
NAMES = ("alikassa", "alikassa-cli")


def check_command(folder: Path, sandbox: Sandbox, *command: object, env: dict[str, str] | None = None) -> None:
    """Every step of `doctor` is done, without a warning or anything else on the standard output."""
    for key in ("payment_cert", "payout_cert"):
        for file in Path(sandbox.start[key]).iterdir():
            file.chmod(0o600)
    printed = run(*command, "doctor", "--json", cwd=folder, env={**sandbox.env, **(env or {})})
    results = {step["step"]: step["result"] for step in map(json.loads, printed.splitlines())}
    assert results["balance"] == "ok", results
    assert run(*command, "--version", cwd=folder, env=env).startswith("alikassa "), command


def the_wheel_runs(folder: Path, sandbox: Sandbox) -> None:
    """Under both names, from another folder, and through a link, as pipx installs it."""
    programs = python.install(folder, COMMAND_WHEEL).parent
    for name in NAMES:
        check_command(folder, sandbox, programs / name)
    (folder / "linked").symlink_to(programs / "alikassa-cli")
    check_command(folder, sandbox, folder / "linked")


def pipx_runs_the_wheel(folder: Path, sandbox: Sandbox) -> None:
    """`pipx run alikassa-cli` without an index."""
    env = {"PIPX_HOME": str(folder / "pipx"), "PIPX_DISABLE_SHARED_LIBS_AUTO_UPGRADE": "1"}
    index = f"--pip-args=--no-index --find-links {one(COMMAND_WHEEL).parent}"
    pipx = ROOT / ".venv" / "bin" / "pipx"
    check_command(folder, sandbox, pipx, "run", "--backend", "pip", index, "alikassa-cli", env=env)


def the_tarball_runs(folder: Path, sandbox: Sandbox) -> None:
    """Through npx: from the tarball alone, and installed, under both names."""
    npx = ("npx", "--yes", "--offline")
    # Without a cache, where npx would find the package of an earlier build.
    cache = {"npm_config_cache": str(folder / "cache")}
    check_command(folder, sandbox, *npx, "--package", one(COMMAND_TARBALL), "alikassa-cli", env=cache)
    (folder / "package.json").write_text("{}")
    run("npm", "install", "--offline", "--no-audit", "--no-fund", one(COMMAND_TARBALL), cwd=folder)
    for name in NAMES:
        check_command(folder, sandbox, *npx, name)


def the_checkout_installs(folder: Path, sandbox: Sandbox) -> None:
    """`cargo install --path bindings/cli`."""
    install = ("cargo", "install", "--quiet", "--locked", "--path", "bindings/cli", "--root", folder)
    run(python.RELEASE, *install, cwd=ROOT, timeout=1500)
    check_command(folder, sandbox, folder / "bin" / "alikassa")


def the_program_is_small_and_has_no_test_hook(_folder: Path, _sandbox: Sandbox) -> None:
    """Under 7 MB, once in each package, and without the path that panics in test builds."""
    program = (DIST / "alikassa").read_bytes()
    assert len(program) < MAX_PROGRAM, f"{len(program)} bytes"
    assert b"v1/account/balance" in program
    assert b"v1/test-panic" not in program
    for files in (contents.wheel_files(one(COMMAND_WHEEL)), contents.tarball_files(one(COMMAND_TARBALL))):
        binaries = [content for _, content in files if content.startswith(b"\x7fELF")]
        assert binaries == [program], f"{len(binaries)} programs"
