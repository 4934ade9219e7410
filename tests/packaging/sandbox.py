"""The packed sandbox, and a helper that runs commands."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import urllib.request
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
MAX_SIZE = 4 * 1024 * 1024
LICENCES = ("LICENSE-APACHE", "LICENSE-MIT", "LICENSE-THIRD-PARTY")

WHEEL = "pypi/alikassa-[0-9]*.whl"
COMMAND_WHEEL = "pypi/alikassa_cli-*.whl"
SANDBOX_WHEEL = "pypi/alikassa_sandbox-*.whl"
TARBALL = "npm/alikassa-[0-9]*.tgz"
COMMAND_TARBALL = "npm/alikassa-cli-*.tgz"
SANDBOX_TARBALL = "npm/alikassa-sandbox-*.tgz"
CRATE = "crates/alikassa-[0-9]*.crate"
COMMAND_CRATE = "crates/alikassa-cli-*.crate"


def one(pattern: str) -> Path:
    """Returns the only file of dist/ that matches."""
    found = sorted(DIST.glob(pattern))
    assert len(found) == 1, f"dist/{pattern}: {len(found)} files; run `make dist`"
    return found[0]


def run(*command: object, cwd: Path, env: dict[str, str] | None = None, timeout: float = 600) -> str:
    """Runs a command and returns its standard output. Fails with all of its output unless the command succeeds."""
    # Packages have to find what they installed, without a variable of the developer's environment.
    clean = {name: value for name, value in os.environ.items() if name != "ALIKASSA_SANDBOX"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**clean, **(env or {})},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    output = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == 0, f"{command[0]} exited with {done.returncode}:\n{output}"
    return done.stdout


class Sandbox:
    """A running `dist/alikassa-sandbox`."""

    def __enter__(self) -> Self:
        command = [str(one("alikassa-sandbox")), "--port", "0", "--tls-port", "0", "--json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the sandbox did not start"
        self.start: dict[str, str] = json.loads(line)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that `Client.from_env` reads."""
        return {
            "ALIKASSA_ACCOUNT": self.start["account"],
            "ALIKASSA_PAYMENT_CERT": self.start["payment_cert"],
            "ALIKASSA_PAYOUT_CERT": self.start["payout_cert"],
            "ALIKASSA_NOTIFICATION_CERT": self.start["notification_cert"],
            "ALIKASSA_BASE_URL": self.start["tls_url"],
            "ALIKASSA_CA_FILE": self.start["ca_file"],
        }

    def control(self, method: str, route: str, data: object = None) -> Any:
        """Calls a control route."""
        body = None if data is None else json.dumps(data).encode()
        url = f"{self.start['url']}/_sandbox/{route}"
        request = urllib.request.Request(url, data=body, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def reset(self) -> None:
        """Restores the initial state."""
        self.control("POST", "reset")

    def fault(self, fault: str, order_id: str, path: str = "v1/payout", **parameters: object) -> None:
        """Adds a fault for an order."""
        rule = {"match": {"path": path, "order_id": order_id}, "fault": fault, **parameters}
        self.control("POST", "faults", rule)

    @property
    def log(self) -> list[dict[str, Any]]:
        """The requests that it received."""
        return self.control("GET", "log")

    @property
    def orders(self) -> list[str]:
        """The `order_id` of each payout that was requested."""
        requests = [entry for entry in self.log if entry["path"] == "/v1/payout"]
        return [json.loads(base64.b64decode(entry["body"]))["order_id"] for entry in requests]
