"""Builds the documents as a site, and uses it in Chromium."""

from __future__ import annotations

import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from sandbox import ROOT, Sandbox, run

HERE = Path(__file__).parent
SITE = ROOT / "target" / "site" / "html"
SCREENSHOTS = ROOT / "target" / "site" / "screenshots"
# rustdoc checks its own links. Its search writes parts of the pages.
CHECKED_ELSEWHERE = SITE / "reference" / "rust"


def the_documents_are_a_site(folder: Path, _sandbox: Sandbox) -> None:
    """Search, tabs, dark mode and every page on two screens, without a request to another host."""
    run("make", "docs", cwd=ROOT, timeout=1500)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "browser" / name, folder)
    shutil.copy(HERE / "documents_site" / "use.mjs", folder)
    run("npm", "ci", "--no-audit", "--no-fund", cwd=folder)
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    SCREENSHOTS.mkdir()
    run("node", "use.mjs", shutil.which("chromium") or "chromium", SITE, SCREENSHOTS, cwd=folder, timeout=900)


def every_link_of_the_site_has_a_target(_folder: Path, _sandbox: Sandbox) -> None:
    """Also those in code that tools have made, and those of llms.txt."""
    pages = {path: Page(path) for path in SITE.rglob("*.html") if CHECKED_ELSEWHERE not in path.parents}
    assert len(pages) > 150, len(pages)
    broken = [f"{page.path}: {link}" for page in pages.values() for link in page.links if not exists(page, link, pages)]
    assert not broken, "\n".join(broken)
    listed = [
        line.split("](")[1].split(")")[0] for line in (SITE / "llms.txt").read_text().splitlines() if "](" in line
    ]
    assert len(listed) > 60, listed
    assert all((SITE / name).exists() for name in listed), listed


class Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, path: Path) -> None:
        """Reads the page."""
        super().__init__()
        self.path = path
        self.links: list[str] = []
        self.anchors = {"__top"}
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each element."""
        values = dict(attrs)
        self.anchors.update(filter(None, (values.get("id"), values.get("name"))))
        link = values.get("href" if tag in {"a", "link"} else "src")
        if link and values.get("rel") != "canonical":
            self.links.append(link)


def exists(page: Page, link: str, pages: dict[Path, Page]) -> bool:
    """Whether a link within the site has a target. Links to other hosts are not followed."""
    if link.startswith(("https:", "http:", "mailto:", "data:")):
        return True
    path, _, anchor = link.partition("#")
    # The page of what was not found is shown at any path.
    target = SITE / path.lstrip("/") if path.startswith("/") else page.path.parent / unquote(path)
    target = target.resolve() if path else page.path
    if not target.exists():
        return False
    return not anchor or target not in pages or unquote(anchor) in pages[target].anchors
