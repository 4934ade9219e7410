"""Fixtures: the sandbox, its clients, a ledger, and the kit for merchants' tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import alikassa
import alikassa.testing
from sandbox import BINARY, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def _sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox: Sandbox) -> Sandbox:
    """Return the sandbox of the provider in its initial state."""
    _sandbox.reset()
    return _sandbox


@pytest.fixture
def options(sandbox: Sandbox) -> dict[str, Any]:
    """Return the options of a client that uses the sandbox over TLS."""
    return sandbox.options


@pytest.fixture
def ledger(tmp_path: Path) -> alikassa.Ledger:
    """Return a new ledger."""
    return alikassa.Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def client(options: dict[str, Any]) -> Iterator[alikassa.Client]:
    """Return a client that uses the sandbox over TLS."""
    with alikassa.Client(**options) as client:
        yield client


@pytest.fixture
def recorded(options: dict[str, Any], ledger: alikassa.Ledger) -> Iterator[alikassa.Client]:
    """Return a client with the ledger."""
    with alikassa.Client(**options, ledger=ledger) as client:
        yield client


@pytest.fixture(scope="session")
def _kit() -> Iterator[alikassa.testing.Sandbox]:
    with alikassa.testing.Sandbox(BINARY) as sandbox:
        yield sandbox


@pytest.fixture
def kit(_kit: alikassa.testing.Sandbox) -> alikassa.testing.Sandbox:
    """Return the kit's sandbox in its initial state."""
    _kit.reset()
    return _kit
