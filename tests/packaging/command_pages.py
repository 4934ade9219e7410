"""Runs the pages of the guide about the command `alikassa` as a reader would, with the package that users install."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import documents

from sandbox import ROOT, Sandbox, run

PAGES = {name: ROOT / "docs" / "guide" / f"{name}.md" for name in ("doctor", "payout-lists", "reconcile")}
# A block with settings or a list is this file; a unit of systemd names itself in its first line.
FILES = {"toml": "alikassa.toml", "csv": "payouts.csv"}
# The response to this payout is lost.
LOST = "P-1002"
# Any text of a line, or any lines.
ANY = "…"
# Written after the output of each command. It keeps the exit code for the next one.
END = "-- end of the command --"


class Block(NamedTuple):
    """A block of a page: its language and its text."""

    language: str
    text: str


def the_check_of_a_set_up(folder: Path, sandbox: Sandbox) -> None:
    """docs/guide/doctor.md."""
    follow("doctor", folder, sandbox)


def a_list_of_payouts(folder: Path, sandbox: Sandbox) -> None:
    """docs/guide/payout-lists.md."""
    follow("payout-lists", folder, sandbox)


def a_reconciliation_at_night(folder: Path, sandbox: Sandbox) -> None:
    """docs/guide/reconcile.md, with its units of systemd and its lines of cron."""
    follow("reconcile", folder, sandbox)


def follow(page: str, folder: Path, sandbox: Sandbox) -> None:
    """Writes each file of a page and runs each command, from the top to the end."""
    sandbox.reset()
    sandbox.control("POST", "balance", {"balance": "100000.00"})
    sandbox.fault("close_after_act", LOST)
    environment = prepare(folder, sandbox)
    for block in blocks(page):
        text = block.text.replace(documents.PROVIDER, sandbox.start["tls_url"])
        if block.language in FILES:
            (folder / FILES[block.language]).write_text(text)
        elif block.language == "console":
            run_commands(text, folder, environment)
        elif block.language == "ini":
            run_unit(text, folder, environment)
        elif block.language == "crontab":
            run_jobs(text, folder, environment)
        else:
            assert block.language == "sh", f"{page}: a block that no test runs: {block.language}"


def prepare(folder: Path, sandbox: Sandbox) -> dict[str, str]:
    """Puts the certificates where the settings of the pages name them. Returns the environment of the commands."""
    for kind in ("payment", "payout", "notification"):
        target = folder / "cert" / kind
        shutil.copytree(sandbox.start[f"{kind}_cert"], target)
        for file in target.iterdir():
            file.chmod(0o600)
    programs = documents.python_environment().parent
    assert (programs / "alikassa").exists(), "the wheel of the command is not installed"
    path = f"{programs}:/usr/local/bin:/usr/bin:/bin:/usr/sbin"
    server = {name: sandbox.env[name] for name in ("ALIKASSA_BASE_URL", "ALIKASSA_CA_FILE")}
    return {"PATH": path, "LANG": "C.UTF-8", **server}


def blocks(page: str) -> Iterator[Block]:
    """The blocks of a page in their order."""
    for language, text in re.findall(r"^```(\w+)\n(.*?)^```$", PAGES[page].read_text(), re.MULTILINE | re.DOTALL):
        yield Block(language, text)


def run_commands(text: str, folder: Path, environment: dict[str, str]) -> None:
    """Runs the lines after `$`, and compares what they print with the lines below each."""
    expected: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            expected.append((line.removeprefix("$ "), []))
        else:
            expected[-1][1].append(line)
    script = "".join(f"{command}\n_code=$?; echo '{END}'; (exit $_code)\n" for command, _ in expected)
    done = subprocess.run(
        ["sh", "-c", f"exec 2>&1\n{script}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    printed = [part.strip("\n") for part in done.stdout.split(END)]
    assert len(printed) == len(expected) + 1, done.stdout
    for (command, lines), output in zip(expected, printed, strict=False):
        wanted = "\n".join(lines).strip("\n")
        pattern = ".*".join(re.escape(part) for part in wanted.split(ANY))
        assert re.fullmatch(pattern, output, re.DOTALL), f"$ {command}\nprinted:\n{output}\nand not:\n{wanted}"


def run_unit(text: str, folder: Path, environment: dict[str, str]) -> None:
    """Lets systemd check a unit, and runs its command in place of its folder."""
    name = Path(text.splitlines()[0].removeprefix("# ")).name
    (folder / name).write_text(text)
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", folder / name],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    problems = [line for line in checked.stderr.splitlines() if name in line]
    assert not problems and checked.returncode == 0, checked.stderr
    for command in re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE):
        run(*shlex.split(command), cwd=folder, env=environment)


def run_jobs(text: str, folder: Path, environment: dict[str, str]) -> None:
    """Runs the command of each line of cron in the folder of the settings."""
    for line in text.splitlines():
        if line and not line.startswith("#") and "=" not in line.split()[0]:
            *times, command = line.split(maxsplit=5)
            assert len(times) == 5, line
            assert all(re.fullmatch(r"[\d*/,-]+", time) for time in times), line
            home = command.replace("$HOME/alikassa", str(folder))
            assert home != command, f"not in the folder of the settings: {line}"
            run("sh", "-c", home, cwd=folder, env=environment)
