"""The pytest plugin. It is loaded with every pytest, so it loads the rest when a test asks for it."""

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
    """Give a sandbox as it is at the start; the clients made from it are closed after the test."""
    _alikassa_sandbox.reset()
    yield _alikassa_sandbox
    _alikassa_sandbox._close_clients()
