"""The packed sandbox, and running commands that must succeed."""

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
SMALL = 4 * 1024 * 1024
LICENCES = ("LICENSE-APACHE", "LICENSE-MIT", "LICENSE-THIRD-PARTY")

WHEEL = "alikassa-[0-9]*.whl"
SANDBOX_WHEEL = "alikassa_sandbox-*.whl"
TARBALL = "alikassa-[0-9]*.tgz"
SANDBOX_TARBALL = "alikassa-sandbox-*.tgz"


def one(pattern: str) -> Path:
    """Return the one file of dist/ that matches."""
    found = sorted(DIST.glob(pattern))
    assert len(found) == 1, f"dist/{pattern}: {len(found)} files; run `make dist`"
    return found[0]


def run(*command: object, cwd: Path, env: dict[str, str] | None = None, timeout: float = 600) -> str:
    """Run a command, fail with all it said unless it succeeds, and return its standard output."""
    # What is installed has to be found without the help of a developer's environment.
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
    said = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}:\n{said}"
    return done.stdout


class Sandbox:
    """`dist/alikassa-sandbox`, running."""

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
        """The environment that `Client.from_env` reads."""
        return {
            "ALIKASSA_ACCOUNT": self.start["account"],
            "ALIKASSA_PAYMENT_CERT": self.start["payment_cert"],
            "ALIKASSA_PAYOUT_CERT": self.start["payout_cert"],
            "ALIKASSA_NOTIFICATION_CERT": self.start["notification_cert"],
            "ALIKASSA_BASE_URL": self.start["tls_url"],
            "ALIKASSA_CA_FILE": self.start["ca_file"],
        }

    def control(self, method: str, route: str, data: object = None) -> Any:
        """Call a control route."""
        body = None if data is None else json.dumps(data).encode()
        url = f"{self.start['url']}/_sandbox/{route}"
        request = urllib.request.Request(url, data=body, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def reset(self) -> None:
        """Everything as it was at the start."""
        self.control("POST", "reset")

    def fault(self, fault: str, order_id: str, path: str = "v1/payout", **more: object) -> None:
        """Let something go wrong with an order."""
        self.control("POST", "faults", {"match": {"path": path, "order_id": order_id}, "fault": fault, **more})

    @property
    def log(self) -> list[dict[str, Any]]:
        """The requests it saw."""
        return self.control("GET", "log")

    @property
    def orders(self) -> list[str]:
        """The `order_id` of each payout that was asked for."""
        asked = [entry for entry in self.log if entry["path"] == "/v1/payout"]
        return [json.loads(base64.b64decode(entry["body"]))["order_id"] for entry in asked]
