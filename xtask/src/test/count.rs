//! Counting tests by what their runners print.

use std::ops::Add;

use serde::Deserialize;

/// Tests that passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
        }
    }
}

impl Count {
    /// A check that is one thing.
    pub(super) const ONE: Self = Self { passed: 1, failed: 0 };

    /// Adds up the result lines of `cargo test`, and nextest's summary.
    pub(super) fn of_rust(output: &str) -> Self {
        output
            .lines()
            .filter_map(|line| libtest(line).or_else(|| nextest(line)))
            .fold(Self::default(), Self::add)
    }

    /// Reads Playwright's JSON report. A flaky test has failed once, so it has failed.
    pub(super) fn of_playwright(report: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Report {
            stats: Stats,
            #[serde(default)]
            errors: Vec<serde_json::Value>,
        }
        #[derive(Deserialize)]
        struct Stats {
            expected: u64,
            unexpected: u64,
            flaky: u64,
        }
        let report: Report = serde_json::from_str(report).ok()?;
        Some(Self {
            passed: report.stats.expected,
            failed: report.stats.unexpected + report.stats.flaky + report.errors.len() as u64,
        })
    }

    /// A runner that ended badly without counting a failure has failed all the same.
    pub(super) fn or_failed(self, success: bool) -> Self {
        if success || self.failed > 0 {
            self
        } else {
            self + Self { passed: 0, failed: 1 }
        }
    }
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; …`
fn libtest(line: &str) -> Option<Count> {
    let rest = line.trim().strip_prefix("test result: ")?;
    Some(Count {
        passed: before(rest, " passed")?,
        failed: before(rest, " failed")?,
    })
}

/// `Summary [   1.2s] 12 tests run: 11 passed (1 slow), 1 failed, 0 skipped`: what ran and did
/// not pass has failed, be it by an assertion, a signal or a time-out.
fn nextest(line: &str) -> Option<Count> {
    let rest = line.trim().strip_prefix("Summary [")?;
    let run = before(rest, " tests run:").or_else(|| before(rest, " test run:"))?;
    let passed = before(rest, " passed").unwrap_or(0);
    Some(Count {
        passed,
        failed: run.saturating_sub(passed),
    })
}

/// The number that ends just before `mark`.
fn before(text: &str, mark: &str) -> Option<u64> {
    let head = &text[..text.find(mark)?];
    let start = head.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    head[start..].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_runners_are_understood() {
        let libtest = "test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured\ntest result: ok. 4 passed; 0 failed;";
        assert_eq!(Count::of_rust(libtest), Count { passed: 7, failed: 1 });
        let nextest =
            "     Summary [   1.204s] 12 tests run: 10 passed (1 slow), 1 failed, 1 timed out, 3 skipped";
        assert_eq!(
            Count::of_rust(nextest),
            Count {
                passed: 10,
                failed: 2
            }
        );
        let partial = "     Summary [   1.204s] 5/12 tests run: 4 passed, 1 failed, 0 skipped";
        assert_eq!(
            Count::of_rust(partial),
            Count { passed: 4, failed: 8 },
            "what did not run has not passed"
        );
        assert_eq!(
            Count::of_rust("     Summary [   0.2s] 1 test run: 1 passed, 0 skipped"),
            Count { passed: 1, failed: 0 }
        );
    }

    #[test]
    fn playwright_counts_flaky_and_broken_as_failed() {
        let report = r#"{"errors":[{}],"stats":{"expected":5,"unexpected":1,"flaky":1,"skipped":0}}"#;
        assert_eq!(Count::of_playwright(report), Some(Count { passed: 5, failed: 3 }));
    }

    #[test]
    fn a_bad_end_is_a_failure() {
        assert_eq!(Count::default().or_failed(false), Count { passed: 0, failed: 1 });
        assert_eq!(
            Count { passed: 2, failed: 1 }.or_failed(false),
            Count { passed: 2, failed: 1 }
        );
    }
}
