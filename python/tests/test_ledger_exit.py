"""However a program ends in order, its ledger is one file with every row."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import payout

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import asyncio, json, os, signal, sys
import alikassa

options, order, end = json.loads(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
if end == "asyncio":
    async def main():
        global client
        client = alikassa.AsyncClient(**options, ledger="ledger.sqlite")
        await client.payouts.create(**order)
    asyncio.run(main())
else:
    client = alikassa.Client(**options, ledger="ledger.sqlite")
    client.payouts.create(**order)
if end == "close":
    client.close()
    os.kill(os.getpid(), signal.SIGKILL)
if end == "exit":
    sys.exit(3)
if end == "raise":
    raise ValueError("an uncaught exception")
if end == "cycle":
    class Cycle: pass
    cycle = Cycle()
    cycle.itself, cycle.client = cycle, client
    del cycle, client
"""


@pytest.mark.parametrize(
    ("end", "code"),
    [("return", 0), ("close", -signal.SIGKILL), ("exit", 3), ("raise", 1), ("cycle", 0), ("asyncio", 0)],
)
def test_one_file(options: dict[str, Any], tmp_path: Path, end: str, code: int) -> None:
    """The log is empty or absent, and a copy of the one file has the row."""
    arguments = [json.dumps(options), json.dumps(payout("B-1")), end]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROGRAM, *arguments]
    ended = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, timeout=60, check=False)
    assert ended.returncode == code, ended.stderr
    log = tmp_path / "ledger.sqlite-wal"
    assert not log.exists() or log.stat().st_size == 0
    shutil.copy(tmp_path / "ledger.sqlite", tmp_path / "copy.sqlite")
    assert [row.order_id for row in alikassa.Ledger(tmp_path / "copy.sqlite").open()] == ["B-1"]
