"""Checks the npm tarballs, and the checkout, in an empty folder."""

from __future__ import annotations

import json
import platform
import shutil
import sys
import tarfile
from pathlib import Path

from sandbox import COMMAND_TARBALL, LICENCES, MAX_SIZE, ROOT, SANDBOX_TARBALL, TARBALL, Sandbox, one, run

CONSUMERS = Path(__file__).parent / "consumers" / "node"
TSC = ROOT / "node" / "node_modules" / ".bin" / "tsc"

# npm compares these fields with the machine before it installs a binary.
CPU = {"x86_64": "x64", "aarch64": "arm64"}
MACHINE = {"os": [sys.platform], "cpu": [CPU[platform.machine()]], "libc": [platform.libc_ver()[0] or "musl"]}


def create_project(folder: Path, *packages: Path) -> None:
    """Copies the programs and installs `packages` beside them."""
    shutil.copytree(CONSUMERS, folder, dirs_exist_ok=True)
    run("npm", "install", "--offline", "--no-audit", "--no-fund", *packages, cwd=folder)


def the_tarball_works_from_esm_commonjs_and_typescript(folder: Path, sandbox: Sandbox) -> None:
    """Three programs with the same calls."""
    create_project(folder, one(TARBALL))
    run("node", "calls.mjs", cwd=folder, env=sandbox.env)
    run("node", "calls.cjs", cwd=folder, env=sandbox.env)
    for resolution in ("node16", "bundler"):
        run(TSC, "-p", f"tsconfig.{resolution}.json", cwd=folder)
    run("node", "out/calls.js", cwd=folder, env=sandbox.env)


def the_tarballs_are_small_and_run_nothing_on_install(_folder: Path, _sandbox: Sandbox) -> None:
    """Under 4 MB, without dependencies and install scripts, with the licences of the root."""
    for pattern in (TARBALL, COMMAND_TARBALL, SANDBOX_TARBALL):
        assert one(pattern).stat().st_size < MAX_SIZE
        with tarfile.open(one(pattern)) as tarball:
            package = json.loads(content(tarball, "package.json"))
            for licence in LICENCES:
                assert content(tarball, licence) == (ROOT / licence).read_bytes(), f"{pattern}: {licence}"
        assert {key: package.get(key) for key in MACHINE} == MACHINE, f"{pattern} is for other machines"
        assert not package.get("dependencies")
        install_scripts = {"preinstall", "install", "postinstall", "prepare"}
        assert not install_scripts & set(package.get("scripts", {}))


def content(tarball: tarfile.TarFile, name: str) -> bytes:
    """The content of a file of an npm package."""
    member = tarball.extractfile(f"package/{name}")
    assert member is not None
    return member.read()


def the_sandbox_is_a_command(folder: Path, _sandbox: Sandbox) -> None:
    """The tarball adds it to the commands of the project."""
    create_project(folder, one(SANDBOX_TARBALL))
    assert run("npx", "--offline", "alikassa-sandbox", "--version", cwd=folder).startswith("alikassa-sandbox ")


def the_checkout_installs(folder: Path, sandbox: Sandbox) -> None:
    """`npm install ./node` and `npm install ./tests/sandbox` after `make dist`, as the README says."""
    create_project(folder, ROOT / "node", ROOT / "tests" / "sandbox")
    run("node", "calls.mjs", cwd=folder, env=sandbox.env)
    program = "require('alikassa/testing').startSandbox().then((sandbox) => sandbox.close())"
    run("node", "-e", program, cwd=folder)


def the_error_for_a_missing_binary_names_the_command(folder: Path, _sandbox: Sandbox) -> None:
    """Without the binary, the error names the command that installs it."""
    create_project(folder, one(TARBALL))
    (folder / "node_modules" / "alikassa" / "alikassa.node").unlink()
    program = "try { require('alikassa') } catch (error) { console.log(error.message) }"
    printed = run("node", "-e", program, cwd=folder)
    assert "npm install alikassa" in printed, printed
