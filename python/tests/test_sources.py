"""The files of the package: layered, and generated where they say so."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys

from sandbox import REPOSITORY

PACKAGE = REPOSITORY / "python" / "src" / "alikassa"


def test_generated_files_are_not_stale() -> None:
    command = [sys.executable, str(REPOSITORY / "python" / "unasync.py"), "--check"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_no_files_import_each_other_in_a_circle() -> None:
    imports = {path.stem: imported(path.read_text()) for path in PACKAGE.glob("*.py")}
    assert imports["_client"] >= {"_resources", "_native"}
    assert imports["testing"] >= {"__init__"}
    # Raises CycleError, which names the circle.
    graphlib.TopologicalSorter(imports).prepare()


def imported(source: str) -> set[str]:
    """Return the files that a file imports at runtime, also inside functions."""
    module = ast.parse(source)
    for node in ast.walk(module):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    names = set()
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module == "alikassa":
            names |= {alias.name if alias.name[0] == "_" else "__init__" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("alikassa."):
            names.add(node.module.removeprefix("alikassa."))
    return names
