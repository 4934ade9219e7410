"""The statuses of many orders in forked children and at the exit of a program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from test_statuses import MISSING, PAID, PAYOUT

if TYPE_CHECKING:
    import alikassa
    from sandbox import Sandbox


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_continues_independently(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("stall", PAYOUT, n=500, times=8)
    results = client.payouts.statuses(ids=[*range(MISSING, MISSING + 7), *[PAID] * 5], concurrency=4)
    first = next(results)
    child = os.fork()
    if not child:
        rest = list(results)
        expected = {*range(MISSING, MISSING + 7), PAID} - {first.id}
        os._exit(0 if len(rest) == 11 and {result.id for result in rest} == expected else 1)
    assert len(list(results)) == 11
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_does_not_cancel_its_parent_s_requests(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("stall", PAYOUT, n=500, times=-1)
    results = client.payouts.statuses(ids=[PAID] * 8, concurrency=4)
    next(results)
    child = os.fork()
    if not child:
        results.close()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert [result.error for result in results] == [None] * 7


UNFINISHED = """
import asyncio, itertools, json, sys
import alikassa

options, asynchronous = json.loads(sys.argv[1])
ids = itertools.chain([100000536], itertools.repeat(200000000))

async def main():
    global results
    client = alikassa.AsyncClient(**options)
    results = client.payouts.statuses(ids=ids)
    async for result in results:
        return result

if asynchronous:
    print(asyncio.run(main()))
else:
    results = alikassa.Client(**options).payouts.statuses(ids=ids)
    print(next(results))
"""


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_program_can_exit_with_an_unfinished_iterator(
    options: dict[str, Any], sandbox: Sandbox, *, asynchronous: bool
) -> None:
    sandbox.fault("stall", PAYOUT, n=15_000, times=-1, match={"path": PAYOUT, "order_id": str(MISSING)})
    command = [sys.executable, "-c", UNFINISHED, json.dumps([options, asynchronous])]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    assert (ended.stdout, ended.stderr) == ("StatusResult(id=100000536, payment_status='paid')\n", "")


STOPPING = """
import asyncio, itertools, json, os, sys, threading, time
import alikassa

options = json.loads(sys.argv[1])
ids = lambda: itertools.chain([100000536], itertools.repeat(200000000))

async def asynchronously():
    for order in ids():
        yield order

async def stop():
    client = alikassa.AsyncClient(**options)
    async with client.payouts.statuses(ids=asynchronously(), timeout=1) as results:
        await anext(results)

next(alikassa.Client(**options).payouts.statuses(ids=ids(), timeout=1))
asyncio.run(stop())
threads = lambda: len(os.listdir("/proc/self/task"))
print(threads() > 1, len(threading.enumerate()))
timeout_at = time.monotonic() + 30
while threads() > 1 and time.monotonic() < timeout_at:
    time.sleep(0.1)
print(threads())
"""


def test_no_thread_is_left_behind(options: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.fault("stall", PAYOUT, n=15_000, times=-1, match={"path": PAYOUT, "order_id": str(MISSING)})
    command = [sys.executable, "-c", STOPPING, json.dumps(options | {"max_retries": 0})]
    output = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert output == "True 1\n1\n"
