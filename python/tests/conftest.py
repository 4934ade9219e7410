"""What the tests share: the sandbox, and clients that talk to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def _sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox: Sandbox) -> Sandbox:
    """Give the provider's stand-in as it is at the start."""
    _sandbox.reset()
    return _sandbox


@pytest.fixture
def options(sandbox: Sandbox) -> dict[str, Any]:
    """Give the options of a client that talks to the sandbox over TLS."""
    return sandbox.options


@pytest.fixture
def ledger(tmp_path: Path) -> alikassa.Ledger:
    """Give a ledger of its own."""
    return alikassa.Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def client(options: dict[str, Any]) -> Iterator[alikassa.Client]:
    """Give a client that talks to the sandbox over TLS."""
    with alikassa.Client(**options) as client:
        yield client
