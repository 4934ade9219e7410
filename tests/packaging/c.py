"""Checks a C program that is linked with the packed library through pkg-config."""

from __future__ import annotations

import ctypes
import platform
import shlex
import shutil
import subprocess
from pathlib import Path

from sandbox import DIST, LICENCES, ROOT, Sandbox, run

PROGRAM = Path(__file__).parent / "consumers" / "c" / "calls.c"
FLAGS = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]

OTHER_LIBRARY = """
#[unsafe(no_mangle)]
pub extern "C" fn other_length(number: i32) -> i32 {
    std::panic::catch_unwind(|| {
        assert!(number >= 0);
        number.to_string().len() as i32
    })
    .unwrap_or(-1)
}
"""

BOTH = """
int calls(void);
int other_length(int number);
int main(void) { return other_length(123) == 3 && other_length(-1) == -1 ? calls() : 1; }
"""

CMAKE = """
cmake_minimum_required(VERSION 3.13)
project(consumer C)
set(WANTED 0.1 CACHE STRING "")
find_package(alikassa ${WANTED} REQUIRED)
add_executable(shared calls.c)
target_link_libraries(shared alikassa::alikassa)
add_executable(static calls.c)
target_link_libraries(static alikassa::static)
"""


def pkg_config(folder: Path, *arguments: str) -> list[str]:
    """The output of pkg-config for the packed library."""
    env = {"PKG_CONFIG_PATH": str(DIST / "c" / "lib" / "pkgconfig")}
    return shlex.split(run("pkg-config", *arguments, "alikassa", cwd=folder, env=env))


def a_program_links_through_pkg_config(folder: Path, sandbox: Sandbox) -> None:
    """With the shared library, which it also finds when it runs."""
    run("cc", *FLAGS, PROGRAM, *pkg_config(folder, "--cflags", "--libs"), "-o", folder / "calls", cwd=folder)
    run(folder / "calls", cwd=folder, env=sandbox.env)


def the_library_is_installed_below_a_prefix(folder: Path, sandbox: Sandbox) -> None:
    """Programs and FFI libraries find it there, without a variable of the environment."""
    prefix, root = folder / "prefix", folder / "root"
    run("make", "install", f"PREFIX={prefix}", cwd=ROOT)
    env = {"PKG_CONFIG_PATH": str(prefix / "lib" / "pkgconfig")}
    flags = shlex.split(run("pkg-config", "--cflags", "--libs", "alikassa", cwd=folder, env=env))
    run("cc", *FLAGS, PROGRAM, *flags, "-o", "calls", cwd=folder)
    run(folder / "calls", cwd=folder, env=sandbox.env)
    names = (prefix / "include" / "alikassa.ffi.h").read_text().splitlines()[:2]
    assert names[0] == '#define FFI_SCOPE "alikassa"', names
    library = names[1].removeprefix('#define FFI_LIB "').removesuffix('"')
    assert Path(library).parent == prefix / "lib", library
    assert ctypes.CDLL(library).alikassa_abi_version() == 0, library

    run("make", "install", "PREFIX=/usr", f"DESTDIR={root}", "LIBDIR=lib/other", cwd=ROOT)
    packed = (root / "usr" / "include" / "alikassa.ffi.h").read_text()
    assert '"/usr/lib/other/libalikassa.so.0"' in packed, packed
    assert (root / "usr" / "lib" / "other" / "libalikassa.so.0").exists()
    refused = subprocess.run(["make", "install", "PREFIX=here"], cwd=ROOT, capture_output=True, text=True)
    assert "PREFIX: pass an absolute path" in refused.stderr, refused
    assert refused.returncode, refused
    packed = (DIST / "c" / "include" / "alikassa.ffi.h").read_text()
    assert '#define FFI_LIB "libalikassa.so.0"' in packed, packed


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


def a_program_links_statically_beside_another_rust_library(folder: Path, sandbox: Sandbox) -> None:
    """Each has Rust's standard library in it. Also, each panics on its own."""
    (folder / "other.rs").write_text(OTHER_LIBRARY)
    run("rustc", "--edition=2024", "--crate-type=staticlib", "other.rs", cwd=folder)
    flags = pkg_config(folder, "--cflags", "--libs", "--static")
    flags = [str(DIST / "c" / "lib" / "libalikassa.a") if flag == "-lalikassa" else flag for flag in flags]
    # All of it, so that a symbol that both define is an error whichever comes first.
    other = ["-Wl,--whole-archive", "libother.a", "-Wl,--no-whole-archive"]
    run("cc", *FLAGS, "-Dmain=calls", "-c", PROGRAM, *flags[:1], "-o", "calls.o", cwd=folder)
    (folder / "both.c").write_text(BOTH)
    run("cc", *FLAGS, "both.c", "calls.o", *other, *flags, "-o", "both", cwd=folder)
    run(folder / "both", cwd=folder, env=sandbox.env)


def cmake_finds_the_library(folder: Path, sandbox: Sandbox) -> None:
    """Shared and static, in a layout with one folder for each architecture, after it was moved."""
    layout = {"LIBDIR": f"lib/{platform.machine()}-linux-gnu"}
    run(ROOT / "bindings" / "c" / "stage", folder / "staged", cwd=folder, env=layout)
    (folder / "staged").rename(folder / "moved")
    shutil.copy(PROGRAM, folder)
    (folder / "CMakeLists.txt").write_text(CMAKE)
    prefix = f"-DCMAKE_PREFIX_PATH={folder / 'moved'}"
    architecture = f"-DCMAKE_LIBRARY_ARCHITECTURE={platform.machine()}-linux-gnu"
    run("cmake", "-S.", "-Bbuild", prefix, architecture, cwd=folder)
    run("cmake", "--build", "build", cwd=folder)
    for program in ("shared", "static"):
        run(folder / "build" / program, cwd=folder, env=sandbox.env)

    too_new = subprocess.run(
        ["cmake", "-S.", "-Bother", prefix, architecture, "-DWANTED=0.999"], cwd=folder, capture_output=True, text=True
    )
    assert "0.999" in too_new.stderr, too_new
    assert too_new.returncode, too_new


def pkg_config_finds_the_library_of_an_architecture(folder: Path, sandbox: Sandbox) -> None:
    """In lib/x86_64-linux-gnu or the like, after it was moved."""
    libdir = f"lib/{platform.machine()}-linux-gnu"
    run(ROOT / "bindings" / "c" / "stage", folder / "staged", cwd=folder, env={"LIBDIR": libdir})
    (folder / "staged").rename(folder / "moved")
    env = {"PKG_CONFIG_PATH": str(folder / "moved" / libdir / "pkgconfig")}
    flags = shlex.split(run("pkg-config", "--cflags", "--libs", "alikassa", cwd=folder, env=env))
    run("cc", *FLAGS, PROGRAM, *flags, "-o", "calls", cwd=folder)
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
