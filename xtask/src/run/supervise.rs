//! Keeping the parts of a stack alive, and stopping them in order.
//!
//! A part that ends is started again: at once the first time, then after
//! pauses that double up to five seconds, until it has lived for ten.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use crate::{console, process, shell};

/// How often the parts are looked at.
const TICK: Duration = Duration::from_millis(50);
/// How long the first start of everything may take; migrations are already done.
const START_LIMIT: Duration = Duration::from_secs(60);
/// A part has this long to finish what it has in hand: a little more than the 30 s it promises.
const STOP_LIMIT: Duration = Duration::from_secs(35);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Having lived this long, a part counts as healthy and its next restart is immediate again.
const STEADY: Duration = Duration::from_secs(10);

/// How a part shows that it is ready.
pub(crate) enum Readiness {
    /// Its output contains this text.
    Says(&'static str),
    /// A question to ask it.
    Check(Box<dyn Fn() -> bool>),
}

type MakeCommand = Box<dyn Fn() -> Result<Command>>;

/// One process to keep alive.
pub(crate) struct Part {
    name: &'static str,
    readiness: Readiness,
    command: MakeCommand,
    /// Where its output is kept, besides the terminal; none when it logs by itself.
    log: Option<PathBuf>,
    child: Option<Child>,
    said_it: Arc<AtomicBool>,
    ready: bool,
    started: Instant,
    pause: Duration,
    due: Option<Instant>,
}

impl Part {
    pub(crate) fn new(
        name: &'static str,
        readiness: Readiness,
        command: impl Fn() -> Result<Command> + 'static,
    ) -> Self {
        Self {
            name,
            readiness,
            command: Box::new(command),
            log: None,
            child: None,
            said_it: Arc::default(),
            ready: false,
            started: Instant::now(),
            pause: Duration::ZERO,
            due: None,
        }
    }

    /// Keeps the part's output in a file, and shows it with its name in front.
    pub(crate) fn logged(mut self, file: PathBuf) -> Self {
        self.log = Some(file);
        self
    }

    fn spawn(&mut self) -> Result<()> {
        use std::os::unix::process::CommandExt;
        let mut command = (self.command)()?;
        command.stdin(Stdio::null()).process_group(0);
        if self.log.is_some() {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        }
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start the {}", self.name))?;
        self.said_it = Arc::default();
        if let Some(file) = &self.log {
            let log = Arc::new(Mutex::new(File::options().create(true).append(true).open(file)?));
            for stream in [
                child
                    .stdout
                    .take()
                    .map(|stream| Box::new(stream) as Box<dyn std::io::Read + Send>),
                child
                    .stderr
                    .take()
                    .map(|stream| Box::new(stream) as Box<dyn std::io::Read + Send>),
            ]
            .into_iter()
            .flatten()
            {
                let (log, said_it, name) = (log.clone(), self.said_it.clone(), self.name);
                let sign = match self.readiness {
                    Readiness::Says(text) => Some(text),
                    Readiness::Check(_) => None,
                };
                std::thread::spawn(move || {
                    shell::each_line(stream, |line| {
                        console::line(&format!(
                            "{} {line}",
                            console::paint("2", &format!("{name:<6} │"))
                        ));
                        if let Ok(mut log) = log.lock() {
                            let _ = writeln!(log, "{line}");
                        }
                        if sign.is_some_and(|sign| line.contains(sign)) {
                            said_it.store(true, Ordering::Release);
                        }
                    });
                });
            }
        }
        self.child = Some(child);
        self.ready = false;
        self.started = Instant::now();
        self.due = None;
        Ok(())
    }

    fn looks_ready(&self) -> bool {
        match &self.readiness {
            Readiness::Says(_) => self.said_it.load(Ordering::Acquire),
            Readiness::Check(check) => check(),
        }
    }

    /// Plans the next start after the part has ended.
    fn plan_restart(&mut self, status: &str) {
        if self.started.elapsed() >= STEADY {
            self.pause = Duration::ZERO;
        }
        let when = if self.pause.is_zero() {
            "now".into()
        } else {
            format!("in {}", console::duration(self.pause))
        };
        console::warn(&format!(
            "{} ended ({status}); starting it again {when}",
            self.name
        ));
        self.due = Some(Instant::now() + self.pause);
        self.pause = (self.pause * 2).clamp(Duration::from_millis(200), LONGEST_PAUSE);
        self.child = None;
        self.ready = false;
    }
}

/// Starts, watches and stops the parts.
pub(crate) struct Supervisor {
    parts: Vec<Part>,
    stop: Receiver<()>,
    /// The process that started us, when we shall not outlive it.
    parent: Option<u32>,
}

impl Supervisor {
    /// Takes over Ctrl-C, SIGTERM and the closing of the terminal.
    ///
    /// With `SMARTSTACK_STOP_WITH_PARENT` set, the end of the starting process counts too:
    /// a killed test runner then leaves no stack behind.
    pub(crate) fn new() -> Result<Self> {
        let (sender, stop) = mpsc::channel();
        ctrlc::set_handler(move || {
            // Nobody receives any more once everything is stopped.
            let _ = sender.send(());
        })
        .context("cannot take over Ctrl-C")?;
        let parent =
            std::env::var_os("SMARTSTACK_STOP_WITH_PARENT").map(|_| std::os::unix::process::parent_id());
        Ok(Self {
            parts: Vec::new(),
            stop,
            parent,
        })
    }

    /// Watches over a part that runs already.
    pub(crate) fn adopt(&mut self, mut part: Part, child: Child) {
        part.child = Some(child);
        part.ready = true;
        self.parts.push(part);
    }

    /// Starts a part.
    pub(crate) fn start(&mut self, mut part: Part) -> Result<()> {
        part.spawn()?;
        self.parts.push(part);
        Ok(())
    }

    /// Waits for the first start of all parts. One that ends now is set up wrongly:
    /// its last words are worth more than another try.
    pub(crate) fn wait_until_ready(&mut self) -> Result<()> {
        let limit = Instant::now() + START_LIMIT;
        loop {
            let mut all = true;
            for part in &mut self.parts {
                if let Some(status) = part
                    .child
                    .as_mut()
                    .and_then(|child| child.try_wait().transpose())
                    .transpose()?
                {
                    bail!(
                        "{} ended while starting ({status}){}",
                        part.name,
                        last_words(part)
                    );
                }
                part.ready = part.ready || part.looks_ready();
                all &= part.ready;
            }
            if all {
                return Ok(());
            }
            if Instant::now() > limit {
                let late: Vec<&str> = self
                    .parts
                    .iter()
                    .filter(|part| !part.ready)
                    .map(|part| part.name)
                    .collect();
                bail!(
                    "not ready after {}: {}",
                    console::duration(START_LIMIT),
                    late.join(", ")
                );
            }
            if self.asked_to_stop(TICK) {
                bail!("stopped while starting");
            }
        }
    }

    /// Watches until asked to stop; `changed` is called whenever a restarted part is ready again.
    pub(crate) fn watch(&mut self, changed: impl Fn(&Self) -> Result<()>) -> Result<()> {
        while !self.asked_to_stop(TICK) {
            let mut news = false;
            for part in &mut self.parts {
                match part.child.as_mut().map(Child::try_wait).transpose()?.flatten() {
                    Some(status) => part.plan_restart(&status.to_string()),
                    None if part.due.is_some_and(|due| Instant::now() >= due) => {
                        if let Err(error) = part.spawn() {
                            part.plan_restart(&format!("{error:#}"));
                        }
                    }
                    None if part.child.is_some() && !part.ready && part.looks_ready() => {
                        part.ready = true;
                        news = true;
                        console::done(&format!("{} is back", part.name));
                    }
                    None => {}
                }
            }
            if news && self.parts.iter().all(|part| part.ready) {
                changed(self)?;
            }
        }
        Ok(())
    }

    /// The process id of a running part.
    pub(crate) fn pid(&self, name: &str) -> Result<u32> {
        self.parts
            .iter()
            .find(|part| part.name == name)
            .and_then(|part| part.child.as_ref())
            .map(Child::id)
            .with_context(|| format!("the {name} is not running"))
    }

    /// Stops the parts in the given order; a second Ctrl-C stops waiting for them.
    pub(crate) fn stop_all(&mut self, order: &[&str]) {
        console::step("Stopping");
        for name in order {
            let Some(part) = self.parts.iter_mut().find(|part| part.name == *name) else {
                continue;
            };
            let Some(mut child) = part.child.take() else {
                continue;
            };
            // PostgreSQL's SIGTERM waits for every client to leave by itself; SIGINT does not.
            let signal = if *name == "postgres" {
                Signal::INT
            } else {
                Signal::TERM
            };
            let limit = Instant::now() + STOP_LIMIT;
            process::signal(&child, signal);
            while child.try_wait().is_ok_and(|status| status.is_none()) && Instant::now() < limit {
                if self.stop.recv_timeout(TICK).is_ok() {
                    break;
                }
            }
            // A no-op for one that has ended.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Waits for `time`; whether a stop was asked for meanwhile.
    fn asked_to_stop(&self, time: Duration) -> bool {
        if self
            .parent
            .is_some_and(|parent| parent != std::os::unix::process::parent_id())
        {
            return true;
        }
        match self.stop.recv_timeout(time) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => true,
            Err(RecvTimeoutError::Timeout) => false,
        }
    }
}

/// The end of a part's log, to go with an error.
fn last_words(part: &Part) -> String {
    match &part.log {
        Some(file) => format!("; the end of {}:\n{}", file.display(), process::tail(file, 15)),
        None => String::new(),
    }
}
