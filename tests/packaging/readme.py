"""Every snippet of the README, run against the sandbox with what users install."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import c
import node
import python

from sandbox import DIST, ROOT, Sandbox, one, run

PROVIDER = "https://api-merchant.alikassa.com"


def snippets(language: str) -> list[str]:
    """The README's blocks in `language`; none is a failure of the README or of this reader."""
    text = (ROOT / "README.md").read_text()
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    assert found, f"the README has no {language} block"
    return found


def prepared(snippet: str, sandbox: Sandbox) -> str:
    """A snippet that names the provider talks to the sandbox instead."""
    return snippet.replace(PROVIDER, sandbox.start["url"])


def lay_out_certificates(folder: Path, sandbox: Sandbox) -> None:
    """The archives where the snippets look for them."""
    for kind in ("payment", "payout"):
        shutil.copytree(sandbox.start[f"{kind}_cert"], folder / "cert" / kind)


def python_snippets_run(folder: Path, sandbox: Sandbox) -> None:
    """With the wheel in a fresh environment."""
    lay_out_certificates(folder, sandbox)
    interpreter = python.installed(folder)
    for snippet in snippets("python"):
        run(interpreter, "-c", prepared(snippet, sandbox), cwd=folder, env=sandbox.env)


def javascript_snippets_run(folder: Path, sandbox: Sandbox) -> None:
    """With the tarball in an empty folder."""
    lay_out_certificates(folder, sandbox)
    node.consumer(folder, one("*.tgz"))
    for snippet in snippets("js"):
        (folder / "snippet.mjs").write_text(prepared(snippet, sandbox))
        run("node", "snippet.mjs", cwd=folder, env=sandbox.env)


def rust_snippets_run(folder: Path, sandbox: Sandbox) -> None:
    """In a crate of its own, on this checkout's lock file."""
    lay_out_certificates(folder, sandbox)
    manifest = f'[package]\nname = "snippets"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\nalikassa = {{ path = "{ROOT}/core" }}\n[workspace]\n'
    (folder / "Cargo.toml").write_text(manifest)
    shutil.copy(ROOT / "Cargo.lock", folder / "Cargo.lock")
    binaries = folder / "src" / "bin"
    binaries.mkdir(parents=True)
    names = []
    for number, snippet in enumerate(snippets("rust")):
        names.append(f"snippet{number}")
        (binaries / f"snippet{number}.rs").write_text(prepared(snippet, sandbox))
    env = {**sandbox.env, "CARGO_TARGET_DIR": str(ROOT / "target"), "AWS_LC_SYS_NO_JITTER_ENTROPY": "1"}
    for name in names:
        run("cargo", "run", "--quiet", "--bin", name, cwd=folder, env=env)


def c_snippets_run(folder: Path, sandbox: Sandbox) -> None:
    """Linked through pkg-config."""
    lay_out_certificates(folder, sandbox)
    for snippet in snippets("c"):
        source = folder / "snippet.c"
        source.write_text(prepared(snippet, sandbox))
        flags = c.pkg_config(folder, "--cflags", "--libs")
        run("cc", *c.FLAGS, source, *flags, "-o", folder / "snippet", cwd=folder)
        env = {**sandbox.env, "LD_LIBRARY_PATH": str(DIST / "c" / "lib")}
        run(folder / "snippet", cwd=folder, env=env)
