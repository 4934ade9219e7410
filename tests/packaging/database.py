"""A PostgreSQL server for the programs of the guide, with the tables and rights that docs/guide/many-machines.md gives."""

from __future__ import annotations

import functools
import json
import re
import subprocess
from pathlib import Path

from sandbox import ROOT, run

PAGE = ROOT / "docs" / "guide" / "many-machines.md"


class Database:
    """A running server, which ends with this process."""

    def __init__(self) -> None:
        run("cargo", "build", "--quiet", "--locked", "-p", "alikassa-servers", cwd=ROOT, timeout=1500)
        program = ROOT / "target" / "debug" / "alikassa-servers"
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started = self.read()
        self.url: str = started["url"]

    def read(self) -> dict[str, str]:
        """The next line of the program."""
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def execute(self, sql: str) -> str:
        """Runs SQL as the superuser."""
        assert self.process.stdin
        self.process.stdin.write(f"execute {' '.join(sql.split())}\n")
        self.process.stdin.flush()
        answer = self.read()
        assert "error" not in answer, answer
        return answer["ok"]

    def reset(self, schema_sql: str) -> None:
        """Gives it an empty ledger, set up as the page says."""
        self.execute("DROP SCHEMA IF EXISTS alikassa CASCADE")
        self.execute(schema_sql)
        (grants,) = re.findall(r"<<'SQL'\n(.*?)^ *SQL$", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL)
        self.execute(grants)


@functools.cache
def server() -> Database:
    """The one server of all programs."""
    return Database()


def prepare(python: Path, folder: Path) -> dict[str, str]:
    """Empties the ledger, and returns the variable with its URL."""
    database = server()
    database.reset(run(python, "-c", "import alikassa; print(alikassa.Ledger.schema_sql())", cwd=folder))
    return {"DATABASE_URL": database.url}
