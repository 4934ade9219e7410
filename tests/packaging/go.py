"""Checks the Go module, required from an empty folder as its README says, with the C library under a prefix."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from sandbox import DIST, LICENCES, ROOT, Sandbox, run

README = ROOT / "bindings" / "go" / "README.md"


def blocks(language: str) -> list[str]:
    """The blocks of the README in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)


def build(folder: Path, program: str, last: str = "go build .\n") -> Path:
    """Builds a program in a new folder, with the commands of the README, of which `last` is the last one."""
    folder.mkdir()
    (folder / "main.go").write_text(program)
    commands = blocks("sh")[0].replace("go build .\n", last)
    # A registry is not asked: the module needs no other.
    run("sh", "-ec", commands, cwd=folder, env={"ALIKASSA": str(DIST), "GOPROXY": "off", "GOFLAGS": "-mod=mod"})
    return folder / "shop"


def every_program_of_the_readme_runs(folder: Path, sandbox: Sandbox) -> None:
    """The response to the payout is lost. The key folders and the URL of the first program are in its folder."""
    printed = ["credit 10.000000000 EUR\n93.84000000", "found paid\n", "paid\n", "1756900030 paid\n200 OK"]
    for number, (program, expected) in enumerate(zip(blocks("go"), printed, strict=True)):
        sandbox.reset()
        sandbox.control("POST", "faults", {"match": {"path": "v1/payout"}, "fault": "close_after_act"})
        sandbox.control("POST", "rules", {"match": {}, "status": "paid", "after_reads": 1})
        message = sandbox.control("POST", "notify", {"order_id": "1756900030", "url": None})
        local = program.replace("alikassa.Options{\n", f'alikassa.Options{{\n\t\tBaseURL: "{sandbox.start["url"]}",\n')
        shop = build(folder / str(number), local)
        for kind in ("payment", "payout"):
            shutil.copytree(sandbox.start[f"{kind}_cert"], shop.parent / "cert" / kind)
        output = run(shop, cwd=shop.parent, env=sandbox.env | {"QUERY_STRING": message["query"]})
        assert expected in output, output


def a_program_links_statically(folder: Path, sandbox: Sandbox) -> None:
    """With the tag of the README: the program runs without the shared library."""
    shop = build(folder / "static", blocks("go")[2], blocks("sh")[1])
    assert "libalikassa" not in run("ldd", shop, cwd=folder)
    assert "paid" in run(shop, cwd=shop.parent, env=sandbox.env)


def the_module_contains_the_licences_and_no_test(_folder: Path, _sandbox: Sandbox) -> None:
    """And not the hook of the conformance driver."""
    names = {path.name for path in (DIST / "go").iterdir()}
    assert {"README.md", "go.mod", "client.go", "bridge.c", "bridge.h", *LICENCES} <= names, names
    assert not [name for name in names if "_test" in name or "hooks" in name], names
