//! Creates against the sandbox.

mod outcome;
