//! `cargo xtask run`: the whole stack on this machine, from nothing.
//!
//! PostgreSQL, the API and the worker are three processes under one supervisor
//! ([`supervise`]). Their data, logs, mail and passwords are in one data folder
//! that one run at a time may use; two folders make two independent stacks.

pub(crate) mod secrets;
mod supervise;

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::build::{self, Profile};
use crate::postgres::{self, Cluster, Durability};
use crate::project::Project;
use crate::{console, process, shell, tools, web};
use secrets::Secrets;
use supervise::{Part, Readiness, Supervisor};

/// The database inside the cluster.
const DATABASE: &str = "smartstack";
/// The first port to try when none is asked for.
const DEFAULT_PORT: u16 = 8080;

/// What the command line asked for.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) data: Option<PathBuf>,
    pub(crate) port: Option<u16>,
    pub(crate) empty: bool,
    pub(crate) profile: Profile,
    pub(crate) ready_file: Option<PathBuf>,
    pub(crate) no_build: bool,
}

/// What `smartstack-api seed-demo` prints.
#[derive(Debug, Deserialize, Serialize)]
struct Demo {
    email: String,
    password: String,
}

/// The ready file; `e2e/support/stack.ts` reads it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready<'a> {
    url: &'a str,
    email: Option<&'a str>,
    password: Option<&'a str>,
    database_url: &'a str,
    mail_dir: &'a Path,
    pids: Pids,
}

/// Process ids of the running parts.
#[derive(Clone, Copy, Debug, Serialize)]
struct Pids {
    xtask: u32,
    postgres: u32,
    api: u32,
    worker: u32,
}

/// Builds, starts and supervises the stack until Ctrl-C or SIGTERM.
pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    let begin = Instant::now();
    let bin = tools::postgres_bin()?;
    let web_dir = web_dir(project, options)?;
    if !options.no_build {
        build::native(project, options.profile)?;
    }
    let starting = Instant::now();

    let data = Data::open(options.data.clone().unwrap_or_else(|| project.root.join("data")))?;
    if let Some(file) = &options.ready_file {
        remove(file)?;
    }
    // From here on Ctrl-C ends the supervisor, which stops the parts in order.
    let mut supervisor = Supervisor::new()?;
    data.stop_leftovers();

    console::step("Starting PostgreSQL");
    let cluster = Cluster::prepare(
        bin,
        data.secrets.cluster.clone(),
        data.logs().join("postgres.log"),
        data.secrets.postgres.clone(),
        Durability::Safe,
    )?;
    let child = cluster.start()?;
    let server = cluster.clone();
    let watched = cluster.clone();
    supervisor.adopt(
        Part::new(
            "postgres",
            Readiness::Check(Box::new(move || watched.answers())),
            move || server.server(),
        ),
        child,
    );

    let url = format!("http://127.0.0.1:{}", choose_port(options.port)?);
    let outcome =
        start_rest(project, options, &data, &cluster, &web_dir, &url, &mut supervisor).and_then(|demo| {
            let announce = |pids: Pids| {
                data.write_pids(pids)?;
                let ready = Ready {
                    url: &url,
                    email: demo.as_ref().map(|demo| demo.email.as_str()),
                    password: demo.as_ref().map(|demo| demo.password.as_str()),
                    database_url: &cluster.admin_url(DATABASE),
                    mail_dir: &data.mail(),
                    pids,
                };
                if let Some(file) = &options.ready_file {
                    write_whole(file, &serde_json::to_vec_pretty(&ready)?)?;
                }
                Ok(())
            };
            announce(pids(&supervisor)?)?;
            welcome(
                &url,
                demo.as_ref(),
                &data,
                &console::since(starting),
                &console::since(begin),
            );
            supervisor.watch(|supervisor| announce(pids(supervisor)?))
        });
    if let Some(file) = &options.ready_file {
        let _ = remove(file);
    }
    supervisor.stop_all(&["worker", "api", "postgres"]);
    let _ = remove(&data.dir.join("pids.json"));
    outcome
}

/// Migrates, seeds, and starts the API and the worker; returns when both answer.
fn start_rest(
    project: &Project,
    options: &Options,
    data: &Data,
    cluster: &Cluster,
    web_dir: &Path,
    url: &str,
    supervisor: &mut Supervisor,
) -> Result<Option<Demo>> {
    let secrets = &data.secrets;
    let program = |name: &str| build::program(project, options.profile, name);
    cluster.ensure_database(DATABASE)?;
    console::step("Bringing the database up to date");
    shell::run(
        Command::new(program("smartstack-migrate")?)
            .arg("up")
            .env("MIGRATE_DATABASE_URL", cluster.admin_url(DATABASE))
            .env("SMARTSTACK_API_DB_PASSWORD", &secrets.api)
            .env("SMARTSTACK_WORKER_DB_PASSWORD", &secrets.worker)
            .env("NO_COLOR", "1"),
    )?;

    // The same settings for every program; DATABASE_URL differs by role.
    let common: Vec<(&'static str, String)> = vec![
        ("SMARTSTACK_SECRET", secrets.secret.clone()),
        ("PUBLIC_URL", url.to_owned()),
        ("LISTEN", url.trim_start_matches("http://").to_owned()),
        ("SMARTSTACK_WEB_DIR", web_dir.display().to_string()),
        ("SMARTSTACK_MAIL_DIR", data.mail().display().to_string()),
        (
            "SMARTSTACK_FILES_DIR",
            data.dir.join("files").display().to_string(),
        ),
        ("SMARTSTACK_DEMO_PASSWORD", secrets.demo.clone()),
        // Their output is a pipe to us, whatever we print it on.
        ("NO_COLOR", "1".to_owned()),
    ];
    let command = move |path: &Path, argument: &'static str, database: &str| {
        let mut command = Command::new(path);
        command
            .arg(argument)
            .envs(common.iter().cloned())
            .env("DATABASE_URL", database);
        command
    };
    let api_url = cluster.url("smartstack_api", &secrets.api, DATABASE);
    let worker_url = cluster.url("smartstack_worker", &secrets.worker, DATABASE);

    let api = program("smartstack-api")?;
    let demo = if options.empty {
        None
    } else {
        Some(data.seed(|| command(&api, "seed-demo", &api_url))?)
    };

    console::step("Starting the API and the worker");
    let worker = program("smartstack-worker")?;
    let health = url.to_owned();
    let for_api = command.clone();
    supervisor.start(
        Part::new(
            "api",
            Readiness::Check(Box::new(move || healthy(&health))),
            move || Ok(for_api(&api, "serve", &api_url)),
        )
        .logged(data.logs().join("api.log")),
    )?;
    supervisor.start(
        Part::new("worker", Readiness::Says("worker ready"), move || {
            let mut command = command(&worker, "run", &worker_url);
            if let Some(address) = worker_metrics() {
                command.env("METRICS_LISTEN", address);
            }
            Ok(command)
        })
        .logged(data.logs().join("worker.log")),
    )?;
    supervisor.wait_until_ready()?;
    Ok(demo)
}

/// Where the worker shows its numbers: beside the API's `METRICS_LISTEN`, one port up, since both run here.
fn worker_metrics() -> Option<String> {
    let mut address: std::net::SocketAddr = std::env::var("METRICS_LISTEN").ok()?.parse().ok()?;
    // Any free port is another one each time it is asked for.
    if address.port() != 0 {
        address.set_port(address.port().checked_add(1)?);
    }
    Some(address.to_string())
}

/// The folder with the web app's files, built first unless it is given.
fn web_dir(project: &Project, options: &Options) -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("SMARTSTACK_WEB_DIR") {
        return fs::canonicalize(&folder).with_context(|| format!("SMARTSTACK_WEB_DIR={}", folder.display()));
    }
    if options.no_build {
        return Ok(web::output(project, options.profile));
    }
    let built = web::build(project, options.profile)?;
    Ok(built.dir)
}

/// The data folder, held by this process alone.
struct Data {
    dir: PathBuf,
    secrets: Secrets,
    /// The lock is held for as long as this file is open.
    _lock: File,
}

impl Data {
    fn open(dir: PathBuf) -> Result<Self> {
        fs::create_dir_all(&dir)
            .with_context(|| format!("cannot create the data folder {}", dir.display()))?;
        let dir = fs::canonicalize(dir)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(dir.join("lock"))?;
        if lock.try_lock().is_err() {
            bail!(
                "another `cargo xtask run` uses {}: stop that one, or give this one a folder with --data",
                dir.display()
            );
        }
        for folder in ["logs", "mail", "files"] {
            fs::create_dir_all(dir.join(folder))?;
        }
        let secrets = Secrets::load_or_create(&dir)?;
        Ok(Self {
            dir,
            secrets,
            _lock: lock,
        })
    }

    fn logs(&self) -> PathBuf {
        self.dir.join("logs")
    }

    fn mail(&self) -> PathBuf {
        self.dir.join("mail")
    }

    /// Creates the demo workspace once, and remembers its sign-in.
    fn seed(&self, command: impl FnOnce() -> Command) -> Result<Demo> {
        let file = self.dir.join("demo.json");
        if let Ok(known) = fs::read(&file) {
            return serde_json::from_slice(&known).with_context(|| format!("cannot read {}", file.display()));
        }
        console::step("Creating the demo workspace");
        let printed = shell::capture(&mut command())?;
        // Log lines may come first; the answer is the last line.
        let last = printed
            .lines()
            .rfind(|line| !line.trim().is_empty())
            .unwrap_or_default();
        let demo: Demo =
            serde_json::from_str(last).context("seed-demo did not print the demo sign-in as JSON")?;
        write_whole(&file, &serde_json::to_vec_pretty(&demo)?)?;
        Ok(demo)
    }

    fn write_pids(&self, pids: Pids) -> Result<()> {
        write_whole(&self.dir.join("pids.json"), &serde_json::to_vec(&pids)?)
    }

    /// Ends an API and a worker whose supervisor was killed. We hold the lock, so whatever
    /// still runs with these ids and these names is nobody's.
    fn stop_leftovers(&self) {
        #[derive(Deserialize)]
        struct Left {
            worker: i32,
            api: i32,
        }
        let Ok(text) = fs::read(self.dir.join("pids.json")) else {
            return;
        };
        let Ok(left) = serde_json::from_slice::<Left>(&text) else {
            return;
        };
        for (id, name) in [(left.worker, "smartstack-worker"), (left.api, "smartstack-api")] {
            if let Some(pid) = rustix::process::Pid::from_raw(id)
                && process::arguments(pid).is_some_and(|line| line.contains(name))
            {
                console::warn(&format!("Stopping a {name} that an earlier run left behind"));
                process::end(
                    pid,
                    rustix::process::Signal::TERM,
                    std::time::Duration::from_secs(15),
                );
            }
        }
    }
}

/// The port of the app: the one asked for, any free one (0), or the first free one from 8080 on.
fn choose_port(wanted: Option<u16>) -> Result<u16> {
    let free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    match wanted {
        Some(0) => postgres::free_port(),
        Some(port) if free(port) => Ok(port),
        Some(port) => bail!("port {port} is taken: choose another with --port, or --port 0 for any free one"),
        None => (DEFAULT_PORT..DEFAULT_PORT + 50)
            .find(|port| free(*port))
            .context("no port from 8080 to 8129 is free: choose one with --port"),
    }
}

/// Whether `GET /health/ready` answers 200.
fn healthy(url: &str) -> bool {
    use std::io::{Read, Write};
    use std::time::Duration;
    let address = url.trim_start_matches("http://");
    let Ok(socket) = address.parse() else { return false };
    let Ok(mut stream) = std::net::TcpStream::connect_timeout(&socket, Duration::from_secs(1)) else {
        return false;
    };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let request = format!("GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut answer = [0_u8; 12];
    stream.write_all(request.as_bytes()).is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && answer.ends_with(b" 200")
}

fn pids(supervisor: &Supervisor) -> Result<Pids> {
    Ok(Pids {
        xtask: std::process::id(),
        postgres: supervisor.pid("postgres")?,
        api: supervisor.pid("api")?,
        worker: supervisor.pid("worker")?,
    })
}

fn welcome(url: &str, demo: Option<&Demo>, data: &Data, started: &str, total: &str) {
    let mut text = format!("\n  SmartStack is running: {}\n\n", console::paint("1", url));
    match demo {
        Some(demo) => {
            text.push_str(&format!(
                "  Sign in as   {}\n  Password     {}\n",
                demo.email, demo.password
            ));
        }
        None => text.push_str("  There is no workspace yet: sign up.\n"),
    }
    // Said, not done: nobody administers an installation without having asked for it.
    let somebody = demo.map_or("you@example.com", |demo| demo.email.as_str());
    text.push_str(&format!(
        "  Administer   start once with SMARTSTACK_ADMINISTRATOR={somebody}\n"
    ));
    text.push_str(&format!(
        "  Mail         {}\n  Logs         {}\n\n  Started in {started} ({total} with the build). Ctrl-C stops everything.\n",
        data.mail().display(),
        data.logs().display()
    ));
    console::line(&text);
}

/// Writes a file so that a reader sees all of it or nothing.
pub(crate) fn write_whole(file: &Path, content: &[u8]) -> Result<()> {
    let mut name = file.file_name().context("a file needs a name")?.to_os_string();
    name.push(".new");
    let beside = file.with_file_name(name);
    // It may hold a password.
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let _ = fs::remove_file(&beside);
    File::options()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&beside)?
        .write_all(content)?;
    fs::rename(&beside, file).with_context(|| format!("cannot write {}", file.display()))
}

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", file.display()))
        }
        _ => Ok(()),
    }
}
