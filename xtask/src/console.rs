//! What the commands print.
//!
//! Every write ignores a closed terminal or pipe: a supervisor must go on to
//! stop its children when nobody reads any more.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Prints one line (or a text that brings its own line ends) to standard output.
pub(crate) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let _ = write!(out, "{text}{end}");
    let _ = out.flush();
}

/// Announces a step that may take a while.
pub(crate) fn step(text: &str) {
    line(&format!("{} {text}", paint("34", "▸")));
}

/// Says something worth noticing that is no failure.
pub(crate) fn warn(text: &str) {
    line(&format!("{} {text}", paint("33", "!")));
}

/// Says that something is done.
pub(crate) fn done(text: &str) {
    line(&format!("{} {text}", paint("32", "✓")));
}

/// Prints an error with its causes to standard error.
pub(crate) fn error(error: &anyhow::Error) {
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "{} {error:#}", paint("31", "error:"));
}

/// Wraps `text` in an ANSI colour when a person is looking.
pub(crate) fn paint(code: &str, text: &str) -> String {
    if std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

/// `850 ms`, `4.2 s`, `3 min 05 s`.
pub(crate) fn duration(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        1..=59 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// [`duration`] since `start`.
pub(crate) fn since(start: Instant) -> String {
    duration(start.elapsed())
}

#[cfg(test)]
mod tests {
    use super::duration;
    use std::time::Duration;

    #[test]
    fn durations_read_like_a_person_would_say_them() {
        assert_eq!(duration(Duration::from_millis(850)), "850 ms");
        assert_eq!(duration(Duration::from_millis(4_240)), "4.2 s");
        assert_eq!(duration(Duration::from_secs(185)), "3 min 05 s");
    }
}
