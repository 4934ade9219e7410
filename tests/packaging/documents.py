"""Runs every snippet of the README and the guide against the sandbox, with the packages that users install.

Also checks the links and the line lengths of all Markdown files.
"""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import c
import database
import go
import php
import python

from sandbox import DIST, ROOT, Sandbox, run

GUIDE = ROOT / "docs" / "guide"
# Without what `make ecosystem` runs with other software, and the pages of the command, which command_pages.py runs.
ELSEWHERE = {
    GUIDE / f"{page}.md"
    for page in (
        "bundlers",
        "doctor",
        "frameworks",
        "hsm",
        "java-ruby",
        "payout-lists",
        "python",
        "reconcile",
        "task-queues",
    )
}
DOCUMENTS = [ROOT / "README.md", *sorted(set(GUIDE.glob("*.md")) - ELSEWHERE)]
# `make bless` writes them.
TEMPLATES = ROOT / "bindings" / "generator" / "templates" / "docs"
GENERATED = {folder / page for folder in (ROOT / "docs", TEMPLATES) for page in ("errors.md", "options.md")}
PROVIDER = "https://api-merchant.alikassa.com"

# The packages with their install commands. Each README stands alone, because a registry shows it alone.
PACKAGES = {
    "python": "pip install alikassa",
    "node": "npm install alikassa",
    "core": "cargo add alikassa",
    "bindings/c": "pkg-config --cflags --libs alikassa",
    "bindings/php": "composer require alikassa/alikassa",
    "bindings/go": "go mod edit -require alikassa@v",
}
TOOLS = {"bindings/cli": "pip install alikassa-cli", "tests/sandbox": "pip install alikassa-sandbox"}

# In the snippets of these documents the response to the first payout is lost.
LOSING = {"unknown-outcomes", "ledger"}
# The marks of blocks that are parts of docs/examples.
QUOTES = {"py", "mjs", "yml"}
# In the block `text` of a document, what no program prints twice.
CHANGING = re.compile(r"(?<=^Time: ).*|(?<=^Sign begins with: )\S{12}$|(?<=, took )\d+", re.MULTILINE)
# What the snippets of these documents have to print, which proves that they did what they show.
PRINTED = {
    "unknown-outcomes": "found",
    "ledger": "accepted",
    "limits": "max_per_day",
    "settling": "B-1 open",
    "notifications": "credited 10.0",
    "many-machines": "B-1 accepted",
    "watching": "account.balance",
    "support": "Request to the AliKassa merchant API",
}


class Snippet(NamedTuple):
    """A block of a document."""

    document: str
    language: str
    number: int
    code: str

    @property
    def name(self) -> str:
        """Its name as a file."""
        return f"{self.document}_{self.number}".lower().replace("-", "_")


def checks() -> Iterator[Callable[[Path, Sandbox], None]]:
    """One for each document and language, and one for the documents themselves."""
    yield every_block_is_run
    yield every_quote_is_in_an_example
    yield every_link_has_a_target
    yield every_line_is_wrapped
    yield every_package_has_the_same_outcomes
    yield every_package_says_how_it_is_installed
    for document, language in dict.fromkeys((snippet.document, snippet.language) for snippet in snippets()):
        check = functools.partial(run_snippets, document, language)
        check.__module__, check.__name__ = __name__, f"{document}.md in {language}"
        yield check
    yield a_configuration_error_is_not_reported_as_a_bad_notification


def every_block_is_run(_folder: Path, _sandbox: Sandbox) -> None:
    """Each block is in a language that is run, printed, for a shell, or a quote. The README has every language."""
    for document in DOCUMENTS:
        marks = re.findall(r"^\s*```(.*)$", document.read_text(), flags=re.MULTILINE)
        unknown = set(marks[::2]) - {*LANGUAGES, *QUOTES, "sh", "text", "yaml"}
        assert not unknown, f"{document.name}: blocks that no test runs: {unknown}"
        assert not any(marks[1::2]), f"{document.name}: a block without an end"
        is_printed = "text" not in marks or any(snippet.document == document.stem for snippet in snippets())
        assert is_printed, f"{document.name}: no program prints the block text"
    for language in LANGUAGES:
        assert any(snippet.document == "README" and snippet.language == language for snippet in snippets())


def every_quote_is_in_an_example(_folder: Path, _sandbox: Sandbox) -> None:
    """`make ecosystem` runs the examples."""
    listed = run("git", "ls-files", "docs/examples", cwd=ROOT).splitlines()
    examples = [(ROOT / name).read_text() for name in listed]
    for document in DOCUMENTS:
        for quote in (block.code for mark in QUOTES for block in blocks(document, mark)):
            assert any(quote in example for example in examples), f"{document.name}: in no example:\n{quote}"


def every_link_has_a_target(_folder: Path, _sandbox: Sandbox) -> None:
    """Each relative link names a file of the repository and, after `#`, one of its headings."""
    for document in markdown():
        for target in re.findall(r"\]\(([^)\s]+)\)", prose(document)):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            file = (document.parent / path).resolve() if path else document
            assert file.exists(), f"{document.relative_to(ROOT)}: no {target}"
            assert not anchor or anchor in anchors(file), f"{document.relative_to(ROOT)}: no heading {target}"


def every_line_is_wrapped(_folder: Path, _sandbox: Sandbox) -> None:
    """Lines have at most 120 characters, rows of tables 130. Code and generated pages are exempt."""
    for document in markdown():
        if document in GENERATED:
            continue
        for line in prose(document).splitlines():
            limit = 130 if line.startswith("|") else 120
            assert len(line) <= limit, f"{document.relative_to(ROOT)}: {len(line)} characters: {line}"


def every_package_has_the_same_outcomes(_folder: Path, _sandbox: Sandbox) -> None:
    """The table of the root README."""
    table = outcomes(ROOT / "README.md")
    assert len(table) == 6, table
    for package in PACKAGES:
        assert outcomes(ROOT / package / "README.md") == table, package


def outcomes(document: Path) -> list[str]:
    """The rows of the table of outcomes."""
    table = re.search(r"^\| outcome \|.*?(?=\n\n)", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    return table[0].splitlines() if table else []


def every_package_says_how_it_is_installed(_folder: Path, _sandbox: Sandbox) -> None:
    """In the first block for a shell, and where the guide is."""
    for package, command in {**PACKAGES, **TOOLS}.items():
        text = (ROOT / package / "README.md").read_text()
        block = re.search(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        assert block, f"{package}: no block"
        assert command in block[1], f"{package}: {block[1]}"
        assert "docs/guide" in text, f"{package}: does not say where the guide is"


def markdown() -> list[Path]:
    """Every Markdown file of the repository."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md", cwd=ROOT)
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).exists()]


def prose(document: Path) -> str:
    """A document without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", prose(document), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@functools.cache
def snippets() -> list[Snippet]:
    """Every block of every document, except those for a shell."""
    return [snippet for document in DOCUMENTS for language in LANGUAGES for snippet in blocks(document, language)]


def blocks(document: Path, language: str) -> list[Snippet]:
    """The blocks of a document in a language."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    return [Snippet(document.stem, language, number, code) for number, code in enumerate(found)]


def texts(document: str) -> list[str]:
    """The blocks `text` of a document, which each of its snippets prints."""
    return [block.code for path in DOCUMENTS if path.stem == document for block in blocks(path, "text")]


def run_snippets(document: str, language: str, folder: Path, sandbox: Sandbox) -> None:
    """Runs each in its own folder, with the certificates where snippets expect them, and with a fresh sandbox."""
    for snippet in snippets():
        if (snippet.document, snippet.language) == (document, language):
            here = folder / snippet.name
            for kind in ("payment", "payout", "notification"):
                shutil.copytree(sandbox.start[f"{kind}_cert"], here / "cert" / kind)
            printed = LANGUAGES[language](snippet, here, {**sandbox.env, **prepare(sandbox, document)}, sandbox)
            for part in [PRINTED.get(document, ""), *texts(document)]:
                assert CHANGING.sub("…", part) in CHANGING.sub("…", printed), f"{snippet.name} printed:\n{printed}"


def a_configuration_error_is_not_reported_as_a_bad_notification(folder: Path, sandbox: Sandbox) -> None:
    """Without a certificate to verify with, no program of the guide responds with 400: it fails, or responds with 500."""
    for snippet in snippets():
        if snippet.document == "notifications":
            here = folder / snippet.language / snippet.name
            here.mkdir(parents=True)
            env = {**sandbox.env, **prepare(sandbox, snippet.document), "ALIKASSA_NOTIFICATION_CERT": ""}
            try:
                printed = LANGUAGES[snippet.language](snippet, here, env, sandbox)
            except AssertionError as failed:
                printed = str(failed)
            named = re.search("notification_cert|notificationCert", printed)
            assert "Status: 500" in printed or named, f"{snippet.name} printed:\n{printed}"
            assert "Status: 400" not in printed, f"{snippet.name} printed:\n{printed}"


def prepare(sandbox: Sandbox, document: str) -> dict[str, str]:
    """Sets up the sandbox for a document, and returns the CGI variables of a GET with a notification."""
    sandbox.reset()
    if document in LOSING:
        sandbox.control("POST", "faults", {"match": {"path": "v1/payout"}, "fault": "close_after_act"})
    message = sandbox.control("POST", "notify", {"order_id": "1756900030", "url": None})
    env = {"REQUEST_METHOD": "GET", "QUERY_STRING": message["query"]}
    if document == database.PAGE.stem:
        env |= database.prepare(python_environment(), ROOT)
    return env


def prepared(snippet: Snippet, sandbox: Sandbox) -> str:
    """The code of a snippet, with the sandbox's address in place of the provider's."""
    return snippet.code.replace(PROVIDER, sandbox.start["url"])


def run_python(snippet: Snippet, here: Path, env: dict[str, str], sandbox: Sandbox) -> str:
    """With the wheels."""
    (here / "snippet.py").write_text(prepared(snippet, sandbox))
    return run(python_environment(), "snippet.py", cwd=here, env=env)


def run_javascript(snippet: Snippet, here: Path, env: dict[str, str], sandbox: Sandbox) -> str:
    """With the tarballs. Node looks for them beside the program."""
    program = node_project() / f"{snippet.name}.mjs"
    program.write_text(prepared(snippet, sandbox))
    return run("node", program, cwd=here, env=env)


def run_rust(snippet: Snippet, here: Path, env: dict[str, str], sandbox: Sandbox) -> str:
    """As one of the programs of a crate."""
    built = rust_crate(sandbox)
    program = ROOT / "target" / "debug" / snippet.name
    assert program.exists(), built.stderr
    return run(program, cwd=here, env=env)


def run_c(snippet: Snippet, here: Path, env: dict[str, str], sandbox: Sandbox) -> str:
    """Linked through pkg-config."""
    (here / "snippet.c").write_text(prepared(snippet, sandbox))
    run("cc", *c.FLAGS, "snippet.c", *c.pkg_config(here, "--cflags", "--libs"), "-o", "snippet", cwd=here)
    return run(here / "snippet", cwd=here, env=env)


def run_php(snippet: Snippet, here: Path, env: dict[str, str], sandbox: Sandbox) -> str:
    """With the Composer package."""
    (here / "snippet.php").write_text(prepared(snippet, sandbox))
    (here / "vendor").symlink_to(php_project() / "vendor")
    return run("php", "-d", "zend.assertions=1", "snippet.php", cwd=here, env=env)


def run_go(snippet: Snippet, here: Path, env: dict[str, str], sandbox: Sandbox) -> str:
    """With the packed module."""
    shop = go.build(here / "go", prepared(snippet, sandbox))
    return run(shop, cwd=here, env=env)


LANGUAGES = {"python": run_python, "js": run_javascript, "rust": run_rust, "c": run_c, "php": run_php, "go": run_go}


@functools.cache
def shared() -> tempfile.TemporaryDirectory[str]:
    """A folder that all snippets share, removed at the end."""
    return tempfile.TemporaryDirectory()


@functools.cache
def python_environment() -> Path:
    """The python of an environment that has the wheels and nothing else."""
    folder = Path(shared().name)
    interpreter = python.environment(folder)
    run(interpreter, "-m", "pip", "install", "--quiet", "--no-index", *DIST.glob("pypi/*.whl"), cwd=folder)
    return interpreter


@functools.cache
def node_project() -> Path:
    """A project that has the tarballs and nothing else."""
    folder = Path(shared().name) / "node"
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    run("npm", "install", "--offline", "--no-audit", "--no-fund", *DIST.glob("npm/*.tgz"), cwd=folder)
    return folder


@functools.cache
def php_project() -> Path:
    """A project that has the Composer package and nothing else."""
    folder = Path(shared().name) / "php"
    folder.mkdir()
    php.project(folder)
    return folder


@functools.cache
def rust_crate(sandbox: Sandbox) -> subprocess.CompletedProcess[str]:
    """Builds a crate with a program for each Rust snippet, with this checkout's lock file; returns cargo's result.

    The crate is in target/, because cargo rebuilds a crate that it finds in another folder. A program that does not
    compile does not affect the others.
    """
    folder = ROOT / "target" / "documents"
    binaries = folder / "src" / "bin"
    shutil.rmtree(folder, ignore_errors=True)
    binaries.mkdir(parents=True)
    (folder / "Cargo.toml").write_text(MANIFEST + profiles())
    shutil.copy(ROOT / "Cargo.lock", folder)
    for snippet in snippets():
        if snippet.language == "rust":
            (binaries / f"{snippet.name}.rs").write_text(prepared(snippet, sandbox))
            (ROOT / "target" / "debug" / snippet.name).unlink(missing_ok=True)
    command = ["cargo", "build", "--quiet", "--bins", "--keep-going", "--target-dir", ROOT / "target"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=1500)


def profiles() -> str:
    """The workspace's profiles. With others, cargo would rebuild every dependency."""
    sections = re.split(r"^(?=\[)", (ROOT / "Cargo.toml").read_text(), flags=re.MULTILINE)
    return "".join(section for section in sections if section.startswith("[profile."))


MANIFEST = f"""
[package]
name = "documents"
version = "0.0.0"
edition = "2024"
[dependencies]
alikassa = {{ path = "{ROOT}/core" }}
alikassa-sandbox = {{ path = "{ROOT}/tests/sandbox" }}
[workspace]
"""
