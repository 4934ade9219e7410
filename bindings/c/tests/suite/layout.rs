//! The installed files: the header in C and C++, the names of the library, its symbols.

use std::collections::BTreeSet;
use std::process::Command;

use crate::toolchain::{STAGED, compile_header, execute, run};

#[test]
fn the_header_compiles_as_c_and_has_the_version() {
    let program = compile_header("cc", &["-std=c11"]);
    execute::<&str>(&program, &[], &[]);
}

#[test]
fn the_header_is_valid_c89() {
    run(Command::new("cc")
        .args(["-std=c89", "-pedantic", "-Wall", "-Wextra", "-Werror"])
        .args(["-fsyntax-only", "-x", "c"])
        .arg(STAGED.join("include/alikassa.h")));
}

#[test]
fn the_header_compiles_as_cpp_and_links() {
    let program = compile_header("c++", &["-std=c++17", "-x", "c++"]);
    execute::<&str>(&program, &[], &[]);
}

/// A library for FFI that has no preprocessor reads it.
#[test]
fn the_header_for_ffi_declares_the_same_without_directives() {
    let read = |name| std::fs::read_to_string(STAGED.join("include").join(name)).unwrap();
    let (header, ffi) = (read("alikassa.h"), read("alikassa.ffi.h"));
    let mut lines = ffi.lines();
    assert_eq!(lines.next(), Some("#define FFI_SCOPE \"alikassa\""));
    let library = format!("libalikassa.so.{}", env!("ALIKASSA_ABI_VERSION"));
    assert_eq!(
        lines.next(),
        Some(&*format!("#define FFI_LIB \"{library}\""))
    );
    assert!(lines.all(|line| !line.starts_with('#') && !line.contains("extern \"C\"")));
    let declared = |text| -> Vec<_> { str::lines(text).filter_map(declared_function).collect() };
    assert_eq!(declared(&ffi), declared(&header));
    run(Command::new("cc")
        .args(["-std=c89", "-pedantic", "-Wall", "-Wextra", "-Werror"])
        .args(["-include", "stddef.h", "-include", "stdint.h"])
        .args(["-fsyntax-only", "-x", "c"])
        .arg(STAGED.join("include/alikassa.ffi.h")));
}

#[test]
fn the_exported_symbols_equal_the_declared_functions() {
    defines_the_declared_functions_alone("libalikassa.so", "--dynamic");
}

/// So its `SQLite`, its aws-lc and its Rust standard library meet no other ones of a program.
#[test]
fn the_global_symbols_of_the_static_library_equal_the_declared_functions() {
    defines_the_declared_functions_alone("libalikassa.a", "--extern-only");
}

fn defines_the_declared_functions_alone(library: &str, which: &str) {
    let header = std::fs::read_to_string(STAGED.join("include/alikassa.h")).unwrap();
    let declared: BTreeSet<&str> = header.lines().filter_map(declared_function).collect();
    let symbols = run(Command::new("nm")
        .args([which, "--defined-only", "--quiet", "--format=posix"])
        .arg(STAGED.join("lib").join(library)));
    let symbols = String::from_utf8(symbols.stdout).unwrap();
    // The line with the name of a member of an archive has one word.
    let defined: BTreeSet<&str> = symbols
        .lines()
        .filter_map(|line| Some(line.split_once(' ')?.0))
        .collect();
    assert_eq!(defined, declared);
    assert!(!declared.is_empty());
}

/// The function that a line declares: `alikassa_reply_free` in
/// `void alikassa_reply_free(alikassa_reply *reply);`.
fn declared_function(line: &str) -> Option<&str> {
    if line.starts_with([' ', '/', '#', '}']) || line.starts_with("typedef") {
        return None;
    }
    let (before, _) = line.split_once('(')?;
    before.rsplit([' ', '*']).next()
}

/// It calls a function by its name, or as a row of a table.
#[test]
fn the_misuse_program_calls_every_function_except_the_versions() {
    let header = std::fs::read_to_string(STAGED.join("include/alikassa.h")).unwrap();
    let misuse = concat!(include_str!("../c/misuse.c"), include_str!("../c/misuse.h"));
    let tables = include_str!("../c/generated.h");
    for function in header.lines().filter_map(declared_function) {
        let is_called = misuse.contains(&format!("{function}("))
            || tables.contains(&format!(", {function},"))
            || tables.contains(&format!(", {function}}}"));
        assert!(
            is_called || function.ends_with("version"),
            "tests/c/misuse.c does not call {function}"
        );
    }
    let names = tables.lines().filter_map(|line| {
        let name = line.strip_prefix("} ")?;
        name.strip_suffix("[] = {")
    });
    let names: Vec<&str> = names.collect();
    assert!(!names.is_empty());
    for table in names {
        for use_of in [format!("COUNT_OF({table})"), format!("{table}[i].")] {
            assert!(misuse.contains(&use_of), "tests/c/misuse.c lacks {use_of}");
        }
    }
}

#[test]
fn the_soname_contains_the_abi_version() {
    let library = STAGED.join("lib/libalikassa.so");
    let headers = run(Command::new("readelf").arg("--dynamic").arg(&library));
    let headers = String::from_utf8(headers.stdout).unwrap();
    let name = format!("libalikassa.so.{}", env!("ALIKASSA_ABI_VERSION"));
    assert!(headers.contains(&format!("[{name}]")), "{headers}");
    assert!(headers.contains("NODELETE"), "{headers}");
    assert_eq!(
        std::fs::canonicalize(STAGED.join("lib").join(name)).unwrap(),
        std::fs::canonicalize(library).unwrap()
    );
}
