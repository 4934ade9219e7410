"""Checks the example `batch.c`, as cron runs it: in an empty folder, with the packed library, again and again."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from terminal import wait_until

from sandbox import DIST, ROOT, Sandbox, run

# The exit statuses of the example.
ALL_PAID, FAILED, USAGE_ERROR, PENDING, REFUSED = range(5)

CARD = "4111111111111111 payment_card_rub"


class Batch:
    """The program with its list and its ledger."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder, self.sandbox = folder, sandbox
        shutil.copytree(ROOT / "bindings" / "c" / "examples", folder / "examples")
        pkg_config = {"PKG_CONFIG_PATH": str(DIST / "c" / "lib" / "pkgconfig")}
        run("make", "--always-make", "batch", cwd=folder / "examples", env=pkg_config)
        sandbox.reset()

    def list(self, *lines: str) -> None:
        """Writes the list."""
        (self.folder / "list").write_text("".join(f"{line}\n" for line in lines))

    def start(self) -> subprocess.Popen[str]:
        """Starts a run."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        command = [self.folder / "examples" / "batch", "payouts.sqlite", "list"]
        return subprocess.Popen(command, cwd=self.folder, env=self.sandbox.env, **pipes)

    def run(self, status: int) -> dict[str, str]:
        """A run that exits with this status. Returns the state of each order."""
        process = self.start()
        stdout, stderr = process.communicate(timeout=120)
        assert process.returncode == status, f"exited with {process.returncode}:\n{stdout}\n{stderr}"
        return dict(line.split() for line in stdout.splitlines())

    def pay(self, status: str) -> None:
        """Gives every payout from now on this status."""
        self.sandbox.control("DELETE", "rules")
        self.sandbox.control("POST", "rules", {"match": {"path": "v1/payout"}, "status": status})


def a_batch_pays_each_order_once(folder: Path, sandbox: Sandbox) -> None:
    """With an order that is refused, one whose response is lost, and none that is sent twice by a later run."""
    batch = Batch(folder, sandbox)
    batch.list(f"B-1 5.00 {CARD}", f"rich 1000000.00 {CARD}", f"lost 4.00 {CARD}")
    batch.pay("paid")
    sandbox.fault("close_after_act", "lost")
    assert batch.run(PENDING) == {"B-1": "open", "rich": "failed", "lost": "open"}
    assert batch.run(REFUSED) == {"B-1": "paid", "rich": "failed", "lost": "paid"}
    batch.list(f"B-1 5.00 {CARD}", f"lost 4.00 {CARD}")
    assert batch.run(ALL_PAID) == {"B-1": "paid", "lost": "paid"}
    assert [batch.sandbox.orders.count(order) for order in ("B-1", "lost")] == [1, 1]


def a_batch_sends_nothing_for_a_wrong_list(folder: Path, sandbox: Sandbox) -> None:
    """Not even the lines before the wrong one."""
    batch = Batch(folder, sandbox)
    for wrong in (
        "B-2",
        f'B-"2 5.00 {CARD}',
        f"B-2 5,00 {CARD}",
        f"B-2 5.00 {CARD} more",
        f"B-2 5.00 {CARD}" + "x" * 600,
    ):
        batch.list(f"B-1 5.00 {CARD}", wrong)
        batch.run(USAGE_ERROR)
    batch.list()
    batch.run(ALL_PAID)
    assert sandbox.orders == []


def a_batch_that_was_killed_is_continued_by_the_next(folder: Path, sandbox: Sandbox) -> None:
    """Killed while a payout is in flight, and while nothing can be reached."""
    batch = Batch(folder, sandbox)
    batch.list(f"B-1 5.00 {CARD}", f"killed 4.00 {CARD}", f"B-3 3.00 {CARD}")
    batch.pay("paid")
    sandbox.fault("stall", "killed")
    process = batch.start()
    wait_until(lambda: "killed" in sandbox.orders)
    process.kill()
    process.communicate()
    # No status can be read, so the order that was in flight stays open, and the list is paid to its end.
    sandbox.fault("http", "killed", path="v1/payout/status", times=-1, status=403, body={"message": "no"})
    assert batch.run(PENDING)["killed"] == "open"
    sandbox.control("DELETE", "faults")
    assert batch.run(ALL_PAID) == {"B-1": "paid", "killed": "paid", "B-3": "paid"}
    assert sorted(sandbox.orders) == ["B-1", "B-3", "killed"]
