"""The log of a client's events, at the level DEBUG."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import payout
from test_events import READ, Recorder, request_id

if TYPE_CHECKING:
    from collections.abc import Iterator


class Handler(logging.Handler):
    """Keeps the records, with the context of each."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[tuple[logging.LogRecord, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append((record, request_id.get()))

    @property
    def events(self) -> list[dict[str, Any]]:
        return [record.__dict__["alikassa"] for record, _ in self.records]


@pytest.fixture
def handler() -> Iterator[Handler]:
    """Return the handler of the logger, which has the level DEBUG."""
    logger, handler = logging.getLogger("alikassa"), Handler()
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def test_each_event_is_a_record_with_its_fields(options: dict[str, Any], handler: Handler) -> None:
    token = request_id.set("logged")
    with alikassa.Client(**options, digest="sha1") as client:
        client.account.balance()
    request_id.reset(token)
    assert [event["kind"] for event in handler.events] == READ
    assert handler.events[2]["http_status"] == 200
    record, request = handler.records[3]
    assert (record.levelname, record.name, request) == ("DEBUG", "alikassa", "logged")
    assert record.getMessage().startswith("ClientEvent(kind='outcome', operation='account.balance', call_id=")
    json.dumps(handler.events)


def test_the_log_and_the_hook_have_the_same_events(options: dict[str, Any], handler: Handler) -> None:
    recorder = Recorder()
    with alikassa.Client(**options, digest="sha1", on_event=recorder) as client:
        client.account.balance()
    assert handler.events == [event.to_dict() for event in recorder.events]


def test_a_log_filter_that_raises_costs_the_hook_no_event(
    options: dict[str, Any], handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: raised.append(str(args.exc_value)))

    def fail(record: logging.LogRecord) -> bool:
        raise ValueError(record.__dict__["alikassa"]["kind"])

    handler.addFilter(fail)
    recorder = Recorder()
    with alikassa.Client(**options, digest="sha1", on_event=recorder) as client:
        client.account.balance()
    assert recorder.kinds == raised == READ


def test_no_secret_is_logged(options: dict[str, Any], handler: Handler) -> None:
    with alikassa.Client(**options) as client:
        client.payouts.create(**payout("B-7001", amount="17.31"))
        with pytest.raises(alikassa.OutcomeUnknownError):
            client.payouts.create(**payout("B-7001", amount="17.31"))
    assert handler.events
    shown = repr([record.__dict__ for record, _ in handler.records])
    for secret in ("17.31", "4111111111111111", "B-7001"):
        assert secret not in shown


def test_a_client_that_was_made_at_another_level_logs_nothing(options: dict[str, Any], handler: Handler) -> None:
    logging.getLogger("alikassa").setLevel(logging.INFO)
    with alikassa.Client(**options, digest="sha1") as client:
        logging.getLogger("alikassa").setLevel(logging.DEBUG)
        client.account.balance()
    assert handler.records == []


def test_a_hook_that_is_no_function_is_refused_with_the_log_too(options: dict[str, Any], handler: Handler) -> None:
    with pytest.raises(alikassa.InvalidArgumentError, match="on_event"):
        alikassa.Client(**options, on_event=1)  # type: ignore[arg-type]
    assert handler.records == []


PROGRAM = """
import json, sys
import alikassa

with alikassa.Client(**json.loads(sys.argv[1])) as client:
    client.account.balance()
print([name for name in ("logging", "alikassa._events") if name in sys.modules])
"""


def test_a_program_that_does_not_log_imports_nothing_for_it(options: dict[str, Any]) -> None:
    command = [sys.executable, "-c", PROGRAM, json.dumps(options)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"
