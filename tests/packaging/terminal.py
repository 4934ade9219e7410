"""The example `terminal.c`, built by its Makefile against the packed library and used as a merchant would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from sandbox import DIST, ROOT, Sandbox, run

DONE, FAILED, MISUSED, NOT_SENT, REJECTED, UNKNOWN, ON_RECORD, UNPAID, PENDING = range(9)

VALGRIND = [
    "valgrind",
    "--quiet",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect",
    "--error-exitcode=99",
]


class Terminal:
    """The program, its ledger and its environment."""

    def __init__(self, folder: Path, sandbox: Sandbox, *make: str) -> None:
        examples = folder / "examples"
        shutil.copytree(ROOT / "bindings" / "c" / "examples", examples)
        pkg_config = {"PKG_CONFIG_PATH": str(DIST / "c" / "lib" / "pkgconfig")}
        run("make", "--always-make", *make, cwd=examples, env=pkg_config)
        self.command = [examples / "terminal", folder / "payouts.sqlite"]
        self.env = {**os.environ, **sandbox.env}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Run it without waiting for its end."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([*self.command, *arguments], env=self.env, **pipes)

    def use(self, ending: int, *arguments: str) -> tuple[list, str]:
        """Run it, expect this exit status, and return the JSON lines and what it complained of."""
        process = self.start(*arguments)
        answers, complaints = process.communicate(timeout=120)
        said = f"{arguments} ended with {process.returncode}:\n{answers}\n{complaints}"
        assert process.returncode == ending, said
        return [json.loads(line) for line in answers.splitlines()], complaints

    def pay(self, ending: int, order_id: str, amount: str = "3.00") -> tuple[list, str]:
        """Pay out."""
        return self.use(ending, *payout(order_id, amount))


def payout(order_id: str, amount: str = "3.00") -> list[str]:
    """The arguments that pay out."""
    return ["payout", amount, "4111111111111111", order_id, "payment_card_rub"]


def it_pays_out_once(folder: Path, sandbox: Sandbox) -> None:
    """On the shared library."""
    terminal = Terminal(folder, sandbox)
    sandbox.reset()
    misused(terminal, sandbox)
    paid(terminal)
    refused(terminal)
    lost(terminal, sandbox)
    unresolved_and_released(terminal, sandbox)
    not_sent(terminal)
    killed(terminal, sandbox)
    waited_in_vain(terminal, sandbox)


def it_links_statically(folder: Path, sandbox: Sandbox) -> None:
    """With the library inside."""
    terminal = Terminal(folder, sandbox, "LINK=static")
    sandbox.reset()
    paid(terminal)
    lost(terminal, sandbox)


def it_is_clean_under_valgrind(folder: Path, sandbox: Sandbox) -> None:
    """No access to memory that is not its own, and nothing lost."""
    terminal = Terminal(folder, sandbox)
    terminal.command = [*VALGRIND, *terminal.command]
    sandbox.reset()
    refused(terminal)
    lost(terminal, sandbox)
    killed(terminal, sandbox)


def misused(terminal: Terminal, sandbox: Sandbox) -> None:
    """Nothing is sent for arguments that are wrong."""
    assert "usage" in terminal.use(MISUSED)[1]
    terminal.use(MISUSED, "payout", "3.00")
    terminal.use(MISUSED, "refund", "B-1")
    for seconds in ("0", "-1", "1.5", "", "86401", "99999999999999999999"):
        terminal.use(MISUSED, "wait", "B-1", seconds)
    terminal.pay(NOT_SENT, "B-1", amount='3.00", "x": "')
    terminal.pay(NOT_SENT, "B-1\t\\" + "x" * 70_000)
    assert sandbox.log == []


def paid(terminal: Terminal) -> None:
    """A payout, its updates, and a second one of the same order."""
    [created], _ = terminal.pay(DONE, 'B-"1"')
    assert created["payment_status"] == "wait", created
    updates, _ = terminal.use(DONE, "wait", 'B-"1"', "30")
    assert updates[-1]["payment_status"] == "paid", updates
    assert updates[-1]["order_id"] == 'B-"1"', updates
    assert "accepted" in terminal.pay(ON_RECORD, 'B-"1"')[1]


def refused(terminal: Terminal) -> None:
    """More money than there is."""
    complaints = terminal.pay(REJECTED, "rich", amount="1000000.00")[1]
    assert "Fields: amount" in complaints, complaints


def lost(terminal: Terminal, sandbox: Sandbox) -> None:
    """The answer is lost, and asking finds the payout."""
    sandbox.fault("close_after_act", "lost")
    [resolution], complaints = terminal.pay(DONE, "lost")
    assert resolution["found"], resolution
    assert "unknown" in complaints, complaints
    assert sandbox.orders.count("lost") == 1


def unresolved_and_released(terminal: Terminal, sandbox: Sandbox) -> None:
    """No answer, and asking fails too; the merchant's own decision frees the order."""
    sandbox.fault("close_after_read", "gone")
    sandbox.fault("http", "gone", path="v1/payout/status", times=-1, status=403, body={"message": "no"})
    _, complaints = terminal.pay(UNKNOWN, "gone")
    assert "do not pay it again" in complaints, complaints
    terminal.pay(ON_RECORD, "gone")
    terminal.use(FAILED, "release", "gone", "")
    terminal.use(FAILED, "release", "nobody", "support, ticket 42")
    terminal.use(DONE, "release", "gone", "support, ticket 42")
    sandbox.control("DELETE", "faults")
    terminal.pay(DONE, "gone")
    assert sandbox.orders.count("gone") == 2


def not_sent(terminal: Terminal) -> None:
    """No connection, so the order is free; and a read that was not sent says nothing of a payout."""
    there, terminal.env["ALIKASSA_BASE_URL"] = terminal.env["ALIKASSA_BASE_URL"], "https://127.0.0.1:9"
    terminal.pay(NOT_SENT, "later")
    terminal.use(FAILED, "wait", "later", "2")
    terminal.env["ALIKASSA_BASE_URL"] = there
    terminal.pay(DONE, "later")
    folder, terminal.env["ALIKASSA_PAYOUT_CERT"] = terminal.env["ALIKASSA_PAYOUT_CERT"], "nowhere"
    terminal.pay(NOT_SENT, "keyless")
    terminal.env["ALIKASSA_PAYOUT_CERT"] = folder


def killed(terminal: Terminal, sandbox: Sandbox) -> None:
    """The process dies between sending and answer: the order is open until it is reconciled."""
    sandbox.fault("stall", "killed")
    process = terminal.start(*payout("killed"))
    until(lambda: "killed" in sandbox.orders)
    process.kill()
    process.communicate()
    assert state_of("killed", terminal.use(DONE, "open")) == "sending"
    terminal.pay(ON_RECORD, "killed")
    assert state_of("killed", terminal.use(DONE, "reconcile")) == "accepted"
    terminal.use(DONE, "wait", "killed", "30")
    terminal.use(DONE, "reconcile")
    [rows], _ = terminal.use(DONE, "open")
    assert "killed" not in {row["order_id"] for row in rows}, rows
    assert sandbox.orders.count("killed") == 1


def state_of(order_id: str, said: tuple[list, str]) -> str:
    """The state of an order among the rows that were shown."""
    [rows], _ = said
    return {row["order_id"]: row["state"] for row in rows}[order_id]


def waited_in_vain(terminal: Terminal, sandbox: Sandbox) -> None:
    """A payout that fails, and one that takes longer."""
    for status in ("fail", "wait"):
        sandbox.control("POST", "rules", {"match": {"order_id": status}, "status": status})
        terminal.pay(DONE, status)
    terminal.use(UNPAID, "wait", "fail", "30")
    updates, _ = terminal.use(PENDING, "wait", "wait", "2")
    assert updates[-1]["payment_status"] == "wait", updates
    terminal.use(FAILED, "wait", "nobody", "2")


def until(holds, seconds: float = 30) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
