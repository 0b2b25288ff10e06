import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = resolve(fileURLToPath(import.meta.url), "../../..");

/** Process ids of the parts of a running stack. */
export interface Pids {
  xtask: number;
  postgres: number;
  api: number;
  worker: number;
}

/** What `cargo xtask run --ready-file` writes once everything answers. */
export interface Ready {
  /** Address of the app, without a slash at the end. */
  url: string;
  /** The demo sign-in; null with `--empty`. */
  email: string | null;
  password: string | null;
  /** The database as its superuser. */
  databaseUrl: string;
  /** Each mail sent is one `.eml` file in here. */
  mailDir: string;
  pids: Pids;
}

export interface StackOptions {
  /** Start without the demo workspace. */
  empty?: boolean;
  /** Variables for the API and the worker, such as `FAILPOINTS` or `WORKER_LEASE_SECONDS`. */
  env?: Record<string, string>;
}

/** A whole SmartStack of one's own: PostgreSQL, API and worker in a temporary folder. */
export class Stack {
  private constructor(
    private readonly child: ChildProcess,
    private readonly dir: string,
    private readonly readyFile: string,
    private ready: Ready,
    private readonly output: string[],
  ) {}

  get url(): string { return this.ready.url; }
  get databaseUrl(): string { return this.ready.databaseUrl; }
  get mailDir(): string { return this.ready.mailDir; }
  get pids(): Pids { return this.ready.pids; }
  /** The data folder, with the logs in it. */
  get dataDir(): string { return join(this.dir, "data"); }
  /** The demo account. Throws on a stack started empty. */
  get demo(): { email: string; password: string } {
    const { email, password } = this.ready;
    if (!email || !password) throw new Error("this stack was started without the demo workspace");
    return { email, password };
  }

  /** Starts a stack and waits until it answers; fails with its output when it does not. */
  static async start(options: StackOptions = {}): Promise<Stack> {
    const dir = await mkdtemp(join(tmpdir(), "smartstack-e2e-"));
    // PostgreSQL may have to run as a user of its own, who must reach the folder.
    await chmod(dir, 0o755);
    const readyFile = join(dir, "ready.json");
    const args = ["run", "--port", "0", "--data", join(dir, "data"), "--ready-file", readyFile];
    if (options.empty) args.push("--empty");
    const program = process.env.SMARTSTACK_XTASK;
    // `cargo xtask test` has built everything and names its own program; by hand cargo builds what is missing.
    const command = program ? [program, ...args, "--no-build"] : ["cargo", "xtask", ...args];
    const child = spawn(command[0]!, command.slice(1), {
      cwd: ROOT,
      // A test runner that is killed shall leave no stack behind.
      env: { ...process.env, SMARTSTACK_STOP_WITH_PARENT: "1", ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output: string[] = [];
    const keep = (data: Buffer) => {
      output.push(data.toString());
      if (process.env.E2E_VERBOSE) process.stderr.write(data);
    };
    child.stdout!.on("data", keep);
    child.stderr!.on("data", keep);
    // Cold builds take minutes; a built stack is there in seconds.
    const limit = Date.now() + (program ? 90_000 : 1_500_000);
    for (;;) {
      const ready = await readReady(readyFile);
      if (ready) return new Stack(child, dir, readyFile, ready, output);
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > limit) {
        child.kill("SIGTERM");
        throw new Error(`the stack did not start:\n${output.join("").slice(-4000)}`);
      }
      await pause(100);
    }
  }

  /**
   * Kills a part without warning (kill -9, or another signal) and waits until the
   * supervisor has started it again and it answers. The supervisor notices nothing
   * before `meanwhile` is done.
   */
  async kill(
    part: "api" | "worker" | "postgres",
    signal: NodeJS.Signals = "SIGKILL",
    meanwhile?: () => Promise<void>,
  ): Promise<void> {
    const old = this.ready.pids[part];
    if (meanwhile) process.kill(this.ready.pids.xtask, "SIGSTOP");
    try {
      process.kill(old, signal);
      await meanwhile?.();
    } finally {
      if (meanwhile) process.kill(this.ready.pids.xtask, "SIGCONT");
    }
    const limit = Date.now() + 60_000;
    for (;;) {
      const ready = await readReady(this.readyFile);
      if (ready && ready.pids[part] !== old) {
        this.ready = ready;
        return;
      }
      if (Date.now() > limit) throw new Error(`${part} was not restarted:\n${this.log().slice(-4000)}`);
      await pause(50);
    }
  }

  /** Freezes (SIGSTOP) or continues (SIGCONT) a part. */
  signal(part: "api" | "worker" | "postgres", signal: "SIGSTOP" | "SIGCONT" | "SIGTERM"): void {
    process.kill(this.ready.pids[part], signal);
  }

  /** Runs SQL as the database's superuser, for what no person can bring about; its rows as text. */
  async sql(text: string): Promise<string> {
    const psql = await postgresProgram("psql");
    const args = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--command", text, this.databaseUrl];
    return (await promisify(execFile)(psql, args)).stdout.trim();
  }

  /** Everything the stack has printed. */
  log(): string {
    return this.output.join("");
  }

  /** Waits for a mail to `address`, newest first, and gives its text with quoted-printable decoded. */
  async mailTo(address: string, matching: RegExp = /./): Promise<string> {
    const limit = Date.now() + 20_000;
    for (;;) {
      for (const mail of await this.mails()) {
        if (mail.toLowerCase().includes(address.toLowerCase()) && matching.test(mail)) return mail;
      }
      if (Date.now() > limit) throw new Error(`no mail to ${address} in ${this.mailDir}`);
      await pause(100);
    }
  }

  private async mails(): Promise<string[]> {
    const names = (await readdir(this.mailDir).catch(() => [])).filter((name) => name.endsWith(".eml"));
    const texts = await Promise.all(names.map((name) => readFile(join(this.mailDir, name), "utf8")));
    return texts.map(decodeMail).reverse();
  }

  /** Stops everything, has a look at the data folder, and removes it. */
  async stopKeeping<T>(look: (dataDir: string) => Promise<T>): Promise<T> {
    await this.end();
    const seen = await look(this.dataDir);
    await this.stop();
    return seen;
  }

  /** Stops everything this stack started and removes its folder. */
  async stop(): Promise<void> {
    await this.end();
    await rm(this.dir, { recursive: true, force: true });
  }

  private async end(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise<void>((done) => this.child.once("exit", () => done()));
      this.child.kill("SIGTERM");
      await Promise.race([ended, pause(40_000).then(() => this.child.kill("SIGKILL"))]);
    }
  }
}

/** One of PostgreSQL's own programs, found where `cargo xtask run` finds them. */
export async function postgresProgram(name: string): Promise<string> {
  const named = process.env.SMARTSTACK_POSTGRES_BIN;
  if (named) return join(named, name);
  const all = "/usr/lib/postgresql";
  const versions = (await readdir(all).catch(() => [])).sort((one, other) => Number(other) - Number(one));
  // Else it has to be on the path.
  return versions[0] ? join(all, versions[0], "bin", name) : name;
}

async function readReady(file: string): Promise<Ready | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Ready;
  } catch {
    return undefined;
  }
}

/** Undoes quoted-printable and base64 bodies, enough to find a link in a mail. */
function decodeMail(raw: string): string {
  const text = raw.replaceAll("\r\n", "\n");
  const bodies = [...text.matchAll(/Content-Transfer-Encoding: base64\n(?:[^\n]+\n)*\n([A-Za-z0-9+/=\n]+)/gi)]
    .map((match) => Buffer.from(match[1]!, "base64").toString("utf8"));
  const plain = text
    .replace(/=\n/g, "")
    .replace(/(?:=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll("=", ""), "hex").toString("utf8"));
  return [plain, ...bodies].join("\n");
}

/** A port of the loopback interface that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}
