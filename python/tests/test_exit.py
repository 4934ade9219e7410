"""A program exits with success while its daemon threads are inside the library."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import VECTORS

if TYPE_CHECKING:
    from sandbox import Sandbox

PROGRAM = """
import asyncio, collections, itertools, json, logging, pathlib, sys, threading
import alikassa

options, small_key = json.loads(sys.argv[1])
client = alikassa.Client(**options)
inside = threading.Event()

def busy(*_):
    inside.set()
    while True:
        pass

def repeat(work):
    for count in itertools.count():
        try:
            work()
        except alikassa.AliKassaError:
            pass
        if count == 20:
            inside.set()

class Slow(collections.UserDict):
    def items(self):
        return [(str(number), number) for number in range(100)]

async def asynchronously():
    async with alikassa.AsyncClient(**options) as client:
        await client.payouts.wait(id=100000536, on_update=busy)

def hang():
    key = alikassa.SigningKey.external(options["payout_cert"], busy)
    alikassa.Client(**options | {"payout_cert": key}).account.balance()

def log():
    logging.getLogger("alikassa").addFilter(busy)
    alikassa.Client(**options | {"payout_cert": small_key})
"""

# What the daemon thread does.
WORK = {
    "an update": "client.payouts.wait(id=100000536, on_update=busy)",
    "an update on an event loop": "asyncio.run(asynchronously())",
    "a signer": "hang()",
    "an error": "repeat(lambda: alikassa.SigningKey.load('none'))",
    "an error of a call": "repeat(lambda: client.payouts.status(id=''))",
    "a reply": "repeat(lambda: client.account.balance())",
    "statuses": "repeat(lambda: list(client.payouts.statuses(ids=['', '', ''])))",
    "progress of statuses": "list(client.payouts.statuses(ids=['', ''], on_progress=busy))",
    "a path": "repeat(lambda: alikassa.SigningKey.load(pathlib.Path('none')))",
    "a mapping": "repeat(lambda: alikassa.canonical_json(Slow()))",
    "a log filter": "log()",
    "a new client": "repeat(lambda: alikassa.Client(**options).close())",
}


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_a_program_exits_while_a_daemon_thread_is_in(options: dict[str, Any], sandbox: Sandbox, work: str) -> None:
    sandbox.rule("wait")
    program = f"{PROGRAM}\nthreading.Thread(target=lambda: {work}, daemon=True).start()\nassert inside.wait(10)"
    arguments = json.dumps([options, str(VECTORS / "keys" / "rsa1024")])
    command = [sys.executable, "-c", program, arguments]
    for _ in range(10):
        ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        assert (ended.returncode, ended.stderr) == (0, "")
