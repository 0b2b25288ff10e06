import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Program } from "../support/api.ts";
import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/axe.ts";
import { expect, test } from "../support/fixtures.ts";
import { PASSWORD, signIn, signUp } from "../support/people.ts";
import { Stack } from "../support/stack.ts";

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

/** What the content security policy refuses on the pages that are opened from now on. */
async function refused(page: Page): Promise<string[]> {
  const all: string[] = [];
  await page.exposeFunction("tell", (what: string) => all.push(what));
  await page.addInitScript(() => {
    const tell = (globalThis as unknown as { tell(what: string): void }).tell;
    document.addEventListener("securitypolicyviolation", (event) => {
      tell(`${event.violatedDirective} ${event.blockedURI} on ${location.pathname}`);
    });
  });
  return all;
}

test("GraphiQL asks in one's own name, from our own origin, and hears what changes", async ({ page, stack }) => {
  const violations = await refused(page);
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(stack.url) && !request.url().startsWith("data:")) elsewhere.push(request.url());
  });
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  await page.goto("/settings/developer");
  await page.getByRole("link", { name: "Open GraphiQL" }).click();
  await expect(page).toHaveURL(`${stack.url}/developer/graphiql`);
  const run = page.getByRole("button", { name: /^Execute query/ });
  const answer = page.getByLabel("Result Window");
  await run.click();
  await expect(answer).toContainText('"dueDate"');
  // The bar above is ours.
  await expect(page.getByLabel("Workspace", { exact: true })).toBeVisible();

  // Completion knows the schema; the dialogs bring the one style the page allows.
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  await expect(page.getByText("Root Types")).toBeVisible();
  for (const dialog of ["Open short keys dialog", "Open settings dialog"]) {
    await page.getByRole("button", { name: dialog }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
  }

  // A subscription, and a task that is made meanwhile.
  await page.getByRole("tab", { name: "Changes" }).click();
  await run.click();
  const program = await Program.of(stack, ["WORKSPACE_READ", "PROJECTS_READ", "TASKS_WRITE"]);
  const { viewer } = await program.ask(
    "{ viewer { workspaces { workspace { projects(first: 1) { nodes { id } } } } } }",
  );
  const projectId = viewer.workspaces[0]!.workspace.projects.nodes[0]!.id;
  // Nothing on the page says from when on it is heard: until the first change is.
  await expect(async () => {
    await program.ask("mutation ($input: TaskCreateInput!) { taskCreate(input: $input) { task { id } } }", {
      input: { projectId, title: "Seen from GraphiQL" },
    });
    await expect(answer).toContainText('"kind": "TASK"', { timeout: 2_000 });
  }).toPass();

  expect(violations).toEqual([]);
  expect(elsewhere).toEqual([]);
});

test("GraphiQL sends to sign in and back, and nothing of it stays in the tab of the next person", async ({ page, stack }) => {
  await signUp(page, stack, "Gia", "gia@example.com");
  await page.context().clearCookies();
  await page.goto("/developer/graphiql");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel("E-mail").fill("gia@example.com");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${stack.url}/developer/graphiql`);
  await expect(page.getByRole("button", { name: /^Execute query/ })).toBeVisible();
  expect(await page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("graphiql")))).toEqual([]);

  // An access token that has run out is renewed without a word.
  const cookies = await page.context().cookies();
  const access = cookies.find(({ name }) => name.includes("access"));
  expect(access, JSON.stringify(cookies.map(({ name }) => name))).toBeTruthy();
  await page.context().clearCookies({ name: access!.name });
  await page.reload();
  await page.getByRole("button", { name: /^Execute query/ }).click();
  await expect(page.getByLabel("Result Window")).toContainText('"workspace"');
});

for (const width of [1280, 390]) {
  test(`the bar above GraphiQL is accessible, ${width} px`, async ({ page, stack }) => {
    await page.setViewportSize({ width, height: 900 });
    // Only our own markup: without its script the page stays as it was sent.
    await page.route("**/graphiql.js", (route) => route.abort());
    await signIn(page, stack, stack.demo.email, stack.demo.password);
    await page.goto("/developer/graphiql");
    await expect(page.locator("#workspace option").first()).toBeAttached();
    await expectAccessible(page, "/developer/graphiql");
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(sideways).toBeLessThanOrEqual(0);
  });
}

test("where the app alone is answered, it works, and GraphiQL says why it does not", async ({ page }) => {
  test.setTimeout(180_000);
  const own = await Stack.start({ env: { DOCUMENTS: "trusted" } });
  try {
    await signIn(page, own, own.demo.email, own.demo.password);
    await page.goto(`${own.url}/projects`);
    await expect(page.locator("main").getByText("Online shop relaunch").first()).toBeVisible();
    await page.goto(`${own.url}/developer/graphiql`);
    await expect(page.getByRole("alert")).toContainText("its own app's documents alone");
  } finally {
    await own.stop();
  }
});

test("Swagger UI tries REST out with the session", async ({ page, stack }) => {
  const violations = await refused(page);
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  await page.goto("/settings/developer");
  await page.getByRole("link", { name: "Open Swagger UI" }).click();
  await expect(page).toHaveURL(`${stack.url}/api/v1/docs`);
  const list = page.locator(".opblock", { hasText: "List your workspaces" }).first();
  await list.click();
  await list.getByRole("button", { name: "Try it out" }).click();
  await list.getByRole("button", { name: "Execute" }).click();
  await expect(list.locator(".responses-table.live-responses-table")).toContainText('"items"');
  expect(violations).toEqual([]);
});
