"""A C program linked through pkg-config against the packed library."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from sandbox import DIST, LICENCES, ROOT, Sandbox, run

PROGRAM = Path(__file__).parent / "consumers" / "c" / "calls.c"
FLAGS = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def pkg_config(folder: Path, *arguments: str) -> list[str]:
    """Ask pkg-config about the packed library."""
    env = {"PKG_CONFIG_PATH": str(DIST / "c" / "lib" / "pkgconfig")}
    return shlex.split(run("pkg-config", *arguments, "alikassa", cwd=folder, env=env))


def shared(folder: Path) -> list[str]:
    """What links a program with the shared library, and lets it find that again."""
    [libdir] = pkg_config(folder, "--variable=libdir")
    return [*pkg_config(folder, "--cflags", "--libs"), f"-Wl,-rpath,{libdir}"]


def a_program_links_through_pkg_config(folder: Path, sandbox: Sandbox) -> None:
    """The shared library."""
    run("cc", *FLAGS, PROGRAM, *shared(folder), "-o", folder / "calls", cwd=folder)
    run(folder / "calls", cwd=folder, env=sandbox.env)


def the_documented_commands_build_a_program_that_runs(folder: Path, sandbox: Sandbox) -> None:
    """Those of bindings/c/README.md, after `make dist`."""
    readme = (ROOT / "bindings" / "c" / "README.md").read_text()
    before, commands = readme.split("```")[1].split("\n", maxsplit=2)[1:]
    assert before.startswith("make dist "), before
    (folder / "dist").symlink_to(DIST)
    shutil.copy(PROGRAM, folder / "program.c")
    run("sh", "-ec", commands, cwd=folder)
    run(folder / "program", cwd=folder, env=sandbox.env)


def a_program_links_statically(folder: Path, sandbox: Sandbox) -> None:
    """The static library, with the system libraries that Libs.private names."""
    flags = pkg_config(folder, "--cflags", "--libs", "--static")
    flags = [str(DIST / "c" / "lib" / "libalikassa.a") if flag == "-lalikassa" else flag for flag in flags]
    run("cc", *FLAGS, PROGRAM, *flags, "-o", folder / "calls", cwd=folder)
    run(folder / "calls", cwd=folder, env=sandbox.env)


def the_library_has_no_test_hook(_folder: Path, _sandbox: Sandbox) -> None:
    """The path that panics in test builds is not in it."""
    assert b"v1/test-panic" not in (DIST / "c" / "lib" / "libalikassa.so").read_bytes()
    assert b"v1/test-panic" not in (DIST / "c" / "lib" / "libalikassa.a").read_bytes()


def the_folder_carries_the_licences(_folder: Path, _sandbox: Sandbox) -> None:
    """Where distributions look for them."""
    for licence in LICENCES:
        packed = DIST / "c" / "share" / "licenses" / "alikassa" / licence
        assert packed.read_bytes() == (ROOT / licence).read_bytes(), licence
