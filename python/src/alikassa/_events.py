"""The thread that runs the hooks of clients, and the hook that writes the log."""

from __future__ import annotations

import _thread
import sys
import threading
from functools import partial

from alikassa._native import next_events, report_unraisable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Context
    from logging import Logger
    from typing import Any

    from alikassa._records import ClientEvent

    _Hook = Callable[[ClientEvent], object]
    _Start = Callable[[Callable[[], None], tuple[()]], int]


def run() -> None:
    """Pass the events of this process to their hooks, for as long as it runs."""
    threading.current_thread().name = "alikassa-events"
    while True:
        _deliver(next_events())


def _deliver(events: list[tuple[_Hook, Context, ClientEvent]]) -> None:
    for hook, context, event in events:
        try:
            context.run(hook, event)
        except BaseException as raised:  # noqa: BLE001 - whatever a hook raises
            report_unraisable(raised, hook)


def hook_with_log(on_event: _Hook | None) -> _Hook | None:
    """Return what receives the events of a client: its hook, and the log if it has the level DEBUG."""
    # Who logs has imported it.
    logging = sys.modules.get("logging")
    if logging is None or not (on_event is None or callable(on_event)):
        return on_event
    logger: Logger = logging.getLogger("alikassa")
    if not logger.isEnabledFor(logging.DEBUG):
        return on_event
    log = partial(_log, logger)
    return log if on_event is None else partial(_log_and_call, log, on_event)


def _log(logger: Logger, event: ClientEvent) -> None:
    logger.debug("%r", event, extra={"alikassa": event.to_dict()})


def _log_and_call(log: _Hook, hook: _Hook, event: ClientEvent) -> None:
    try:
        log(event)
    except Exception as raised:  # noqa: BLE001 - whatever a handler raises
        report_unraisable(raised, log)
    hook(event)


def _system_threads() -> _Start:
    """Return the function that starts a thread of the system, also where gevent or eventlet replaced it.

    A greenlet that waits for events would block all others.
    """
    if isinstance(_thread.start_new_thread, type(len)):
        return _thread.start_new_thread
    from importlib.machinery import BuiltinImporter
    from importlib.util import module_from_spec

    spec: Any = BuiltinImporter.find_spec("_thread")
    start: _Start = module_from_spec(spec).start_new_thread
    return start


start_new_thread = _system_threads()
