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
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from alikassa import _sandbox_process, testing
from alikassa.testing import SandboxError
from sandbox import BINARY

if TYPE_CHECKING:
    from collections.abc import Callable


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
    start = json.dumps({name: getattr(kit, name) for name in inspect.get_annotations(testing.Sandbox)})
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
