//! A PostgreSQL of our own: created, started and stopped by us, on the loopback interface.
//!
//! PostgreSQL refuses to run as root. As root we therefore run it as the user
//! `postgres`, in a folder that this user can reach.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal};

use crate::process::{arguments, end, stop, tail};
use crate::{console, shell};

/// The superuser that `initdb` creates.
const SUPERUSER: &str = "postgres";

/// What the cluster is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// A person's data: everything committed reaches the disk.
    Safe,
    /// Thrown away after the tests: speed before safety.
    Throwaway,
}

/// Someone that PostgreSQL can run as.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner {
    uid: u32,
    gid: u32,
}

impl Owner {
    /// `None` when we are an ordinary user already.
    pub(crate) fn needed() -> Result<Option<Self>> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let passwd = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
        let owner = passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            let is_postgres = fields.next() == Some("postgres");
            let (uid, gid) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
            is_postgres.then_some(Self { uid, gid })
        });
        owner.map(Some).context(
            "PostgreSQL does not run as root and there is no user `postgres` to run it as: \
             create one (useradd --system postgres) or start this as an ordinary user",
        )
    }

    /// Whether this user can get into `folder` (or would, once it is created).
    fn reaches(self, folder: &Path) -> bool {
        folder.ancestors().skip(1).all(|above| match fs::metadata(above) {
            Ok(data) => {
                let mode = data.mode();
                mode & 0o001 != 0
                    || (data.uid() == self.uid && mode & 0o100 != 0)
                    || (data.gid() == self.gid && mode & 0o010 != 0)
            }
            // What is not there yet will be created by us with an ordinary mode.
            Err(_) => true,
        })
    }
}

/// Where a cluster for the data folder `data` can live: in it, or, when PostgreSQL's
/// user cannot reach it, in a folder of the system with a random name.
pub(crate) fn place(data: &Path) -> Result<PathBuf> {
    let inside = data.join("postgres");
    let Some(owner) = Owner::needed()? else {
        return Ok(inside);
    };
    if owner.reaches(&inside) {
        return Ok(inside);
    }
    let name = crate::run::secrets::random(12)?;
    // What was put under a temporary folder is as temporary as that.
    let base = if data.starts_with(std::env::temp_dir()) {
        std::env::temp_dir()
    } else {
        PathBuf::from("/var/lib")
    };
    let outside = base.join("smartstack").join(name).join("postgres");
    console::warn(&format!(
        "The user `postgres` cannot reach {}; the database goes to {}",
        data.display(),
        outside.display()
    ));
    Ok(outside)
}

/// A cluster's programs, folder and credentials; started with [`Cluster::start`].
#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    bin: PathBuf,
    dir: PathBuf,
    log: PathBuf,
    password: String,
    port: u16,
    durability: Durability,
    owner: Option<Owner>,
}

impl Cluster {
    /// Describes a cluster and creates it (`initdb`) when it is not there yet.
    pub(crate) fn prepare(
        bin: PathBuf,
        dir: PathBuf,
        log: PathBuf,
        password: String,
        durability: Durability,
    ) -> Result<Self> {
        let cluster = Self {
            bin,
            dir,
            log,
            password,
            port: free_port()?,
            durability,
            owner: Owner::needed()?,
        };
        if !cluster.dir.join("PG_VERSION").is_file() {
            cluster.create()?;
        }
        Ok(cluster)
    }

    fn create(&self) -> Result<()> {
        // Built beside and renamed at the end: an interrupted initdb leaves nothing that looks whole.
        let unfinished = self.dir.with_extension("unfinished");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)?;
        }
        fs::create_dir_all(&unfinished)?;
        fs::set_permissions(&unfinished, Permissions::from_mode(0o700))?;
        let password_file = self.dir.with_extension("password");
        fs::write(&password_file, "")?;
        fs::set_permissions(&password_file, Permissions::from_mode(0o600))?;
        fs::write(&password_file, &self.password)?;
        if let Some(owner) = self.owner {
            chown(&unfinished, Some(owner.uid), Some(owner.gid))?;
            chown(&password_file, Some(owner.uid), Some(owner.gid))?;
        }
        let mut initdb = self.command("initdb");
        initdb
            .arg("-D")
            .arg(&unfinished)
            .args(["-U", SUPERUSER, "--auth=scram-sha-256", "--encoding=UTF8"])
            // Case folding must know letters beyond ASCII; the order of names is the app's business.
            .arg(if cfg!(target_os = "linux") {
                "--locale=C.UTF-8"
            } else {
                "--locale=en_US.UTF-8"
            })
            .arg(format!("--pwfile={}", password_file.display()));
        if self.durability == Durability::Throwaway {
            initdb.arg("--no-sync");
        }
        let made = shell::capture(&mut initdb).context("cannot create the database cluster");
        fs::remove_file(&password_file)?;
        made?;
        fs::rename(&unfinished, &self.dir)?;
        Ok(())
    }

    /// The server's command line; the supervisor starts it, and starts it again when it dies.
    pub(crate) fn server(&self) -> Result<Command> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = self.command("postgres");
        command
            .arg("-D")
            .arg(&self.dir)
            .args([
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
            ])
            .args(["-c", &format!("port={}", self.port)])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            // A group of its own: Ctrl-C in the terminal is for us, we stop the parts in order.
            .process_group(0);
        if self.durability == Durability::Throwaway {
            for setting in [
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
                "max_connections=300",
                "autovacuum=off",
            ] {
                command.args(["-c", setting]);
            }
        }
        Ok(command)
    }

    /// Starts the server and waits until it accepts connections.
    pub(crate) fn start(&self) -> Result<Child> {
        self.stop_stale()?;
        let mut child = self.server()?.spawn().context("cannot start PostgreSQL")?;
        let limit = Instant::now() + Duration::from_secs(60);
        while !self.answers() {
            if let Some(status) = child.try_wait()? {
                bail!(
                    "PostgreSQL ended at once ({status}); the end of {}:\n{}",
                    self.log.display(),
                    tail(&self.log, 15)
                );
            }
            if Instant::now() > limit {
                stop(&mut child, Signal::INT, Duration::from_secs(5));
                bail!(
                    "PostgreSQL did not answer within a minute; see {}",
                    self.log.display()
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(child)
    }

    /// Whether the server accepts connections.
    pub(crate) fn answers(&self) -> bool {
        let port = self.port.to_string();
        shell::succeeds(Command::new(self.bin.join("pg_isready")).args([
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            &port,
        ]))
    }

    /// Runs SQL as the superuser and returns what it prints, unaligned and without headers.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> Result<String> {
        shell::capture(self.psql(database).args(["-c", sql]))
    }

    /// psql as the superuser: what it prints is unaligned and without headers, an error ends it.
    fn psql(&self, database: &str) -> Command {
        let mut psql = Command::new(self.bin.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["-v", "ON_ERROR_STOP=1"])
            .env("PGHOST", "127.0.0.1")
            .env("PGPORT", self.port.to_string())
            .env("PGUSER", SUPERUSER)
            .env("PGPASSWORD", &self.password)
            .env("PGDATABASE", database);
        psql
    }

    /// Runs a script of statements and psql's own commands, in one session, with variables set.
    pub(crate) fn script(&self, database: &str, script: &str, variables: &[(&str, &str)]) -> Result<()> {
        let file = std::env::temp_dir().join(format!("smartstack-{}.sql", crate::run::secrets::random(10)?));
        fs::write(&file, script)?;
        let mut psql = self.psql(database);
        for (name, value) in variables {
            psql.args(["-v", &format!("{name}={value}")]);
        }
        let done = shell::capture(psql.arg("-f").arg(&file));
        fs::remove_file(&file)?;
        done.map(drop)
    }

    /// Creates a database unless it exists.
    pub(crate) fn ensure_database(&self, name: &str) -> Result<()> {
        let there = self.sql(
            "postgres",
            &format!("SELECT 1 FROM pg_database WHERE datname = '{name}'"),
        )?;
        if there.trim().is_empty() {
            self.sql("postgres", &format!("CREATE DATABASE {name}"))?;
        }
        Ok(())
    }

    /// A connection URL as the superuser.
    pub(crate) fn admin_url(&self, database: &str) -> String {
        self.url(SUPERUSER, &self.password, database)
    }

    /// A connection URL as `role`. Passwords are ours and need no escaping.
    pub(crate) fn url(&self, role: &str, password: &str, database: &str) -> String {
        format!("postgres://{role}:{password}@127.0.0.1:{}/{database}", self.port)
    }

    /// Ends a server that a killed run left behind on this folder. Nobody else can be
    /// using it: we hold the lock of the data folder.
    fn stop_stale(&self) -> Result<()> {
        let file = self.dir.join("postmaster.pid");
        let Ok(text) = fs::read_to_string(&file) else {
            return Ok(());
        };
        let Some(pid) = text
            .lines()
            .next()
            .and_then(|line| line.trim().parse().ok())
            .and_then(Pid::from_raw)
        else {
            return Ok(());
        };
        if !arguments(pid).is_some_and(|line| line.contains("postgres")) {
            // Another program has that number now; PostgreSQL would believe it is its own.
            fs::remove_file(&file)?;
            return Ok(());
        }
        console::warn("Stopping a PostgreSQL that an earlier run left behind");
        end(pid, Signal::INT, Duration::from_secs(20));
        Ok(())
    }

    /// A PostgreSQL program, as the user it must run as.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        // A folder that every user may be in: PostgreSQL complains about ours when it cannot read it.
        command.current_dir("/");
        if let Some(owner) = self.owner {
            command.uid(owner.uid).gid(owner.gid);
        }
        command
    }
}

/// A running cluster for tests and generators; stopped and removed when dropped.
#[derive(Debug)]
pub(crate) struct Throwaway {
    pub(crate) cluster: Cluster,
    child: Child,
    dir: PathBuf,
}

impl Throwaway {
    /// Creates and starts a cluster in a temporary folder.
    pub(crate) fn start() -> Result<Self> {
        let bin = crate::tools::postgres_bin()?;
        let dir = std::env::temp_dir().join(format!("smartstack-test-{}", crate::run::secrets::random(10)?));
        fs::create_dir_all(&dir)?;
        fs::set_permissions(&dir, Permissions::from_mode(0o755))?;
        let started = Cluster::prepare(
            bin,
            dir.join("postgres"),
            dir.join("postgres.log"),
            crate::run::secrets::random(24)?,
            Durability::Throwaway,
        )
        .and_then(|cluster| Ok((cluster.start()?, cluster)));
        match started {
            Ok((child, cluster)) => Ok(Self { cluster, child, dir }),
            Err(error) => {
                let _ = fs::remove_dir_all(&dir);
                Err(error)
            }
        }
    }
}

impl Throwaway {
    /// What the server writes down.
    pub(crate) fn log(&self) -> &Path {
        &self.cluster.log
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        // Immediate: nothing in it is worth writing down.
        stop(&mut self.child, Signal::QUIT, Duration::from_secs(10));
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// A port of the loopback interface that is free now.
pub(crate) fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).context("no port is free on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}
