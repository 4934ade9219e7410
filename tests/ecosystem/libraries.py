"""Runs docs/guide/python.md, and the library with the packages that it names."""

from __future__ import annotations

import sys
from pathlib import Path

import documents

from sandbox import WHEEL, Sandbox, one, run

HERE = Path(__file__).parent / "python"


def python_libraries_work_with_the_package(folder: Path, sandbox: Sandbox) -> None:
    """Dependency injection, pydantic, pandas, numpy, the multi-dicts of web frameworks, trio."""
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt", one(WHEEL), cwd=folder)
    names = ("fastapi_block", "pydantic_block")
    for name, block in zip(names, documents.blocks(documents.GUIDE / "python.md", "python"), strict=True):
        (folder / f"{name}.py").write_text(block.code)
    sandbox.reset()
    query = sandbox.control("POST", "notify", {"order_id": "1756900030", "url": None})["query"]
    program = (HERE / "program.py").read_text()
    (folder / "program.py").write_text(program)
    printed = run(python, "program.py", query, cwd=folder, env=sandbox.env)
    assert printed.endswith("done\n"), printed
