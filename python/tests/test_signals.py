"""Ctrl-C, in programs of their own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
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

QUEUED = """
import json, sys
import alikassa

client = alikassa.Client(**json.loads(sys.argv[1]), max_connections=1)
# Calls of other threads do not wait in the queue; this one fills it.
first = client._native.start("account.balance", {}, None, None, lambda: None)
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


def run(program: str, options: dict[str, Any]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, json.dumps(options)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_requests(sandbox: Sandbox, count: int) -> None:
    give_up = time.monotonic() + 20
    while len(sandbox.log()) < count:
        assert time.monotonic() < give_up
        time.sleep(0.02)


def interrupt(program: subprocess.Popen[str]) -> tuple[str, float]:
    """Send Ctrl-C; give what the program wrote, and the seconds it took to end."""
    started = time.monotonic()
    program.send_signal(signal.SIGINT)
    output, errors = program.communicate(timeout=20)
    assert (program.returncode, errors) == (0, "")
    return output, time.monotonic() - started


def test_ctrl_c_ends_a_call_and_closing_does_not_wait_for_it(options: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.fault("stall", "v1/payout/status", n=15_000)
    program = run(STALLED, options)
    wait_for_requests(sandbox, 1)
    output, seconds = interrupt(program)
    assert output == "interrupted None 6422494\n"
    assert seconds < 5


def test_ctrl_c_takes_a_call_out_of_the_queue(options: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.fault("stall", n=3000)
    program = run(QUEUED, options)
    wait_for_requests(sandbox, 1)
    time.sleep(0.3)
    output, _ = interrupt(program)
    assert output == "interrupted not_sent 6422494\n"
    assert [entry["path"] for entry in sandbox.log()] == ["/v1/account/balance"]


def test_a_handler_that_raises_nothing_lets_the_call_go_on(options: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.fault("stall", "v1/payout/status", n=1500)
    program = run(HANDLED, options)
    wait_for_requests(sandbox, 1)
    output, _ = interrupt(program)
    assert output == "handled\npaid\n"


def test_ctrl_c_ends_the_waiting_of_close(options: dict[str, Any], sandbox: Sandbox) -> None:
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


@pytest.mark.parametrize("program", [STALLED, HANDLED])
def test_the_programs_work_without_a_signal(options: dict[str, Any], program: str) -> None:
    output, errors = run(program, options).communicate(timeout=20)
    assert (output, errors) == ("paid\n" if program is HANDLED else "", "")
