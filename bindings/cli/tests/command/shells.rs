//! What a shell reads of the program.

use std::process::{Command, Stdio};

use super::program::{bare, run};

fn print(arguments: &[&str]) -> String {
    let printed = run(&mut bare(arguments), "");
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
    printed.stdout
}

#[test]
fn completions_and_the_manual_page_name_the_commands() {
    for arguments in [
        &["completions", "bash"][..],
        &["completions", "elvish"],
        &["completions", "fish"],
        &["completions", "powershell"],
        &["completions", "zsh"],
        &["man"],
        &["--help"],
    ] {
        assert!(print(arguments).contains("history"), "{arguments:?}");
    }
}

/// Bash is there; of the others, those that are installed.
#[cfg(unix)]
#[test]
fn what_is_printed_has_no_mistake_for_its_reader() {
    let readers: [(&str, &[&str], &[&str]); 4] = [
        ("bash", &["-n"], &["completions", "bash"]),
        ("zsh", &["-n"], &["completions", "zsh"]),
        ("fish", &["--no-execute"], &["completions", "fish"]),
        (
            "groff",
            &["-man", "-Tutf8", "-Kutf8", "-ww", "-z"],
            &["man"],
        ),
    ];
    for (reader, flags, arguments) in readers {
        let is_installed = Command::new(reader)
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .is_ok();
        assert!(is_installed || reader != "bash");
        if is_installed {
            let read = run(Command::new(reader).args(flags), &print(arguments));
            assert_eq!((read.code, read.stderr.as_str()), (0, ""), "{reader}");
        }
    }
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_and_flags() {
    let ask = "
        complete_last() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
          _alikassa alikassa \"${@: -1}\" \"${@: -2:1}\"; echo \"${COMPREPLY[*]}\"; }
        complete_last alikassa not
        complete_last alikassa ledger ba
        complete_last alikassa notifications listen --po
        complete_last alikassa completions zs";
    let script = print(&["completions", "bash"]) + ask;
    let completed = run(&mut Command::new("bash"), &script);
    assert_eq!(
        completed.stdout, "notifications\nbackup\n--port\nzsh\n",
        "{completed:?}"
    );
}

#[test]
fn a_reader_that_ends_early_is_no_panic() {
    for arguments in [&["completions", "bash"][..], &["man"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = bare(arguments).stdout(writer).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(
            stderr.starts_with("alikassa: standard output: "),
            "{stderr}"
        );
    }
}
