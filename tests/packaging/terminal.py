"""Checks the example `terminal.c`, built by its Makefile with the packed library."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from sandbox import DIST, ROOT, Sandbox, run

# The exit statuses of the example.
DONE, FAILED, USAGE_ERROR, NOT_SENT, REJECTED, UNKNOWN, DUPLICATE, UNPAID, PENDING = range(9)

VALGRIND = [
    "valgrind",
    "--quiet",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect",
    "--error-exitcode=99",
]


class Terminal:
    """The program with its ledger and its environment variables."""

    def __init__(self, folder: Path, sandbox: Sandbox, *make: str) -> None:
        examples = folder / "examples"
        shutil.copytree(ROOT / "bindings" / "c" / "examples", examples)
        pkg_config = {"PKG_CONFIG_PATH": str(DIST / "c" / "lib" / "pkgconfig")}
        run("make", "--always-make", *make, cwd=examples, env=pkg_config)
        self.command = [examples / "terminal", folder / "payouts.sqlite"]
        self.env = {**os.environ, **sandbox.env}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts the program without waiting for its exit."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([*self.command, *arguments], env=self.env, **pipes)

    def run(self, status: int, *arguments: str) -> tuple[list, str]:
        """Runs the program, expects this exit status, and returns the JSON lines of stdout and the text of stderr."""
        process = self.start(*arguments)
        stdout, stderr = process.communicate(timeout=120)
        output = f"{arguments} exited with {process.returncode}:\n{stdout}\n{stderr}"
        assert process.returncode == status, output
        return [json.loads(line) for line in stdout.splitlines()], stderr

    def pay(self, status: int, order_id: str, amount: str = "3.00") -> tuple[list, str]:
        """Runs a payout."""
        return self.run(status, *payout(order_id, amount))


def payout(order_id: str, amount: str = "3.00") -> list[str]:
    """The arguments of a payout."""
    return ["payout", amount, "4111111111111111", order_id, "payment_card_rub"]


def the_example_pays_out_once(folder: Path, sandbox: Sandbox) -> None:
    """Linked with the shared library."""
    terminal = Terminal(folder, sandbox)
    sandbox.reset()
    check_usage(terminal, sandbox)
    check_payout(terminal)
    check_rejection(terminal)
    check_lost_response(terminal, sandbox)
    check_release(terminal, sandbox)
    check_not_sent(terminal)
    check_crash(terminal, sandbox)
    check_wait(terminal, sandbox)


def the_example_links_statically(folder: Path, sandbox: Sandbox) -> None:
    """Linked with the static library."""
    terminal = Terminal(folder, sandbox, "LINK=static")
    sandbox.reset()
    check_payout(terminal)
    check_lost_response(terminal, sandbox)


def the_example_is_clean_under_valgrind(folder: Path, sandbox: Sandbox) -> None:
    """No invalid access to memory and no leak."""
    terminal = Terminal(folder, sandbox)
    terminal.command = [*VALGRIND, *terminal.command]
    sandbox.reset()
    check_rejection(terminal)
    check_lost_response(terminal, sandbox)
    check_crash(terminal, sandbox)


def check_usage(terminal: Terminal, sandbox: Sandbox) -> None:
    """Nothing is sent for wrong arguments."""
    assert "usage" in terminal.run(USAGE_ERROR)[1]
    terminal.run(USAGE_ERROR, "payout", "3.00")
    terminal.run(USAGE_ERROR, "refund", "B-1")
    for seconds in ("0", "-1", "1.5", "", "86401", "99999999999999999999"):
        terminal.run(USAGE_ERROR, "wait", "B-1", seconds)
    terminal.pay(NOT_SENT, "B-1", amount='3.00", "x": "')
    terminal.pay(NOT_SENT, "B-1\t\\" + "x" * 70_000)
    assert sandbox.log == []


def check_payout(terminal: Terminal) -> None:
    """A payout, its updates, and a second payout with the same order_id."""
    [created], _ = terminal.pay(DONE, 'B-"1"')
    assert created["payment_status"] == "wait", created
    updates, _ = terminal.run(DONE, "wait", 'B-"1"', "30")
    assert updates[-1]["payment_status"] == "paid", updates
    assert updates[-1]["order_id"] == 'B-"1"', updates
    assert "accepted" in terminal.pay(DUPLICATE, 'B-"1"')[1]


def check_rejection(terminal: Terminal) -> None:
    """The amount exceeds the balance."""
    stderr = terminal.pay(REJECTED, "rich", amount="1000000.00")[1]
    assert "amount: " in stderr, stderr


def check_lost_response(terminal: Terminal, sandbox: Sandbox) -> None:
    """The response is lost, and resolve finds the payout."""
    sandbox.fault("close_after_act", "lost")
    [resolution], stderr = terminal.pay(DONE, "lost")
    assert resolution["found"], resolution
    assert "unknown" in stderr, stderr
    assert sandbox.orders.count("lost") == 1


def check_release(terminal: Terminal, sandbox: Sandbox) -> None:
    """There is no response, and resolve fails too. The merchant releases the order by hand."""
    sandbox.fault("close_after_read", "unresolved")
    sandbox.fault("http", "unresolved", path="v1/payout/status", times=-1, status=403, body={"message": "no"})
    _, stderr = terminal.pay(UNKNOWN, "unresolved")
    assert "do not pay it again" in stderr, stderr
    terminal.pay(DUPLICATE, "unresolved")
    terminal.run(FAILED, "release", "unresolved", "")
    terminal.run(FAILED, "release", "unrecorded", "support, ticket 42")
    terminal.run(DONE, "release", "unresolved", "support, ticket 42")
    sandbox.control("DELETE", "faults")
    terminal.pay(DONE, "unresolved")
    assert sandbox.orders.count("unresolved") == 2


def check_not_sent(terminal: Terminal) -> None:
    """Without a connection the order stays unrecorded. A read that is not sent does not affect the payout."""
    base_url, terminal.env["ALIKASSA_BASE_URL"] = terminal.env["ALIKASSA_BASE_URL"], "https://127.0.0.1:9"
    terminal.pay(NOT_SENT, "later")
    terminal.run(FAILED, "wait", "later", "2")
    terminal.env["ALIKASSA_BASE_URL"] = base_url
    terminal.pay(DONE, "later")
    folder, terminal.env["ALIKASSA_PAYOUT_CERT"] = terminal.env["ALIKASSA_PAYOUT_CERT"], "nowhere"
    terminal.pay(NOT_SENT, "keyless")
    terminal.env["ALIKASSA_PAYOUT_CERT"] = folder


def check_crash(terminal: Terminal, sandbox: Sandbox) -> None:
    """The process is killed between request and response. The order is open until it is reconciled."""
    sandbox.fault("stall", "killed")
    process = terminal.start(*payout("killed"))
    wait_until(lambda: "killed" in sandbox.orders)
    process.kill()
    process.communicate()
    assert state_of("killed", terminal.run(DONE, "open")[0]) == "sending"
    terminal.pay(DUPLICATE, "killed")
    [reconciled], _ = terminal.run(DONE, "reconcile")
    assert state_of("killed", reconciled) == "accepted"
    terminal.run(DONE, "wait", "killed", "30")
    terminal.run(DONE, "reconcile")
    rows, _ = terminal.run(DONE, "open")
    assert "killed" not in {row["order_id"] for row in rows}, rows
    assert sandbox.orders.count("killed") == 1


def state_of(order_id: str, rows: list) -> str:
    """The state of an order in the rows."""
    return {row["order_id"]: row["state"] for row in rows}[order_id]


def check_wait(terminal: Terminal, sandbox: Sandbox) -> None:
    """A payout that fails, and a payout that is still pending after the wait."""
    for status in ("fail", "wait"):
        sandbox.control("POST", "rules", {"match": {"order_id": status}, "status": status})
        terminal.pay(DONE, status)
    terminal.run(UNPAID, "wait", "fail", "30")
    updates, _ = terminal.run(PENDING, "wait", "wait", "2")
    assert updates[-1]["payment_status"] == "wait", updates
    terminal.run(FAILED, "wait", "unrecorded", "2")


def wait_until(condition, seconds: float = 30) -> None:
    """Waits until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition does not hold in time"
        time.sleep(0.05)
