"""The npm tarball, and the checkout, in an empty folder."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path

from sandbox import ROOT, SMALL, Sandbox, one, run

CONSUMERS = Path(__file__).parent / "consumers" / "node"
TSC = ROOT / "node" / "node_modules" / ".bin" / "tsc"


def consumer(folder: Path, package: Path) -> None:
    """Lay out an empty project that has installed `package`."""
    shutil.copytree(CONSUMERS, folder, dirs_exist_ok=True)
    run("npm", "install", "--offline", "--no-audit", "--no-fund", package, cwd=folder)


def the_tarball_works_from_esm_commonjs_and_typescript(folder: Path, sandbox: Sandbox) -> None:
    """Three programs, the same calls."""
    consumer(folder, one("*.tgz"))
    run("node", "calls.mjs", cwd=folder, env=sandbox.env)
    run("node", "calls.cjs", cwd=folder, env=sandbox.env)
    for resolution in ("node16", "bundler"):
        run(TSC, "-p", f"tsconfig.{resolution}.json", cwd=folder)
    run("node", "out/calls.js", cwd=folder, env=sandbox.env)


def the_tarball_is_small_and_runs_nothing_on_install(_folder: Path, _sandbox: Sandbox) -> None:
    """Under 4 MB, no dependency, no script that npm would run at the user's."""
    assert one("*.tgz").stat().st_size < SMALL
    with tarfile.open(one("*.tgz")) as tarball:
        member = tarball.extractfile("package/package.json")
        assert member is not None
        package = json.load(member)
    assert not package.get("dependencies")
    hooks = {"preinstall", "install", "postinstall", "prepare"}
    assert not hooks & set(package.get("scripts", {}))


def the_checkout_installs(folder: Path, sandbox: Sandbox) -> None:
    """`npm install ./node` after `make dist`, as the README says."""
    consumer(folder, ROOT / "node")
    run("node", "calls.mjs", cwd=folder, env=sandbox.env)


def a_missing_binary_names_the_command(folder: Path, _sandbox: Sandbox) -> None:
    """Without the binary the error says how to make it."""
    consumer(folder, one("*.tgz"))
    (folder / "node_modules" / "alikassa" / "alikassa.node").unlink()
    program = "try { require('alikassa') } catch (error) { console.log(error.message) }"
    said = run("node", "-e", program, cwd=folder)
    assert "make dist" in said, said
