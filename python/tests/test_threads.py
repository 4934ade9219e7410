"""Threads, the GIL, forked children."""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import VECTORS, payout

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox import Sandbox

CHILDREN = 8

forks = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def test_threads_share_a_client(client: alikassa.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(lambda payout: client.payouts.status(id=payout).payment_status, [100000536] * 64))
    assert states == ["paid"] * 64


def test_calls_of_threads_run_concurrently(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("stall", n=500, times=-1)
    started = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        assert len([*pool.map(lambda _: client.account.balance(), range(4))]) == 4
    assert time.monotonic() - started < 1.5


def count_during(work: Callable[[], object]) -> int:
    """Return how far another thread counts, at most a thousand per second, while this one works."""
    count = 0
    done = threading.Event()

    def count_up() -> None:
        nonlocal count
        while not done.wait(0.001):
            count += 1

    thread = threading.Thread(target=count_up)
    thread.start()
    count = 0
    work()
    counted = count
    done.set()
    thread.join()
    return counted


def test_a_call_on_the_main_thread_releases_the_gil(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("stall", n=500)
    assert count_during(client.account.balance) > 50


def test_a_call_on_another_thread_releases_the_gil(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("stall", n=500)
    with ThreadPoolExecutor(1) as pool:
        assert count_during(lambda: pool.submit(client.account.balance).result()) > 50


def test_loading_a_key_and_signing_release_the_gil() -> None:
    row = next(row for row in json.loads((VECTORS / "keys.json").read_text())["private"] if "600000" in row["name"])
    pem, password = (VECTORS / row["file"]).read_bytes(), base64.b64decode(row["password"])
    key = alikassa.SigningKey.from_pem(pem, password)
    data = bytes(64_000_000)
    for work in (lambda: alikassa.SigningKey.from_pem(pem, password), lambda: key.sign(data)):
        assert count_during(work) > 10


@forks
def test_a_client_works_after_fork(client: alikassa.Client, sandbox: Sandbox) -> None:
    client.account.balance()
    children = [fork(lambda: client.payouts.status(id=100000536).payment_status == "paid") for _ in range(CHILDREN)]
    assert [wait_for(child) for child in children] == [0] * CHILDREN
    assert client.account.balance().currency == "RUB"
    mine = {entry["connection"] for entry in sandbox.log() if entry["path"] == "/v1/account/balance"}
    theirs = {entry["connection"] for entry in sandbox.log() if entry["path"] == "/v1/payout/status"}
    assert len(theirs) == CHILDREN
    assert not mine & theirs


@forks
def test_a_client_works_after_fork_on_another_thread(client: alikassa.Client) -> None:
    client.account.balance()
    with ThreadPoolExecutor(1) as pool:
        child = pool.submit(fork, lambda: client.account.balance().currency == "RUB").result()
    assert wait_for(child) == 0


@forks
def test_a_child_can_close_while_the_parent_s_call_is_in_flight(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("stall", n=1500)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.account.balance)
        while not sandbox.log():
            time.sleep(0.02)

        def close() -> bool:
            client.close()
            return True

        assert wait_for(fork(close)) == 0
        assert call.result().currency == "RUB"


def balance(client: alikassa.Client) -> str | None:
    return client.account.balance().currency


def test_a_client_can_be_sent_to_a_spawned_process(client: alikassa.Client) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(balance, (client,)) == "RUB"


def test_an_error_can_be_returned_from_a_spawned_process(options: dict[str, Any]) -> None:
    options["base_url"] = "https://127.0.0.1:9"
    client = alikassa.Client(**options, max_retries=0)
    with (
        multiprocessing.get_context("spawn").Pool(1) as pool,
        pytest.raises(alikassa.TransportError) as caught,
    ):
        pool.apply(balance, (client,))
    assert caught.value.phase == "connect"


SUBINTERPRETER = """
import _xxsubinterpreters, sys

subinterpreter = _xxsubinterpreters.create()
_xxsubinterpreters.run_string(subinterpreter, sys.argv[1])
"""

TIMES_OUT = """
import asyncio, contextlib
import alikassa

async def main():
    client = alikassa.AsyncClient(**{options!r})
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(client.payouts.create(**{fields!r}), 0.5)

asyncio.run(main())
"""


@pytest.mark.parametrize("creates", [False, True], ids=["idle", "with a create in flight"])
def test_a_subinterpreter_that_is_not_destroyed_does_not_block_exit(
    options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger, *, creates: bool
) -> None:
    pytest.importorskip("_xxsubinterpreters", reason="its name is CPython's, up to 3.12")
    sandbox.fault("stall", "v1/payout", n=1000)
    options = options | {"ledger": ledger.location, "digest": "sha1"}
    program = TIMES_OUT.format(options=options, fields=payout("B-1")) if creates else "import alikassa"
    subprocess.run([sys.executable, "-c", SUBINTERPRETER, program], timeout=20, check=True)
    assert [row.state for row in ledger.open()] == ["accepted"] * creates


def fork(work: Callable[[], bool]) -> int:
    child = os.fork()
    if child:
        return child
    signal.alarm(20)
    try:
        os._exit(0 if work() else 1)
    finally:
        os._exit(2)


def wait_for(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
