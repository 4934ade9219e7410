"""The wheel, and the checkout, in a fresh virtual environment."""

from __future__ import annotations

import sys
from pathlib import Path

from sandbox import ROOT, SMALL, Sandbox, one, run

CALLS = """
import alikassa
with alikassa.Client.from_env() as client:
    assert client.payments.status(order_id="1756900030").payment_status == "paid"
    assert client.payouts.status(id=100000536).payment_status == "paid"
    assert str(client.account.balance().balance) == "93.84000000"
"""

NO_HOOK = """
import alikassa
with alikassa.Client.from_env() as client:
    try:
        client.request("v1/test-panic", {}, cert="payout", read=True)
    except alikassa.NotFoundError:
        pass
"""


def environment(folder: Path) -> Path:
    """Make a virtual environment and return its python."""
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    return folder / "venv" / "bin" / "python"


def installed(folder: Path) -> Path:
    """Return the python of an environment that has the wheel and nothing else."""
    python = environment(folder)
    run(python, "-m", "pip", "install", "--quiet", "--no-index", one("*.whl"), cwd=folder)
    return python


def the_wheel_makes_a_call(folder: Path, sandbox: Sandbox) -> None:
    """Install without an index, so that a dependency would fail."""
    run(installed(folder), "-c", CALLS, cwd=folder, env=sandbox.env)


def the_wheel_is_small_and_has_no_test_hook(folder: Path, sandbox: Sandbox) -> None:
    """Under 4 MB, and a path that panics in test builds is an ordinary 404."""
    assert one("*.whl").stat().st_size < SMALL
    run(installed(folder), "-c", NO_HOOK, cwd=folder, env=sandbox.env)


def the_checkout_installs(folder: Path, sandbox: Sandbox) -> None:
    """`pip install ./python`, as the README says."""
    python = environment(folder)
    env = {"CARGO_TARGET_DIR": str(ROOT / "target" / "maturin")}
    run(python, "-m", "pip", "install", "--quiet", "./python", cwd=ROOT, env=env, timeout=1500)
    run(python, "-c", CALLS, cwd=folder, env=sandbox.env)
