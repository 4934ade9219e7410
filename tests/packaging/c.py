"""Checks a C program that is linked with the packed library through pkg-config."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from sandbox import DIST, LICENCES, ROOT, Sandbox, run

PROGRAM = Path(__file__).parent / "consumers" / "c" / "calls.c"
FLAGS = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def pkg_config(folder: Path, *arguments: str) -> list[str]:
    """The output of pkg-config for the packed library."""
    env = {"PKG_CONFIG_PATH": str(DIST / "c" / "lib" / "pkgconfig")}
    return shlex.split(run("pkg-config", *arguments, "alikassa", cwd=folder, env=env))


def shared(folder: Path) -> list[str]:
    """The flags that link a program with the shared library and let it find the library at run time."""
    [libdir] = pkg_config(folder, "--variable=libdir")
    return [*pkg_config(folder, "--cflags", "--libs"), f"-Wl,-rpath,{libdir}"]


def a_program_links_through_pkg_config(folder: Path, sandbox: Sandbox) -> None:
    """With the shared library."""
    run("cc", *FLAGS, PROGRAM, *shared(folder), "-o", folder / "calls", cwd=folder)
    run(folder / "calls", cwd=folder, env=sandbox.env)


def the_documented_commands_build_a_program_that_runs(folder: Path, sandbox: Sandbox) -> None:
    """The commands of bindings/c/README.md, after `make dist`."""
    readme = (ROOT / "bindings" / "c" / "README.md").read_text()
    before, commands = readme.split("```")[1].split("\n", maxsplit=2)[1:]
    assert before.startswith("make dist "), before
    (folder / "dist").symlink_to(DIST)
    shutil.copy(PROGRAM, folder / "program.c")
    run("sh", "-ec", commands, cwd=folder)
    run(folder / "program", cwd=folder, env=sandbox.env)


def a_program_links_statically(folder: Path, sandbox: Sandbox) -> None:
    """With the static library and the system libraries of Libs.private."""
    flags = pkg_config(folder, "--cflags", "--libs", "--static")
    flags = [str(DIST / "c" / "lib" / "libalikassa.a") if flag == "-lalikassa" else flag for flag in flags]
    run("cc", *FLAGS, PROGRAM, *flags, "-o", folder / "calls", cwd=folder)
    run(folder / "calls", cwd=folder, env=sandbox.env)


def the_library_has_no_test_hook(_folder: Path, _sandbox: Sandbox) -> None:
    """The path that panics in test builds is not in the libraries."""
    assert b"v1/test-panic" not in (DIST / "c" / "lib" / "libalikassa.so").read_bytes()
    assert b"v1/test-panic" not in (DIST / "c" / "lib" / "libalikassa.a").read_bytes()


def the_folder_contains_the_licences(_folder: Path, _sandbox: Sandbox) -> None:
    """In the folder where distributions expect them."""
    for licence in LICENCES:
        packed = DIST / "c" / "share" / "licenses" / "alikassa" / licence
        assert packed.read_bytes() == (ROOT / licence).read_bytes(), licence
