"""Runs calls from greenlets, as docs/guide/processes.md shows."""

from __future__ import annotations

import sys
from pathlib import Path

from sandbox import WHEEL, Sandbox, one, run

HERE = Path(__file__).parent / "hubs"

# Far fewer than fit into the silence of 500 ms; a blocked hub counts only before and after it.
TICKS = 10


def calls_on_the_pool_of_gevent_do_not_block_the_hub(folder: Path, sandbox: Sandbox) -> None:
    """Four calls run at the same time, and so do other greenlets."""
    four_calls_do_not_block_the_hub("gevent_program.py", folder, sandbox)


def calls_on_the_pool_of_eventlet_do_not_block_the_hub(folder: Path, sandbox: Sandbox) -> None:
    """As for gevent."""
    four_calls_do_not_block_the_hub("eventlet_program.py", folder, sandbox)


def four_calls_do_not_block_the_hub(program: str, folder: Path, sandbox: Sandbox) -> None:
    """Runs a program whose responses arrive after 500 ms."""
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt", one(WHEEL), cwd=folder)
    sandbox.reset()
    stall = {"match": {"path": "v1/payout/status"}, "fault": "stall", "n": 500, "times": 4}
    sandbox.control("POST", "faults", stall)
    status, ticks, events = run(python, HERE / program, cwd=folder, env=sandbox.env).split()
    assert status == "paid", status
    # Four of each call. A greenlet that waits for events would block the hub.
    assert int(events) == 16, events
    assert int(ticks) > TICKS, f"{ticks} ticks in 500 ms"
