//! The installed library, and the compilers that build programs with it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

pub(crate) const CRATE: &str = env!("CARGO_MANIFEST_DIR");

pub(crate) const TMP: &str = env!("CARGO_TARGET_TMPDIR");

const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g"];

/// The folder in which `stage` has installed a build with the test hooks.
pub(crate) static STAGED: LazyLock<PathBuf> = LazyLock::new(|| {
    let staged = Path::new(TMP).join("c");
    if staged.exists() {
        std::fs::remove_dir_all(&staged).unwrap();
    }
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "-p", "alikassa-c"]);
    run(build.args(["--features", "test-hooks"]));
    let built = Path::new(TMP).parent().unwrap().join("debug");
    run(Command::new(Path::new(CRATE).join("stage"))
        .arg(&staged)
        .arg(built));
    staged
});

/// Compiles a C program and links the shared library.
pub(crate) fn compile(source: &str) -> PathBuf {
    let program = Path::new(TMP).join(Path::new(source).file_stem().unwrap());
    let flags = pkg_config(&["--cflags", "--libs"]);
    cc(Path::new(source), &program, flags);
    program
}

/// Compiles a C program and links the static library.
pub(crate) fn compile_statically(source: &str) -> PathBuf {
    let name = Path::new(source).file_stem().unwrap().to_str().unwrap();
    let program = Path::new(TMP).join(format!("{name}-static"));
    let library = STAGED.join("lib/libalikassa.a");
    let flags = pkg_config(&["--cflags", "--libs", "--static"])
        .into_iter()
        .map(|flag| match flag.as_str() {
            "-lalikassa" => library.to_str().unwrap().to_owned(),
            _ => flag,
        });
    cc(Path::new(source), &program, flags);
    program
}

/// Compiles the program that checks the versions of the header.
pub(crate) fn compile_header(compiler: &str, dialect: &[&str]) -> PathBuf {
    let program = Path::new(TMP).join(format!("header-{compiler}"));
    let mut command = Command::new(compiler);
    command.args(dialect).args(STRICT);
    for (name, value) in [
        ("MAJOR", env!("CARGO_PKG_VERSION_MAJOR").to_owned()),
        ("MINOR", env!("CARGO_PKG_VERSION_MINOR").to_owned()),
        ("PATCH", env!("CARGO_PKG_VERSION_PATCH").to_owned()),
        ("VERSION", format!("\"{}\"", env!("CARGO_PKG_VERSION"))),
    ] {
        command.arg(format!("-D{name}={value}"));
    }
    command.arg(Path::new(CRATE).join("tests/c/header.c"));
    // The libraries that follow are not source files in the language of `-x`.
    command.args(["-x", "none"]);
    command.args(pkg_config(&["--cflags", "--libs"]));
    run(command.arg("-o").arg(&program));
    program
}

/// Runs a program with the shared library.
pub(crate) fn execute<S: AsRef<OsStr>>(
    program: &Path,
    arguments: &[S],
    env: &[(&str, String)],
) -> Output {
    run(command(program)
        .args(arguments)
        .envs(env.iter().cloned())
        .env("RUST_BACKTRACE", "0"))
}

/// A command that runs a program with the shared library.
pub(crate) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("LD_LIBRARY_PATH", STAGED.join("lib"));
    command
}

/// Runs a program with the shared library under valgrind, which fails on an invalid access or a
/// memory leak.
pub(crate) fn execute_under_valgrind<S: AsRef<OsStr>>(
    program: &Path,
    arguments: &[S],
    env: &[(&str, String)],
) -> Output {
    let options = [
        "--quiet",
        "--leak-check=full",
        "--errors-for-leak-kinds=definite",
        "--error-exitcode=99",
    ];
    let mut command = Command::new("valgrind");
    command.args(options).arg(program).args(arguments);
    run(command
        .envs(env.iter().cloned())
        .env("RUST_BACKTRACE", "0")
        .env("LD_LIBRARY_PATH", STAGED.join("lib")))
}

/// Runs a command that must succeed. A missing tool is a failure, not a reason to skip the test.
pub(crate) fn run(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}; is it installed?"));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn cc(source: &Path, program: &Path, flags: impl IntoIterator<Item = String>) {
    run(Command::new("cc")
        .arg("-std=c11")
        .args(STRICT)
        .arg("-pthread")
        .arg(Path::new(CRATE).join(source))
        .args(flags)
        .arg("-o")
        .arg(program));
}

fn pkg_config(arguments: &[&str]) -> Vec<String> {
    let output = run(Command::new("pkg-config")
        .args(arguments)
        .arg("alikassa")
        .env("PKG_CONFIG_PATH", STAGED.join("lib/pkgconfig")));
    let flags = String::from_utf8(output.stdout).unwrap();
    flags.split_whitespace().map(str::to_owned).collect()
}
