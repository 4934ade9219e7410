"""The generated classes at run time; `alikassa-generator --check` compares the files with the core's tables."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from typing import Any

import pytest

import alikassa
from sandbox import REPOSITORY, VECTORS

ERRORS = json.loads((VECTORS / "errors.json").read_text())["errors"]
OPTIONS = json.loads((VECTORS / "options.json").read_text())["options"]
RECORDS = json.loads((VECTORS / "records.json").read_text())["records"]
REQUESTS = json.loads((VECTORS / "requests.json").read_text())["requests"]
OPERATIONS = json.loads((VECTORS / "operations.json").read_text())["operations"]
TYPES = {operation["name"]: operation["request"] for operation in OPERATIONS}


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: row["class"])
def test_every_kind_of_error_is_a_class_of_the_package(row: dict[str, str]) -> None:
    error = getattr(alikassa, row["class"])
    assert error.__base__ is getattr(alikassa, row["parent"])
    assert error("x").code == row["code"]


def test_there_are_no_other_errors() -> None:
    classes = {name for name in alikassa.__all__ if name.endswith("Error")}
    assert classes == {row["class"] for row in ERRORS} | {"AliKassaError"}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_shows_its_loggable_fields(name: str) -> None:
    names = [field["name"] for field in RECORDS[name]["fields"]]
    record = getattr(alikassa, name)(**dict.fromkeys(names, "value"))
    shown = [f"{field}='value'" for field in RECORDS[name]["loggable"] if field in names]
    assert repr(record) == f"{name}({', '.join(shown)})"


@pytest.mark.parametrize("operation", REQUESTS)
def test_a_request_requires_what_the_core_requires(operation: str) -> None:
    fields = REQUESTS[operation]
    request = getattr(alikassa, TYPES[operation])
    assert request.__required_keys__ == {field["name"] for field in fields if field["required"]}
    assert request.__optional_keys__ == {field["name"] for field in fields if not field["required"]} | {"other_fields"}


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option["name"])
def test_a_client_takes_the_default_of_each_option(option: dict[str, Any]) -> None:
    parameter = inspect.signature(alikassa.Client).parameters[option["name"]]
    if option["name"] == "account":
        assert parameter.default is inspect.Parameter.empty
    else:
        alikassa.Client("x", **{option["name"]: parameter.default}).close()


def test_the_stub_has_the_docstrings_of_the_native_module() -> None:
    script = REPOSITORY / "python" / "stubdocs.py"
    checked = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert checked.stderr == ""
    assert "It can pay an order twice" in (alikassa.Ledger.release.__doc__ or "")
