"""B6: the size of the library, compared with `requests` and `cryptography`. Prints JSON.

`import ours` and `import theirs` print the seconds and the bytes of memory that an import takes in a fresh process;
`installed` prints the bytes on disk of each, dependencies included.
"""

from __future__ import annotations

import json
import re
import sys
import time
from importlib import metadata
from pathlib import Path


def main() -> None:
    """Measures what the arguments name, and prints the result."""
    print(json.dumps(installed() if sys.argv[1] == "installed" else imported(sys.argv[2])))


def imported(whose: str) -> dict[str, float]:
    """The cost of the imports of a program that makes a call."""
    memory, start = resident(), time.perf_counter()
    if whose == "ours":
        import alikassa  # noqa: F401
    else:
        import requests  # noqa: F401
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: F401
        from cryptography.hazmat.primitives.asymmetric import padding  # noqa: F401
    return {"seconds": time.perf_counter() - start, "bytes": resident() - memory}


def resident() -> int:
    """The resident memory of this process in bytes."""
    line = re.search(r"^VmRSS:\s+(\d+) kB$", Path("/proc/self/status").read_text(), flags=re.MULTILINE)
    assert line
    return int(line[1]) * 1024


def installed() -> dict[str, int]:
    """Bytes on disk."""
    return {"ours": size({"alikassa"}), "theirs": size(with_dependencies({"requests", "cryptography"}))}


def size(names: set[str]) -> int:
    """The total size of the files that these packages installed."""
    files = (file.locate() for name in names for file in metadata.files(name) or [])
    return sum(Path(str(file)).stat().st_size for file in files)


def with_dependencies(names: set[str]) -> set[str]:
    """These packages and their installed dependencies, recursively."""
    required = {
        re.match(r"[\w.-]+", requirement)[0]  # type: ignore[index]
        for name in names
        for requirement in metadata.requires(name) or []
        if "extra ==" not in requirement
    }
    present = {name for name in required if any(metadata.Distribution.discover(name=name))}
    return names if present <= names else with_dependencies(names | present)


if __name__ == "__main__":
    main()
