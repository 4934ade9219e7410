"""Converts between the JSON of the runner and the values of the library."""

from __future__ import annotations

import asyncio
import base64
import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import alikassa

if TYPE_CHECKING:
    from collections.abc import Callable

    Request = dict[str, Any]

VECTORS = Path(__file__).parents[2] / "vectors"
OPTIONS = json.loads((VECTORS / "options.json").read_text())["options"]
DURATIONS = {"interval"} | {option["name"] for option in OPTIONS if option["kind"] == "duration"}
RECORDS = tuple(getattr(alikassa, name) for name in json.loads((VECTORS / "records.json").read_text())["records"])
INTEGERS = range(-(2**63), 2**63)  # the runner supports no others
FIELDS = ("code", "message", "hint", "operation", "order_id", "outcome", "attempts", "field", "reason", "phase")
RESPONSE_FIELDS = ("http_status", "server_message", "errors", "retry_after", "same_body")


def times(request: Request, *more: str) -> dict[str, Any]:
    """Return the options of one call."""
    return seconds({name: request[name] for name in ("timeout", "deadline", *more) if request.get(name) is not None})


def seconds(options: dict[str, Any]) -> dict[str, Any]:
    """Convert milliseconds to the library's seconds."""
    return {name: value / 1000 if name in DURATIONS else value for name, value in options.items()}


def record(response: Any) -> dict[str, Any]:
    """Convert a typed response."""
    return {
        "type": type(response).__name__,
        "fields": known_fields(response),
        "is_final": getattr(response, "is_final", None),
        "other": plain(response.other),
        "raw": encode(response.raw),
    }


def known_fields(response: Any) -> dict[str, Any]:
    """Return the provider's fields of a typed response, by the provider's names."""
    known = (name for name in type(response).__annotations__ if name not in {"is_final", "variant"})
    return {name.removesuffix("_"): plain(getattr(response, name)) for name in known}


def plain_record(record: alikassa.LedgerRow | alikassa.LedgerEvent | alikassa.ClientEvent) -> dict[str, Any]:
    """Convert a row or an event of a ledger, or an event of a client."""
    return {name: plain(getattr(record, name)) for name in type(record).__annotations__}


def library_error(error: alikassa.AliKassaError) -> dict[str, Any]:
    """Return the fields of an error that are set."""
    fields = {name: getattr(error, name) for name in FIELDS + RESPONSE_FIELDS}
    if error.retry_after is not None:
        fields["retry_after"] = round(error.retry_after * 1000)
    if error.cause is not None:
        fields["cause"] = library_error(error.cause)
    if error.previous is not None:
        fields["previous"] = plain_record(error.previous)
    return {"class": type(error).__name__} | {name: value for name, value in fields.items() if value is not None}


def cancelled_error(error: asyncio.CancelledError) -> dict[str, Any]:
    """Return the fields of a cancellation that are set."""
    fields = {"outcome": error.alikassa_outcome, "order_id": error.order_id}  # type: ignore[attr-defined]
    return {"class": type(error).__name__} | {name: value for name, value in fields.items() if value is not None}


def plain(value: object) -> Any:
    """Convert a value of a response to JSON types."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int) and value not in INTEGERS:
        return str(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, RECORDS):
        return known_fields(value)
    return value


def untag(node: list[Any]) -> Any:
    """Convert tagged data to a Python value."""
    tag, content = node[0], node[-1]
    if tag == "list":
        return [untag(item) for item in content]
    if tag == "map":
        return {key: untag(value) for key, value in content}
    return SCALARS[tag](content)


SCALARS: dict[str, Callable[[Any], object]] = {
    "null": lambda _: None,
    "bool": bool,
    "int": int,
    "decimal": Decimal,
    "float": float,
    "text": str,
    "utf16": lambda units: b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le", "surrogatepass"),
}


def encode(data: bytes) -> str:
    """Encode bytes as base64."""
    return base64.b64encode(data).decode()
