"""Projects that have the packed Node package and one tool, each in an empty folder."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import documents

from sandbox import SANDBOX_TARBALL, TARBALL, Sandbox, one, run

HERE = Path(__file__).parent / "node"
LOCK = HERE / "package-lock.json"
VERSIONS: dict[str, str] = json.loads((HERE / "package.json").read_text())["dependencies"]
PAGE = documents.GUIDE / "bundlers.md"

# The balance of a new sandbox.
BALANCE = "93.84000000"


def install(folder: Path, *tools: str) -> None:
    """Makes a project with the packages of `make dist` and these tools, all at the versions of the lock file."""
    dependencies = {tool: VERSIONS[tool] for tool in tools}
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": dependencies}))
    shutil.copy(LOCK, folder)
    # `npm ci` refuses a lock file that has more than the project needs, and `npm install` takes what is needed from it.
    run("npm", "install", "--no-audit", "--no-fund", one(TARBALL), one(SANDBOX_TARBALL), cwd=folder)
    locked = {package.get("integrity") for package in packages(LOCK).values()}
    installed = packages(folder / LOCK.name).items()
    unlocked = [path for path, package in installed if package.get("integrity") not in locked]
    ours = ["node_modules/alikassa", "node_modules/alikassa-sandbox"]
    update = "npm install --package-lock-only --omit-lockfile-registry-resolved"
    assert unlocked == ours, f"{LOCK} does not have all of {unlocked}: run `{update}` beside it"


def packages(lock: Path) -> dict[str, dict[str, object]]:
    """The packages of a lock file, by path."""
    return json.loads(lock.read_text())["packages"]


def write_programs(folder: Path) -> None:
    """Writes the programs of the page as the files that their first lines name."""
    for block in documents.blocks(PAGE, "js"):
        name, code = block.code.split("\n", 1)
        file = folder / name.removeprefix("// ")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code)


def commands(tool: str) -> list[list[str]]:
    """The commands of the page that start a tool."""
    lines = [line for block in documents.blocks(PAGE, "sh") for line in block.code.splitlines()]
    found = [line.split() for line in lines if line.startswith(f"npx {tool} ") or line == f"npx {tool}"]
    assert found, f"{PAGE.name}: no command of {tool}"
    return found


@contextlib.contextmanager
def server(
    command: list[str | Path], folder: Path, sandbox: Sandbox, env: dict[str, str] | None = None
) -> Iterator[str]:
    """Starts a server as the leader of a group, and returns the URL that it prints. Its output is in `server.log`."""
    log = folder / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **sandbox.env, "PORT": "0", "HOSTNAME": "127.0.0.1", **(env or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not (found := re.search(r"http://(?:localhost|127\.0\.0\.1):[1-9]\d*(?=\D)", log.read_text())):
            assert process.poll() is None, f"{command} printed:\n{log.read_text()}"
            time.sleep(0.05)
        yield found[0].replace("localhost", "127.0.0.1")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def get(url: str) -> object:
    """Reads the JSON at a URL."""
    with urllib.request.urlopen(url, timeout=60) as response:
        return json.load(response)
