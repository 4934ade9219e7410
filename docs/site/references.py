"""The references of C, Go and PHP, from their sources. Other tools make those of Python, Node and Rust."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent

RUST = """\
# Rust

[The README](../core/README.md) has a first program. <a href="rust/alikassa/index.html">The reference</a> is that of
`cargo doc`, with a search of its own.
"""


def pages(root: Path) -> dict[str, str]:
    """Each page with its file."""
    return {
        "reference/python.md": python(root),
        "reference/c.md": c(root),
        "reference/go.md": go(root),
        "reference/php.md": php(root),
        "reference/rust.md": RUST,
    }


def python(root: Path) -> str:
    """What the modules for programs export, for mkdocstrings to describe."""
    text = "# Python\n\nEvery public name of the package. [The README](../python/README.md) has a first program.\n"
    for module in ("alikassa", "alikassa.testing"):
        names = re.search(r"^__all__ = [\[(](.*?)[\])]$", source(root, module).read_text(), re.MULTILINE | re.DOTALL)
        assert names, module
        exported = sorted(name for name in re.findall(r'"(\w+)"', names[1]) if not name.startswith("__"))
        text += "".join(f"\n::: {module}.{name}\n" for name in exported)
    return text


def source(root: Path, module: str) -> Path:
    """The file of a module."""
    path = root / "python" / "src" / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def c(root: Path) -> str:
    """Each declaration of the header, with its comment."""
    text = "# C\n\nEvery declaration of `alikassa.h`. [The contract](../bindings/c/README.md) comes first.\n"
    header = (root / "bindings" / "c" / "include" / "alikassa.h").read_text()
    for comment, code in re.findall(
        r"^/\*\*\n((?: \*(?!/)[^\n]*\n)+) \*/\n(.+?)\n\n", header, re.MULTILINE | re.DOTALL
    ):
        prose = "\n".join(line.removeprefix(" *").removeprefix(" ") for line in comment.splitlines())
        text += f"\n## {c_name(code)}\n\n```c\n{code}\n```\n\n{prose}\n"
    return text


def c_name(code: str) -> str:
    """What a declaration declares."""
    for pattern in (r"\b(alikassa_\w+) *\(", r"\(\*(alikassa_\w+)\)", r"enum (alikassa_\w+)", r"\b(alikassa_\w+);$"):
        name = re.search(pattern, code, re.MULTILINE)
        if name:
            return name[1]
    name = re.search(r"\bALIKASSA_\w+", code)
    assert name, code
    return name[0]


def go(root: Path) -> str:
    """The output of `go doc` as a page: declarations as code, and their comments as text."""
    output = run(root / "bindings" / "go", "go", "doc", "-all", ".")
    start = re.search(r"^[A-Z]+$", output, re.MULTILINE)
    assert start, output
    introduction = re.sub(r"^# ", "## ", output[: start.start()].partition("\n\n")[2], flags=re.MULTILINE)
    return f"# Go\n\n{introduction}" + "\n".join(go_lines(output[start.start() :])) + "\n"


def go_lines(output: str) -> Iterator[str]:
    """The lines about the declarations."""
    depth = 0
    for line in output.splitlines():
        if depth:
            depth += opened(line)
            yield line if depth else f"{line}\n```"
        elif re.fullmatch(r"[A-Z]+", line):
            yield f"## {line.capitalize()}"
        elif line and not line.startswith(" "):
            name = re.match(r"(?:func (?:\((?:\w+ )?\*?(\w+)\) )?|type )(\w+)", line)
            heading = f"\n### {'.'.join(filter(None, name.groups()))}\n" if name else ""
            depth = opened(line)
            yield f"{heading}\n```go\n{line}" + ("" if depth else "\n```")
        else:
            yield line.removeprefix("    ")


def opened(line: str) -> int:
    """How many brackets a line of code opens without closing them."""
    code = line.partition("//")[0]
    return sum(code.count(bracket) for bracket in "({") - sum(code.count(bracket) for bracket in ")}")


def php(root: Path) -> str:
    """Each public class, as PHP itself reads it."""
    text = "# PHP\n\n[The README](../bindings/php/README.md) has a first program.\n"
    for described in json.loads(run(root / "bindings" / "php", "php", str(HERE / "classes.php"))):
        name = described["name"]
        text += f"\n## {name}\n\n{prose(described['comment'])}\n"
        for member in described["members"]:
            text += f"\n### {name}::{member['name']}\n\n```php\n{member['code']}\n```\n\n{prose(member['comment'])}\n"
    return text


def prose(comment: str) -> str:
    """A comment of PHP as Markdown, its tags as a list."""
    lines = [re.sub(r"^\s*(/\*\*|\*/|\*) ?", "", line).removesuffix("*/").rstrip() for line in comment.splitlines()]
    text = re.sub(r"^@(\w+) ", r"\n- *\1* ", "\n".join(lines), flags=re.MULTILINE)
    return re.sub(r"^@\w+$", "", text, flags=re.MULTILINE).strip()


def run(folder: Path, *command: str) -> str:
    """The output of a program."""
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
