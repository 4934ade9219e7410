"""The npm tarball, and the checkout, in an empty folder."""

from __future__ import annotations

import json
import platform
import shutil
import sys
import tarfile
from pathlib import Path

from sandbox import LICENCES, ROOT, SANDBOX_TARBALL, SMALL, TARBALL, Sandbox, one, run

CONSUMERS = Path(__file__).parent / "consumers" / "node"
TSC = ROOT / "node" / "node_modules" / ".bin" / "tsc"

# What npm compares before it installs a binary.
CPU = {"x86_64": "x64", "aarch64": "arm64"}
MACHINE = {"os": [sys.platform], "cpu": [CPU[platform.machine()]], "libc": [platform.libc_ver()[0] or "musl"]}


def consumer(folder: Path, *packages: Path) -> None:
    """Lay out an empty project that has installed `packages`."""
    shutil.copytree(CONSUMERS, folder, dirs_exist_ok=True)
    run("npm", "install", "--offline", "--no-audit", "--no-fund", *packages, cwd=folder)


def the_tarball_works_from_esm_commonjs_and_typescript(folder: Path, sandbox: Sandbox) -> None:
    """Three programs, the same calls."""
    consumer(folder, one(TARBALL))
    run("node", "calls.mjs", cwd=folder, env=sandbox.env)
    run("node", "calls.cjs", cwd=folder, env=sandbox.env)
    for resolution in ("node16", "bundler"):
        run(TSC, "-p", f"tsconfig.{resolution}.json", cwd=folder)
    run("node", "out/calls.js", cwd=folder, env=sandbox.env)


def the_tarballs_are_small_and_run_nothing_on_install(_folder: Path, _sandbox: Sandbox) -> None:
    """Under 4 MB, no dependency, no script that npm would run at the user's, and the files that stand at the root."""
    for name in (TARBALL, SANDBOX_TARBALL):
        assert one(name).stat().st_size < SMALL
        with tarfile.open(one(name)) as tarball:
            package = json.loads(content(tarball, "package.json"))
            for licence in LICENCES:
                assert content(tarball, licence) == (ROOT / licence).read_bytes(), f"{name}: {licence}"
        assert {key: package.get(key) for key in MACHINE} == MACHINE, f"{name} is for other machines"
        assert not package.get("dependencies")
        hooks = {"preinstall", "install", "postinstall", "prepare"}
        assert not hooks & set(package.get("scripts", {}))


def content(tarball: tarfile.TarFile, name: str) -> bytes:
    """Return a file of an npm package."""
    member = tarball.extractfile(f"package/{name}")
    assert member is not None
    return member.read()


def the_sandbox_starts_by_its_name(folder: Path, _sandbox: Sandbox) -> None:
    """The tarball puts it among the commands of the project."""
    consumer(folder, one(SANDBOX_TARBALL))
    assert run("npx", "--offline", "alikassa-sandbox", "--version", cwd=folder).startswith("alikassa-sandbox ")


def the_checkout_installs(folder: Path, sandbox: Sandbox) -> None:
    """`npm install ./node` and `npm install ./tests/sandbox` after `make dist`, as the README says."""
    consumer(folder, ROOT / "node", ROOT / "tests" / "sandbox")
    run("node", "calls.mjs", cwd=folder, env=sandbox.env)
    program = "require('alikassa/testing').startSandbox().then((sandbox) => sandbox.close())"
    run("node", "-e", program, cwd=folder)


def a_missing_binary_names_the_command(folder: Path, _sandbox: Sandbox) -> None:
    """Without the binary the error says how to make it."""
    consumer(folder, one(TARBALL))
    (folder / "node_modules" / "alikassa" / "alikassa.node").unlink()
    program = "try { require('alikassa') } catch (error) { console.log(error.message) }"
    said = run("node", "-e", program, cwd=folder)
    assert "make dist" in said, said
