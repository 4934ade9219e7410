"""On what the measurements were taken, and of which versions."""

from __future__ import annotations

import json
import os
import platform
import re
from pathlib import Path

from environment import HERE, MODULES, PYTHON, packed, run

# What RSA and its hashes, TLS and key files are made faster with.
MATTERING = ("aes", "adx", "avx2", "avx512f", "avx512ifma", "bmi2", "sha_ni", "vaes")

VERSIONS = """
import json, platform, sys
from importlib.metadata import version
from cryptography.hazmat.backends.openssl.backend import backend
packages = {name: version(name) for name in sys.argv[1:]}
packages["cryptography"] += f" (with {backend.openssl_version_text()})"
print(json.dumps({"Python": platform.python_version(), **packages}))
"""


def features() -> list[str]:
    """The processor's features that matter here."""
    flags = processor("flags").split()
    return [name for name in MATTERING if name in flags]


def description() -> dict[str, str]:
    """The head of the report."""
    return {
        "machine": f"{os.cpu_count()} x {processor('model name')}, {memory()}, {platform.system()} {platform.release()}",
        "processor features": ", ".join(features()),
        "load when it began": ", ".join(f"{load:.2f}" for load in os.getloadavg()),
        "server": "`dist/alikassa-sandbox`, the release build, the same for everybody, on this machine over TLS",
        "keys": "RSA-2048 unless the row says otherwise, SHA-1",
        "alikassa": f"{packed('alikassa-[0-9]*.whl').name.split('-')[1]} as `make dist` packs it",
        **versions(),
    }


def processor(name: str) -> str:
    """What the first processor says of itself."""
    line = re.search(rf"^{name}\s*: (.*)$", Path("/proc/cpuinfo").read_text(), flags=re.MULTILINE)
    return line[1] if line else "unknown"


def memory() -> str:
    """The memory of the machine."""
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"


def versions() -> dict[str, str]:
    """Each language and peer."""
    pinned = (line.split("==")[0] for line in (HERE / "requirements.txt").read_text().split())
    of_python = json.loads(run(PYTHON, "-c", VERSIONS, *pinned))
    of_node = json.loads(run("node", "-p", "JSON.stringify(process.versions)"))
    return {
        **of_python,
        "Node": f"{of_node['node']} (with OpenSSL {of_node['openssl']})",
        "undici": json.loads((MODULES / "undici" / "package.json").read_text())["version"],
        "OpenSSL": run("pkg-config", "--modversion", "libcrypto").strip(),
    }
