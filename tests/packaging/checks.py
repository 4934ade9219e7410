"""Runs checks, each in its own empty folder."""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from sandbox import Sandbox

Check = Callable[[Path, Sandbox], None]


def run_all(checks: Iterable[Check]) -> int:
    """Runs every check, prints `N passed, N failed`, and returns the exit status."""
    passed = failed = 0
    with Sandbox() as sandbox:
        for check in checks:
            name = f"{check.__module__}: {check.__name__.replace('_', ' ')}"
            with tempfile.TemporaryDirectory() as folder:
                try:
                    check(Path(folder), sandbox)
                except Exception:
                    traceback.print_exc()
                    print(f"FAILED  {name}", flush=True)
                    failed += 1
                else:
                    print(f"ok      {name}", flush=True)
                    passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0
