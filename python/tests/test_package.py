"""The public names of the package, and the modules that it loads."""

from __future__ import annotations

import builtins
import inspect
import re
import subprocess
import sys

import pytest

import alikassa
from alikassa import _async_resources, _resources
from sandbox import REPOSITORY


def test_importing_the_package_loads_no_expensive_module() -> None:
    code = "import sys, alikassa; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())
    heavy = {
        "alikassa.testing",
        "asyncio",
        "dataclasses",
        "decimal",
        "inspect",
        "logging",
        "threading",
        "typing",
        "json",
        "re",
    }
    bare = set(subprocess.check_output([sys.executable, "-c", "import sys; print(*sys.modules)"], text=True).split())
    assert loaded & heavy <= bare


def test_the_asyncio_client_is_loaded_when_it_is_used() -> None:
    code = "import sys, alikassa; alikassa.AsyncClient('x'); print('asyncio' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "True\n"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Klient'"):
        _ = alikassa.Klient  # type: ignore[attr-defined]


def test_every_public_name_exists_and_hides_no_builtin() -> None:
    for name in alikassa.__all__:
        value = getattr(alikassa, name)
        assert not hasattr(builtins, name) or name.startswith("__")
        assert value.__doc__
        if inspect.isclass(value):
            assert value.__module__ == "alikassa"


def test_the_version_is_the_workspace_version() -> None:
    manifest = (REPOSITORY / "Cargo.toml").read_text()
    version = re.search(r'^version = "(.+)"$', manifest, re.MULTILINE)
    assert version is not None
    assert alikassa.__version__ == version[1]


@pytest.mark.parametrize(
    ("sync", "asynchronous"),
    [
        (alikassa.Client, alikassa.AsyncClient),
        (_resources.Payments, _async_resources.AsyncPayments),
        (_resources.Payouts, _async_resources.AsyncPayouts),
        (_resources.Account, _async_resources.AsyncAccount),
    ],
)
def test_both_clients_have_the_same_calls(sync: type, asynchronous: type) -> None:
    def calls(kind: type) -> dict[str, list[inspect.Parameter]]:
        functions = inspect.getmembers(kind, inspect.isfunction)
        return {name: [*inspect.signature(call).parameters.values()] for name, call in functions if name[0] != "_"}

    assert calls(sync) == calls(asynchronous)
    # It sends nothing.
    for name in calls(asynchronous).keys() - {"for_account"}:
        call = getattr(asynchronous, name)
        asynchronous_iterator = inspect.isasyncgenfunction(call) or name in {"statuses", "iter_reconcile"}
        assert inspect.iscoroutinefunction(call) or asynchronous_iterator
