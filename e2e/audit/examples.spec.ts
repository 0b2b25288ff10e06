import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { Program } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";

const GUIDES = new URL("../../docs/guides/examples/", import.meta.url);
// Inside this folder, so that the example finds its libraries.
const WORK = fileURLToPath(new URL("../test-results/examples/", import.meta.url));

test("the guide's client in TypeScript tells of a task that is made, and goes on at its cursor", async ({ stack }) => {
  const program = await Program.of(stack, ["WORKSPACE_READ", "MEMBERS_READ", "PROJECTS_READ", "TASKS_READ", "TASKS_WRITE"]);
  const { viewer } = await program.ask("{ viewer { workspaces { workspace { id changeCursor projects(first: 1) { nodes { id } } } } } }");
  const { workspace } = viewer.workspaces[0];
  const make = async (title: string) => {
    const input = { projectId: workspace.projects.nodes[0].id, title };
    const query = "mutation($input: TaskCreateInput!) { taskCreate(input: $input) { task { id } userErrors { message } } }";
    const { taskCreate } = await program.ask(query, { input });
    expect(taskCreate.userErrors).toEqual([]);
    return taskCreate.task.id as string;
  };
  // Made before the client starts: it hears of it all the same, by its cursor.
  const first = await make("Made before");

  await mkdir(WORK, { recursive: true });
  const source = await readFile(new URL("live.ts", GUIDES), "utf8");
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  const file = join(WORK, "live.mjs");
  await writeFile(file, ts.transpileModule(source, { compilerOptions: options }).outputText);
  const child = spawn(process.execPath, [file], {
    env: {
      ...process.env,
      SMARTSTACK_URL: stack.url,
      SMARTSTACK_TOKEN: program.token,
      SMARTSTACK_WORKSPACE: workspace.id,
      SMARTSTACK_AFTER: workspace.changeCursor,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe(`CREATED ${first} Made before BACKLOG`);
    const second = await make("Made meanwhile");
    expect((await lines.next()).value).toBe(`CREATED ${second} Made meanwhile BACKLOG`);
  } finally {
    child.kill();
  }
});
