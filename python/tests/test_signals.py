"""Ctrl-C, in separate programs."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import payout

if TYPE_CHECKING:
    import alikassa
    from sandbox import Sandbox

STALLED = """
import json, sys
import alikassa

with alikassa.Client(**json.loads(sys.argv[1])) as client:
    try:
        client.payouts.status(order_id="6422494")
    except KeyboardInterrupt as interrupt:
        print("interrupted", interrupt.alikassa_outcome, interrupt.order_id)
"""

STATUSES = """
import itertools, json, sys
import alikassa

with alikassa.Client(**json.loads(sys.argv[1])) as client:
    results = client.payouts.statuses(ids=itertools.count(1))
    try:
        next(results)
    except KeyboardInterrupt:
        print("interrupted", list(results), flush=True)
"""

QUEUED = """
import json, sys
import alikassa
from alikassa._native import Waker

client = alikassa.Client(**json.loads(sys.argv[1]), max_connections=1)
# Blocking calls of other threads bypass the queue; this one occupies the connection.
first = client._native.start(alikassa.Balance, "account.balance", {}, None, None, Waker())
try:
    client.payouts.status(order_id="6422494")
except KeyboardInterrupt as interrupt:
    print("interrupted", interrupt.alikassa_outcome, interrupt.order_id)
"""

HANDLED = """
import json, signal, sys
import alikassa

signal.signal(signal.SIGINT, lambda *_: print("handled", flush=True))
with alikassa.Client(**json.loads(sys.argv[1])) as client:
    print(client.payouts.status(order_id="6422494").payment_status)
"""

CLOSING = """
import json, sys, threading
import alikassa

client = alikassa.Client(**json.loads(sys.argv[1]))
threading.Thread(target=client.account.balance, daemon=True).start()
sys.stdin.readline()
print("closing", flush=True)
try:
    client.close()
except KeyboardInterrupt:
    print("interrupted")
"""


CREATING = """
import json, sys
import alikassa

options, payout = json.loads(sys.argv[1])
client = alikassa.Client(**options)
try:
    client.payouts.create(**payout)
except KeyboardInterrupt as interrupt:
    print("interrupted", interrupt.alikassa_outcome, interrupt.order_id, flush=True)
    raise
"""

CANCELLING = """
import asyncio, json, sys
import alikassa

async def main():
    options, payout = json.loads(sys.argv[1])
    client = alikassa.AsyncClient(**options)
    await client.payouts.create(**payout)

try:
    asyncio.run(main())
except KeyboardInterrupt as interrupt:
    cancelled = interrupt.__context__
    print("interrupted", cancelled.alikassa_outcome, cancelled.order_id, flush=True)
    raise
"""

IN_A_THREAD = """
import json, signal, sys, threading
import alikassa

options, payout = json.loads(sys.argv[1])
client = alikassa.Client(**options)
threading.Thread(target=client.payouts.create, kwargs=payout, daemon=True).start()
try:
    signal.pause()
except KeyboardInterrupt:
    print("interrupted unknown B-1", flush=True)
    raise
"""

READING = """
import json, sys, threading
import alikassa

options, _ = json.loads(sys.argv[1])
client = alikassa.Client(**options)
threading.Thread(target=client.account.balance, daemon=True).start()
client.account.balance()
"""

FORKING = """
import json, os, sys, threading, time
import alikassa

options, payout = json.loads(sys.argv[1])
client = alikassa.Client(**options)
client.account.balance()
call = threading.Thread(target=client.payouts.create, kwargs=payout)
call.start()
while not list(client.ledger.open()):
    time.sleep(0.02)
started = time.monotonic()
child = os.fork()
if not child:
    sys.exit()
print(os.waitpid(child, 0)[1], time.monotonic() - started < 1, call.is_alive())
"""


# A background job of a shell ignores Ctrl-C, and so do its children by default.
ACCEPT_SIGINT = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"


def run(program: str, options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ACCEPT_SIGINT + program, json.dumps(options)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_requests(sandbox: Sandbox, count: int) -> None:
    timeout_at = time.monotonic() + 20
    while len(sandbox.log()) < count:
        assert time.monotonic() < timeout_at
        time.sleep(0.02)


def wait_for_creates(sandbox: Sandbox) -> None:
    timeout_at = time.monotonic() + 20
    while not sandbox.creates():
        assert time.monotonic() < timeout_at
        time.sleep(0.02)


def interrupt(program: subprocess.Popen[str]) -> tuple[str, float]:
    """Send Ctrl-C; return the output of the program and the seconds until its exit."""
    started = time.monotonic()
    program.send_signal(signal.SIGINT)
    output, errors = program.communicate(timeout=20)
    assert (program.returncode, errors) == (0, "")
    return output, time.monotonic() - started


def test_ctrl_c_ends_a_call_and_close_does_not_wait_for_it(options: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.fault("stall", "v1/payout/status", n=15_000)
    program = run(STALLED, options)
    wait_for_requests(sandbox, 1)
    output, seconds = interrupt(program)
    assert output == "interrupted None 6422494\n"
    assert seconds < 5


def test_ctrl_c_ends_statuses(options: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.fault("stall", "v1/payout/status", n=15_000, times=-1)
    program = run(STATUSES, options)
    wait_for_requests(sandbox, 16)
    output, seconds = interrupt(program)
    assert output == "interrupted []\n"
    assert seconds < 1
    assert len(sandbox.log()) == 16


def test_ctrl_c_removes_a_call_from_the_queue(options: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.fault("stall", n=3000)
    program = run(QUEUED, options)
    wait_for_requests(sandbox, 1)
    time.sleep(0.3)
    output, _ = interrupt(program)
    assert output == "interrupted not_sent 6422494\n"
    assert [entry["path"] for entry in sandbox.log()] == ["/v1/account/balance"]


def test_a_call_continues_after_a_signal_handler_that_does_not_raise(options: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.fault("stall", "v1/payout/status", n=1500)
    program = run(HANDLED, options)
    wait_for_requests(sandbox, 1)
    output, _ = interrupt(program)
    assert output == "handled\npaid\n"


def test_ctrl_c_ends_close(options: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.fault("stall", n=15_000)
    program = run(CLOSING, options)
    wait_for_requests(sandbox, 1)
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write("\n")
    program.stdin.flush()
    assert program.stdout.readline() == "closing\n"
    time.sleep(0.3)
    output, seconds = interrupt(program)
    assert output == "interrupted\n"
    assert seconds < 5


@pytest.mark.parametrize("program", [CREATING, CANCELLING, IN_A_THREAD])
def test_the_exit_of_a_program_waits_for_its_create(
    options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger, program: str
) -> None:
    sandbox.fault("stall", "v1/payout", n=1500)
    ended = run(program, [options | {"ledger": ledger.location}, payout("B-1")])
    wait_for_creates(sandbox)
    ended.send_signal(signal.SIGINT)
    output, errors = ended.communicate(timeout=20)
    assert output == "interrupted unknown B-1\n"
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert ended.returncode == -signal.SIGINT
    assert [(row.state, row.id) for row in ledger.open()] == [("accepted", 100000537)]


def test_the_exit_of_a_program_waits_for_a_create_up_to_its_deadline(
    options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger
) -> None:
    sandbox.fault("stall", "v1/payout")
    ended = run(CREATING, [options | {"ledger": ledger.location, "deadline": 2}, payout("B-1")])
    wait_for_creates(sandbox)
    ended.send_signal(signal.SIGINT)
    ended.communicate(timeout=10)
    assert [row.state for row in ledger.open()] == ["unknown"]


def test_another_ctrl_c_ends_the_wait_at_exit(
    options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger
) -> None:
    sandbox.fault("stall", "v1/payout", n=15_000)
    ended = run(CREATING, [options | {"ledger": ledger.location}, payout("B-1")])
    wait_for_creates(sandbox)
    ended.send_signal(signal.SIGINT)
    assert ended.stdout is not None
    assert ended.stdout.readline() == "interrupted unknown B-1\n"
    time.sleep(0.5)
    assert ended.poll() is None
    started = time.monotonic()
    ended.send_signal(signal.SIGINT)
    _, errors = ended.communicate(timeout=20)
    assert time.monotonic() - started < 5
    assert "Fatal" not in errors
    assert [row.state for row in ledger.open()] == ["sending"]


def test_the_exit_of_a_program_does_not_wait_for_a_read(options: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.fault("stall", n=15_000, times=-1)
    ended = run(READING, [options, None])
    wait_for_requests(sandbox, 2)
    started = time.monotonic()
    ended.send_signal(signal.SIGINT)
    _, errors = ended.communicate(timeout=20)
    assert time.monotonic() - started < 5
    assert errors.rstrip().endswith("KeyboardInterrupt")


def test_the_exit_of_a_child_does_not_wait_for_its_parent_s_create(
    options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger
) -> None:
    sandbox.fault("stall", "v1/payout", n=2500)
    output, errors = run(FORKING, [options | {"ledger": ledger.location}, payout("B-1")]).communicate(timeout=20)
    assert (output, errors) == ("0 True True\n", "")
    assert [row.state for row in ledger.open()] == ["accepted"]


@pytest.mark.parametrize("program", [CREATING, CANCELLING])
def test_ctrl_c_before_the_first_byte(options: dict[str, Any], ledger: alikassa.Ledger, program: str) -> None:
    # This listener never accepts, so the TLS handshake gets no response.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        options |= {"base_url": f"https://127.0.0.1:{silent.getsockname()[1]}", "digest": "sha1"}
        ended = run(program, [options | {"ledger": ledger.location}, payout("B-1")])
        timeout_at = time.monotonic() + 20
        while not list(ledger.open()):
            assert time.monotonic() < timeout_at
            time.sleep(0.02)
        ended.send_signal(signal.SIGINT)
        output, _ = ended.communicate(timeout=20)
    assert output == "interrupted not_sent B-1\n"
    assert not list(ledger.open())


EXITING = """
import asyncio, json, random, sys, time
import alikassa

async def main():
    options, payout, seconds = json.loads(sys.argv[1])
    client = alikassa.AsyncClient(**options)
    call = asyncio.create_task(client.payouts.create(**payout))
    await asyncio.sleep(seconds)
    call.cancel()

asyncio.run(main())
"""


def test_a_program_can_exit_at_any_moment_of_a_create(
    options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger
) -> None:
    options |= {"ledger": ledger.location, "digest": "sha1"}

    def end(number: int) -> str:
        program = run(EXITING, [options, payout(f"B-{number}"), number * 0.001])
        _, errors = program.communicate(timeout=20)
        return errors or f"ended with {program.returncode}"

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(end, range(48))) == {"ended with 0"}
    sent = {body["order_id"] for body in sandbox.creates()}
    assert {row.order_id for row in ledger.open()} == sent
    assert {row.state for row in ledger.open()} <= {"accepted"}


@pytest.mark.parametrize("program", [STALLED, HANDLED])
def test_the_programs_work_without_a_signal(options: dict[str, Any], program: str) -> None:
    output, errors = run(program, options).communicate(timeout=20)
    assert (output, errors) == ("paid\n" if program is HANDLED else "", "")
