//! The paths in a crate's source that lead from one of its files to another.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

/// The files of a crate, and every path from one of them to another.
pub(crate) struct Source {
    /// Paths of files below `src`, by the names of their modules from the crate's root.
    files: BTreeMap<Vec<String>, PathBuf>,
    mentions: Vec<(PathBuf, Mention)>,
    /// What the root imports or exports, by the name it has there.
    exports: BTreeMap<String, Vec<String>>,
}

/// A path as it is written, or a declaration of a module, resolved from the crate's root.
struct Mention {
    names: Vec<String>,
    /// The name after `as`, or the last one.
    name: String,
    line: usize,
}

pub(crate) struct Import<'a> {
    pub(crate) from: &'a Path,
    pub(crate) to: &'a Path,
    mention: &'a Mention,
}

impl fmt::Display for Import<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, Mention { names, line, .. }) = (self.from.display(), self.mention);
        write!(f, "{from}:{line}: crate")?;
        names.iter().try_for_each(|name| write!(f, "::{name}"))
    }
}

impl Source {
    /// Reads every file in the folder `src`.
    pub(crate) fn read(src: &Path) -> Self {
        let mut files = BTreeMap::new();
        find_files(src, src, &mut files);
        let (mut mentions, mut exports) = (Vec::new(), BTreeMap::new());
        for (module, file) in &files {
            let text = fs::read_to_string(src.join(file)).unwrap();
            let mut scan = Scan {
                files: &files,
                mentions: Vec::new(),
            };
            scan.tokens(text.parse().unwrap(), module);
            for mention in scan.mentions {
                if module.is_empty() {
                    exports.insert(mention.name.clone(), mention.names.clone());
                }
                mentions.push((file.clone(), mention));
            }
        }
        Self {
            files,
            mentions,
            exports,
        }
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.values().map(PathBuf::as_path)
    }

    pub(crate) fn imports(&self) -> impl Iterator<Item = Import<'_>> {
        let imports = self.mentions.iter().map(|(from, mention)| Import {
            from,
            to: self.file_of(&mention.names),
            mention,
        });
        imports.filter(|import| import.from != import.to)
    }

    /// The files of the shortest circle of imports, in their order; the first is also the last.
    pub(crate) fn circle(&self) -> Option<Vec<&Path>> {
        let mut graph: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
        for import in self.imports() {
            graph.entry(import.from).or_default().insert(import.to);
        }
        let circles = graph.keys().filter_map(|start| circle_at(start, &graph));
        circles.min_by_key(Vec::len)
    }

    /// The file that defines what `names` lead to. For a name that the root re-exports, this is the
    /// file that the root imports it from.
    fn file_of(&self, names: &[String]) -> &Path {
        let mut prefixes = (1..=names.len()).rev().map(|length| &names[..length]);
        if let Some(file) = prefixes.find_map(|module| self.files.get(module)) {
            return file;
        }
        let exported = names.first().and_then(|name| self.exports.get(name));
        match exported {
            Some(origin) if origin.first() != names.first() => self.file_of(origin),
            _ => &self.files[&Vec::new()],
        }
    }
}

fn circle_at<'a>(
    start: &'a Path,
    graph: &BTreeMap<&'a Path, BTreeSet<&'a Path>>,
) -> Option<Vec<&'a Path>> {
    let mut paths = VecDeque::from([vec![start]]);
    let mut seen = BTreeSet::new();
    while let Some(path) = paths.pop_front() {
        for file in graph.get(path.last()?).into_iter().flatten() {
            let path = [path.as_slice(), &[*file]].concat();
            if *file == start {
                return Some(path);
            }
            if seen.insert(*file) {
                paths.push_back(path);
            }
        }
    }
    None
}

fn find_files(src: &Path, folder: &Path, files: &mut BTreeMap<Vec<String>, PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find_files(src, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let file = path.strip_prefix(src).unwrap();
            let names = file.with_extension("");
            let names = names.iter().map(|name| name.to_str().unwrap().to_owned());
            let mut module: Vec<String> = names.collect();
            module.pop_if(|name| matches!(name.as_str(), "lib" | "main" | "mod"));
            files.insert(module, file.to_owned());
        }
    }
}

/// Searches the tokens of a file: a comment is not a token, and a string is a single one.
struct Scan<'a> {
    files: &'a BTreeMap<Vec<String>, PathBuf>,
    mentions: Vec<Mention>,
}

impl Scan<'_> {
    fn tokens(&mut self, tokens: TokenStream, module: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let here = &tokens[at..];
            let rest = &here[1..];
            at += 1;
            match (token.to_string().as_str(), rest) {
                // The scope of a visibility is not an import.
                ("pub", [TokenTree::Group(_), ..]) => at += 1,
                ("mod", [TokenTree::Ident(name), TokenTree::Group(content), ..]) => {
                    let inner = [module, &[name.to_string()]].concat();
                    self.tokens(content.stream(), &inner);
                    at += 2;
                }
                // The root declares every module, so it imports from all of them.
                ("mod", [TokenTree::Ident(_), ..]) if module.is_empty() => {
                    self.path(rest, &[], module);
                }
                ("use", [TokenTree::Ident(name), ..]) if !is_anchor(name) => {
                    at = tokens.len() - self.path(rest, &[], module).len();
                }
                ("crate" | "self" | "super", _) if is_separator(rest) || is_alias(rest) => {
                    at = tokens.len() - self.path(here, &[], module).len();
                }
                _ => {
                    if let TokenTree::Group(group) = token {
                        self.tokens(group.stream(), module);
                    }
                }
            }
        }
    }

    /// Records the path, or the tree of paths, that `tokens` begin with. Returns the tokens after it.
    fn path<'t>(
        &mut self,
        mut tokens: &'t [TokenTree],
        prefix: &[String],
        module: &[String],
    ) -> &'t [TokenTree] {
        let mut names = prefix.to_vec();
        let Some(first) = tokens.first() else {
            return tokens;
        };
        let line = first.span().start().line;
        loop {
            match tokens {
                [TokenTree::Ident(name), rest @ ..] => {
                    names.push(name.to_string());
                    tokens = rest;
                }
                [TokenTree::Group(group), rest @ ..] if group.delimiter() == Delimiter::Brace => {
                    let branches: Vec<TokenTree> = group.stream().into_iter().collect();
                    for branch in branches.split(|token| token.to_string() == ",") {
                        self.path(branch, &names, module);
                    }
                    return rest;
                }
                _ => break,
            }
            if !is_separator(tokens) {
                break;
            }
            tokens = &tokens[2..];
        }
        let alias = is_alias(tokens).then(|| tokens[1].to_string());
        if let Some(names) = self.resolve(&names, module) {
            let name = alias.or_else(|| names.last().cloned());
            self.mentions.push(Mention {
                name: name.unwrap_or_default(),
                names,
                line,
            });
        }
        tokens
    }

    /// The names from the crate's root, unless the path leads out of the crate.
    fn resolve(&self, names: &[String], module: &[String]) -> Option<Vec<String>> {
        let (first, rest) = names.split_first()?;
        let mut resolved = module.to_vec();
        match first.as_str() {
            "crate" => resolved.clear(),
            "self" => {}
            "super" => _ = resolved.pop(),
            child => {
                resolved.push(child.to_owned());
                self.files.get(&resolved)?;
            }
        }
        for name in rest {
            match name.as_str() {
                "self" => {}
                "super" => _ = resolved.pop(),
                name => resolved.push(name.to_owned()),
            }
        }
        Some(resolved)
    }
}

fn is_anchor(name: &Ident) -> bool {
    ["crate", "self", "super"]
        .iter()
        .any(|anchor| name == anchor)
}

fn is_separator(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [first, second, ..] if first.to_string() == ":" && second.to_string() == ":")
}

fn is_alias(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [first, _, ..] if first.to_string() == "as")
}

#[test]
fn imports_are_found_in_every_form_of_a_path() {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in FILES {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let source = Source::read(folder.path());
    let found = source.imports();
    let found = found.map(|import| format!("{import} in {}", import.to.display()));
    assert_eq!(found.collect::<Vec<_>>(), FOUND);
    let circle = source.circle().unwrap();
    assert_eq!(circle, ["a.rs", "b/deep.rs", "a.rs"].map(Path::new));
}

const FILES: [(&str, &str); 4] = [
    (
        "lib.rs",
        "mod a;
mod b;
pub use b::deep::{Deep as Alias, self};
const ROOT: u8 = 0;",
    ),
    (
        "a.rs",
        r##"//! Not use crate::b::Doc;
// nor crate::b::Comment, /* nor crate::b::Block */
/// nor [`Link`](crate::b::Link).
const TEXT: (&str, &str) = (r#"nor crate::b::Raw"#, "nor crate::b::Text");
use std::b::Other;
pub(in crate::b) fn visible(this: &crate::b::Type) -> u8 { crate::b::call::<u8>(this) }
use crate::{b::{self, deep::Grouped}, ROOT};
use crate::Alias;
use crate as top;
pub use crate::b::Exported;
macro_rules! m { ($x:ident) => { $crate::b::deep::macro_!(crate::b::Argument) } }
mod tests { use super::*; use super::super::b::Test; }"##,
    ),
    (
        "b/mod.rs",
        "pub mod deep;
use deep::Deep;
use super::a::X;",
    ),
    (
        "b/deep.rs",
        "use super::super::a;
use super::Y;
fn f() { self::g() }",
    ),
];

const FOUND: [&str; 19] = [
    "lib.rs:1: crate::a in a.rs",
    "lib.rs:2: crate::b in b/mod.rs",
    "lib.rs:3: crate::b::deep::Deep in b/deep.rs",
    "lib.rs:3: crate::b::deep in b/deep.rs",
    "a.rs:6: crate::b::Type in b/mod.rs",
    "a.rs:6: crate::b::call in b/mod.rs",
    "a.rs:7: crate::b in b/mod.rs",
    "a.rs:7: crate::b::deep::Grouped in b/deep.rs",
    "a.rs:7: crate::ROOT in lib.rs",
    "a.rs:8: crate::Alias in b/deep.rs",
    "a.rs:9: crate in lib.rs",
    "a.rs:10: crate::b::Exported in b/mod.rs",
    "a.rs:11: crate::b::deep::macro_ in b/deep.rs",
    "a.rs:11: crate::b::Argument in b/mod.rs",
    "a.rs:12: crate::b::Test in b/mod.rs",
    "b/mod.rs:2: crate::b::deep::Deep in b/deep.rs",
    "b/mod.rs:3: crate::a::X in a.rs",
    "b/deep.rs:1: crate::a in a.rs",
    "b/deep.rs:2: crate::b::Y in b/mod.rs",
];
