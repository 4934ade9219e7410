"""The machine and the versions that the measurements were made with."""

from __future__ import annotations

import json
import os
import platform
import re
from pathlib import Path

from environment import HERE, MODULES, PYTHON, package, run

# Processor features that speed up RSA, its hashes, TLS and key files.
RELEVANT = ("aes", "adx", "avx2", "avx512f", "avx512ifma", "bmi2", "sha_ni", "vaes")

# Their packages in Debian.
PHP_PEERS = {"Guzzle": "guzzlehttp-guzzle", "phpseclib": "phpseclib3"}

VERSIONS = """
import json, platform, sys
from importlib.metadata import version
from cryptography.hazmat.backends.openssl.backend import backend
packages = {name: version(name) for name in sys.argv[1:]}
packages["cryptography"] += f" (with {backend.openssl_version_text()})"
print(json.dumps({"Python": platform.python_version(), **packages}))
"""


def features() -> list[str]:
    """The processor features that affect the measurements."""
    flags = processor("flags").split()
    return [name for name in RELEVANT if name in flags]


def description() -> dict[str, str]:
    """The head of the report, by title."""
    return {
        "machine": f"{os.cpu_count()} x {processor('model name')}, {memory()}, {platform.system()} {platform.release()}",
        "processor features": ", ".join(features()),
        "load at the start": ", ".join(f"{load:.2f}" for load in os.getloadavg()),
        "server": "`dist/alikassa-sandbox`, the release build, on this machine over TLS, the same for all clients",
        "keys": "RSA-2048 and SHA-1, unless the row says otherwise",
        "alikassa": f"{package('pypi/alikassa-[0-9]*.whl').name.split('-')[1]}, packed by `make dist`",
        **versions(),
    }


def processor(name: str) -> str:
    """A field of the first processor in /proc/cpuinfo."""
    line = re.search(rf"^{name}\s*: (.*)$", Path("/proc/cpuinfo").read_text(), flags=re.MULTILINE)
    return line[1] if line else "unknown"


def memory() -> str:
    """The memory of the machine."""
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"


def versions() -> dict[str, str]:
    """The version of each language and peer."""
    pinned = (line.split("==")[0] for line in (HERE / "requirements.txt").read_text().split())
    python_versions = json.loads(run(PYTHON, "-c", VERSIONS, *pinned))
    node_versions = json.loads(run("node", "-p", "JSON.stringify(process.versions)"))
    return {
        **python_versions,
        "Node": f"{node_versions['node']} (with OpenSSL {node_versions['openssl']})",
        "undici": json.loads((MODULES / "undici" / "package.json").read_text())["version"],
        "OpenSSL": run("pkg-config", "--modversion", "libcrypto").strip(),
        "Go": run("go", "env", "GOVERSION").strip().removeprefix("go"),
        "PHP": run("php", "-r", "echo PHP_VERSION, ' (with ', OPENSSL_VERSION_TEXT, ')';"),
        **{name: debian_version(f"php-{package}") for name, package in PHP_PEERS.items()},
    }


def debian_version(name: str) -> str:
    """The version of a package of Debian, without Debian's own part."""
    return run("dpkg-query", "--show", "--showformat=${Version}", name).split("-")[0]
