"""Writes the pages of the site: every document at its path in the repository, and the files that they link to.

usage: pages.py TARGET
"""

from __future__ import annotations

import posixpath
import re
import subprocess
import sys
from pathlib import Path

import errors
import references

ROOT = Path(__file__).resolve().parents[2]
# What a merchant's programmer reads. The documents that these link to follow.
FIRST = ["README.md", "docs/guide/README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
READ = re.compile(r"docs/[^/]+\.md|docs/decisions/[^/]+\.md|(bindings/[^/]+|core|node|python)/README\.md")
LINK = re.compile(r"(\]\()([^)\s]+)(\))")
IMAGES = (".svg", ".png")
# MkDocs highlights these by other names.
MARKS = {"mjs": "js", "h": "c", "rs": "rust", "py": "python"}


def main() -> None:
    """Writes the pages, the index of the decisions, the errors, the references and llms.txt."""
    target = Path(sys.argv[1])
    listed = set(git("ls-files", "--cached", "--others", "--exclude-standard").splitlines())
    documents = [*FIRST, *sorted(name for name in listed if READ.fullmatch(name))]
    written: set[str] = set()
    while documents:
        name = documents.pop(0)
        if name in written:
            continue
        written.add(name)
        if name.endswith(IMAGES):
            (target / name).write_bytes((ROOT / name).read_bytes())
            continue
        text, linked = page(name, listed)
        write(target / page_name(name), text)
        documents += linked
    for name, text in {**errors.pages(ROOT), **references.pages(ROOT)}.items():
        write(target / name, text)
    write(target / "llms.txt", llms(target, sorted(page_name(name) for name in written if is_document(name))))


def page(name: str, listed: set[str]) -> tuple[str, list[str]]:
    """The text of a page, and the files of the repository that it links to."""
    if name.endswith("/"):
        return index(name, listed)
    text = (ROOT / name).read_text()
    if not is_document(name):
        suffix = Path(name).suffix.removeprefix(".")
        return f"# {name}\n\n````{MARKS.get(suffix, suffix)}\n{text}````\n", []
    linked = []

    def to_page(match: re.Match[str]) -> str:
        path, hash_mark, anchor = match[2].partition("#")
        if not path or re.match(r"[a-z]+:", path):
            return match[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        if (ROOT / file).is_dir():
            file = f"{file}/README.md" if f"{file}/README.md" in listed else f"{file}/"
        linked.append(file)
        if file.endswith(IMAGES):
            return match[0]
        relative = posixpath.relpath(page_name(file), posixpath.dirname(name) or ".")
        return f"{match[1]}{relative}{hash_mark}{anchor}{match[3]}"

    parts = re.split(r"(^ *```.*?^ *```$)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if part.lstrip().startswith("```") else LINK.sub(to_page, part) for part in parts), linked


def index(folder: str, listed: set[str]) -> tuple[str, list[str]]:
    """A page with the files of a folder that has no README."""
    names = sorted(
        name for name in listed if name.startswith(folder) and not name.endswith((".lock", "package-lock.json"))
    )
    lines = []
    for name in names:
        heading = re.match(r"# (.*)", (ROOT / name).read_text()) if is_document(name) else None
        relative = name.removeprefix(folder)
        lines.append(f"- [{heading[1] if heading else relative}]({page_name(relative)})")
    return f"# {posixpath.basename(folder.rstrip('/')).capitalize()}\n\n" + "\n".join(lines) + "\n", names


def is_document(name: str) -> bool:
    """Whether a file is shown as text and not as code."""
    return name.endswith(".md")


def page_name(name: str) -> str:
    """The file of the page about a file or folder of the repository."""
    if name.endswith("/"):
        return f"{name}README.md"
    return name if is_document(name) else f"{name}.md"


def llms(target: Path, names: list[str]) -> str:
    """The list of pages for language models, by the convention of llms.txt."""
    lines = ["# alikassa", "", "> " + summary((ROOT / "README.md").read_text()), "", "## Documents", ""]
    for name in names:
        text = (target / name).read_text()
        title = re.search(r"^# (.*)$", text, re.MULTILINE)
        assert title, name
        lines.append(f"- [{title[1]}]({name}): {summary(text)}")
    return "\n".join(lines) + "\n"


def summary(text: str) -> str:
    """The first sentence of a page."""
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    paragraph = re.search(r"^# .*?\n\n(.*?)(\n\n|$)", text, re.DOTALL)
    words = " ".join(paragraph[1].split()) if paragraph else ""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", words)
    return re.split(r"(?<=[.:?]) ", words)[0]


def write(file: Path, text: str) -> None:
    """Writes a file and the folders that it is in."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def git(*arguments: str) -> str:
    """The output of git in the repository."""
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
