"""The sandbox's process: it is found, started and stopped."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from typing import TYPE_CHECKING, Any, cast

from alikassa._native import __version__

if TYPE_CHECKING:
    from typing import IO

READY_FIELDS = (
    "url",
    "tls_url",
    "ca_file",
    "account",
    "payment_cert",
    "payout_cert",
    "notification_cert",
    "notification_private_cert",
)
"""The fields of the line that the program prints once it accepts requests."""

STOP_TIMEOUT = 5.0
"""Seconds that the program has to exit, which takes it milliseconds."""

_MAX_OUTPUT = 65536
_MAX_SHOWN = 1000


class SandboxError(Exception):
    """The sandbox was not found, did not start, or refused a control request."""

    __module__ = "alikassa.testing"


def check_version(source: str, version: object) -> None:
    """Raise unless the sandbox has the version of this package."""
    if version != __version__:
        theirs = version if isinstance(version, str) else "older"
        message = (
            f"{source} is alikassa-sandbox {theirs[:50]}, and this is alikassa {__version__}: "
            f"run `pip install alikassa-sandbox=={__version__}`, or start an image of that version"
        )
        raise SandboxError(message)


def find(executable: str | os.PathLike[str] | None) -> str:
    """Return the path of the program."""
    named = executable or os.environ.get("ALIKASSA_SANDBOX")
    found = named or _installed() or shutil.which("alikassa-sandbox")
    if found is None:
        advice = "run `pip install alikassa-sandbox`, or set ALIKASSA_SANDBOX to the path"
        message = f"alikassa-sandbox was not found: {advice}"
        raise SandboxError(message)
    return os.fspath(found)


def _installed() -> str | None:
    """Find the program of the installed package, whose folder may be missing from the PATH."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        for file in importlib.metadata.files("alikassa-sandbox") or ():
            if file.stem == "alikassa-sandbox":
                return str(file.locate())
    return None


def start(command: list[str], timeout: float) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    """Start the program; return its process and the fields of its first line."""
    with tempfile.TemporaryFile() as errors:
        process = _spawn(command, errors)
        line = _first_line(process, timeout)
        ready = _parse_ready(line)
        if ready is not None:
            try:
                check_version(command[0], ready.get("version"))
            except SandboxError:
                stop(process)
                raise
            return process, ready
        reason = _start_failure(process, line, timeout)
        stop(process)
        errors.seek(0)
        details = errors.read(_MAX_SHOWN).decode(errors="replace").strip()
    message = f"{command[0]} did not start: {reason}{': ' if details else ''}{details}"
    raise SandboxError(message)


def _spawn(command: list[str], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        # The program exits when its input ends, which this process's exit causes. It has a session
        # of its own: Ctrl-C must not stop it, because the tests may need it to clean up.
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        )
    except OSError as error:
        message = f"{command[0]} cannot be run: {error.strerror}"
        raise SandboxError(message) from error


def _first_line(process: subprocess.Popen[bytes], timeout: float) -> bytes | None:
    """Return the first line of output, empty if the output ends; None after the timeout."""
    lines = queue.SimpleQueue[bytes]()

    def read() -> None:
        with cast("IO[bytes]", process.stdout) as output:
            lines.put(output.readline(_MAX_OUTPUT))

    # No other read with a timeout works on every platform.
    threading.Thread(target=read, daemon=True).start()
    with contextlib.suppress(queue.Empty):
        return lines.get(timeout=timeout)
    return None


def _parse_ready(line: bytes | None) -> dict[str, Any] | None:
    try:
        ready = json.loads(line or b"")
        return {name: str(ready[name]) for name in READY_FIELDS} | {"version": ready.get("version")}
    except (LookupError, TypeError, ValueError):
        return None


def _start_failure(process: subprocess.Popen[bytes], line: bytes | None, timeout: float) -> str:
    if line is None:
        return f"no line of output within {timeout:g} s"
    if line:
        return f"unexpected output {line[:_MAX_SHOWN]!r}"
    with contextlib.suppress(subprocess.TimeoutExpired):
        return f"it exited with status {process.wait(STOP_TIMEOUT)}"
    return "it closed its output"


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the program; kill it if it does not exit in time."""
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    cast("IO[bytes]", process.stdin).close()
