"""The packed Node package in other runtimes, with other package managers, in test runners, and with tsc."""

from __future__ import annotations

import json
import shutil
import urllib.request
from pathlib import Path

import documents
from projects import BALANCE, HERE, VERSIONS, commands, get, install, server, write_programs

from sandbox import ROOT, SANDBOX_TARBALL, TARBALL, Sandbox, one, run

SHOP = ROOT / "docs" / "examples" / "fastify"

PRELUDES = {
    "jest": "const { startSandbox } = require('alikassa/testing');\n",
    "vitest": "import { afterAll, expect, test } from 'vitest';\nimport { startSandbox } from 'alikassa/testing';\n",
}


def runs(folder: Path, sandbox: Sandbox, runtime: str, *start: str) -> None:
    """The program of the page, that of the README, and every kind of call, as in Node."""
    sandbox.reset()
    install(folder, runtime)
    write_programs(folder)
    (command,) = commands(runtime)
    printed = run(*command, cwd=folder, env=sandbox.env)
    assert printed.strip() == BALANCE, printed
    (readme,) = documents.blocks(ROOT / "README.md", "js")
    (folder / "readme.mjs").write_text(readme.code)
    assert run("npx", runtime, *start, "readme.mjs", cwd=folder, env=sandbox.env).endswith(" paid\n")
    shutil.copy(HERE / "calls.mjs", folder)
    assert run("npx", runtime, *start, "calls.mjs", cwd=folder).endswith("every call works\n")


def bun_runs_the_package(folder: Path, sandbox: Sandbox) -> None:
    """With the command of the page."""
    runs(folder, sandbox, "bun")


def deno_runs_the_package(folder: Path, sandbox: Sandbox) -> None:
    """With the command of the page, and its permissions."""
    runs(folder, sandbox, "deno", "run", "--allow-all")


def node_runs_the_package_with_frozen_intrinsics(folder: Path, _sandbox: Sandbox) -> None:
    """`--frozen-intrinsics` makes every built-in object constant."""
    install(folder)
    shutil.copy(HERE / "calls.mjs", folder)
    assert run("node", "--frozen-intrinsics", "calls.mjs", cwd=folder).endswith("every call works\n")


def tested_with(folder: Path, runner: str, file: str, *options: str) -> None:
    """The tests of a shop: their strict comparisons hold, in a realm of the runner's own."""
    install(folder, runner)
    (folder / file).write_text(PRELUDES[runner] + (HERE / "shop.test.js").read_text())
    run("npx", runner, *options, cwd=folder, env={"CI": "1"})


def jest_tests_a_shop(folder: Path, _sandbox: Sandbox) -> None:
    """In its default environment."""
    tested_with(folder, "jest", "shop.test.js")


def vitest_tests_a_shop(folder: Path, _sandbox: Sandbox) -> None:
    """With its default pool, and with that which makes realms."""
    tested_with(folder, "vitest", "shop.test.mjs", "run")
    run("npx", "vitest", "run", "--pool=vmThreads", cwd=folder, env={"CI": "1"})


def pnpm_installs_the_package(folder: Path, sandbox: Sandbox) -> None:
    """In its own layout of node_modules."""
    sandbox.reset()
    (folder / "tool").mkdir()
    install(folder / "tool", "pnpm")
    project = folder / "project"
    project.mkdir()
    (project / "package.json").write_text('{ "private": true }')
    pnpm = folder / "tool" / "node_modules" / ".bin" / "pnpm"
    run(pnpm, "add", "--store-dir", folder / "store", one(TARBALL), one(SANDBOX_TARBALL), cwd=project)
    write_programs(project)
    assert run("node", "shop.mjs", cwd=project, env=sandbox.env).strip() == BALANCE
    shutil.copy(HERE / "calls.mjs", project)
    assert run("node", "calls.mjs", cwd=project).endswith("every call works\n")


def yarn_installs_the_package_with_plug_n_play(folder: Path, sandbox: Sandbox) -> None:
    """Without node_modules: the packages with programs are unpacked."""
    sandbox.reset()
    (folder / "tool").mkdir()
    install(folder / "tool", "@yarnpkg/cli-dist")
    project = folder / "project"
    project.mkdir()
    packages = {"alikassa": one(TARBALL), "alikassa-sandbox": one(SANDBOX_TARBALL)}
    dependencies = {name: f"file:{tarball}" for name, tarball in packages.items()}
    (project / "package.json").write_text(json.dumps({"private": True, "type": "module", "dependencies": dependencies}))
    (project / "yarn.lock").write_text("")
    (project / ".yarnrc.yml").write_text("nodeLinker: pnp\nenableTelemetry: false\nenableGlobalCache: false\n")
    yarn = ["node", folder / "tool" / "node_modules" / "@yarnpkg" / "cli-dist" / "bin" / "yarn.js"]
    run(*yarn, "install", cwd=project, env={"YARN_ENABLE_IMMUTABLE_INSTALLS": "false"})
    assert not (project / "node_modules").exists()
    write_programs(project)
    assert run(*yarn, "node", "shop.mjs", cwd=project, env=sandbox.env).strip() == BALANCE
    shutil.copy(HERE / "calls.mjs", project)
    assert run(*yarn, "node", "calls.mjs", cwd=project).endswith("every call works\n")


def a_shop_with_fastify_compiles_and_passes_its_tests(folder: Path, sandbox: Sandbox) -> None:
    """docs/examples/fastify: `tsc --strict` with each way to resolve modules, Vitest, and the built server."""
    sandbox.reset()
    package = json.loads((SHOP / "package.json").read_text())
    wanted = {**package["dependencies"], **package["devDependencies"]}
    tools = {name: version for name, version in wanted.items() if not version.startswith("file:")}
    assert wanted.keys() - tools.keys() == {"alikassa", "alikassa-sandbox"}
    assert tools == {name: VERSIONS[name] for name in tools}, "the example has other versions than this folder"
    install(folder, *tools)
    for file in [*SHOP.glob("*.ts"), SHOP / "tsconfig.json"]:
        shutil.copy(file, folder)
    (folder / "package.json").write_text(json.dumps({"type": "module", "scripts": package["scripts"]}))
    for options in ("", "--module node16 --moduleResolution node16", "--module esnext --moduleResolution bundler"):
        run("npx", "tsc", "--noEmit", *options.split(), cwd=folder)
    run("npm", "test", cwd=folder, env={"CI": "1"})
    run("npm", "run", "build", cwd=folder)
    with server(["npm", "start"], folder, sandbox) as url:
        order = json.dumps({"order_id": "B-1", "amount": "5.00", "card": "4111111111111111"}).encode()
        request = urllib.request.Request(f"{url}/payouts", data=order, headers={"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=60).close()
        assert get(f"{url}/payouts/B-1") == {"order_id": "B-1", "amount": "5.00", "state": "open"}


def the_versions_are_exact(_folder: Path, _sandbox: Sandbox) -> None:
    """So that a new release of a tool changes no result."""
    inexact = {name: version for name, version in VERSIONS.items() if not version.replace(".", "").isdigit()}
    assert not inexact, inexact
