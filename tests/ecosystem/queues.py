"""Runs the programs of docs/guide/task-queues.md with Celery, BullMQ and Redis, and kills their workers; and with Dask."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import database
import documents

from sandbox import TARBALL, WHEEL, Sandbox, one, run

HERE = Path(__file__).parent
PAGE = documents.GUIDE / "task-queues.md"
CARD = "4111111111111111"

# Longer than two periods of `settle`, and than BullMQ's 60 s until it delivers the job of a killed worker again.
PATIENCE = 150


class Redis:
    """A Redis server with a database of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_until(lambda: subprocess.run(self.client("ping"), capture_output=True).returncode == 0, "Redis")

    def client(self, *command: str) -> list[str]:
        """A command for the server."""
        return ["redis-cli", "-p", str(self.port), *command]

    def stop(self) -> None:
        """Ends the server."""
        self.process.kill()
        self.process.wait()


class Shop:
    """The programs of a queue in a folder, with what they have printed, and their database."""

    def __init__(self, folder: Path, env: dict[str, str], workers: list[list[str]], order: list[str]) -> None:
        self.folder, self.env, self.workers, self.order = folder, {**os.environ, **env}, workers, order
        self.log = folder / "log"
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Starts the workers."""
        with self.log.open("ab") as log:
            for command in self.workers:
                self.running.append(self.open(command, log))

    def open(self, command: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Starts a program as the leader of a group, so that its children can be killed with it."""
        return subprocess.Popen(
            command, cwd=self.folder, env=self.env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )

    def kill(self) -> None:
        """Kills every worker with its children, as a machine that loses power does."""
        while self.running:
            worker = self.running.pop()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()

    def add(self, order_id: str, amount: str = "1.00") -> None:
        """Orders a payout."""
        run(*self.order, order_id, amount, CARD, cwd=self.folder, env=self.env)

    @property
    def printed(self) -> str:
        """What the workers have printed."""
        return self.log.read_text(errors="replace")

    def query(self, sql: str) -> list[tuple]:
        """Reads the shop's own database."""
        with contextlib.closing(sqlite3.connect(self.folder / "shop.sqlite", timeout=30)) as database:
            return database.execute(sql).fetchall()

    @property
    def states(self) -> dict[str, str]:
        """The state of each order."""
        return dict(self.query("SELECT order_id, state FROM payouts"))

    def wait_for(self, states: dict[str, str]) -> None:
        """Waits until the orders have these states."""
        wait_until(lambda: self.states.items() >= states.items(), f"{states}", lambda: f"{self.states}\n{self.printed}")


def wait_until(condition: Callable[[], bool], wanted: str, found: Callable[[], str] = str) -> None:
    """Waits until the condition is true."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"no {wanted} in {PATIENCE} s: {found()}"
        time.sleep(0.1)


def programs(language: str) -> list[str]:
    """The blocks of the page in a language."""
    return [snippet.code for snippet in documents.blocks(PAGE, language)]


def environment(folder: Path, software: str) -> Path:
    """The python of an environment with the library and a folder's requirements."""
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "-r", HERE / software / "requirements.txt", one(WHEEL), cwd=folder)
    return python


def shared_ledger(folder: Path) -> str:
    """The URL of an empty ledger in PostgreSQL."""
    return database.prepare(documents.python_environment(), folder)["DATABASE_URL"]


@contextlib.contextmanager
def celery(folder: Path, sandbox: Sandbox, ledger: str) -> Iterator[tuple[Shop, Redis]]:
    """The shop with Celery: its block is the module `tasks`."""
    python = environment(folder, "celery")
    tasks, _ = programs("python")
    (folder / "tasks.py").write_text(tasks)
    (commands,) = programs("sh")
    workers = [[str(python), "-m", *command.split()] for command in commands.splitlines()]
    order = [python, "-c", "import sys, tasks; tasks.order(*sys.argv[1:])"]
    with running(folder, sandbox, ledger, workers, order) as shop:
        yield shop


@contextlib.contextmanager
def bullmq(folder: Path, sandbox: Sandbox, ledger: str) -> Iterator[tuple[Shop, Redis]]:
    """The shop with BullMQ: its blocks are two modules."""
    for name in ("package.json", "package-lock.json"):
        (folder / name).write_text((HERE / "bullmq" / name).read_text())
    run("npm", "ci", "--no-audit", "--no-fund", cwd=folder)
    run("npm", "install", "--no-save", "--no-audit", "--no-fund", one(TARBALL), cwd=folder)
    for name, block in zip(("payouts.mjs", "worker.mjs"), programs("js"), strict=True):
        (folder / name).write_text(block)
    (folder / "order.mjs").write_text(
        "import { order } from './payouts.mjs';\nawait order(...process.argv.slice(2));\nprocess.exit();\n"
    )
    with running(folder, sandbox, ledger, [["node", "worker.mjs"]], ["node", "order.mjs"]) as shop:
        yield shop


@contextlib.contextmanager
def running(
    folder: Path, sandbox: Sandbox, ledger: str, workers: list[list[str]], order: list
) -> Iterator[tuple[Shop, Redis]]:
    """Starts Redis and the workers, and kills them at the end."""
    sandbox.reset()
    redis = Redis(folder)
    env = {**sandbox.env, "REDIS_URL": f"redis://127.0.0.1:{redis.port}/0", "LEDGER": ledger}
    shop = Shop(folder, env, workers, order)
    shop.start()
    try:
        yield shop, redis
    finally:
        shop.kill()
        redis.stop()


def add_orders(shop: Shop, sandbox: Sandbox) -> None:
    """Orders whose fate the provider decides: paid, paid after a lost response, failed, and rejected."""
    for order_id, status in (("plain", "paid"), ("lost", "paid"), ("failing", "fail")):
        sandbox.control("POST", "rules", {"match": {"order_id": order_id}, "status": status})
    sandbox.control("POST", "rules", {"status": "wait"})
    sandbox.fault("close_after_act", "lost")
    shop.add("plain")
    shop.add("lost")
    shop.add("failing")
    shop.add("rejected", "5000.00")
    shop.wait_for({"plain": "paid", "lost": "paid", "failing": "failed", "rejected": "failed"})


def cut_off(shop: Shop, sandbox: Sandbox, order_id: str, kill: Callable[[], None]) -> None:
    """Kills workers while the payout is in flight. It is paid only after the job was delivered again."""
    sandbox.fault("stall", order_id)
    shop.add(order_id)
    wait_until(lambda: order_id in sandbox.orders, f"create of {order_id}", lambda: shop.printed)
    kill()
    delivered = f"{order_id} was sent before: "
    wait_until(lambda: delivered in shop.printed, "second delivery", lambda: shop.printed)
    sandbox.control("POST", "settle", {"order_id": order_id, "status": "paid"})
    shop.wait_for({order_id: "paid"})


def check(shop: Shop, sandbox: Sandbox, *others: str) -> None:
    """Nothing was sent twice, and only what the provider refused or did not pay is refunded, once."""
    sent = Counter(sandbox.orders)
    assert sent == Counter(["plain", "lost", "failing", "rejected", *others]), sent
    refunds = sorted(shop.query("SELECT order_id, amount FROM refunds"))
    assert refunds == [("failing", "1.00"), ("rejected", "5000.00")], refunds


def celery_pays_each_order_once(folder: Path, sandbox: Sandbox) -> None:
    """When one of its children is killed, and when all its processes are."""
    celery_pays_once(folder, sandbox, "payouts.sqlite")


def celery_with_postgresql_pays_each_order_once(folder: Path, sandbox: Sandbox) -> None:
    """The same with a shared ledger."""
    celery_pays_once(folder, sandbox, shared_ledger(folder))


def celery_pays_once(folder: Path, sandbox: Sandbox, ledger: str) -> None:
    """Kills a child, and later all processes, while a payout is in flight."""
    with celery(folder, sandbox, ledger) as (shop, redis):
        add_orders(shop, sandbox)
        cut_off(shop, sandbox, "child killed", lambda: kill_children(shop.running[0].pid))

        def restart() -> None:
            shop.kill()
            # As if the visibility timeout had passed since the job was delivered.
            (tag,) = subprocess.check_output(redis.client("zrange", "unacked_index", "0", "-1"), text=True).split()
            subprocess.check_call(redis.client("zadd", "unacked_index", "0", tag), stdout=subprocess.DEVNULL)
            shop.start()

        cut_off(shop, sandbox, "worker killed", restart)
        check(shop, sandbox, "child killed", "worker killed")


def kill_children(pid: int) -> None:
    """Kills the child processes of a process."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    assert children, "the worker has no children"
    for child in children:
        os.kill(int(child), signal.SIGKILL)


def bullmq_pays_each_order_once(folder: Path, sandbox: Sandbox) -> None:
    """When its worker is killed."""
    bullmq_pays_once(folder, sandbox, "payouts.sqlite")


def bullmq_with_postgresql_pays_each_order_once(folder: Path, sandbox: Sandbox) -> None:
    """The same with a shared ledger."""
    bullmq_pays_once(folder, sandbox, shared_ledger(folder))


def bullmq_pays_once(folder: Path, sandbox: Sandbox, ledger: str) -> None:
    """Kills the worker while a payout is in flight."""
    with bullmq(folder, sandbox, ledger) as (shop, _redis):
        add_orders(shop, sandbox)

        def restart() -> None:
            shop.kill()
            shop.start()

        cut_off(shop, sandbox, "worker killed", restart)
        check(shop, sandbox, "worker killed")


def dask_reads_each_status_once(folder: Path, sandbox: Sandbox) -> None:
    """In chunks, of which a process reads several with one client."""
    python = environment(folder, "dask")
    _, statuses = programs("python")
    (folder / "statuses.py").write_text(statuses)
    for module in ("counted.py", "program.py"):
        (folder / module).write_text((HERE / "dask" / module).read_text())
    sandbox.reset()
    orders = ["6422494", *(f"none-{number}" for number in range(1049))]
    found = json.loads(run(python, "program.py", *orders, cwd=folder, env=sandbox.env))
    assert sorted(order_id for order_id, *_ in found) == sorted(orders), found
    assert [status for order_id, status, *_ in found if order_id == "6422494"] == ["paid"], found
    clients = {(process, client) for *_, process, client in found}
    processes = {process for process, _ in clients}
    assert 1 < len(processes) <= 4, processes
    assert len(clients) == len(processes), clients
