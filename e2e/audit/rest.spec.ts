import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { Program } from "../support/api.ts";
import { Stack } from "../support/stack.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const SPECTRAL = here("../node_modules/@stoplight/spectral-cli/dist/index.js");

/** Everything a token can be good for. */
const SCOPES = ["WORKSPACE", "CLIENTS", "PROJECTS", "TASKS", "DOCUMENTS", "JOBS", "SUGGESTIONS", "SHARES"]
  .flatMap((noun) => [`${noun}_READ`, `${noun}_WRITE`]);

test.describe("REST v1", () => {
  test("spectral finds nothing in the description", () => {
    const args = ["lint", "--ruleset", here("spectral.yaml"), "--fail-severity", "hint", here("../../schema/openapi.json")];
    const run = spawnSync(process.execPath, [SPECTRAL, ...args], { encoding: "utf8" });
    expect(`${run.stdout}${run.stderr}`).toContain("No results with a severity of 'hint' or higher found!");
    expect(run.status).toBe(0);
  });

  test("schemathesis finds no answer that is not as described", async () => {
    const program = process.env.SMARTSTACK_SCHEMATHESIS;
    test.skip(!program, "SMARTSTACK_SCHEMATHESIS names the program; cargo xtask test installs it");
    test.setTimeout(400_000);
    // A budget that is never spent: what is looked for is wrong answers, not refusals.
    const stack = await Stack.start({ env: { RATE_LIMIT: "1000000000000" } });
    try {
      const token = await Program.of(stack, SCOPES);
      const { viewer } = await token.ask(
        "{ viewer { workspaces { workspace { id clients(first: 1) { nodes { id } } projects(first: 1) { nodes { id } } tasks(first: 1) { nodes { id } } } } } }",
      );
      const { workspace } = viewer.workspaces[0];
      const run = spawnSync(
        program!,
        [
          "--config-file", here("schemathesis.toml"),
          "run", `${stack.url}/openapi.json`,
          "--header", `Authorization: Bearer ${token.token}`,
          "--checks", "all",
          "--phases", "examples,coverage,fuzzing",
          "--max-examples", "6",
          "--generation-deterministic",
          "--continue-on-failure",
          "--workers", "1",
          "--no-color",
        ],
        {
          encoding: "utf8",
          maxBuffer: 64 * 1024 * 1024,
          env: {
            ...process.env,
            SMARTSTACK_WORKSPACE: workspace.id,
            SMARTSTACK_CLIENT: workspace.clients.nodes[0].id,
            SMARTSTACK_PROJECT: workspace.projects.nodes[0].id,
            SMARTSTACK_TASK: workspace.tasks.nodes[0].id,
          },
        },
      );
      expect(run.status, `${run.stdout}${run.stderr}`.slice(-20_000)).toBe(0);
    } finally {
      await stack.stop();
    }
  });
});
