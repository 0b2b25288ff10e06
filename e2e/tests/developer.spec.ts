import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Program } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import { signIn } from "../support/people.ts";

test("the examples run as they stand, with the workspace's own ids", async ({ page, stack }) => {
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  await page.goto("/settings/developer");
  const workspace = page.locator("code", { hasText: /^ws_/ });
  await expect(workspace).toBeVisible();
  const program = await Program.of(stack, ["WORKSPACE_READ", "TASKS_READ", "TASKS_WRITE", "PROJECTS_READ"]);
  const env = { ...process.env, SMARTSTACK_TOKEN: program.token };
  const text = async (title: string) => (await page.getByRole("region", { name: title }).innerText()).trim();
  const run = async (program: string, ...args: string[]) => (await promisify(execFile)(program, args, { env })).stdout;
  await expect(page.getByRole("region", { name: "Make a task" })).toContainText("project_0");
  for (const [language, command] of [["curl", ["bash", "-c"]], ["Python", ["python3", "-c"]], ["TypeScript", ["node", "--input-type=module", "-e"]]] as const) {
    await page.getByText(language, { exact: true }).click();
    const [name, ...args] = command;
    expect(await run(name, ...args, await text("Read the open tasks"))).toContain("dueDate");
    expect(await run(name, ...args, await text("Make a task"))).toContain("Send the first draft");
  }
});
