"""Checks the wheels, and the checkout, in a new virtual environment."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

from sandbox import COMMAND_WHEEL, LICENCES, MAX_SIZE, ROOT, SANDBOX_WHEEL, WHEEL, Sandbox, one, run

CALLS = """
import alikassa
with alikassa.Client.from_env() as client:
    assert client.payments.status(order_id="1756900030").payment_status == "paid"
    assert client.payouts.status(id=100000536).payment_status == "paid"
    assert str(client.account.balance().balance) == "93.84000000"
"""

NO_TEST_HOOK = """
import alikassa
with alikassa.Client.from_env() as client:
    try:
        client.request("v1/test-panic", {}, cert="payout", read=True)
    except alikassa.NotFoundError:
        pass
"""

LICENCE_FILES = """
from importlib.metadata import files
for package in ("alikassa", "alikassa-sandbox"):
    assert {"LICENSE-APACHE", "LICENSE-MIT"} <= {path.name for path in files(package)}, package
"""

FIXTURE = """
def test_it(alikassa_sandbox):
    assert alikassa_sandbox.client().payouts.status(id=100000536).is_final
"""


# With other flags than those of `make dist`, Cargo would rebuild everything.
RELEASE = ROOT / "tests" / "packaging" / "release"


def environment(folder: Path) -> Path:
    """Creates a virtual environment and returns its python."""
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    return folder / "venv" / "bin" / "python"


def install(folder: Path, *wheels: str) -> Path:
    """Returns the python of an environment with only these wheels (default: the library's)."""
    python = environment(folder)
    files = [one(wheel) for wheel in wheels or [WHEEL]]
    run(python, "-m", "pip", "install", "--quiet", "--no-index", *files, cwd=folder)
    return python


def the_wheel_makes_a_call(folder: Path, sandbox: Sandbox) -> None:
    """Installed without an index, so that a dependency would fail."""
    run(install(folder), "-c", CALLS, cwd=folder, env=sandbox.env)


def the_wheel_has_no_test_hook(folder: Path, sandbox: Sandbox) -> None:
    """The path that panics in test builds is an ordinary 404."""
    run(install(folder), "-c", NO_TEST_HOOK, cwd=folder, env=sandbox.env)


def the_wheels_are_small_and_contain_the_licences(_folder: Path, _sandbox: Sandbox) -> None:
    """Under 4 MB each, with the licences of the root."""
    for wheel in (WHEEL, COMMAND_WHEEL, SANDBOX_WHEEL):
        assert one(wheel).stat().st_size < MAX_SIZE
        with zipfile.ZipFile(one(wheel)) as archive:
            for licence in LICENCES:
                (name,) = [name for name in archive.namelist() if name.endswith(f"/{licence}")]
                assert archive.read(name) == (ROOT / licence).read_bytes(), f"{wheel}: {licence}"


def the_wheel_contains_the_pytest_fixture(folder: Path, _sandbox: Sandbox) -> None:
    """pytest finds the fixture, and the fixture finds the sandbox. Only pytest comes from another environment."""
    (pytest,) = (ROOT / ".venv" / "lib").glob("python3.*/site-packages")
    (folder / "test_fixture.py").write_text(FIXTURE)
    interpreter = install(folder, WHEEL, SANDBOX_WHEEL)
    run(interpreter, "-m", "pytest", "-W", "error", cwd=folder, env={"PYTHONPATH": str(pytest)})


def the_wheel_contains_the_handlers_of_frameworks(_folder: Path, _sandbox: Sandbox) -> None:
    """`make ecosystem` runs them behind the servers of the frameworks."""
    with zipfile.ZipFile(one(WHEEL)) as archive:
        found = {Path(name).stem for name in archive.namelist() if name.startswith("alikassa/contrib/")}
    assert found == {"__init__", "_verified", "aiohttp", "django", "fastapi", "flask"}, found


def the_sandbox_is_a_command(folder: Path, _sandbox: Sandbox) -> None:
    """The wheel adds it to the commands of the environment."""
    interpreter = install(folder, SANDBOX_WHEEL)
    assert run(interpreter.parent / "alikassa-sandbox", "--version", cwd=folder).startswith("alikassa-sandbox ")


def the_checkout_installs(folder: Path, sandbox: Sandbox) -> None:
    """`pip install ./python` and `pip install ./tests/sandbox`, as the README says."""
    python = environment(folder)
    for package in ("./python", "./tests/sandbox"):
        env = {"CARGO_TARGET_DIR": str(ROOT / "target")}
        run(RELEASE, python, "-m", "pip", "install", "--quiet", package, cwd=ROOT, env=env, timeout=1500)
    run(python, "-c", CALLS, cwd=folder, env=sandbox.env)
    run(python, "-c", LICENCE_FILES, cwd=folder)
    run(python, "-c", "from alikassa.testing import Sandbox; Sandbox().close()", cwd=folder)
