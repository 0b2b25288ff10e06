import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Page } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";
import { signUp } from "../support/people.ts";
import { Stack } from "../support/stack.ts";
import { BRIEF } from "../support/texts.ts";

/** The open line of the review. */
const focused = (page: Page) => page.locator(".item[aria-current='true']");
/** A line of the review by its title. */
const item = (page: Page, title: RegExp | string) => page.locator(".item").filter({ hasText: title });
/** A column of the board. */
const column = (page: Page, name: string) => page.getByRole("region", { name });

async function paste(page: Page, text: string, project: string): Promise<void> {
  // `b` from anywhere; the focus must not sit in a field.
  await page.keyboard.press("b");
  await page.getByLabel("Text to plan from").fill(text);
  const choice = page.getByLabel("Project", { exact: true });
  await choice.selectOption((await choice.locator("option", { hasText: project }).getAttribute("value"))!);
  await page.keyboard.press("Control+Enter");
}

async function addClientAndProject(page: Page, client: string, project: string): Promise<void> {
  const sidebar = page.getByRole("navigation").first();
  await sidebar.getByRole("link", { name: "Clients" }).click();
  await page.getByRole("link", { name: "Add a client" }).click();
  let dialog = page.getByRole("dialog", { name: "New client" });
  await dialog.getByLabel("Name").fill(client);
  await dialog.getByRole("button", { name: "Add client" }).click();
  await expect(dialog).toBeHidden();
  await sidebar.getByRole("link", { name: "Projects" }).click();
  await page.getByRole("link", { name: "New project" }).click();
  dialog = page.getByRole("dialog", { name: "New project" });
  await dialog.getByLabel("Name").fill(project);
  await dialog.getByLabel("Client").selectOption({ label: client });
  await dialog.getByRole("button", { name: "Make project" }).click();
  await expect(dialog).toBeHidden();
}

test("a new person takes a brief to a plan, to work, to a live page for the client", async ({ page, stack, browser }) => {
  await signUp(page, stack, "Mara Lind", `mara.${Date.now()}@example.org`);
  await addClientAndProject(page, "Café Kunsthalle", "Spring graphics");

  await test.step("paste and watch it being read", async () => {
    await paste(page, BRIEF, "Spring graphics");
    await expect(page).toHaveURL(/\/(jobs|review)\//);
    await expect(page).toHaveURL(/\/review\/sug_/);
    await expect(page.getByText("Basic extraction, no AI")).toBeVisible();
    await expect(page.locator(".quote").filter({ hasText: "Please design a new menu" })).toBeVisible();
  });

  await test.step("accept, edit and reject by keyboard; undo one", async () => {
    // The first item has the focus, and its quote is lit in the source.
    await expect(page.locator(".quote[data-lit]").first()).toBeVisible();
    await item(page, /menu/i).first().click();
    await page.keyboard.press("a");
    await expect(item(page, /menu/i).first()).toHaveAttribute("data-state", "accepted");

    await item(page, /sign for the entrance/i).first().click();
    await page.keyboard.press("e");
    const title = focused(page).getByLabel("Title");
    await title.fill("Draw the entrance sign");
    await focused(page).getByLabel("Estimate").fill("1h 30");
    await title.press("Enter");
    await expect(item(page, "Draw the entrance sign")).toHaveAttribute("data-state", "accepted");

    await item(page, /opening hours/i).first().click();
    await page.keyboard.press("x");
    await expect(item(page, /opening hours/i).first()).toHaveAttribute("data-state", "rejected");
    await page.keyboard.press("u");
    await expect(item(page, /opening hours/i).first()).toHaveAttribute("data-state", "open");
    await item(page, /opening hours/i).first().click();
    await page.keyboard.press("a");
    await expect(item(page, /opening hours/i).first()).toHaveAttribute("data-state", "accepted");

    // Decisions are kept by the server, not by the page.
    await page.reload();
    await expect(item(page, "Draw the entrance sign")).toHaveAttribute("data-state", "accepted");
    await item(page, /website/i).first().click();
    await page.keyboard.press("x");
    await expect(item(page, /website/i).first()).toHaveAttribute("data-state", "rejected");
    await page.keyboard.press("Shift+A");
    await expect(page.getByRole("heading", { name: /All \d+ decided/ })).toBeVisible();
  });

  let link = "";
  await test.step("the tasks stand on the board, with what was edited", async () => {
    await page.getByRole("link", { name: "Open the board" }).last().click();
    await expect(page.locator(".tcard", { hasText: "Draw the entrance sign" })).toContainText("1 h 30");
    await expect(page.locator(".tcard", { hasText: /menu/i })).toContainText("6 h");
    await expect(page.locator(".tcard", { hasText: /measured drawing/i })).toContainText("Client");
  });

  await test.step("share the project and copy the link", async () => {
    await page.getByRole("button", { name: "Share" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name of the link").fill("For Ines");
    await dialog.getByRole("button", { name: "Make the link" }).click();
    link = await dialog.getByLabel("Address of For Ines").inputValue();
    expect(link).toContain(`${stack.url}/s/`);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
  });

  const guest = await browser.newContext();
  const view = await guest.newPage();
  try {
    await test.step("the client opens it without an account and sees a change live", async () => {
      await view.goto(link);
      await expect(view.getByRole("heading", { name: "Spring graphics" })).toBeVisible();
      await expect(view.getByText("Draw the entrance sign")).toBeVisible();
      // The address no longer carries the token, and nothing here can be changed.
      expect(new URL(view.url()).pathname).toMatch(/^\/s\/v\/share_/);
      await expect(view.getByRole("textbox")).toHaveCount(0);

      const section = (name: string) => view.getByRole("region", { name: new RegExp(`^${name}`) });
      await expect(section("In progress").getByText("Draw the entrance sign")).toHaveCount(0);
      const card = page.locator(".tcard", { hasText: "Draw the entrance sign" });
      await card.getByRole("link").focus();
      for (const name of ["Next", "In progress"]) {
        // The card keeps the focus through each move.
        await expect(card.getByRole("link")).toBeFocused();
        await page.keyboard.press("Alt+ArrowRight");
        await expect(column(page, name).getByText("Draw the entrance sign")).toBeVisible();
      }
      await expect(section("In progress").getByText("Draw the entrance sign")).toBeVisible();
    });

    await test.step("revoking closes the open page at once", async () => {
      await page.getByRole("button", { name: "Share" }).click();
      const dialog = page.getByRole("dialog").first();
      await dialog.getByRole("button", { name: "Revoke For Ines" }).click();
      await page.getByRole("dialog", { name: "Revoke this link?" }).getByRole("button", { name: "Revoke" }).click();
      await expect(view.getByRole("heading", { name: "This page is not open" })).toBeVisible();
      await view.goto(link);
      await expect(view.getByRole("heading", { name: "This page is not open" })).toBeVisible();
    });
  } finally {
    await guest.close();
  }
});

test("a worker killed in the middle of a job leaves exactly one suggestion", async ({ browser }) => {
  test.setTimeout(180_000);
  // The worker holds just before it writes its result, until this file is there.
  const dir = await mkdtemp(join(tmpdir(), "smartstack-hold-"));
  const go = join(dir, "go");
  const stack = await Stack.start({
    empty: true,
    env: { WORKER_LEASE_SECONDS: "2", FAILPOINTS: `worker::before_write=1*return(wait:${go})` },
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  try {
    await signUp(page, stack, "Noor Haddad", "noor@example.org");
    await addClientAndProject(page, "Café Kunsthalle", "Spring graphics");
    await paste(page, BRIEF, "Spring graphics");
    await expect(page).toHaveURL(/\/jobs\/job_/);
    // The job is in hand, its text read, its result not yet written.
    await expect(page.getByText("Checking").first()).toBeVisible();
    await expect.poll(() => stack.log()).toContain("fail point reached");
    await stack.kill("worker");
    await writeFile(go, "");

    await expect(page).toHaveURL(/\/review\/sug_/, { timeout: 60_000 });
    await expect(item(page, /menu/i).first()).toBeVisible();
    await page.getByRole("navigation").first().getByRole("link", { name: /^Review/ }).click();
    await expect(page.locator("a[href^='/review/sug_']")).toHaveCount(1);
  } finally {
    await context.close();
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  }
});
