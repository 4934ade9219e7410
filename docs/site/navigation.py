"""The navigation of the site: the pages of the guide in the order of its table, the decisions in that of their numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

GUIDE = "docs/guide"


def on_config(config: Any) -> None:
    """Called by MkDocs before it reads the pages."""
    pages = Path(config.docs_dir)
    table = re.findall(r"^\| \[\S+\]\((\S+\.md)\)", (pages / GUIDE / "README.md").read_text(), re.MULTILINE)
    written = {path.name for path in (pages / GUIDE).glob("*.md")} - {"README.md"}
    assert set(table) == written, f"pages of the guide that its table lacks, or lists twice: {set(table) ^ written}"
    config.nav = [
        {"Start": "README.md"},
        {"Guide": [f"{GUIDE}/README.md", *(f"{GUIDE}/{name}" for name in table)]},
        {
            "Reference": [
                "docs/errors.md",
                {"What to do about each error": listed(pages, "reference/errors")},
                "docs/options.md",
                "reference/python.md",
                {"Node": listed(pages, "reference/node")},
                "reference/php.md",
                "reference/go.md",
                "reference/rust.md",
                "reference/c.md",
            ]
        },
        {"Packages": sorted(name for name in names(pages, "*/**/README.md") if is_package(name))},
        {
            "Project": [
                "CHANGELOG.md",
                "docs/performance.md",
                "docs/security.md",
                "docs/policies.md",
                "SECURITY.md",
                "CONTRIBUTING.md",
                {"Decisions": listed(pages, "docs/decisions")},
            ]
        },
    ]


def listed(pages: Path, folder: str) -> list[str]:
    """The pages of a folder, its index first."""
    found = names(pages, f"{folder}/*.md")
    return sorted(found, key=lambda name: (not name.endswith("/README.md"), name))


def names(pages: Path, pattern: str) -> list[str]:
    """The pages that match, as MkDocs names them."""
    return [path.relative_to(pages).as_posix() for path in pages.glob(pattern)]


def is_package(name: str) -> bool:
    """Whether a page is the README of a package."""
    return not name.startswith(("docs/", "reference/", "tests/")) or name == "tests/sandbox/README.md"
