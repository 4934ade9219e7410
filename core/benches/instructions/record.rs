//! The recorded counts, and how far new ones may differ.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::Fallible;

/// A count fails above this many times the recorded one, and is reported below its inverse.
///
/// Counts of one build differed by 0.3 % between runs, those of compilers two releases apart by
/// 1.7 %, and those with the C library's routines for an older processor by 1.5 %. A ratio to a
/// reference workload would add the differences of that workload.
const LIMIT: f64 = 1.05;

/// The tools that the counts depend on.
const TOOLS: [(&str, &str); 3] = [
    ("rustc", "--version"),
    ("getconf", "GNU_LIBC_VERSION"),
    ("valgrind", "--version"),
];

/// Counts by the names of the workloads, and the versions of the tools.
#[derive(Default, Deserialize, Serialize)]
pub(crate) struct Record {
    made_with: Vec<String>,
    counts: BTreeMap<String, u32>,
}

impl Record {
    /// A record with the current versions of the tools.
    pub(crate) fn of(counts: BTreeMap<String, u32>) -> Fallible<Self> {
        let tools = TOOLS.iter().map(|(tool, option)| version(tool, option));
        Ok(Self {
            made_with: tools.collect::<Fallible<_>>()?,
            counts,
        })
    }

    /// `recorded.json`; empty where there is none.
    pub(crate) fn load() -> Fallible<Self> {
        match std::fs::read(file()) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn save(&self) -> Fallible<()> {
        let text = serde_json::to_string_pretty(self)?;
        Ok(std::fs::write(file(), text + "\n")?)
    }

    /// Whether each count is within its limits, above and below.
    pub(crate) fn is_within_limits(&self, counted: &Self) -> bool {
        let mut rows = self.rows(counted);
        rows.all(|row| row.verdict() == Verdict::Within)
    }

    /// Prints the table. Returns whether no count fails.
    pub(crate) fn compare(&self, counted: &Self) -> bool {
        line(&["workload", "count", "recorded", "ratio", "limit", ""]);
        self.rows(counted).for_each(|row| row.print());
        if self.made_with != counted.made_with {
            println!("\ncounted with {}", counted.made_with.join(", "));
            println!("recorded with {}", self.made_with.join(", "));
        }
        if !self.is_within_limits(counted) {
            println!("\nto record these counts: make bless");
        }
        let all = self.rows(counted).count();
        let failed = self.rows(counted).filter(Row::fails).count();
        println!("\n{} passed, {failed} failed", all - failed);
        failed == 0
    }

    /// Every workload that is counted or recorded.
    fn rows<'a>(&'a self, counted: &'a Self) -> impl Iterator<Item = Row<'a>> {
        let names: BTreeSet<&String> = self.counts.keys().chain(counted.counts.keys()).collect();
        names.into_iter().map(|name| Row {
            name,
            count: counted.counts.get(name).copied(),
            recorded: self.counts.get(name).copied(),
        })
    }
}

fn version(tool: &str, option: &str) -> Fallible<String> {
    let output = Command::new(tool).arg(option).output();
    let output = output.map_err(|error| format!("{tool}: {error}"))?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/instructions/recorded.json")
}

/// A workload with its count and the recorded one, of which one may be missing.
struct Row<'a> {
    name: &'a str,
    count: Option<u32>,
    recorded: Option<u32>,
}

#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Within,
    Below,
    Above,
    NotRecorded,
    NotCounted,
}

impl Row<'_> {
    fn ratio(&self) -> Option<f64> {
        Some(f64::from(self.count?) / f64::from(self.recorded?))
    }

    fn verdict(&self) -> Verdict {
        match self.ratio() {
            None if self.count.is_none() => Verdict::NotCounted,
            None => Verdict::NotRecorded,
            Some(ratio) if ratio > LIMIT => Verdict::Above,
            Some(ratio) if ratio < 1.0 / LIMIT => Verdict::Below,
            Some(_) => Verdict::Within,
        }
    }

    fn fails(&self) -> bool {
        !matches!(self.verdict(), Verdict::Within | Verdict::Below)
    }

    fn print(&self) {
        let number = |count: Option<u32>| count.map(|count| count.to_string()).unwrap_or_default();
        let ratio = self.ratio().map(|ratio| format!("{ratio:.3}"));
        line(&[
            self.name,
            &number(self.count),
            &number(self.recorded),
            &ratio.unwrap_or_default(),
            &LIMIT.to_string(),
            self.verdict().as_str(),
        ]);
    }
}

impl Verdict {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Within => "",
            Self::Below => "below",
            Self::Above => "ABOVE",
            Self::NotRecorded => "NOT RECORDED",
            Self::NotCounted => "NOT COUNTED",
        }
    }
}

fn line([name, count, recorded, ratio, limit, verdict]: &[&str; 6]) {
    let line = format!("{name:51}  {count:>9}  {recorded:>9}  {ratio:>6}  {limit:>5}  {verdict}");
    println!("{}", line.trim_end());
}
