"""Every row of the table by the name with which `run.py` is asked for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import command
import go
import php
import rows
from results import Row

ROWS: dict[str, Callable[[], Iterator[Row]]] = {
    "B1": rows.signing,
    "B1b": rows.threads,
    "B2": rows.key_file,
    "B3": rows.calls,
    "B4": rows.polling,
    "B5": rows.throughput,
    "B6": rows.footprint,
    "B7": rows.event_loop,
    "B8": rows.bulk_statuses,
    "B9": rows.canonical,
    "time": rows.processor_time,
    "memory": rows.peak_memory,
    "first": rows.first_signature,
    "start": rows.first_status,
    "ledger": rows.creates,
    "group": rows.group_commit,
    "limits": rows.limits,
    "settle": rows.ledger_statuses,
    "shared": rows.shared_ledger,
    "notify": rows.notifications,
    "command": command.starts,
    "list": command.lists,
    "php": php.calls,
    "php-ffi": php.overhead,
    "php-fpm": php.worker,
    "hook-off": rows.hook_off,
    "events": rows.events,
    "events-node": rows.node_events,
    "go": go.calls,
    "go-overhead": go.overhead,
}
