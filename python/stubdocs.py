"""Writes the docstrings of the native module into its stub, where editors look for them.

usage: PYTHONPATH=<a folder with the built package> .venv/bin/python python/stubdocs.py [--check]
"""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import alikassa
from alikassa import _native

if TYPE_CHECKING:
    from collections.abc import Iterator

STUB = Path(__file__).parent / "src" / "alikassa" / "_native.pyi"

Definition = ast.FunctionDef | ast.ClassDef


def main() -> int:
    """Write the stub, or report that it is stale."""
    text = STUB.read_text()
    documented = with_docstrings(text)
    if "--check" not in sys.argv[1:]:
        STUB.write_text(documented)
        return 0
    if documented != text:
        sys.stderr.write(f"{STUB} is stale: run `make bless`\n")
    return int(documented != text)


def with_docstrings(text: str) -> str:
    """Return the stub with the docstring of each definition that has one at runtime."""
    lines = text.splitlines()
    # From the end, so that the positions of the other definitions stay valid.
    for definition, value in reversed(list(definitions(ast.parse(text), _native))):
        doc = inspect.getdoc(value) if value.__doc__ else None
        if doc is not None and not is_inherited(definition, doc):
            replace(lines, definition, doc)
    return "\n".join(lines) + "\n"


def definitions(parent: ast.Module | ast.ClassDef, owner: Any) -> Iterator[tuple[Definition, Any]]:
    """Yield the public definitions in a module or class with what they are at runtime, in order."""
    for node in parent.body:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            continue
        if owner is not _native or node.name in alikassa.__all__:
            value = getattr(owner, node.name)
            yield node, value
            if isinstance(node, ast.ClassDef):
                yield from definitions(node, value)


def is_inherited(definition: Definition, doc: str) -> bool:
    """Whether the docstring of a special method is that of `object`."""
    return doc == inspect.getdoc(getattr(object, definition.name, None))


def replace(lines: list[str], definition: Definition, doc: str) -> None:
    """Write the docstring in place of the one that is there, or of the empty body."""
    margin = " " * (definition.col_offset + 4)
    first, *rest = doc.splitlines()
    docstring = [f'{margin}"""{first}', *(f"{margin}{line}" if line else "" for line in rest)]
    if rest:
        docstring.append(f'{margin}"""')
    else:
        docstring[-1] += '"""'
    body = definition.body[0]
    start, end = body.lineno - 1, body.end_lineno or body.lineno
    if not isinstance(body, ast.Expr):
        # A class without a docstring; decorators are lines of their own.
        start = min([start, *(node.lineno - 1 for node in getattr(body, "decorator_list", []))])
        lines[start:start] = [*docstring, ""]
    elif lines[start].lstrip() != lines[start][body.col_offset :]:
        # `def name(…) -> …: ...`
        lines[start:end] = [lines[start][: body.col_offset].rstrip(), *docstring]
    else:
        lines[start:end] = docstring


if __name__ == "__main__":
    sys.exit(main())
