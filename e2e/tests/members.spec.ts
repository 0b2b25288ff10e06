import { type Page } from "@playwright/test";
import { expectAccessible } from "../support/axe.ts";
import { expect, test } from "../support/fixtures.ts";
import { PASSWORD, signIn, signUp } from "../support/people.ts";
import type { Stack } from "../support/stack.ts";

/** The link in the invitation sent to an address. */
async function invitation(stack: Stack, email: string): Promise<string> {
  const mail = await stack.mailTo(email, /\/join\?token=/);
  const link = /https?:\/\/\S+?\/join\?token=[\w-]+/.exec(mail)?.[0];
  expect(link, "the mail has a link").toBeTruthy();
  return link!;
}

async function settled(page: Page): Promise<void> {
  await expect(page.locator(".skeleton")).toHaveCount(0);
}

test("somebody new is invited, joins as a viewer, is promoted, and is removed live", async ({ page, stack, browser }) => {
  test.setTimeout(180_000);
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  await page.goto("/settings/members");
  await settled(page);
  await page.getByLabel("E-mail address").fill("newt@example.com");
  await page.getByLabel("Role", { exact: true }).selectOption({ label: "Viewer: Sees all work, changes nothing" });
  await page.getByRole("button", { name: "Invite" }).click();
  await expect(page.getByRole("list", { name: "Waiting to join" }).getByText("newt@example.com")).toBeVisible();
  await expectAccessible(page, "/settings/members");

  const theirs = await browser.newContext({ baseURL: stack.url });
  const guest = await theirs.newPage();
  await guest.goto(await invitation(stack, "newt@example.com"));
  await expect(guest.getByRole("heading", { name: /invites you to/ })).toBeVisible();
  await expectAccessible(guest, "/join");
  await guest.getByLabel("Your name").fill("Newt");
  await guest.getByLabel("Password").fill(PASSWORD);
  await guest.getByRole("button", { name: "Join" }).click();
  await expect(guest.getByRole("navigation").getByRole("link", { name: "Today" }).first()).toBeVisible();

  // Joining shows at the owner's, without a reload.
  await expect(page.getByRole("combobox", { name: "Role of Newt" })).toBeVisible();
  await expect(page.getByText("Nobody is waiting to join.")).toBeVisible();

  // Who only reads is not offered what they cannot do.
  await guest.goto("/projects");
  await settled(guest);
  await expect(guest.getByRole("link", { name: "New project" })).toHaveCount(0);
  await expect(guest.getByRole("button", { name: "New project" })).toHaveCount(0);
  await guest.goto("/settings/members");
  await settled(guest);
  await expect(guest.getByRole("combobox")).toHaveCount(0);
  await expect(guest.getByLabel("E-mail address")).toHaveCount(0);

  await page.getByRole("combobox", { name: "Role of Newt" }).selectOption({ label: "Owner: Everything, members too" });
  // Without a reload the guest may invite, too.
  await expect(guest.getByLabel("E-mail address")).toBeVisible();

  await page.getByRole("button", { name: "More about Newt" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(page.getByRole("combobox", { name: "Role of Newt" })).toHaveCount(0);
  await expect(guest.getByRole("heading", { name: "You are in no workspace" })).toBeVisible();
  await expectAccessible(guest, "no workspace");
  await theirs.close();
});

test("the switcher changes the workspace of one tab, by keyboard too", async ({ page, stack, context }) => {
  await signUp(page, stack, "Sue Switch", "sue@example.com");
  await page.keyboard.press("g");
  await page.keyboard.press("w");
  await page.getByRole("menuitem", { name: "New workspace" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Second studio");
  await page.getByRole("button", { name: "Make the workspace" }).click();
  const here = (tab: Page, name: string) => tab.getByRole("button", { name: `${name}: account and workspace` });
  await expect(here(page, "Second studio")).toBeVisible();
  const other = await context.newPage();
  await other.goto("/");
  await expect(here(other, "Second studio")).toBeVisible();
  await here(other, "Second studio").click();
  await other.getByRole("menuitem", { name: "Sue's workspace" }).click();
  await expect(here(other, "Sue's workspace")).toBeVisible();
  // Each tab keeps its own, also over a reload.
  await page.reload();
  await expect(here(page, "Second studio")).toBeVisible();
  await other.reload();
  await expect(here(other, "Sue's workspace")).toBeVisible();

  // Deleting asks for the name; the other workspace is shown, and it can be brought back.
  await page.goto("/settings/workspace");
  await page.getByRole("button", { name: "Delete this workspace" }).click();
  await page.getByLabel("Type its name: Second studio").fill("Second");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByRole("dialog").getByText("Type the workspace's name")).toBeVisible();
  await page.getByLabel("Type its name: Second studio").fill("Second studio");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(here(page, "Sue's workspace")).toBeVisible();
  await page.goto("/settings/workspace");
  await expectAccessible(page, "/settings/workspace");
  await page.getByRole("button", { name: "Bring back Second studio" }).click();
  await expect(here(page, "Second studio")).toBeVisible();
});

test("a token is made, shown once, works, and is revoked", async ({ page, stack }) => {
  await signUp(page, stack, "Tom Token", "tom@example.com");
  await page.goto("/settings/tokens");
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("button", { name: "Make the token" }).click();
  await expect(page.getByText("Write something here.")).toBeVisible();
  await expect(page.getByText("Choose at least one thing the token is good for.")).toBeVisible();
  await expectAccessible(page, "new token");
  await page.getByLabel("Name", { exact: true }).fill("Spreadsheet");
  await page.getByRole("combobox", { name: "Tasks" }).selectOption("Read");
  await page.getByRole("combobox", { name: "Clients" }).selectOption("Read and change");
  await page.getByRole("button", { name: "Make the token" }).click();
  const secret = await page.getByLabel("Your new token").inputValue();
  expect(secret).toMatch(/^ss_pat_[0-9a-z]{59}$/);
  await expectAccessible(page, "the token");
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("Changes clients · reads tasks")).toBeVisible();
  await expect(page.getByText(secret)).toHaveCount(0);

  const ask = async () =>
    fetch(`${stack.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
      body: JSON.stringify({ query: "{ viewer { user { name } } }" }),
    });
  const answer = (await (await ask()).json()) as { data: { viewer: { user: { name: string } } } };
  expect(answer.data.viewer.user.name).toBe("Tom Token");
  await page.getByRole("button", { name: "Revoke Spreadsheet" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("No tokens yet")).toBeVisible();
  expect((await ask()).status).toBe(401);
  await expectAccessible(page, "/settings/tokens");
});
