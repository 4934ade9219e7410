"""The sandbox's process, and its control routes."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

REPOSITORY = Path(__file__).parents[2]
VECTORS = REPOSITORY / "tests" / "vectors"
BINARY = Path(os.environ.get("ALIKASSA_SANDBOX", REPOSITORY / "target" / "debug" / "alikassa-sandbox"))


class Sandbox:
    """A sandbox of its own, as a context manager."""

    def __init__(self) -> None:
        if not BINARY.exists():
            message = f"{BINARY} is missing: run `cargo build -p alikassa-sandbox`, or name it in ALIKASSA_SANDBOX"
            raise FileNotFoundError(message)
        self._process = subprocess.Popen([BINARY, "--json"], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.facts: dict[str, str] = json.loads(self._process.stdout.readline())

    @property
    def options(self) -> dict[str, Any]:
        """The options of a client that talks to it over TLS."""
        names = ("account", "payment_cert", "payout_cert", "ca_file")
        return {name: self.facts[name] for name in names} | {"base_url": self.facts["tls_url"]}

    def fault(self, fault: str, path: str = "v1/account/balance", **more: object) -> None:
        """Let the next request to `path` meet a fault."""
        self._control("POST", "faults", {"match": {"path": path}, "fault": fault, **more})

    def digest(self, digest: str) -> None:
        """Accept signatures over this digest alone."""
        self._control("POST", "digest", {"digest": digest})

    def log(self) -> list[dict[str, Any]]:
        """Give the requests seen."""
        log: list[dict[str, Any]] = self._control("GET", "log")
        return log

    def reset(self) -> None:
        """Forget everything."""
        self._control("POST", "reset")

    def _control(self, method: str, route: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.facts['url']}/_sandbox/{route}", data, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()
