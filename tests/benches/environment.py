"""The environment of the benches: the packed library and its peers, installed under target/benches, and the server.

Nothing is skipped: if something is missing, the run ends with its name.
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
from collections.abc import Iterator, Mapping
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
CA = OUT / "ca.pem"
CA_BUNDLE = OUT / "ca-bundle.pem"

Server = dict[str, Any]


def prepare() -> None:
    """Installs the peers at their pinned versions, and the library as it was packed."""
    OUT.mkdir(parents=True, exist_ok=True)
    prepare_python()
    prepare_node()
    compile_c("sign", "libcrypto")
    compile_c("first_signature")
    prepare_key()


def prepare_python() -> None:
    """Installs the wheel and its peers in a virtual environment."""
    if not PYTHON.exists():
        run(sys.executable, "-m", "venv", OUT / "venv")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, "--requirement", HERE / "requirements.txt")
    run(*pip, "--force-reinstall", "--no-deps", package("pypi/alikassa-[0-9]*.whl"))


def prepare_node() -> None:
    """Installs the npm package and its peers."""
    stamp = MODULES / "ready"
    if not stamp.exists() or stamp.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, OUT)
        run("npm", "ci", "--silent", "--no-audit", "--no-fund", cwd=OUT)
        stamp.touch()
    with tarfile.open(package("npm/alikassa-[0-9]*.tgz")) as tarball:
        tarball.extractall(OUT, filter="data")
    shutil.rmtree(MODULES / "alikassa", ignore_errors=True)
    (OUT / "package").rename(MODULES / "alikassa")


def compile_c(name: str, *peers: str) -> None:
    """Compiles a program of `c/` with the packed library and the system's version of its peers."""
    flags = run("pkg-config", "--cflags", "--libs", *peers).split() if peers else []
    library = DIST / "c" / "lib"
    ours = [f"-I{DIST}/c/include", f"-L{library}", f"-Wl,-rpath,{library}", "-lalikassa"]
    run("cc", "-std=c11", "-O2", HERE / "c" / f"{name}.c", *ours, *flags, "-o", OUT / name)


def command() -> tuple[Path, Path]:
    """The command `alikassa` in its release build, and the program that makes the same payouts with the core alone."""
    build = [ROOT / "tests" / "packaging" / "release", "cargo", "build", "--quiet", "--release", "--locked"]
    # Apart, because the peer's features of shared crates must not be those of the command.
    for target in ("--bins", "--examples"):
        run(*build, "-p", "alikassa-cli", target, cwd=ROOT)
    folder = ROOT / "target" / "release"
    return folder / "alikassa", folder / "examples" / "creates"


@contextmanager
def slow_disk() -> Iterator[dict[str, str]]:
    """The variables of a process whose waits for the disk take 2 ms more, as a server's disk does."""
    library, log = OUT / "slow_sync.so", OUT / "slow_sync.log"
    source = ROOT / "core" / "tests" / "it" / "data" / "slow_sync.c"
    run("cc", "-shared", "-fPIC", "-O1", source, "-ldl", "-o", library)
    yield {"LD_PRELOAD": str(library), "SYNC_LOG": str(log)}
    log.unlink()


def prepare_key() -> None:
    """Copies the vectors' PHP key file into a folder with the layout of the provider's archive."""
    PHP_KEY.mkdir(exist_ok=True)
    name = "keys/matrix/php-des3.pem"
    cases = json.loads((VECTORS / "keys.json").read_text())["private"]
    case = next(case for case in cases if case["file"] == name and "opens" in case["expect"])
    (PHP_KEY / "password.txt").write_bytes(base64.b64decode(case["password"]))
    shutil.copy(VECTORS / name, PHP_KEY / "private.pem")


def package(pattern: str) -> Path:
    """The only file of dist/ that matches."""
    found = list(DIST.glob(pattern))
    if len(found) != 1:
        sys.exit(f"dist/{pattern}: {len(found)} files; run `make dist`")
    return found[0]


def python(script: str, *arguments: object, env: Mapping[str, str] | None = None) -> Any:
    """The JSON output of a script of `python/`, run with the wheel and the peers, and with further variables."""
    return json.loads(run(PYTHON, HERE / "python" / script, *arguments, env={**script_environment(), **(env or {})}))


def node(script: str, *arguments: object) -> Any:
    """The JSON output of a script of `node/`, run with the npm package and the peers."""
    return json.loads(run("node", HERE / "node" / script, *arguments, env=script_environment()))


def run(*command: object, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """A command's standard output. If it fails, the benches end with all of its output."""
    arguments = [str(part) for part in command]
    try:
        done = subprocess.run(arguments, cwd=cwd, env=env, capture_output=True, text=True)
    except FileNotFoundError:
        sys.exit(f"{arguments[0]} is missing; tests/install-system installs what the benches need")
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)} exited with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def script_environment() -> dict[str, str]:
    """The environment variables of the scripts: they trust the server's CA as well as the public ones, and use no proxy."""
    inherited = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    ca_bundle = str(CA_BUNDLE)
    return {
        **inherited,
        "PYTHONPATH": str(HERE),
        "NODE_PATH": str(MODULES),
        "REQUESTS_CA_BUNDLE": ca_bundle,
        "SSL_CERT_FILE": ca_bundle,
        "NODE_EXTRA_CA_CERTS": str(CA),
    }


@contextmanager
def server(*options: str, payouts: int = 0) -> Iterator[Server]:
    """Runs the packed sandbox and yields its start-up JSON, with the ids of `payouts` new payouts under that name."""
    program = package("alikassa-sandbox")
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


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """Runs PostgreSQL with PgBouncer in front of it, and yields the URLs of ledgers in it: one that is empty, the same
    through PgBouncer, one for open rows, and one with a million orders that are paid."""
    run("cargo", "build", "--quiet", "--locked", "-p", "alikassa-servers", cwd=ROOT)
    command = [str(ROOT / "target" / "debug" / "alikassa-servers"), "--pgbouncer", "10"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as servers:
        assert servers.stdin
        assert servers.stdout
        ready = json.loads(servers.stdout.readline())

        def execute(sql: str) -> None:
            assert servers.stdin
            assert servers.stdout
            servers.stdin.write(f"execute {' '.join(sql.split())}\n")
            servers.stdin.flush()
            answer = json.loads(servers.stdout.readline())
            if "error" in answer:
                sys.exit(f"the database refused {sql}: {answer['error']}")

        for schema in ("empty", "open", "many"):
            execute(run(PYTHON, "-c", f"import alikassa; print(alikassa.Ledger.schema_sql('{schema}'))"))
            execute(f"GRANT USAGE ON SCHEMA {schema} TO pay")
            execute(f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {schema} TO pay")
        execute("""INSERT INTO many.creates (account, operation, order_id, state, attempt, amount, body_tag, id,
            payment_status, created_ms, updated_ms) SELECT 'a', 'payouts.create', 'old-' || n, 'accepted', 1, '1.00',
            '', n, 'paid', n, n FROM generate_series(1, 1000000) AS n""")
        execute("ANALYZE many.creates")
        url, pooled = ready["url"], ready["pgbouncer_url"]
        yield {
            "database": f"{url}&schema=empty",
            "pgbouncer": f"{pooled}&schema=empty",
            "open": f"{url}&schema=open",
            "many": f"{url}&schema=many",
        }
        servers.stdin.close()


def trust(ca: Path) -> None:
    """Writes the files that peers read their CAs from: Node adds this CA to its own, Python gets a bundle with certifi's."""
    bundle = Path(run(PYTHON, "-c", "import certifi; print(certifi.where())").strip())
    CA_BUNDLE.write_text(bundle.read_text() + ca.read_text())
    shutil.copy(ca, CA)


def delay(server: Server, milliseconds: int) -> None:
    """Makes the server wait for so long before each response to a status request."""
    fault = {"match": {"path": "v1/payout/status"}, "fault": "stall", "n": milliseconds, "times": -1}
    request = urllib.request.Request(f"{server['url']}/_sandbox/faults", json.dumps(fault).encode())
    with urllib.request.urlopen(request, timeout=10) as response:
        response.read()
