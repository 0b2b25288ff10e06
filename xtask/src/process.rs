//! Processes: signals, ends, command lines.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use crate::shell;

/// Sends `signal` to a child; one that has ended already does not mind.
pub(crate) fn signal(child: &Child, signal: Signal) {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

/// Sends `signal` to a child and waits; kills it when the time is over.
pub(crate) fn stop(child: &mut Child, signal: Signal, patience: Duration) {
    self::signal(child, signal);
    let limit = Instant::now() + patience;
    while Instant::now() < limit {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Like [`stop`], for a process that is not our child.
pub(crate) fn end(pid: Pid, signal: Signal, patience: Duration) {
    let _ = rustix::process::kill_process(pid, signal);
    let limit = Instant::now() + patience;
    while Instant::now() < limit {
        if rustix::process::test_kill_process(pid).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = rustix::process::kill_process(pid, Signal::KILL);
}

/// The command line of a process, when it is alive.
pub(crate) fn arguments(pid: Pid) -> Option<String> {
    let number = pid.as_raw_nonzero().to_string();
    if cfg!(target_os = "linux") {
        let line = fs::read(format!("/proc/{number}/cmdline")).ok()?;
        return Some(String::from_utf8_lossy(&line).replace('\0', " "));
    }
    shell::capture(Command::new("ps").args(["-o", "args=", "-p", &number])).ok()
}

/// The last lines of a file.
pub(crate) fn tail(file: &Path, lines: usize) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
