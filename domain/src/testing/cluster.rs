//! A PostgreSQL cluster that lives as long as the process.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const VARIABLE: &str = "SMARTSTACK_TEST_DATABASE_URL";

/// A URL of a cluster's administrator.
pub(super) fn admin_url() -> String {
    static OWN: OnceLock<Cluster> = OnceLock::new();
    match std::env::var(VARIABLE) {
        Ok(url) if !url.is_empty() => url,
        _ => OWN.get_or_init(Cluster::start).url.clone(),
    }
}

struct Cluster {
    url: String,
    /// Its input is a pipe from this process: when the process ends, however it ends, the pipe
    /// closes, and the shell stops the server and removes the folder.
    _keeper: Child,
}

impl Cluster {
    fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("smartstack-pg-")
            .tempdir()
            .expect("a temporary folder")
            .keep();
        let as_root = nobody_owns(&folder);
        let bin = binaries();
        let script = r#"
set -e
"$1/initdb" -D "$2/data" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$2/initdb.log" 2>&1
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
  -c full_page_writes=off -c max_connections=300 </dev/null >"$2/postgres.log" 2>&1 &
server=$!
trap '' INT TERM HUP
read -r _ || true
kill -INT $server || true
wait $server || true
rm -rf "$2"
"#;
        let mut command = if as_root {
            // The server refuses to run as root.
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "sh"]);
            command
        } else {
            Command::new("sh")
        };
        command
            .args(["-c", script, "sh"])
            .arg(&bin)
            .arg(&folder)
            .current_dir("/");
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let keeper = command.spawn().expect("a shell to start PostgreSQL with");
        let socket = folder.join(".s.PGSQL.5432");
        let deadline = Instant::now() + Duration::from_secs(60);
        while !ready(&bin, &folder, &socket) {
            let message = "PostgreSQL did not start; see the logs in its folder, or name a cluster by";
            assert!(
                Instant::now() < deadline,
                "{message} {VARIABLE}: {}",
                folder.display()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        let url = format!("postgres://postgres@localhost/postgres?host={}", folder.display());
        Self { url, _keeper: keeper }
    }
}

/// Gives the folder to the user `postgres` when this process is root; says whether it is.
fn nobody_owns(folder: &Path) -> bool {
    let id = Command::new("id").arg("-u").output().expect("the program id");
    let as_root = id.stdout.trim_ascii() == b"0";
    if as_root {
        let given = Command::new("chown")
            .arg("postgres")
            .arg(folder)
            .status()
            .expect("the program chown");
        assert!(given.success(), "there is no user postgres to run PostgreSQL as");
    }
    as_root
}

fn ready(bin: &Path, folder: &Path, socket: &Path) -> bool {
    let mut ask = Command::new(bin.join("pg_isready"));
    socket.exists()
        && ask
            .arg("-q")
            .arg("-h")
            .arg(folder)
            .status()
            .is_ok_and(|status| status.success())
}

/// The folder of the newest installed PostgreSQL's programs.
fn binaries() -> PathBuf {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
    {
        let version = entry.file_name().to_string_lossy().parse();
        if let (Ok(version), true) = (version, entry.path().join("bin/initdb").exists()) {
            found.push((version, entry.path().join("bin")));
        }
    }
    if let Some((_, newest)) = found.into_iter().max() {
        return newest;
    }
    let asked = Command::new("pg_config").arg("--bindir").output();
    let folder = asked.ok().and_then(|out| String::from_utf8(out.stdout).ok());
    let message = "PostgreSQL 15 or newer is not installed: install it, or name a running cluster by";
    PathBuf::from(folder.unwrap_or_else(|| panic!("{message} {VARIABLE}")).trim())
}
