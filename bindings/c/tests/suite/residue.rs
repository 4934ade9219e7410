//! What stays in the memory of a C program of a key that it loaded and freed: nothing, as in the
//! core's test, whose keys and search these are.

#[path = "../../../../core/tests/it/residue/cases.rs"]
mod cases;
#[path = "../../../../core/tests/it/residue/memory.rs"]
mod memory;

use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::thread;

use crate::fixture::empty_folder;
use crate::toolchain::{CRATE, command, compile};
use memory::{Memory, Secret};

/// A running `tests/c/residue.c`.
struct Program {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start(program: &Path, way: &str) -> Self {
        let mut child = command(program)
            .arg(way)
            // Returns the memory of a key derivation at once, so that it is not searched.
            .env("MALLOC_MMAP_THRESHOLD_", "131072")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
        }
    }

    /// What the program answers to a line. Then it waits for the next.
    fn ask(&mut self, line: &str) -> String {
        writeln!(self.input, "{line}").unwrap();
        self.output.next().unwrap().unwrap()
    }

    fn end(mut self) {
        drop(self.input);
        assert!(self.child.wait().unwrap().success());
    }
}

#[test]
fn nothing_of_a_freed_key_stays_in_the_memory_of_a_program() {
    let folder = empty_folder("residue");
    cases::write(&Path::new(CRATE).join("../../tests/vectors"), &folder);
    let keys = fs::read_dir(folder).unwrap();
    let keys = keys.map(|key| key.unwrap().path());
    let mut keys: Vec<_> = keys.filter(|key| key.join("opens").exists()).collect();
    keys.sort();
    assert!(keys.len() > 50, "{} keys", keys.len());
    let compiled = compile("tests/c/residue.c");
    thread::scope(|scope| {
        for way in ["folder", "bytes", "client"] {
            let (compiled, keys) = (&compiled, &keys);
            scope.spawn(move || assert_nothing_stays(Program::start(compiled, way), keys));
        }
    });
}

fn assert_nothing_stays(mut program: Program, keys: &[PathBuf]) {
    let mut memory = Memory::of(&program.child.id().to_string());
    let mut residue = Vec::new();
    for key in keys {
        let name = fs::read_to_string(key.join("name")).unwrap();
        let secrets = Secret::from_file(&fs::read_to_string(key.join("secrets")).unwrap());
        assert_eq!(program.ask(key.to_str().unwrap()), "opened", "{name}");
        let alive = memory.search(&secrets);
        let is_found = alive.iter().any(|found| found.starts_with("p in "));
        assert!(is_found, "{name}");
        assert_eq!(program.ask("free"), "freed");
        let left = memory.search(&secrets).into_iter();
        residue.extend(left.map(|found| format!("{name}: {found}")));
    }
    assert!(residue.is_empty(), "{}", residue.join("\n"));
    program.end();
}
