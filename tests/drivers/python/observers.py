"""What the library reports besides the results of calls: notices, events and records for the provider's support."""

from __future__ import annotations

import logging
from typing import Any

import alikassa
from conversions import plain_record


class Notices(logging.Handler):
    """Collects the library's log messages."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Collect a message."""
        self.messages.append(record.getMessage())

    def take(self) -> list[str]:
        """Return and remove the collected messages."""
        taken, self.messages = self.messages, []
        return taken


class Watched:
    """What the hooks and the records for the provider's support have so far."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.support: alikassa.Support | None = None

    def hook(self, option: Any) -> Any:
        """Return the hook of a client. If the option is no word of the protocol, it is the hook itself."""
        return {True: self.collect, "raise": self.collect_and_raise}.get(option, option)

    def collect(self, event: alikassa.ClientEvent) -> None:
        """Collect an event."""
        self.events.append(plain_record(event))

    def collect_and_raise(self, event: alikassa.ClientEvent) -> None:
        """Collect an event, and raise."""
        self.collect(event)
        raise LookupError("the hook failed")
