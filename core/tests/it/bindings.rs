//! The files of each binding import each other in one direction only, with `lib.rs` above all.

use std::path::Path;

use crate::imports::Source;

#[test]
fn the_files_of_a_binding_import_in_no_circle() {
    let bindings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bindings");
    let mut circles = Vec::new();
    for name in ["python", "node", "c"] {
        let source = Source::read(&bindings.join(name).join("src"));
        if let Some(circle) = source.circle() {
            let files: Vec<_> = circle.iter().map(|file| file.to_string_lossy()).collect();
            circles.push(format!("bindings/{name}/src: {}", files.join(" → ")));
        }
    }
    assert!(circles.is_empty(), "circles:\n{}", circles.join("\n"));
}
