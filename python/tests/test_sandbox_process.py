"""The sandbox's process: it is found, started and stopped."""

from __future__ import annotations

import contextlib
import importlib.metadata
import inspect
import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import alikassa
from alikassa import _sandbox_process, testing
from alikassa.testing import SandboxError
from sandbox import BINARY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a program that is not a sandbox."""

    def write(script: str) -> Path:
        path = tmp_path / "program"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return write


def children(pid: int) -> set[int]:
    """Return the children of a process."""
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def gone(pid: int) -> bool:
    """Return whether a process exits soon."""
    for _ in range(600):
        with contextlib.suppress(FileNotFoundError):
            # The third field is the state; a zombie has exited.
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                time.sleep(0.05)
                continue
        return True
    return False


class Found(Exception):  # noqa: N818
    """The program that would have been started."""


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return the name of the program that would be started."""

    def started(command: list[str], _limit: float) -> None:
        raise Found(command[0])

    def start(executable: str | Path | None = None) -> str:
        with pytest.raises(Found) as raised:
            testing.Sandbox(executable)
        return str(raised.value)

    monkeypatch.setattr(_sandbox_process, "start", started)
    return start


def test_the_program_is_found_by_argument_variable_package_and_path(
    start: Callable[..., str], monkeypatch: pytest.MonkeyPatch, program: Callable[[str], Path], tmp_path: Path
) -> None:
    on_path = program("").rename(tmp_path / "alikassa-sandbox")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("ALIKASSA_SANDBOX", raising=False)
    assert start() == str(on_path)

    site = tmp_path / "site"
    record = site / "alikassa_sandbox-0.1.0.dist-info" / "RECORD"
    record.parent.mkdir(parents=True)
    record.write_text("alikassa_sandbox-0.1.0.dist-info/RECORD,,\n../bin/alikassa-sandbox,,\n")
    (record.parent / "METADATA").write_text("Metadata-Version: 2.4\nName: alikassa-sandbox\nVersion: 0.1.0\n")
    monkeypatch.syspath_prepend(site)
    assert Path(start()).resolve() == on_path.parent / "bin" / "alikassa-sandbox"

    monkeypatch.setenv("ALIKASSA_SANDBOX", "variable")
    assert start() == "variable"
    assert start(Path("argument")) == "argument"
    monkeypatch.setenv("ALIKASSA_SANDBOX", "")
    assert "site" in start()


def test_the_error_for_a_missing_program_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("ALIKASSA_SANDBOX", raising=False)
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.distribution("alikassa-sandbox")
    with pytest.raises(SandboxError, match="`pip install alikassa-sandbox`"):
        testing.Sandbox()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'no memory' >&2; exit 3", "it exited with status 3: no memory"),
        ("exit 0", "it exited with status 0"),
        ("kill -9 $$", "it exited with status -9"),
        ("echo hello; exec sleep 60", r"unexpected output b'hello\n'"),
        ("echo '[]'; exec sleep 60", r"unexpected output b'[]\n'"),
        ("""echo '{"url": "x"}'; exec sleep 60""", """unexpected output b'{"url": "x"}\\n'"""),
        (r"printf '\377'; exec sleep 60", "no line of output within 0.5 s"),
        ("exec sleep 60", "no line of output within 0.5 s"),
        ("sleep 2", "no line of output within 0.5 s"),
    ],
)
def test_a_program_that_is_not_a_sandbox_is_an_error_in_time(
    program: Callable[[str], Path], script: str, reason: str
) -> None:
    path = program(script)
    with pytest.raises(SandboxError) as raised:
        testing.Sandbox(path, start_timeout=0.5 if "no line" in reason else 30)
    assert str(raised.value) == f"{path} did not start: {reason}"


def test_a_program_that_cannot_be_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=r"/none cannot be run: No such file"):
        testing.Sandbox(tmp_path / "none")
    with pytest.raises(SandboxError, match=r"cannot be run: Permission denied"):
        testing.Sandbox(tmp_path)


def test_close_leaves_no_process_and_no_folder() -> None:
    before = children(os.getpid())
    sandbox = testing.Sandbox(BINARY)
    folder = Path(sandbox.ca_file).parent
    (pid,) = children(os.getpid()) - before
    assert folder.exists()
    sandbox.close()
    sandbox.close()
    assert children(os.getpid()) == before
    assert gone(pid)
    assert not folder.exists()
    with pytest.raises(SandboxError, match="does not respond"):
        sandbox.reset()


def test_the_program_does_not_receive_ctrl_c() -> None:
    before = children(os.getpid())
    with testing.Sandbox(BINARY):
        (pid,) = children(os.getpid()) - before
        assert os.getpgid(pid) != os.getpgrp()


def test_a_program_that_does_not_exit_is_killed(
    kit: testing.Sandbox, program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {name: getattr(kit, name) for name in inspect.get_annotations(testing.Sandbox)}
    start = json.dumps(fields | {"version": alikassa.__version__})
    before = children(os.getpid())
    unresponsive = testing.Sandbox(program(f"trap '' TERM\necho '{start}'\nwhile :; do sleep 0.1; done"))
    (pid,) = children(os.getpid()) - before
    monkeypatch.setattr(_sandbox_process, "STOP_TIMEOUT", 0.5)
    unresponsive.close()
    assert gone(pid)


HOLDER = """
import sys
from alikassa.testing import Sandbox
sandbox = Sandbox(sys.argv[1])
print(sandbox.ca_file, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("end", ["kill", "return"])
def test_the_program_does_not_outlive_its_parent(end: str) -> None:
    command = [sys.executable, "-W", "ignore", "-c", HOLDER, str(BINARY)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        ca_file = Path(holder.stdout.readline().strip())
        (pid,) = children(holder.pid)
        assert ca_file.exists()
        if end == "kill":
            holder.send_signal(signal.SIGKILL)
        else:
            holder.communicate()
    assert gone(pid)
    assert not ca_file.parent.exists()


def test_a_forked_child_does_not_stop_the_sandbox(kit: testing.Sandbox) -> None:
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            kit.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert kit.state()["pending_faults"] == 0


READY = dict.fromkeys(_sandbox_process.READY_FIELDS, "x")


@pytest.mark.parametrize("version", ["0.0.9", None])
def test_a_program_of_another_version_is_refused(program: Callable[[str], Path], version: str | None) -> None:
    line = json.dumps(READY | {"version": version})
    path = program(f"echo '{line}'; exec cat")
    with pytest.raises(SandboxError) as raised:
        testing.Sandbox(path)
    assert f"alikassa-sandbox {version or 'older'}, and this is alikassa {alikassa.__version__}" in str(raised.value)
    assert f"`pip install alikassa-sandbox=={alikassa.__version__}`" in str(raised.value)


@pytest.fixture
def service() -> Iterator[str]:
    """Run a sandbox as a service and return its URL."""
    command = [str(BINARY), "--host", "sandbox.test", "--settle", "never", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        assert ready["url"].startswith("http://sandbox.test:")
        yield ready["url"].replace("sandbox.test", "127.0.0.1")
        process.terminate()


def test_a_service_is_used_over_its_url(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIKASSA_SANDBOX", service)
    with testing.Sandbox() as sandbox:
        folder = Path(sandbox.ca_file).parent
        assert sandbox.client().account.balance().currency == "RUB"
        assert (
            sandbox.client().notifications.verify(query=sandbox.forge("1756900030")["query"]).payment_status == "paid"
        )
        assert len(sandbox.log()) == 1
        with pytest.raises(SandboxError, match="runs already"):
            testing.Sandbox(balance=5)
    assert not folder.exists()
    with testing.Sandbox(service) as again:
        assert len(again.log()) == 1


class Other(BaseHTTPRequestHandler):
    """A service that is not a sandbox of this version."""

    status: int
    content: dict[str, object]

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(json.dumps(self.content).encode())

    def log_message(self, *_: object) -> None:
        pass


CONNECTION = {"version": alikassa.__version__, "account": "x", "tls_port": 1, "files": {}}


@pytest.mark.parametrize(
    ("status", "content", "reason"),
    [
        (200, CONNECTION | {"version": "0.0.9"}, "is alikassa-sandbox 0.0.9, and this is"),
        (404, {"message": "Unknown control route"}, "is alikassa-sandbox older, and this is"),
        (200, {"x": 1}, "is not a sandbox"),
        (500, {}, "is not a sandbox"),
        (200, CONNECTION | {"files": {"../x": ""}}, "it names the file '../x'"),
    ],
)
def test_a_service_of_another_kind_is_refused(status: int, content: dict[str, object], reason: str) -> None:
    handler = type("Handler", (Other,), {"status": status, "content": content})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(SandboxError, match=reason):
            testing.Sandbox(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()


def test_a_service_that_does_not_start_is_an_error() -> None:
    with pytest.raises(SandboxError, match="does not respond"):
        testing.Sandbox("http://127.0.0.1:1", start_timeout=0.2)
