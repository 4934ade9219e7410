"""The rows of the command `alikassa`: how long it takes, and how fast it pays a list compared with the core alone."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import environment
from environment import OUT, run, script_environment, server
from results import Row, at_least, at_most, compare, exactly, interval

STARTS = 40
ROUNDS = 6
PAYOUTS = 2_000
IN_FLIGHT = 16


class Usage(NamedTuple):
    """What a process took."""

    seconds: float
    megabytes: float


def starts() -> Iterator[Row]:
    """The command from its start to its end: without work, and the checks of a set-up without a fault."""
    program, _ = environment.command()
    with server() as sandbox, tempfile.TemporaryDirectory(dir=OUT) as folder:
        for title, arguments, limit in (("--version", ["--version"], 5), ("doctor", ["doctor"], 150)):
            times = []
            for _ in range(STARTS):
                started = time.perf_counter()
                run(program, *arguments, env=settings(sandbox, Path(folder)))
                times.append((time.perf_counter() - started) * 1000)
            yield Row("command", f"alikassa {title}", interval(times), at_most(limit), " ms")


def lists() -> Iterator[Row]:
    """A list of payouts with a ledger in a file, compared with threads that create the same payouts with the core."""
    program, peer = environment.command()
    times: dict[str, list[float]] = {"ours": [], "the core, 16 threads": []}
    with server("--settle", "never") as sandbox, tempfile.TemporaryDirectory(dir=OUT) as folder:
        runs = Runs(sandbox, Path(folder))
        ours = [program, "payouts", "run", "--yes", "--concurrency", IN_FLIGHT]
        commands = {"ours": ours, "the core, 16 threads": [peer]}
        for turn in range(ROUNDS + 1):
            for whose in sorted(commands, reverse=turn % 2 == 0):
                seconds = runs.new_list(commands[whose], PAYOUTS).seconds
                if turn > 0:
                    times[whose].append(seconds / PAYOUTS)
        yield from compare("list", "a payout of a list, 16 in flight", times, {"the core, 16 threads": at_least(0.9)})
        few, many = (runs.new_list(ours, payouts).megabytes for payouts in (1_000, 10_000))
        shown = {"ours": f"{many:.1f} MB", "peer": "1,000 payouts", "theirs": f"{few:.1f} MB"}
        yield Row("list", "memory of 10,000 payouts", exactly(many - few), at_most(12), " MB", **shown)
        again = [runs.last_list(ours).seconds * 1000 for _ in range(ROUNDS)]
        yield Row("list", "10,000 payouts that were accepted before", interval(again), at_most(1_000), " ms")


class Runs:
    """Programs that pay lists with ledgers of their own."""

    def __init__(self, sandbox: Mapping[str, Any], folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.count = 0

    def new_list(self, command: list[object], payouts: int) -> Usage:
        """Pays a list of new orders."""
        self.count += 1
        orders = (f"0.01,4111111111111111,{self.count}-{n},payment_card_rub\n" for n in range(payouts))
        self.list.write_text("amount,number,order_id,service\n" + "".join(orders))
        return self.last_list(command)

    def last_list(self, command: list[object]) -> Usage:
        """Pays the list of the last call."""
        ledger = {"ALIKASSA_LEDGER": str(self.list.with_suffix(".sqlite")), "ALIKASSA_DIGEST": "sha1"}
        return measure([*command, self.list], settings(self.sandbox, self.folder) | ledger)

    @property
    def list(self) -> Path:
        """The current list."""
        return self.folder / f"{self.count}.csv"


def settings(sandbox: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """The variables for a client of the sandbox. The keys are copied, because `doctor` wants them to be unreadable by others."""
    variables = {"ALIKASSA_ACCOUNT": sandbox["account"], "ALIKASSA_BASE_URL": sandbox["tls_url"]}
    variables["ALIKASSA_CA_FILE"] = sandbox["ca_file"]
    for name in ("payment_cert", "payout_cert", "notification_cert"):
        copy = folder / name
        if not copy.exists():
            copy.mkdir()
            for file in Path(sandbox[name]).iterdir():
                (copy / file.name).write_bytes(file.read_bytes())
                (copy / file.name).chmod(0o600)
        variables[f"ALIKASSA_{name.upper()}"] = str(copy)
    return script_environment() | variables


def measure(command: list[object], variables: dict[str, str]) -> Usage:
    """Runs a command, which has to succeed."""
    arguments = [str(part) for part in command]
    started, megabytes = time.perf_counter(), 0.0
    with subprocess.Popen(arguments, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        while process.poll() is None:
            megabytes = peak_memory(process.pid) or megabytes
            time.sleep(0.001)
        seconds = time.perf_counter() - started
        assert process.stdout
        assert process.returncode == 0, process.stdout.read()
    return Usage(seconds, megabytes)


def peak_memory(process: int) -> float | None:
    """The peak memory of a process in megabytes, if it has not ended."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path(f"/proc/{process}/status").read_text(), flags=re.MULTILINE)
    return int(found[1]) * 1024 / 1_000_000 if found else None
