"""The loop of the guide that settles orders: killed at every line, it still refunds and pays once."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from typing import Literal

    import alikassa.testing

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "settling.md"

# Runs the program in a forked child for each line of its input: the number of the line event before which the child
# kills itself, 0 for none, and the folder to run in.
RUNNER = """
import os, signal, sqlite3, sys
import alikassa

program = sys.argv[1]
code = compile(open(program).read(), program, "exec")

def child(last):
    seen = 0
    def trace(frame, event, argument):
        nonlocal seen
        if frame.f_code.co_filename != program:
            return None
        if event == "line":
            seen += 1
            if seen == last:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace
    sys.stdout = sys.stderr
    sys.settrace(trace)
    exec(code, {"__name__": "__main__"})

for line in sys.stdin:
    last, folder = line.split()
    if os.fork() == 0:
        os.chdir(folder)
        child(int(last))
        sys.settrace(None)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""


class Runner:
    """The process that runs the guide's program."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        (code,) = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(), flags=re.MULTILINE | re.DOTALL)
        program = folder / "program.py"
        program.write_text(code)
        self._process = subprocess.Popen(
            [sys.executable, "-c", RUNNER, str(program)],
            env={**os.environ, **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, folder: Path, *, killed_at: int = 0) -> int:
        """Run the program once, and return how it ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(killed_at, folder, file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=60)


@pytest.mark.parametrize(("status", "state", "refunds"), [("paid", "paid", []), ("fail", "failed", [("B-1", "5.00")])])
def test_killed_at_every_line(
    kit: alikassa.testing.Sandbox,
    tmp_path: Path,
    status: Literal["paid", "fail"],
    state: str,
    refunds: list[tuple[str, str]],
) -> None:
    """After a kill at any line, further runs end with one payout, and with one refund if it failed."""
    runner = Runner(tmp_path, kit.env)
    killed_at = 0
    first = again = -signal.SIGKILL
    while first != 0 or again != 0:
        killed_at += 1
        folder = tmp_path / str(killed_at)
        folder.mkdir()
        kit.reset()
        first = runner.run(folder, killed_at=killed_at)
        assert runner.run(folder) == 0
        kit.settle("B-1", status)
        again = runner.run(folder, killed_at=killed_at)
        assert {first, again} <= {0, -signal.SIGKILL}
        assert runner.run(folder) == 0
        with contextlib.closing(sqlite3.connect(folder / "shop.sqlite")) as shop:
            assert shop.execute("SELECT state FROM payouts").fetchall() == [(state,)]
            assert shop.execute("SELECT * FROM refunds").fetchall() == refunds
        assert sum(payout["order_id"] == "B-1" for payout in kit.state()["payouts"]) == 1
    runner.close()
    assert killed_at > 30, "the program has more lines than that"
