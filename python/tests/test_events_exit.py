"""A program exits with success, whatever its hook does, and delivers the events that are left."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sandbox import Sandbox

PROGRAM = """
import asyncio, json, os, sys, threading, time
import alikassa

options = json.loads(sys.argv[1])
entered = threading.Event()

def print_kind(event):
    print(event.kind, flush=True)

def slow(event):
    entered.set()
    time.sleep(600)

def endless(event):
    entered.set()
    while True:
        pass

def calling(event):
    if event.operation == "account.balance":
        entered.set()
        while True:
            client.payouts.status(id=100000536)

def closing(event):
    if event.kind == "outcome":
        client.close()
        entered.set()

client = alikassa.Client(**options, digest="sha1", on_event=HOOK)
client.account.balance()
"""

# What a program with this hook does last.
PROGRAMS = {
    "waits": ("slow", "entered.wait(10)"),
    "runs": ("endless", "entered.wait(10)"),
    "calls": ("calling", "entered.wait(10)"),
    "runs while the program closes": ("endless", "client.close()"),
    "closes": ("closing", "entered.wait(10)"),
    "runs while a thread of the program calls": (
        "endless",
        "threading.Thread(target=lambda: [client.account.balance() for _ in range(10**9)], daemon=True).start()",
    ),
    "runs in a program for asyncio": (
        "endless",
        "asyncio.run(alikassa.AsyncClient(**options, on_event=HOOK).account.balance())",
    ),
}


@pytest.mark.parametrize(("hook", "last"), PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_exits_while_its_hook(options: dict[str, Any], hook: str, last: str) -> None:
    program = f"{PROGRAM}\n{last}".replace("HOOK", hook)
    command = [sys.executable, "-c", program, json.dumps(options)]
    pipe = subprocess.PIPE
    for _ in range(3):
        running = [subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) for _ in range(4)]
        for process in running:
            _, errors = process.communicate(timeout=60)
            assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize("create", [False, True])
def test_what_is_left_is_delivered_at_the_exit(options: dict[str, Any], sandbox: Sandbox, *, create: bool) -> None:
    kinds = ["call_started", "attempt_started", "attempt_ended", "outcome"]
    program = PROGRAM.replace("HOOK", "print_kind")
    if create:
        # Nobody waits for it.
        sandbox.fault("stall", "v1/payout", n=300)
        program += (
            "threading.Thread(daemon=True, target=lambda: client.payouts.create("
            "amount='1.00', number='4111111111111111', order_id='B-1', service='payment_card_rub')).start()\n"
            "time.sleep(0.1)\n"
        )
    command = [sys.executable, "-c", program, json.dumps(options)]
    for _ in range(1 if create else 10):
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        assert (ended.stdout.split(), ended.stderr) == (kinds * (2 if create else 1), "")
