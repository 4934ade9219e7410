//! The folders of `src` are layers: a file imports from its own folder and from those before it here, never from one after.

use std::fs;
use std::path::Path;

/// From the ground up.
const LAYERS: [&str; 14] = [
    "types", "error", "json", "schema", "sync", "crypto", "http", "webhook", "api", "ledger",
    "engine", "client", "binding", "lib",
];

#[test]
fn imports_point_down() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut upward = Vec::new();
    visit(&src, &src, &mut upward);
    assert!(
        upward.is_empty(),
        "imports from a higher layer:\n{}",
        upward.join("\n")
    );
}

fn visit(src: &Path, folder: &Path, upward: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(src, &path, upward);
            continue;
        }
        let file = path.strip_prefix(src).unwrap();
        let own = file
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_str()
            .unwrap();
        let own = level(own.trim_end_matches(".rs")).unwrap();
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for path in code.split("crate::").skip(1) {
                let module = path
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next();
                if module.and_then(level).is_some_and(|used| used > own) {
                    upward.push(format!(
                        "src/{}:{}: {}",
                        file.display(),
                        number + 1,
                        line.trim()
                    ));
                }
            }
        }
    }
}

fn level(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| *layer == module)
}
