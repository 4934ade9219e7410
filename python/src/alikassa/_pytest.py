"""The pytest plugin. Every pytest run loads it, so it imports the kit only when a test needs it."""

from __future__ import annotations

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from alikassa.testing import Sandbox


@pytest.fixture(scope="session")
def _alikassa_sandbox() -> Iterator[Sandbox]:
    from alikassa.testing import Sandbox

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def alikassa_sandbox(_alikassa_sandbox: Sandbox) -> Iterator[Sandbox]:
    """Return a sandbox in its initial state; its clients are closed after the test."""
    _alikassa_sandbox.reset()
    yield _alikassa_sandbox
    _alikassa_sandbox._close_clients()
