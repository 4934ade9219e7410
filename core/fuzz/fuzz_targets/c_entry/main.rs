//! The C interface: any functions in any order, with valid, stale and invented handles, and
//! any readable memory.
//!
//! Each function must return a status it may return, write its results on success only, and leave
//! nothing allocated.
#![no_main]

mod argument;
mod callbacks;
mod function;
mod generated;
mod output;
mod program;
mod table;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

use function::Function;
use program::Program;

#[derive(Arbitrary, Debug)]
struct Call {
    function: Function,
    /// Whether there is memory for the result, and for the error.
    out: bool,
    error: bool,
}

fuzz_target!(|calls: Vec<Call>| {
    let mut program = Program::start();
    for call in calls.iter().take(64) {
        call.function.run(&mut program, (call.out, call.error));
    }
    program.end();
});
