"""The sandbox's process and its control routes."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from alikassa import PaymentRequest, PayoutRequest

REPOSITORY = Path(__file__).parents[2]
VECTORS = REPOSITORY / "tests" / "vectors"
BINARY = Path(os.environ.get("ALIKASSA_SANDBOX", REPOSITORY / "target" / "debug" / "alikassa-sandbox"))


def payment(order_id: str, **more: object) -> dict[str, Any]:
    """Return the fields of a payment."""
    fields: PaymentRequest = {
        "amount": "500.00",
        "order_id": order_id,
        "service": "payment_card_rub_hpp",
        "customer_ip": "18.191.80.10",
    }
    return {**fields, **more}


def payout(order_id: str, **more: object) -> dict[str, Any]:
    """Return the fields of a payout."""
    fields: PayoutRequest = {
        "amount": "1.00",
        "number": "4111111111111111",
        "order_id": order_id,
        "service": "payment_card_rub",
    }
    return {**fields, **more}


class Sandbox:
    """A running sandbox, as a context manager."""

    def __init__(self) -> None:
        if not BINARY.exists():
            message = f"{BINARY} is missing: run `cargo build -p alikassa-sandbox`, or name it in ALIKASSA_SANDBOX"
            raise FileNotFoundError(message)
        command = [str(BINARY), "--json", "--settle", "never"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.facts: dict[str, str] = json.loads(self._process.stdout.readline())

    @property
    def options(self) -> dict[str, Any]:
        """The options of a client that uses the sandbox over TLS."""
        names = ("account", "payment_cert", "payout_cert", "notification_cert", "ca_file")
        return {name: self.facts[name] for name in names} | {"base_url": self.facts["tls_url"]}

    def fault(self, fault: str, path: str = "v1/account/balance", **more: object) -> None:
        """Inject a fault into the next request to `path`."""
        self._control("POST", "faults", {"match": {"path": path}, "fault": fault, **more})

    def clear_faults(self) -> None:
        """Drop the faults that no request has met."""
        self._control("DELETE", "faults")

    def digest(self, digest: str) -> None:
        """Accept signatures with this digest only."""
        self._control("POST", "digest", {"digest": digest})

    def settle(self, order_id: str, status: str = "paid") -> None:
        """Set the status of a payment or payout."""
        self._control("POST", "settle", {"order_id": order_id, "status": status})

    def rule(self, status: str, **when: int) -> None:
        """Set the status that later creates get automatically."""
        self._control("POST", "rules", {"status": status, **when})

    def notify(self, order_id: str, **more: object) -> dict[str, str]:
        """Return a notification as ``query``, ``form``, ``json`` and ``signed_text``."""
        message: dict[str, str] = self._control("POST", "notify", {"order_id": order_id, "url": None, **more})
        return message

    def redirect(self, order_id: str, **more: object) -> dict[str, str]:
        """Return a redirect: ``order_id``, ``uuid``, ``sign``, ``form`` and ``signed_text``."""
        message: dict[str, str] = self._control("POST", "redirect", {"order_id": order_id, **more})
        return message

    def creates(self) -> list[dict[str, Any]]:
        """Return the decoded bodies of the creates received so far."""
        paths = ("/v1/payment", "/v1/payout")
        return [json.loads(base64.b64decode(entry["body"])) for entry in self.log() if entry["path"] in paths]

    def log(self) -> list[dict[str, Any]]:
        """Return the requests received so far."""
        log: list[dict[str, Any]] = self._control("GET", "log")
        return log

    def reset(self) -> None:
        """Restore the initial state."""
        self._control("POST", "reset")

    def _control(self, method: str, route: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.facts['url']}/_sandbox/{route}", data, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

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
