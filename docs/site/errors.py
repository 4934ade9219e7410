"""The page of each error, from docs/errors.md, which follows from the core's tables, and from errors.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROW = re.compile(r"^\| `(\w+)` \| `(\w+)` \| `(\w+)` \| `(\w+)` \| (\d+) `(\w+)` \|$", re.MULTILINE)


def pages(root: Path) -> dict[str, str]:
    """Each page with its file, and the list of all."""
    text = (root / "docs" / "errors.md").read_text()
    occurs = dict(re.findall(r"^- \*\*`(\w+)`\*\* (.*(?:\n  .*)*)", text, re.MULTILINE))
    advice = tomllib.loads((Path(__file__).parent / "errors.toml").read_text())
    rows = ROW.findall(text)
    codes = {code for _, _, _, code, _, _ in rows}
    assert codes == set(advice), f"errors.toml: {codes ^ set(advice)}"
    made = {f"reference/errors/{row[3]}.md": page(row, occurs[row[0]], advice[row[3]]) for row in rows}
    links = "\n".join(f"- [`{name}`]({code}.md)" for name, _, _, code, _, _ in rows)
    made["reference/errors/README.md"] = f"# Each error\n\nWhat it means, and what to do.\n\n{links}\n"
    return made


def page(row: tuple[str, ...], occurs: str, advice: str) -> str:
    """The page of an error."""
    name, parent, kind, code, number, status = row
    return f"""\
# {name}

{" ".join(occurs.split())}

## What to do

{advice.strip()}

## Its names

| language | name |
| --- | --- |
| `code` everywhere | `{code}` |
| Python, Node, PHP | `{name}`, derived from `{parent}` |
| Rust | `ErrorKind::{kind}` |
| Go | `*alikassa.{name.replace("Api", "API")}` |
| C | {number} `{status}` |

[All errors](../../docs/errors.md) · [Unknown outcomes](../../docs/guide/unknown-outcomes.md)
"""
