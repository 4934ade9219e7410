"""Shows the programs of a page that do the same in several languages as tabs.

In the documents such programs follow each other, each after a paragraph like `Python:` or `Node. Every call takes a
signal:`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

NAMES = ("Python", "Node", "Rust", "C", "PHP", "Go", "Java", "Ruby")
# A paragraph that begins with a language and either ends before a program or speaks of that language alone.
OPENING = re.compile(rf"({'|'.join(NAMES)})([:.;,]| programs | has no )")


def on_page_markdown(markdown: str, **_unused: object) -> str:
    """Called by MkDocs with the text of each page."""
    return "\n\n".join(with_tabs(list(blocks(markdown)))) + "\n"


def blocks(markdown: str) -> Iterator[str]:
    """The paragraphs, tables, lists and programs of a page."""
    block: list[str] = []
    fence = ""
    for line in markdown.splitlines():
        mark = re.match(r"\s*(`{3,})", line)
        if mark and not fence:
            fence = mark[1]
        elif mark and line.strip() == fence:
            fence = ""
        if line.strip() or fence:
            block.append(line)
        elif block:
            yield "\n".join(block)
            block = []
    if block:
        yield "\n".join(block)


def with_tabs(page: list[str]) -> Iterator[str]:
    """The blocks of a page, and a group of tabs in place of programs in two languages or more."""
    place = 0
    while place < len(page):
        tabs, end = group(page, place)
        if len(tabs) > 1:
            yield from (tab(name, content) for name, content in tabs)
        else:
            yield from page[place:end]
        place = end


def group(page: list[str], start: int) -> tuple[list[tuple[str, list[str]]], int]:
    """The languages from a place on, each with its blocks, and the place after them."""
    tabs: list[tuple[str, list[str]]] = []
    end = start
    for place in range(start, len(page)):
        block = page[place]
        name = language(block, page[place + 1 : place + 2])
        if block.startswith("#") or (name and name in dict(tabs)):
            break
        if name:
            # What stands between two languages belongs to the first.
            if tabs:
                tabs[-1][1].extend(page[end:place])
            tabs.append((name, [block]))
            end = place + 1
        elif not tabs:
            break
        elif is_program(block) and all(map(is_program, page[end:place])):
            tabs[-1][1].append(block)
            end = place + 1
    return tabs, max(end, start + 1)


def language(block: str, following: list[str]) -> str | None:
    """The language whose program this paragraph introduces."""
    opening = OPENING.match(block)
    if not opening or is_program(block):
        return None
    if block.endswith(":"):
        return opening[1] if any(map(is_program, following)) else None
    return opening[1] if is_alone(block, opening[1]) else None


def is_alone(block: str, name: str) -> bool:
    """Whether a paragraph without a program only says where one is, or that there is none."""
    return bool(re.match(rf"{name}(: \[| has no )", block))


def is_program(block: str) -> bool:
    """Whether a block is code."""
    return block.lstrip().startswith("```")


def tab(name: str, content: list[str]) -> str:
    """A tab of Material for MkDocs."""
    first, *others = content
    # The tab has the name already.
    text = re.sub(rf"^{name}(:|\.)\s*", "", first)
    kept = [text[:1].upper() + text[1:], *others] if text else others
    return f'=== "{name}"\n\n' + textwrap.indent("\n\n".join(kept), "    ")
