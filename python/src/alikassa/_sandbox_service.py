"""A sandbox that is a service on another machine or in another container."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from alikassa._sandbox_process import SandboxError, check_version

_NAME = re.compile(r"([a-z_]+/)?[a-z_]+\.[a-z]+")
"""The files of a sandbox: a service must not write to other places."""

_ATTEMPT_TIMEOUT = 5.0
_PAUSE = 0.1


def connect(
    url: str, options: dict[str, Any], timeout: float
) -> tuple[tempfile.TemporaryDirectory[str], dict[str, str]]:
    """Wait for the service; return the folder with its keys, and the fields that a program prints."""
    if options != {"settle": "never"}:
        message = f"the sandbox at {url} runs already: give it these options where it is started"
        raise SandboxError(message)
    address = urlsplit(url)
    connection = _connection(address.netloc, url, timeout)
    check_version(url, connection.get("version"))
    for name in connection["files"]:
        if not _NAME.fullmatch(name):
            message = f"{url} is not a sandbox: it names the file {name[:100]!r}"
            raise SandboxError(message)
    folder = tempfile.TemporaryDirectory(prefix="alikassa-sandbox-")
    for name, content in connection["files"].items():
        path = Path(folder.name, name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    certs = ("payment", "payout", "notification", "notification_private")
    host = f"[{address.hostname}]" if ":" in (address.hostname or "") else address.hostname
    return folder, {
        "url": url.rstrip("/"),
        "tls_url": f"https://{host}:{connection['tls_port']}",
        "account": connection["account"],
        "ca_file": str(Path(folder.name, "ca.pem")),
        **{f"{cert}_cert": str(Path(folder.name, cert)) for cert in certs},
    }


def _connection(netloc: str, url: str, timeout: float) -> dict[str, Any]:
    """Ask the service until it responds. It may still be starting."""
    deadline = time.monotonic() + timeout
    while True:
        client = http.client.HTTPConnection(netloc, timeout=_ATTEMPT_TIMEOUT)
        with contextlib.closing(client):
            try:
                client.request("GET", "/_sandbox/connection")
                response = client.getresponse()
                return _read(url, response.status, response.read())
            except (OSError, http.client.HTTPException) as error:
                if time.monotonic() > deadline:
                    message = f"the sandbox at {url} does not respond: {error}"
                    raise SandboxError(message) from error
        time.sleep(_PAUSE)


def _read(url: str, status: int, body: bytes) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        connection = json.loads(body)
        if status == http.client.OK and {"account", "tls_port", "files"} <= set(connection):
            return dict(connection)
        if status == http.client.NOT_FOUND and "message" in connection:
            # A sandbox of a version without this route.
            check_version(url, None)
    message = f"{url} is not a sandbox: it responds with HTTP {status}"
    raise SandboxError(message)
