//! What a step saw, and the report of all steps.

use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use crate::output::{self, Output, one_line};

#[derive(Clone, Copy)]
enum StepResult {
    Ok,
    Warning,
    Failed,
    Skipped,
}

impl StepResult {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    fn mark(self) -> char {
        match self {
            Self::Ok => '✓',
            Self::Warning => '!',
            Self::Failed => '✗',
            Self::Skipped => '-',
        }
    }

    /// The colour of the mark on a terminal.
    fn style(self) -> Style {
        match self {
            Self::Ok => AnsiColor::Green.on_default(),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Failed => AnsiColor::Red.on_default(),
            Self::Skipped => Style::new(),
        }
    }

    fn exit_code(self) -> u8 {
        match self {
            Self::Ok | Self::Skipped => 0,
            Self::Warning => 1,
            Self::Failed => 2,
        }
    }
}

/// The result of a step, what it saw, and what to do about it.
pub(super) struct Finding {
    result: StepResult,
    seen: String,
    advice: Option<String>,
}

impl Finding {
    pub(super) fn ok(seen: impl Into<String>) -> Self {
        Self::new(StepResult::Ok, seen)
    }

    pub(super) fn warning(seen: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(StepResult::Warning, seen).with_advice(advice)
    }

    pub(super) fn failed(seen: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(StepResult::Failed, seen).with_advice(advice)
    }

    /// A step that could not run, and why.
    pub(super) fn skipped(reason: impl Into<String>) -> Self {
        Self::new(StepResult::Skipped, reason)
    }

    fn new(result: StepResult, seen: impl Into<String>) -> Self {
        Self {
            result,
            seen: seen.into(),
            advice: None,
        }
    }

    pub(super) fn with_advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

/// Prints each finding as soon as it is there.
pub(super) struct Report<'a> {
    output: &'a Output,
    exit_code: u8,
}

impl<'a> Report<'a> {
    pub(super) fn new(output: &'a Output) -> Self {
        Self {
            output,
            exit_code: 0,
        }
    }

    pub(super) fn add(&mut self, step: &str, finding: &Finding) {
        self.exit_code = self.exit_code.max(finding.result.exit_code());
        let seen = one_line(&finding.seen);
        let advice = finding.advice.as_deref().map(one_line);
        if self.output.is_json() {
            let result = finding.result.name();
            output::json(
                &json!({ "step": step, "result": result, "seen": seen, "advice": advice }),
            );
            return;
        }
        let (mark, style) = (finding.result.mark(), finding.result.style());
        let advice = advice.map_or(String::new(), |advice| format!(" → {advice}"));
        output::line(&format!("{style}{mark}{style:#} {step:19}  {seen}{advice}"));
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.exit_code)
    }
}
