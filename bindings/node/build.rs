//! The link arguments of a Node addon on the platforms that need some.

fn main() {
    napi_build::setup();
}
