import { readFile } from "node:fs/promises";
import { expectAccessible } from "../support/axe.ts";
import { expect, test } from "../support/fixtures.ts";
import { PASSWORD, signIn, signUp, totp } from "../support/people.ts";

test("an administrator keeps somebody out and lets them in again, and it is written down", async ({ page, stack, browser }) => {
  test.setTimeout(180_000);
  const theirs = await browser.newContext({ baseURL: stack.url });
  const guest = await theirs.newPage();
  await signUp(guest, stack, "Olga Out", "olga@example.com");

  await signIn(page, stack, stack.demo.email, stack.demo.password);
  await page.getByRole("link", { name: "Admin" }).click();
  await expect(page.getByRole("heading", { name: "Administration" })).toBeVisible();
  const health = page.getByRole("list", { name: "Health" }).getByRole("listitem");
  await expect(health.filter({ hasText: "Database" })).toContainText("Works");
  await expect(health.filter({ hasText: "Queue" })).toContainText("Works");
  await expect(health.filter({ hasText: "Mail" })).toContainText("Works");
  // The server speaks for itself, and not the worker alone.
  await expect(health.filter({ hasText: "Storage" })).toContainText("API, Worker");
  await expect(health.filter({ hasText: "Database" }).getByText(/^\d+ of \d+ connections in use/).first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Programs" }).getByRole("row").filter({ hasText: "API" })).toBeVisible();
  await expect(page.getByRole("link", { name: /^\d+ people$/ })).toBeVisible();

  // Finding her: the filter is in the address and survives a reload.
  await page.getByRole("link", { name: "People", exact: true }).click();
  await page.getByRole("searchbox", { name: "Name or address" }).fill("olga@");
  await expect(page).toHaveURL(/search=olga%40/);
  await page.reload();
  const row = page.getByRole("row", { name: /Olga Out/ });
  await expect(row).toBeVisible();
  await expect(page.getByRole("row")).toHaveCount(2);

  const menu = page.getByRole("button", { name: "What to do about Olga Out" });
  await page.keyboard.press("j");
  await expect(menu).toBeFocused();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Disable" }).click();
  await expectAccessible(page, "disabling");
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await expect(row.getByText("Disabled")).toBeVisible();
  // Her open page finds out by itself, and she is told so when she tries again.
  await expect(guest).toHaveURL(/\/sign-in/);
  await guest.getByLabel("E-mail").fill("olga@example.com");
  await guest.getByLabel("Password").fill(PASSWORD);
  await guest.getByRole("button", { name: "Sign in" }).click();
  await expect(guest.getByRole("alert").first()).toBeVisible();

  await menu.click();
  await page.getByRole("menuitem", { name: "Enable" }).click();
  await expect(row.getByText("Disabled")).toHaveCount(0);
  await guest.getByRole("button", { name: "Sign in" }).click();
  await expect(guest.getByRole("navigation").getByRole("link", { name: "Today" }).first()).toBeVisible();

  // To her there is nothing here, and no way leads here.
  await expect(guest.getByRole("link", { name: "Admin" })).toHaveCount(0);
  for (const path of ["/admin", "/admin/people", "/admin/workspaces", "/admin/jobs", "/admin/log"]) {
    await guest.goto(path);
    await expect(guest.getByText("There is no such page")).toBeVisible();
  }

  await menu.click();
  await page.getByRole("menuitem", { name: "Sign out everywhere" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await expect(guest).toHaveURL(/\/sign-in/);

  await page.getByRole("link", { name: "Log", exact: true }).click();
  const log = page.getByRole("list", { name: "What administrators did" });
  await expect(log.getByText("Disabled an account")).toBeVisible();
  await expect(log.getByText("Enabled an account")).toBeVisible();
  await expect(log.getByText("Signed somebody out everywhere")).toBeVisible();
  await expect(log.getByText("olga@example.com")).toHaveCount(3);

  // The log is filtered; the filters are in the address and survive a reload.
  await page.getByRole("combobox", { name: "What" }).selectOption({ label: "Disabled an account" });
  await expect(page).toHaveURL(/action=user.disable/);
  await page.reload();
  await expect(log.getByRole("listitem")).toHaveCount(1);
  await expect(log.getByText("Disabled an account")).toBeVisible();
  await page.getByRole("combobox", { name: "Who" }).selectOption({ label: "A command on the server" });
  await expect(page.getByText("Administrators did nothing that fits these filters.")).toBeVisible();
  await expectAccessible(page, "/admin/log without an entry");
  await page.getByRole("link", { name: "Show everything" }).click();
  await expect(log.getByText("Enabled an account")).toBeVisible();
  await theirs.close();
});

test("a second factor that was lost is taken away, and its person signs in and gets a mail", async ({ page, stack, browser }) => {
  test.setTimeout(180_000);
  const theirs = await browser.newContext({ baseURL: stack.url });
  const guest = await theirs.newPage();
  await signUp(guest, stack, "Fay Factor", "fay@example.com");
  await guest.goto("/settings/security");
  await guest.getByRole("button", { name: "Set up a second factor" }).click();
  await guest.getByLabel("Your password").fill(PASSWORD);
  await guest.getByRole("button", { name: "Go on" }).click();
  const secret = (await guest.locator("#factor-key").innerText()).replaceAll(" ", "");
  await guest.getByLabel("Six-digit code").fill(totp(secret));
  await guest.getByRole("button", { name: "Turn it on" }).click();
  await stack.mailTo("fay@example.com", /second factor of your SmartStack account was turned on/);

  await signIn(page, stack, stack.demo.email, stack.demo.password);
  await page.goto("/admin/people?search=fay%40");
  const row = page.getByRole("row", { name: /Fay Factor/ });
  await expect(row.getByText("Second factor on")).toBeAttached();
  await page.getByRole("button", { name: "What to do about Fay Factor" }).click();
  await page.getByRole("menuitem", { name: "Reset second factor" }).click();
  const dialog = page.getByRole("dialog", { name: "Reset the second factor of Fay Factor?" });
  await expectAccessible(page, "resetting a second factor");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(row.getByText("Second factor on")).toBeAttached();
  await page.getByRole("button", { name: "What to do about Fay Factor" }).click();
  await page.getByRole("menuitem", { name: "Reset second factor" }).click();
  await dialog.getByRole("button", { name: "Reset" }).click();
  await expect(page.getByText("Fay Factor signs in with the password alone now.")).toBeVisible();
  await expect(row.getByText("Second factor on")).toHaveCount(0);
  // Where there is none, there is nothing to reset.
  await page.getByRole("button", { name: "What to do about Fay Factor" }).click();
  await expect(page.getByRole("menuitem", { name: "Sign out everywhere" })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: "Reset second factor" })).toHaveCount(0);
  await page.keyboard.press("Escape");

  await stack.mailTo("fay@example.com", /took the second factor of your SmartStack account away/);
  const anew = await (await browser.newContext({ baseURL: stack.url })).newPage();
  await signIn(anew, stack, "fay@example.com", PASSWORD);
  await page.goto("/admin/log");
  const log = page.getByRole("list", { name: "What administrators did" });
  await expect(log.getByRole("listitem").first()).toContainText("Took the second factor of");
  await expect(log.getByRole("listitem").first()).toContainText("fay@example.com");
  await theirs.close();
  await anew.context().close();
});

test("limits of a workspace are set from a link and by keyboard, and shown to its owner", async ({ page, stack }) => {
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  await page.goto("/admin/workspaces?search=marta%40");
  const limits = page.getByRole("link", { name: /^Limits of / }).first();
  await limits.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/limits=ws_/);
  await page.reload();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("US dollars a month").fill("lots");
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("Type an amount in dollars, such as 20 or 7.50.")).toBeVisible();
  await expectAccessible(page, "limits");
  await dialog.getByLabel("US dollars a month").fill("7.50");
  await dialog.getByLabel("Texts a day").fill("31");
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("$7.50 · 31 a day")).toBeVisible();
  await page.goto("/settings/ai");
  await expect(page.getByText("of $7.50 left").first()).toBeVisible();
});

test("a job in trouble is shown with its reason and tried again", async ({ page, stack }) => {
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  await page.goto("/paste");
  await page.getByLabel("Text to plan from").fill("Thank you, and have a nice weekend!");
  await page.getByLabel("Project", { exact: true }).selectOption({ index: 1 });
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Nothing to plan was found").first()).toBeVisible();

  await page.goto("/admin");
  await page.getByRole("link", { name: /jobs? in trouble/ }).click();
  await page.getByRole("combobox", { name: "Trouble" }).selectOption("Needs a person");
  await expect(page).toHaveURL(/trouble=NeedsReview/);
  await page.reload();
  const row = page.getByRole("row").filter({ hasText: "Nothing to plan was found" }).first();
  await expect(row).toBeVisible();
  // What the text says stays in its workspace.
  await expect(page.getByText("nice weekend")).toHaveCount(0);
  await row.getByRole("button", { name: /^Retry/ }).click();
  await expect(page.getByText("The job is queued again.")).toBeVisible();
  // The worker finds as little as before, and the list brings it back by itself.
  await expect(row).toBeVisible({ timeout: 30_000 });
  await expect(row.getByRole("cell", { name: "2 attempts" }).or(row.getByText("2", { exact: true }))).toBeVisible();
});

test("spend is shown by day, workspace and model, and limited in all", async ({ page, stack }) => {
  await stack.sql(`
    INSERT INTO ai_calls (id, workspace_id, job_id, attempt, call, use_case, model, prompt_version, state,
      reserved_micro_usd, cost_micro_usd, input_tokens, output_tokens, failure, at)
    SELECT gen_random_uuid(), w.id, gen_random_uuid(), 1, 1, 'PLAN', m.model, 'plan/1', m.state,
      900000, m.cost, 52000, 1000, m.failure, now()
    FROM (SELECT m.workspace_id AS id FROM memberships m JOIN users u ON u.id = m.user_id
          WHERE u.email = '${stack.demo.email}' ORDER BY m.created_at LIMIT 1) w,
      (VALUES ('clever', 'SETTLED', 1500000, NULL), ('quick', 'RELEASED', 250000, 'garbage')) m (model, state, cost, failure)`);
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  await page.goto("/admin/ai");
  await expect(page.getByRole("img", { name: /^\$1\.75 in all; most on / })).toBeVisible();
  const models = page.getByRole("region", { name: "By model" });
  await expect(models.getByRole("row").filter({ hasText: "clever" })).toContainText("$1.50");
  await expect(models.getByRole("row").filter({ hasText: "quick" })).toContainText("$0.25");
  await expectAccessible(page, "/admin/ai");

  await page.getByLabel("US dollars a month in all").fill("40");
  await page.getByRole("button", { name: "Save the limits" }).click();
  await expect(page.getByText(/^of \$40\.00; whole again/)).toBeVisible();

  await page.getByRole("region", { name: "By workspace" }).getByRole("link").click();
  await expect(page).toHaveURL(/workspace=ws_/);
  await expect(page.getByRole("button", { name: "One workspace" })).toBeVisible();
  await page.getByRole("combobox", { name: "Month" }).selectOption({ index: 1 });
  await expect(page.getByText("No model was asked in this month")).toBeVisible();
});

test("the switch for all AI stays as it was put, and both sides say so", async ({ page, stack }) => {
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  await page.goto("/admin");
  const ai = page.getByRole("switch", { name: "AI models may be asked" });
  await expect(ai).toBeChecked();
  await ai.click();
  await expect(ai).not.toBeChecked();
  await page.goto("/settings/ai");
  await expect(page.getByText("An administrator has switched AI models off.")).toBeVisible();
  await page.goto("/admin");
  await expect(ai).not.toBeChecked();
  await ai.click();
  await expect(ai).toBeChecked();
});

test("an owner filters the audit log and takes it along as a file", async ({ page, stack, browser }) => {
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  await page.goto("/clients?new=-");
  await page.getByRole("dialog").getByLabel("Name").fill("Audited & Sons");
  await page.getByRole("dialog").getByRole("button", { name: "Add client" }).click();
  await expect(page).toHaveURL(/\/clients\/client_/);

  await page.goto("/settings/audit");
  const log = page.getByRole("list", { name: "What was done" });
  await expect(log.getByRole("listitem").first()).toBeVisible();
  await page.getByRole("combobox", { name: "What" }).selectOption({ label: "Created a client" });
  await expect(page).toHaveURL(/action=client.create/);
  await page.reload();
  const newest = log.getByRole("listitem").first();
  await expect(newest).toContainText("Created a client");
  await newest.getByText("Created a client").click();
  await expect(newest.getByText("Audited & Sons").last()).toBeVisible();
  await expect(log.getByText("Signed in")).toHaveCount(0);

  await page.getByRole("button", { name: "Export" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "For a spreadsheet (CSV)" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^audit-\d{4}-\d\d-\d\d\.csv$/);
  const lines = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
  expect(lines[0]).toBe("id,at,actor_id,actor,address,action,target_kind,target_id,before,after");
  expect(lines.slice(1).every((line) => line.includes(",client.create,"))).toBe(true);
  expect(lines.some((line) => line.includes("Audited & Sons"))).toBe(true);

  // An empty answer says so and shows the way back.
  await page.getByLabel("To", { exact: true }).fill("2020-01-01");
  await expect(page.getByText("Nothing was done that fits these filters.")).toBeVisible();
  await page.getByRole("link", { name: "Show everything" }).click();
  await expect(log.getByText("Created a client").first()).toBeVisible();

  // Whoever owns nothing here finds nothing here.
  const theirs = await browser.newContext({ baseURL: stack.url });
  const guest = await theirs.newPage();
  await page.goto("/settings/members");
  await page.getByLabel("E-mail address").fill("vera@example.com");
  await page.getByLabel("Role", { exact: true }).selectOption({ label: "Viewer: Sees all work, changes nothing" });
  await page.getByRole("button", { name: "Invite" }).click();
  const mail = await stack.mailTo("vera@example.com", /\/join\?token=/);
  await guest.goto(/https?:\/\/\S+?\/join\?token=[\w-]+/.exec(mail)![0]);
  await guest.getByLabel("Your name").fill("Vera");
  await guest.getByLabel("Password").fill(PASSWORD);
  await guest.getByRole("button", { name: "Join" }).click();
  await expect(guest.getByRole("navigation").getByRole("link", { name: "Today" }).first()).toBeVisible();
  await guest.goto("/settings/profile");
  await expect(guest.getByRole("link", { name: "Members" })).toBeVisible();
  await expect(guest.getByRole("link", { name: "Audit log" })).toHaveCount(0);
  await guest.goto("/settings/audit");
  await expect(guest.getByText("There is no such page")).toBeVisible();
  // What a reader cannot do is not offered, by whatever way they come.
  await guest.goto("/settings/workspace");
  await expect(guest.getByText("Only its owner can change it.")).toBeVisible();
  await expect(guest.getByRole("button", { name: "Save" })).toHaveCount(0);
  for (const name of ["Paste", "Webhooks"]) await expect(guest.getByRole("link", { name })).toHaveCount(0);
  await guest.keyboard.press("b");
  await expect(guest).toHaveURL(/\/settings\/workspace$/);
  await guest.goto("/paste");
  await expect(guest.getByText("For members")).toBeVisible();
  await expectAccessible(guest, "/paste, for who only reads");
  await theirs.close();
});
