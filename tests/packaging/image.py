"""Checks the image of the sandbox without an engine: its root folder is built from the lines of the Dockerfile."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import python

from sandbox import DIST, ROOT, WHEEL, Sandbox, one, run

DOCKERFILE = ROOT / "tests" / "sandbox" / "Dockerfile"
PROGRAM = """
from alikassa.testing import Sandbox
with Sandbox() as sandbox:
    print(sandbox.client().account.balance().balance)
    sandbox.fault("close_after_act", path="v1/payout")
    print(sandbox.client().payouts.status(order_id="6422494").payment_status)
"""


def instructions(dockerfile: Path) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, which has one on each line."""
    lines = [line for line in dockerfile.read_text().splitlines() if line and not line.startswith("#")]
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def value(name: str) -> str:
    """The value of an instruction that occurs once."""
    (found,) = [rest for other, rest in instructions(DOCKERFILE) if other == name]
    return found


def build(folder: Path, context: Path) -> Path:
    """Builds the root folder: what is copied, and what every slim image with glibc has."""
    root = folder / "root"
    (root / "tmp").mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    for source, target in (rest.split() for name, rest in instructions(DOCKERFILE) if name == "COPY"):
        copied = root / target.lstrip("/")
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(context / source, copied)
    program = root / json.loads(value("ENTRYPOINT"))[0].lstrip("/")
    for library in re.findall(r"(/\S+) \(0x", run("ldd", program, cwd=folder)):
        assert Path(library).name.startswith(("ld-linux", "libc.", "libm.", "libgcc_s.", "libpthread.", "libdl.")), (
            f"{library} is not in a slim image"
        )
        copied = root / library.lstrip("/")
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, copied)
    return root


def the_image_serves_signed_calls(folder: Path, _sandbox: Sandbox) -> None:
    """The entry point runs in that root folder, as the image's user, and a program with the test kit uses it."""
    assert value("FROM") == "debian:stable-slim"
    entry = json.loads(value("ENTRYPOINT"))
    options = dict(zip(entry[1::2], entry[2::2], strict=True))
    assert value("EXPOSE").split() == [options["--port"], options["--tls-port"]], "the ports that it serves"
    # Other ports of this machine, which may use those.
    entry = [free_port() if part in {options["--port"], options["--tls-port"]} else part for part in entry]
    url = f"http://127.0.0.1:{entry[entry.index('--port') + 1]}"
    with subprocess.Popen([*chroot(build(folder, DIST)), *entry], stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(url)
            interpreter = python.environment(folder)
            run(interpreter, "-m", "pip", "install", "--quiet", "--no-index", one(WHEEL), cwd=folder)
            printed = run(interpreter, "-c", PROGRAM, cwd=folder, env={"ALIKASSA_SANDBOX": url})
            assert printed.split() == ["93.84000000", "paid"], printed
            assert process.poll() is None, "it ended"
        finally:
            process.terminate()
    assert process.returncode == 0, "it ends on SIGTERM, as an engine stops it"


def chroot(root: Path) -> list[str]:
    """The command that runs another in a root folder, as the user of the image if this process may."""
    user = value("USER")
    if os.geteuid() == 0:
        return ["chroot", f"--userspec={user}", str(root)]
    return ["unshare", "--map-root-user", "chroot", str(root)]


def wait_for(url: str) -> None:
    """Waits until the service responds."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/_sandbox/state", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("it does not respond")


def free_port() -> str:
    """A port that nothing uses."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])
