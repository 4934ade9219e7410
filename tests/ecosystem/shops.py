"""Shops as merchants write them, from an empty folder, with the packed artefacts and the type checkers of editors."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from sandbox import SANDBOX_WHEEL, WHEEL, Sandbox, one, run

HERE = Path(__file__).parent


def a_shop_with_fastapi_and_sqlalchemy(folder: Path, _sandbox: Sandbox) -> None:
    """Its tests pass, and so do mypy and pyright."""
    for name in ("shop.py", "test_shop.py", "requirements.txt"):
        shutil.copy(HERE / "fastapi" / name, folder)
    run(sys.executable, "-m", "venv", "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    packages = ("-r", "requirements.txt", one(WHEEL), one(SANDBOX_WHEEL))
    run(python, "-m", "pip", "install", "--quiet", *packages, cwd=folder)
    printed = run(python, "-m", "pytest", "-q", "-W", "error", cwd=folder)
    assert "4 passed" in printed, printed
    run(python, "-m", "mypy", "--strict", "shop.py", "test_shop.py", cwd=folder)
    run(python, "-m", "pyright", "--pythonpath", python, "shop.py", "test_shop.py", cwd=folder)
