"""Generates the blocking form of the package's asyncio files, token by token.

usage: .venv/bin/python python/unasync.py [--check]
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path

PACKAGE = Path(__file__).parent / "src" / "alikassa"
SOURCES = ("_async_operations.py", "_async_resources.py")

HEADER = "# Generated from {source} by `make bless`; do not edit.\n"
METHODS = {"__aenter__": "__enter__", "__aexit__": "__exit__"}


def main() -> int:
    """Write the generated files, or report which ones are stale."""
    stale = []
    for source in SOURCES:
        target = PACKAGE / source.replace("_async_", "_", 1)
        text = generate(PACKAGE / source)
        if "--check" not in sys.argv[1:]:
            target.write_text(text)
        elif not target.exists() or target.read_text() != text:
            stale.append(f"{target} is stale: run `make bless`\n")
    sys.stderr.writelines(stale)
    return len(stale)


def generate(source: Path) -> str:
    """Return the blocking form of a file."""
    text = source.read_text()
    lines = text.splitlines(keepends=True)
    # From the end, so that the positions of the other tokens stay valid.
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(text).readline))):
        if token.type in {tokenize.NAME, tokenize.STRING}:
            replace(lines, token)
    while lines[0].startswith("#"):
        del lines[0]
    return formatted(HEADER.format(source=source.name) + "".join(lines))


def replace(lines: list[str], token: tokenize.TokenInfo) -> None:
    """Replace a token in the lines."""
    (first, start), (last, end) = token.start, token.end
    before, after = lines[first - 1][:start], lines[last - 1][end:]
    if token.type == tokenize.STRING:
        new = blocking_text(token.string)
    elif token.string in {"async", "await"}:
        new, after = "", after.lstrip(" ")
    else:
        new = blocking_name(token.string)
    lines[first - 1 : last] = (before + new + after).splitlines(keepends=True)


def blocking_name(name: str) -> str:
    """Return the name without its prefix `Async` or `_async`."""
    return METHODS.get(name) or re.sub(r"^Async(?=[A-Z])|^_async(?=_)", "", name)


def blocking_text(text: str) -> str:
    """Return a string with blocking names, and with blocking code in its doctests."""
    text = re.sub(r"\bAsync(?=[A-Z])", "", text)
    return re.sub(r"(?m)^ *(?:>>>|\.\.\.) .*$", lambda line: re.sub(r"\b(?:async|await) ", "", line[0]), text)


def formatted(text: str) -> str:
    """Return the text as ruff formats it: new names change line breaks and the order of imports.

    A loop that only yields becomes `yield from`, and one that only collects `list`, which asyncio does not support.
    """
    for command in (
        ["check", "--quiet", "--fix-only", "--unsafe-fixes", "--select", "I,UP028,C416"],
        ["format", "--quiet"],
    ):
        ruff = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(PACKAGE / "generated.py"), "-"]
        text = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True).stdout
    return text


if __name__ == "__main__":
    sys.exit(main())
