import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { type Data, Program } from "../support/api.ts";
import { Stack } from "../support/stack.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const SPECTRAL = here("../node_modules/@stoplight/spectral-cli/dist/index.js");

/** Everything a token can be good for. */
const SCOPES = ["WORKSPACE", "MEMBERS", "CLIENTS", "PROJECTS", "TASKS", "DOCUMENTS", "JOBS", "SUGGESTIONS", "SHARES", "WEBHOOKS"]
  .flatMap((noun) => [`${noun}_READ`, `${noun}_WRITE`]);

/** Runs a program to its end. */
async function run(program: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (output += part));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, output };
}

/** One of each thing, made as a program would, so that schemathesis gets past the doors. */
async function furnish(stack: Stack, token: string): Promise<Record<string, string>> {
  const call = async (method: string, path: string, body?: object): Promise<Data> => {
    const response = await fetch(`${stack.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const workspace = (await call("GET", "/workspaces")).items[0].id as string;
  const make = (noun: string, body: object) => call("POST", `/workspaces/${workspace}/${noun}`, body);
  const client = await make("clients", { name: "Acme" });
  const project = await make("projects", { name: "Website", clientId: client.id });
  const task = await make("tasks", { title: "Draft", projectId: project.id });
  const share = await make("share-links", { projectId: project.id });
  const webhook = await make("webhooks", { url: "https://hooks.example.com/in" });
  const job = await make("plans", { text: "Please send the offer by Friday. We need a logo.", projectId: project.id });
  const seen = `/workspaces/${workspace}/jobs/${job.id}`;
  await expect.poll(async () => (await call("GET", seen)).state, { timeout: 30_000 }).toBe("READY");
  const suggestion = await call("GET", `${seen}/suggestion`);
  const items = await call("GET", `/workspaces/${workspace}/suggestions/${suggestion.id}/items`);
  return {
    TOKEN: token,
    WORKSPACE: workspace,
    CLIENT: client.id,
    PROJECT: project.id,
    TASK: task.id,
    SHARE: share.id,
    WEBHOOK: webhook.endpoint.id,
    JOB: job.id,
    DOCUMENT: job.documentId,
    SUGGESTION: suggestion.id,
    ITEM: items.items[0].id,
  };
}

test.describe("REST v1", () => {
  test("spectral finds nothing in the description", async () => {
    const args = ["lint", "--ruleset", here("spectral.yaml"), "--fail-severity", "hint", here("../../schema/openapi.json")];
    const { status, output } = await run(process.execPath, [SPECTRAL, ...args]);
    expect(output).toContain("No results with a severity of 'hint' or higher found!");
    expect(status).toBe(0);
  });

  test("schemathesis finds no answer that is not as described", async () => {
    const program = process.env.SMARTSTACK_SCHEMATHESIS;
    test.skip(!program, "SMARTSTACK_SCHEMATHESIS names the program; cargo xtask test installs it");
    test.setTimeout(400_000);
    // A budget that is never spent: what is looked for is wrong answers, not refusals.
    const stack = await Stack.start({ env: { RATE_LIMIT: "1000000000000" } });
    try {
      const things = await furnish(stack, (await Program.of(stack, SCOPES)).token);
      const { status, output } = await run(
        program!,
        [
          "--config-file", here("schemathesis.toml"),
          "run", `${stack.url}/openapi.json`,
          "--header", `Authorization: Bearer ${things.TOKEN}`,
          "--checks", "all",
          "--phases", "examples,coverage,fuzzing",
          "--max-examples", "6",
          "--generation-deterministic",
          "--continue-on-failure",
          "--workers", "1",
          "--no-color",
        ],
        Object.fromEntries(Object.entries(things).map(([name, id]) => [`SMARTSTACK_${name}`, id])),
      );
      expect(status, output.slice(-20_000)).toBe(0);
    } finally {
      await stack.stop();
    }
  });
});
