"""What the measurements need: the packed library and its peers, installed under target/benches, and the server.

Nothing here is left out when it is missing: the run ends with its name.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tarfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DIST = ROOT / "dist"
OUT = ROOT / "target" / "benches"
PYTHON = OUT / "venv" / "bin" / "python"
MODULES = OUT / "node_modules"
VECTORS = ROOT / "tests" / "vectors"
PHP_KEY = OUT / "php_key"
AUTHORITY = OUT / "authority.pem"
AUTHORITIES = OUT / "authorities.pem"

Server = dict[str, Any]


def prepare() -> None:
    """Install everything at its pinned version, and the library as it was packed."""
    OUT.mkdir(parents=True, exist_ok=True)
    prepare_python()
    prepare_node()
    compile_c("sign", "libcrypto")
    compile_c("first_signature")
    lay_out_key()


def prepare_python() -> None:
    """The wheel and its peers in a virtual environment."""
    if not PYTHON.exists():
        run(sys.executable, "-m", "venv", OUT / "venv")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, "--requirement", HERE / "requirements.txt")
    run(*pip, "--force-reinstall", "--no-deps", packed("alikassa-[0-9]*.whl"))


def prepare_node() -> None:
    """The npm package beside its peers."""
    stamp = MODULES / "ready"
    if not stamp.exists() or stamp.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, OUT)
        run("npm", "ci", "--silent", "--no-audit", "--no-fund", cwd=OUT)
        stamp.touch()
    with tarfile.open(packed("alikassa-[0-9]*.tgz")) as tarball:
        tarball.extractall(OUT, filter="data")
    shutil.rmtree(MODULES / "alikassa", ignore_errors=True)
    (OUT / "package").rename(MODULES / "alikassa")


def compile_c(name: str, *peers: str) -> None:
    """A program of `c/` with the packed library, and its peers as the system has them."""
    flags = run("pkg-config", "--cflags", "--libs", *peers).split() if peers else []
    library = DIST / "c" / "lib"
    ours = [f"-I{DIST}/c/include", f"-L{library}", f"-Wl,-rpath,{library}", "-lalikassa"]
    run("cc", "-std=c11", "-O2", HERE / "c" / f"{name}.c", *ours, *flags, "-o", OUT / name)


def lay_out_key() -> None:
    """The vectors' key file as PHP writes it, in a folder as the provider's archive has it."""
    PHP_KEY.mkdir(exist_ok=True)
    name = "keys/matrix/php-des3.pem"
    cases = json.loads((VECTORS / "keys.json").read_text())["private"]
    case = next(case for case in cases if case["file"] == name and "opens" in case["expect"])
    (PHP_KEY / "password.txt").write_bytes(base64.b64decode(case["password"]))
    shutil.copy(VECTORS / name, PHP_KEY / "private.pem")


def packed(pattern: str) -> Path:
    """The one file of dist/ that matches."""
    found = list(DIST.glob(pattern))
    if len(found) != 1:
        sys.exit(f"dist/{pattern}: {len(found)} files; run `make dist`")
    return found[0]


def python(script: str, *arguments: object) -> Any:
    """What a script of `python/` prints; it finds the wheel and the peers."""
    return json.loads(run(PYTHON, HERE / "python" / script, *arguments, env=surroundings()))


def node(script: str, *arguments: object) -> Any:
    """What a script of `node/` prints; it finds the npm package and the peers."""
    return json.loads(run("node", HERE / "node" / script, *arguments, env=surroundings()))


def run(*command: object, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """What a command prints; when it fails, all ends with what it said."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True)
    except FileNotFoundError:
        sys.exit(f"{words[0]} is missing; tests/install-system installs what the benches need")
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def surroundings() -> dict[str, str]:
    """The environment of the scripts: the server's authority is trusted beside those that everybody trusts, and no proxy is near."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    authorities = str(AUTHORITIES)
    return {
        **kept,
        "PYTHONPATH": str(HERE),
        "NODE_PATH": str(MODULES),
        "REQUESTS_CA_BUNDLE": authorities,
        "SSL_CERT_FILE": authorities,
        "NODE_EXTRA_CA_CERTS": str(AUTHORITY),
    }


@contextmanager
def server(*options: str, payouts: int = 0) -> Iterator[Server]:
    """The packed sandbox as it says it is, with `payouts`: the ids of so many that it holds."""
    program = packed("alikassa-sandbox")
    command = [str(program), "--json", "--until-eof", "--balance", "1000000", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sandbox:
        try:
            assert sandbox.stdout
            line = sandbox.stdout.readline()
            if not line:
                sys.exit(f"the server, {program}, did not start")
            ready = json.loads(line)
            trust(Path(ready["ca_file"]))
            yield {**ready, "payouts": python("create_payouts.py", line, payouts) if payouts else []}
        finally:
            sandbox.terminate()


def trust(authority: Path) -> None:
    """Write what peers trust: in Node this authority beside its own, in Python a file of this one and what `certifi` has."""
    bundle = Path(run(PYTHON, "-c", "import certifi; print(certifi.where())").strip())
    AUTHORITIES.write_text(bundle.read_text() + authority.read_text())
    shutil.copy(authority, AUTHORITY)


def delay(server: Server, milliseconds: int) -> None:
    """Let the server be silent for so long before each answer to a status."""
    fault = {"match": {"path": "v1/payout/status"}, "fault": "stall", "n": milliseconds, "times": -1}
    request = urllib.request.Request(f"{server['url']}/_sandbox/faults", json.dumps(fault).encode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read()
