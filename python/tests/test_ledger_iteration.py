"""Iterating over more rows and events of a ledger than one page."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import REPOSITORY, payout
from test_threads import fork, forks, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS = 600


def fill(client: alikassa.Client, rows: int) -> list[str]:
    """Fill the client's ledger with orders, and return their ids."""
    assert client.ledger is not None
    client.payouts.create(**payout("B-000001"))
    subprocess.run([REPOSITORY / "tests" / "copy-rows", client.ledger.location, str(rows)], check=True, timeout=20)
    return [f"B-{number:06}" for number in range(1, rows + 1)]


def order_ids(items: Iterator[alikassa.LedgerRow] | Iterator[alikassa.LedgerEvent]) -> list[str]:
    return [item.order_id for item in items]


def test_each_row_comes_once_in_order(recorded: alikassa.Client, ledger: alikassa.Ledger) -> None:
    expected = fill(recorded, ROWS)
    rows = ledger.open()
    assert iter(rows) is rows
    assert order_ids(rows) == expected
    assert next(rows, None) is None
    assert order_ids(ledger.rows()) == order_ids(ledger.rows(state="accepted")) == expected
    events = order_ids(ledger.events())
    assert (len(events), set(events)) == (2 * ROWS, set(expected))
    created = [event.order_id for event in ledger.events() if event.from_state is None]
    assert created == expected


def test_rows_that_are_added_during_the_iteration_do_not_prolong_it(
    recorded: alikassa.Client, ledger: alikassa.Ledger
) -> None:
    expected = fill(recorded, ROWS)
    rows, events = ledger.rows(), ledger.events()
    assert (next(rows).order_id, next(events).order_id) == ("B-000001", "B-000001")
    recorded.payouts.create(**payout("B-new"))
    assert order_ids(rows) == expected[1:]
    assert "B-new" not in order_ids(events)


@pytest.mark.parametrize("kind", ["open", "rows", "events"])
def test_an_unreadable_file(ledger: alikassa.Ledger, kind: str) -> None:
    read: Callable[[], Iterator[Any]] = getattr(ledger, kind)
    Path(ledger.location).write_bytes(b"not a database" * 1000)
    items = read()
    with pytest.raises(alikassa.LedgerError) as caught:
        next(items)
    assert caught.value.outcome is None
    assert next(items, None) is None


def test_a_page_that_cannot_be_read(recorded: alikassa.Client, ledger: alikassa.Ledger) -> None:
    expected = fill(recorded, ROWS)
    rows = ledger.open()
    seen = [next(rows).order_id]
    Path(ledger.location).write_bytes(b"not a database" * 1000)

    def read_on() -> None:
        seen.extend(row.order_id for row in rows)

    with pytest.raises(alikassa.LedgerError):
        read_on()
    # The rest of the page that was read before.
    assert 1 < len(seen) < ROWS
    assert seen == expected[: len(seen)]
    assert next(rows, None) is None


@pytest.mark.parametrize("kind", ["open", "events"])
def test_threads_share_an_iterator(recorded: alikassa.Client, ledger: alikassa.Ledger, kind: str) -> None:
    expected = fill(recorded, ROWS)
    items: Iterator[Any] = getattr(ledger, kind)()
    together = threading.Barrier(4)

    def read() -> list[str]:
        together.wait(20)
        return order_ids(items)

    with ThreadPoolExecutor(4) as pool:
        reading = [pool.submit(read) for _ in range(4)]
        seen = [order_id for thread in reading for order_id in thread.result()]
    assert sorted(seen) == sorted(expected * (1 if kind == "open" else 2))


@forks
def test_a_forked_child_goes_on_with_an_iterator(recorded: alikassa.Client, ledger: alikassa.Ledger) -> None:
    expected = fill(recorded, ROWS)
    rows = ledger.open()
    next(rows)
    assert wait_for(fork(lambda: order_ids(rows) == expected[1:])) == 0
    assert order_ids(rows) == expected[1:]


@forks
def test_a_fork_while_another_thread_reads(recorded: alikassa.Client, ledger: alikassa.Ledger) -> None:
    fill(recorded, ROWS)
    done = threading.Event()
    shared = [ledger.open()]

    def read() -> int:
        numbers = 0
        while not done.is_set():
            if next(shared[0], None) is None:
                shared[0] = ledger.open()
            numbers += 1
        return numbers

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        try:
            codes = [wait_for(fork(lambda: len(list(shared[0])) <= ROWS)) for _ in range(20)]
        finally:
            done.set()
        assert codes == [0] * 20
        assert reading.result() > 0


MEMORY = r"""
import re, sys
import alikassa
ledger, kind = alikassa.Ledger(sys.argv[1]), sys.argv[2]

def peak():
    # Not of getrusage: that is the parent's at first.
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1])

ledger.get("payouts.create", "B-000001")
before = peak()
print(sum(1 for _ in getattr(ledger, kind)()), (peak() - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("kind", ["open", "rows", "events"])
def test_memory_does_not_grow_with_the_rows(recorded: alikassa.Client, ledger: alikassa.Ledger, kind: str) -> None:
    fill(recorded, 50_000)
    command = [sys.executable, "-c", MEMORY, ledger.location, kind]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    read, megabytes = map(int, ended.stdout.split())
    assert read == (100_000 if kind == "events" else 50_000)
    # All of them take more than 20 MB.
    assert megabytes < 10
