//! The generated files, and the templates that they are made from.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use alikassa::binding::Language;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};

use crate::tables::{self, Tables};
use crate::{doc, go, php, repository, vectors};

/// A file of the repository, as it should be.
pub(crate) struct File {
    /// The path from the repository's root.
    pub(crate) path: String,
    pub(crate) content: String,
}

/// Each file with its template, the path in `templates`.
const TEMPLATES: &[(&str, &str)] = &[
    ("bindings/c/src/generated/operations.rs", "c/operations.rs"),
    ("bindings/c/src/generated/options.rs", "c/options.rs"),
    ("bindings/c/tests/c/generated.h", "c/tests.h"),
    ("bindings/cli/schemas.json", "cli/schemas.json"),
    ("bindings/go/generated_errors.go", "go/errors.go"),
    ("bindings/go/generated_hooks.go", "go/hooks.go"),
    ("bindings/go/generated_operations.go", "go/operations.go"),
    ("bindings/go/generated_options.go", "go/options.go"),
    ("bindings/go/generated_records.go", "go/records.go"),
    ("bindings/go/generated_requests.go", "go/requests.go"),
    ("bindings/go/generated_words.go", "go/words.go"),
    ("core/fuzz/fuzz_targets/c_entry/generated.rs", "c/fuzz.rs"),
    ("node/src/generated/errors.js", "node/errors.js"),
    ("node/src/generated/operations.js", "node/operations.js"),
    ("node/src/generated/records.js", "node/records.js"),
    ("node/types/generated/errors.d.ts", "node/types/errors.d.ts"),
    (
        "node/types/generated/operations.d.ts",
        "node/types/operations.d.ts",
    ),
    (
        "node/types/generated/options.d.ts",
        "node/types/options.d.ts",
    ),
    (
        "node/types/generated/records.d.ts",
        "node/types/records.d.ts",
    ),
    (
        "node/types/generated/requests.d.ts",
        "node/types/requests.d.ts",
    ),
    (
        "node/types/generated/resources.d.ts",
        "node/types/resources.d.ts",
    ),
    ("python/src/alikassa/__init__.py", "python/__init__.py"),
    (
        "python/src/alikassa/_async_operations.py",
        "python/_async_operations.py",
    ),
    (
        "python/src/alikassa/_constructor.py",
        "python/_constructor.py",
    ),
    ("python/src/alikassa/_errors.py", "python/_errors.py"),
    ("python/src/alikassa/_options.py", "python/_options.py"),
    ("python/src/alikassa/_records.py", "python/_records.py"),
    ("python/src/alikassa/_requests.py", "python/_requests.py"),
    ("python/src/alikassa/_words.py", "python/_words.py"),
    ("docs/errors.md", "docs/errors.md"),
    ("docs/options.md", "docs/options.md"),
    ("tests/drivers/rust/generated.rs", "rust/driver.rs"),
];

/// The words that cannot be a name in Python, of those that an API could use.
const PYTHON_KEYWORDS: [&str; 9] = [
    "class", "from", "global", "import", "in", "is", "lambda", "pass", "return",
];

/// Every generated file.
pub(crate) fn all() -> Result<Vec<File>, Box<dyn Error>> {
    let tables = tables::read();
    let environment = environment()?;
    let mut files = vectors::files(&tables)?;
    files.extend(php::files(&environment, &tables)?);
    for &(path, template) in TEMPLATES {
        let content = render(&environment, template, &tables)?;
        let is_rust = Path::new(path).extension().is_some_and(|ext| ext == "rs");
        files.push(File {
            path: path.to_owned(),
            content: if is_rust { rustfmt(&content)? } else { content },
        });
    }
    Ok(files)
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    environment.set_loader(
        move |name| match std::fs::read_to_string(templates.join(name)) {
            Ok(source) => Ok(Some(source)),
            Err(_) => Ok(None),
        },
    );
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(syntax()?);
    environment.add_filter("python_doc", |text: &str, indent| doc::python(text, indent));
    environment.add_filter("python_text", |text: &str, indent| {
        doc::python_text(text, indent)
    });
    environment.add_filter("imperative", doc::imperative);
    environment.add_filter("python_argument", |text: &str, indent| {
        doc::python_argument(text, indent)
    });
    environment.add_filter("python_name", python_name);
    environment.add_filter("type_alias", type_alias);
    environment.add_filter("type_name", type_name);
    environment.add_filter("markdown", doc::markdown);
    environment.add_filter("typescript_doc", |text: &str, indent| {
        doc::typescript(text, indent)
    });
    environment.add_filter("php_doc", |text: &str, indent| {
        doc::typescript(text, indent)
    });
    environment.add_filter("rust_doc", |text: &str, indent| doc::rust(text, indent));
    environment.add_filter("go_doc", |text: &str, indent| doc::go(text, indent));
    environment.add_filter("go_name", go::name);
    environment.add_filter("go_class", go::class);
    environment.add_filter("go_about", |text: &str, name: &str, verb: &str| {
        go::about(text, name, verb)
    });
    environment.add_filter("pad", |text: &str, width: usize| format!("{text:width$}"));
    environment.add_filter("camel_case", camel_case);
    environment.add_filter("snake_case", snake_case);
    Ok(environment)
}

/// A line with nothing but a block tag leaves no trace.
fn syntax() -> Result<SyntaxConfig, minijinja::Error> {
    SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
}

fn render(
    environment: &Environment<'_>,
    template: &str,
    tables: &Tables,
) -> Result<String, Box<dyn Error>> {
    let context = BTreeMap::from([("tables", Value::from(Serde(tables)))]);
    let rendered = environment.get_template(template)?.render(context);
    rendered.map_err(|error| format!("{error:#}").into())
}

/// A name that Python's grammar allows: `from_` for `from`.
fn python_name(name: &str) -> String {
    if PYTHON_KEYWORDS.contains(&name) {
        format!("{name}_")
    } else {
        name.to_owned()
    }
}

/// The private alias of an option's type in Python: `_Digest` for `digest`.
fn type_alias(name: &str) -> String {
    format!("_{}", type_name(name))
}

/// `LedgerState` for `ledger_state`.
fn type_name(name: &str) -> String {
    camel_case(&format!("_{name}"))
}

/// `maxRetries` for `max_retries`, as the core's messages in Node have it.
pub(crate) fn camel_case(name: &str) -> String {
    Language::Node.option(name).into_owned()
}

/// `PayoutRequest` as Rust writes a function: `payout_request`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

fn rustfmt(source: &str) -> Result<String, Box<dyn Error>> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(repository().join("rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    // Dropped when it is written, which ends rustfmt's input.
    rustfmt
        .stdin
        .take()
        .ok_or("rustfmt takes no input")?
        .write_all(source.as_bytes())?;
    let output = rustfmt.wait_with_output()?;
    if !output.status.success() {
        return Err("a template's Rust is not what rustfmt can read".into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
