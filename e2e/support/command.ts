import { spawn } from "node:child_process";
import { once } from "node:events";

/** Runs a program to its end; its output as it came, errors among it. */
export async function run(program: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (output += part));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, output };
}
