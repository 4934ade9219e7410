"""The Python classes equal the core's tables."""

from __future__ import annotations

import ast
import inspect
import json
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from alikassa import _errors, _options, _records, _requests
from sandbox import VECTORS

if TYPE_CHECKING:
    from types import ModuleType

ERRORS = json.loads((VECTORS / "errors.json").read_text())["errors"]
REQUESTS = json.loads((VECTORS / "requests.json").read_text())["requests"]
RECORDS = json.loads((VECTORS / "records.json").read_text())
NESTED = {
    "data": "list[HistoryPayment]",
    "meta": "HistoryMeta",
    "payments": "list[AccountMethod]",
    "payouts": "list[AccountMethod]",
}
KEPT_WORDS = {"from": "from_"}
NO_FIELDS = {"is_final", "variant"}
TYPES = {"amount": "Decimal", "bool": "bool", "integer": "int", "status": "str", "text": "str"}
REQUEST_TYPES = {
    "amount": "str | int | Decimal",
    "date": "str",
    "integer": "int",
    "ip": "str",
    "text": "str",
    "text_or_integer": "str | int",
    "url": "str",
}
OBJECTS = {"extra": "PayoutExtra"}
OTHER_FIELDS = (
    "other_fields",
    "NotRequired[Mapping[str, Any] | None]",
    "Fields that the provider added and this library does not know, sent after the others.",
)


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: row["class"])
def test_every_row_of_the_error_table_is_a_class(row: dict[str, str]) -> None:
    error = getattr(_errors, row["class"], None)
    mend = f"class {row['class']}({row['parent']}) with code = {row['code']!r} belongs into _errors.py and __init__.py"
    assert error is not None, mend
    assert error.__base__ is getattr(_errors, row["parent"]), mend
    assert error.code == row["code"], mend
    assert getattr(alikassa, row["class"]) is error, mend


def test_every_class_is_a_row_of_the_error_table() -> None:
    rows = {row["class"] for row in ERRORS} | {"AliKassaError"}
    classes = {name for name, value in vars(_errors).items() if inspect.isclass(value)}
    assert classes == rows, "errors.json has no such class: take it out of _errors.py"


@pytest.mark.parametrize("record", RECORDS["records"])
def test_every_reply_has_the_fields_of_the_core(record: str) -> None:
    rows = RECORDS["records"][record]
    expected = [
        (KEPT_WORDS.get(row["name"], row["name"]), TYPES.get(row["kind"]) or NESTED[row["name"]], row["doc"])
        for row in rows
    ]
    written = [field for field in fields(record) if field[0] not in NO_FIELDS]
    mend = "\n".join(f'    {name}: {kind} | None\n    """{doc}"""' for name, kind, doc in expected)
    assert written == expected, f"records.json says otherwise; class {record} in _records.py should have\n{mend}"


def test_a_row_of_the_ledger_has_the_fields_of_the_core() -> None:
    written = [name for name, _, _ in fields("LedgerRow")]
    assert written == RECORDS["ledger_row"], "records.json says otherwise; mend class LedgerRow in _records.py"


@pytest.mark.parametrize("operation", REQUESTS)
def test_every_request_has_the_fields_of_the_core(operation: str) -> None:
    name = {
        "payments.create": "PaymentRequest",
        "payments.history": "HistoryRequest",
        "payouts.create": "PayoutRequest",
    }[operation]
    compare(name, REQUESTS[operation], [OTHER_FIELDS])
    for row in REQUESTS[operation]:
        if row["kind"] == "object":
            compare(OBJECTS[row["name"]], row["fields"], [])


def compare(request: str, rows: list[dict[str, Any]], more: list[tuple[str, str, str]]) -> None:
    """Compare a request class with its rows in requests.json."""
    expected = [(row["name"], request_type(row), row["doc"]) for row in rows] + more
    mend = "\n".join(f'    {name}: {kind}\n    """{doc}"""' for name, kind, doc in expected)
    written = fields(request, _requests)
    assert written == expected, f"requests.json says otherwise; class {request} in _requests.py should have\n{mend}"
    required = {row["name"] for row in rows if row["required"]}
    assert getattr(_requests, request).__required_keys__ == required


def request_type(row: dict[str, Any]) -> str:
    """Return the type of a field of a request."""
    kind = REQUEST_TYPES.get(row["kind"]) or f"{OBJECTS[row['name']]} | Mapping[str, Any]"
    return f"Required[{kind}]" if row["required"] else f"NotRequired[{kind} | None]"


def test_the_options_for_type_checkers_equal_the_options_of_a_client() -> None:
    taken = list(inspect.signature(alikassa.Client).parameters.values())
    named = {name: kind.__forward_arg__ for name, kind in _options.ClientOptions.__annotations__.items()}
    assert named == {option.name: option.annotation for option in taken}


def test_the_repr_of_a_reply_has_the_core_s_loggable_fields() -> None:
    assert list(_records.Payment._shown) == RECORDS["shown"]  # noqa: SLF001


def test_the_known_statuses_equal_the_core_s() -> None:
    states = [value for name, value in vars(alikassa.PaymentStatus).items() if name.isupper()]
    records = [RECORDS["records"][name] for name in ("Payment", "Payout")]
    kinds = {row["doc"] for rows in records for row in rows if row["kind"] == "status"}
    for doc in kinds:
        assert [state for state in states if f"`{state}`" in doc] == states


def fields(name: str, within: ModuleType = _records) -> list[tuple[str, str, str]]:
    """Return name, type and documentation of the fields of a class."""
    module = ast.parse(inspect.getsource(within))
    (written,) = (node for node in module.body if isinstance(node, ast.ClassDef) and node.name == name)
    pairs: Any = zip(written.body, written.body[1:], strict=False)
    return [
        (ast.unparse(field.target), ast.unparse(field.annotation).removesuffix(" | None"), doc.value.value)
        for field, doc in pairs
        if isinstance(field, ast.AnnAssign)
    ]
