"""Every snippet of the README and the guide, run against the sandbox with what users install."""

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
import python

from sandbox import DIST, ROOT, Sandbox, run

GUIDE = ROOT / "docs" / "guide"
# Its lines are those of docs/examples, which are run as whole servers.
DOCUMENTS = [ROOT / "README.md", *sorted(set(GUIDE.glob("*.md")) - {GUIDE / "frameworks.md"})]
PROVIDER = "https://api-merchant.alikassa.com"

# The answer to the first payout of a snippet of these is lost.
LOSING = {"unknown-outcomes", "ledger"}
# What a snippet of these has to say, so that it is seen to have come to its point.
SAID = {"unknown-outcomes": "found", "ledger": "accepted", "notifications": "credited 10.0"}


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
    for document, language in dict.fromkeys((snippet.document, snippet.language) for snippet in snippets()):
        check = functools.partial(run_snippets, document, language)
        check.__module__, check.__name__ = __name__, f"{document}.md in {language}"
        yield check
    yield a_fault_of_the_shop_is_no_bad_notification


def every_block_is_run(_folder: Path, _sandbox: Sandbox) -> None:
    """A block is in a language that is run, or for a shell; the README has them all."""
    for document in DOCUMENTS:
        marks = re.findall(r"^\s*```(.*)$", document.read_text(), flags=re.MULTILINE)
        strange = set(marks[::2]) - {*LANGUAGES, "sh"}
        assert not strange, f"{document.name}: blocks that nobody runs: {strange}"
        assert not any(marks[1::2]), f"{document.name}: a block without an end"
    for language in LANGUAGES:
        assert any(snippet.document == "README" and snippet.language == language for snippet in snippets())


@functools.cache
def snippets() -> list[Snippet]:
    """Every block of every document, but those for a shell."""
    return [snippet for document in DOCUMENTS for language in LANGUAGES for snippet in blocks(document, language)]


def blocks(document: Path, language: str) -> list[Snippet]:
    """The blocks of a document in a language."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    return [Snippet(document.stem, language, number, code) for number, code in enumerate(found)]


def run_snippets(document: str, language: str, folder: Path, sandbox: Sandbox) -> None:
    """Each in a folder of its own, with the archives where snippets look for them, and a sandbox as at its start."""
    for snippet in snippets():
        if (snippet.document, snippet.language) == (document, language):
            here = folder / snippet.name
            for kind in ("payment", "payout", "notification"):
                shutil.copytree(sandbox.start[f"{kind}_cert"], here / "cert" / kind)
            said = LANGUAGES[language](snippet, here, {**sandbox.env, **prepare(sandbox, document)}, sandbox)
            assert SAID.get(document, "") in said, f"{snippet.name} said:\n{said}"


def a_fault_of_the_shop_is_no_bad_notification(folder: Path, sandbox: Sandbox) -> None:
    """Without a certificate to verify with, no program of the guide refuses what arrived: it fails, or answers 500."""
    for snippet in snippets():
        if snippet.document == "notifications":
            here = folder / snippet.language / snippet.name
            here.mkdir(parents=True)
            env = {**sandbox.env, **prepare(sandbox, snippet.document), "ALIKASSA_NOTIFICATION_CERT": ""}
            try:
                said = LANGUAGES[snippet.language](snippet, here, env, sandbox)
            except AssertionError as failed:
                said = str(failed)
            assert "Status: 500" in said or "notification_cert" in said, f"{snippet.name} said:\n{said}"
            assert "Status: 400" not in said, f"{snippet.name} said:\n{said}"


def prepare(sandbox: Sandbox, document: str) -> dict[str, str]:
    """Bring the sandbox to where a document begins, and give the variables of a GET that notifies."""
    sandbox.reset()
    if document in LOSING:
        sandbox.control("POST", "faults", {"match": {"path": "v1/payout"}, "fault": "close_after_act"})
    message = sandbox.control("POST", "notify", {"order_id": "1756900030", "url": None})
    return {"REQUEST_METHOD": "GET", "QUERY_STRING": message["query"]}


def prepared(snippet: Snippet, sandbox: Sandbox) -> str:
    """A snippet that names the provider talks to the sandbox instead."""
    return snippet.code.replace(PROVIDER, sandbox.start["url"])


def run_python(snippet: Snippet, here: Path, env: dict[str, str], sandbox: Sandbox) -> str:
    """With the wheels."""
    (here / "snippet.py").write_text(prepared(snippet, sandbox))
    return run(python_environment(), "snippet.py", cwd=here, env=env)


def run_javascript(snippet: Snippet, here: Path, env: dict[str, str], sandbox: Sandbox) -> str:
    """With the tarballs, which Node looks for beside the program."""
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
    run("cc", *c.FLAGS, "snippet.c", *c.shared(here), "-o", "snippet", cwd=here)
    return run(here / "snippet", cwd=here, env=env)


LANGUAGES = {"python": run_python, "js": run_javascript, "rust": run_rust, "c": run_c}


@functools.cache
def shared() -> tempfile.TemporaryDirectory[str]:
    """A folder for what many snippets need, until the end."""
    return tempfile.TemporaryDirectory()


@functools.cache
def python_environment() -> Path:
    """The python of an environment that has the wheels and nothing else."""
    folder = Path(shared().name)
    interpreter = python.environment(folder)
    run(interpreter, "-m", "pip", "install", "--quiet", "--no-index", *DIST.glob("*.whl"), cwd=folder)
    return interpreter


@functools.cache
def node_project() -> Path:
    """A project that has the tarballs and nothing else."""
    folder = Path(shared().name) / "node"
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    run("npm", "install", "--offline", "--no-audit", "--no-fund", *DIST.glob("*.tgz"), cwd=folder)
    return folder


@functools.cache
def rust_crate(sandbox: Sandbox) -> subprocess.CompletedProcess[str]:
    """A crate with a program for each Rust snippet, on this checkout's lock file; what cargo said of them.

    It stands in target/, since cargo builds a crate anew that it finds elsewhere. A program that does not compile leaves the
    others alone.
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
    """How the workspace builds: with other settings cargo would build every dependency anew."""
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
