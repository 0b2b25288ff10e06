import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Page } from "@playwright/test";
import { expectAccessible } from "../support/axe.ts";
import { expect, test } from "../support/fixtures.ts";
import { signUp } from "../support/people.ts";

/** The files that the worker's own tests read, too. */
const file = (name: string) => resolve(fileURLToPath(import.meta.url), "../../../worker/tests/files", name);
/** A line of the list by its file's name. */
const line = (page: Page, name: string) => page.locator(".doc-row").filter({ hasText: name });

async function addProject(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation").first().getByRole("link", { name: "Projects" }).click();
  await page.getByRole("link", { name: "New project" }).click();
  const dialog = page.getByRole("dialog", { name: "New project" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Make project" }).click();
  await expect(dialog).toBeHidden();
}

/** Drops a file on an element, as the system's file manager does. */
async function drop(page: Page, selector: string, name: string): Promise<void> {
  const bytes = [...(await readFile(file(name)))];
  const data = await page.evaluateHandle(
    ({ bytes, name }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(bytes)], name));
      return transfer;
    },
    { bytes, name },
  );
  await page.dispatchEvent(selector, "dragover", { dataTransfer: data });
  await page.dispatchEvent(selector, "drop", { dataTransfer: data });
}

test("files of each kind are kept, read, opened, downloaded, planned from and deleted", async ({ page, stack }) => {
  await signUp(page, stack, "Ines Duarte", `ines.${Date.now()}@example.org`);
  await addProject(page, "Second shop");
  await page.getByRole("link", { name: "Documents" }).click();
  await expect(page.getByText("No documents yet")).toBeVisible();

  await test.step("several at once by the button, one by dropping it", async () => {
    const kinds = ["brief.md", "brief.eml", "brief.html", "brief.pdf"];
    await page.getByLabel("Add files").setInputFiles(kinds.map(file));
    for (const name of kinds) {
      await expect(line(page, name).getByText(/\d+ words/)).toBeVisible();
    }
    await drop(page, ".doc-page", "brief.docx");
    await expect(line(page, "brief.docx").getByText(/\d+ words/)).toBeVisible();
  });

  await test.step("one that cannot be read says why; a picture is not taken at all", async () => {
    await page.getByLabel("Add files").setInputFiles([file("scan.pdf"), file("broken.pdf")]);
    const scan = page.locator(".doc-row").filter({ hasText: "scan" });
    await expect(scan.getByText("Cannot be read")).toBeVisible();
    await expect(scan.getByText(/it may be a scan/)).toBeVisible();
    await expect(page.locator(".doc-row").filter({ hasText: "broken" }).getByText(/damaged/)).toBeVisible();
    const picture = { name: "photo.txt", mimeType: "text/plain", buffer: Buffer.from("\x89PNG\r\n\x1a\n", "latin1") };
    await page.getByLabel("Add files").setInputFiles(picture);
    await expect(page.getByText(/This is a picture/)).toBeVisible();
    await page.getByRole("button", { name: "Dismiss" }).click();
    await expect(page.getByText(/This is a picture/)).toBeHidden();
    await expectAccessible(page, "documents with files");
  });

  await test.step("open and download", async () => {
    await line(page, "brief.pdf").getByRole("link").first().click();
    const panel = page.getByRole("dialog", { name: "brief" });
    await expect(panel.getByText("Please design the menu by 20 March 2026.")).toBeVisible();
    const waiting = page.waitForEvent("download");
    await panel.getByRole("link", { name: "Download" }).click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe("brief.pdf");
    expect(await readFile(await download.path())).toEqual(await readFile(file("brief.pdf")));
    await expectAccessible(page, "a document's panel");
    await page.keyboard.press("Escape");
    await expect(panel).toBeHidden();
  });

  await test.step("delete with undo", async () => {
    await line(page, "brief.md").getByRole("button", { name: /Actions for/ }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await expect(line(page, "brief.md")).toBeHidden();
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(line(page, "brief.md")).toBeVisible();
  });

  await test.step("plan from a file that is there", async () => {
    await line(page, "brief.docx").getByRole("button", { name: /Actions for/ }).click();
    await page.getByRole("menuitem", { name: "Make a plan of it" }).click();
    await expect(page).toHaveURL(/\/review\/sug_/);
    await expect(page.locator(".quote").filter({ hasText: "Please design the menu" })).toBeVisible();
  });
});

test("a file dropped on the paste page becomes a plan, and one without text says what to do", async ({ page, stack }) => {
  await signUp(page, stack, "Rui Melo", `rui.${Date.now()}@example.org`);
  await page.goto("/paste");
  await drop(page, ".paste-box", "brief.pdf");
  await expect(page.getByText("brief.pdf")).toBeVisible();
  await expect(page.getByText("The file is sent when you press the button")).toBeVisible();
  await expectAccessible(page, "paste with a file");
  await page.getByLabel("Its name").fill("Second shop");
  await page.getByRole("button", { name: "Plan" }).click();
  await expect(page).toHaveURL(/\/review\/sug_/);
  await expect(page.locator(".quote").filter({ hasText: "Please set up the online shop" })).toBeVisible();

  await page.goto("/paste");
  await page.getByLabel("Choose a file").setInputFiles(file("scan.pdf"));
  await page.getByRole("button", { name: "Plan" }).click();
  await expect(page.getByRole("heading", { name: "The file cannot be read" })).toBeVisible();
  await expect(page.getByText(/There is no text in this file/)).toBeVisible();
  await expect(page.getByRole("link", { name: "Paste its text" })).toBeVisible();
  await expectAccessible(page, "a job whose file cannot be read");
});

test("notes show what is planned already beside its task, and propose the rest", async ({ page, stack }) => {
  await signUp(page, stack, "Nora Vale", `nora.${Date.now()}@example.org`);
  await page.goto("/paste");
  await page.getByLabel("Text to plan from").fill("Please design the menu by 20 March 2026.");
  await page.getByLabel("Its name").fill("Second shop");
  await page.getByRole("button", { name: "Plan" }).click();
  await expect(page).toHaveURL(/\/review\/sug_/);
  // The keys are the page's once its items are there.
  await expect(page.locator(".item").first()).toBeVisible();
  await page.keyboard.press("A");
  await expect(page.locator(".item[data-state='accepted']").first()).toBeVisible();

  await page.goto("/paste");
  await page.getByRole("radio", { name: "Meeting notes" }).check({ force: true });
  await page.getByLabel("Text to plan from").fill("Second shop, call of today.\n\nPlease design the menu.\nPlease set up the newsletter.\n");
  await expect(page.getByText("what is planned already is shown beside its task")).toBeVisible();
  await expectAccessible(page, "paste for notes");
  await page.getByRole("button", { name: "Read the notes" }).click();
  await expect(page).toHaveURL(/\/review\/sug_/);
  const known = page.locator(".item").filter({ hasText: "Already there" });
  await expect(known).toHaveCount(1);
  await expect(page.locator(".item[data-state='open']").filter({ hasText: "newsletter" })).toBeVisible();
  await known.click();
  await known.press("Enter");
  await expect(page.getByRole("link", { name: "Open the task" })).toBeVisible();
  await expectAccessible(page, "a review of notes");
  await page.getByRole("button", { name: "Propose it all the same" }).click();
  await expect(page.locator(".item[data-state='open']").filter({ hasText: "menu" })).toBeVisible();
});

test("a mail gets a draft reply that is changed, kept and copied", async ({ page, stack }) => {
  await signUp(page, stack, "Teo Brandt", `teo.${Date.now()}@example.org`);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: stack.url });
  await page.goto("/paste");
  await page.getByRole("radio", { name: "A reply" }).check({ force: true });
  await page.getByLabel("Text to plan from").fill("From: Tomás Fennel <t@x.example>\nSubject: Second shop\n\nHi Teo,\n\ncould you design the menu by 20 March 2026? Which paper do you recommend?\n");
  await page.getByRole("button", { name: "Draft a reply" }).click();
  await expect(page).toHaveURL(/\/review\/sug_/);
  const draft = page.getByLabel("Draft of the reply");
  await expect(draft).toHaveValue(/^Hello Tomás,/);
  await expect(draft).toHaveValue(/> Which paper do you recommend\?/);
  await expectAccessible(page, "a draft reply");
  await draft.fill("Hello Tomás,\n\nyes. The uncoated one.\n");
  await expect(page.getByText("Not saved yet")).toBeVisible();
  await page.getByRole("button", { name: "Copy" }).click();
  await expect(page.getByText("Reply copied")).toBeVisible();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("The uncoated one.");
  await page.reload();
  await expect(draft).toHaveValue(/The uncoated one/);
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page).toHaveURL(/\/review$/);
});

test("an update says what the link shows, and the client reads it when its writer says so", async ({ page, stack, browser }) => {
  await signUp(page, stack, "Ines Roth", `ines.${Date.now()}@example.org`);
  await page.goto("/paste");
  await page.getByLabel("Text to plan from").fill("Please design the menu by 20 March 2026. Please set up the newsletter.");
  await page.getByLabel("Its name").fill("Second shop");
  await page.getByRole("button", { name: "Plan" }).click();
  await expect(page).toHaveURL(/\/review\/sug_/);
  // The keys are the page's once its items are there.
  await expect(page.locator(".item").first()).toBeVisible();
  await page.keyboard.press("A");
  await expect(page.locator(".item[data-state='accepted']").first()).toBeVisible();
  await page.getByRole("link", { name: "Second shop" }).first().click();
  await expect(page).toHaveURL(/\/projects\//);
  await page.goto(`${new URL(page.url()).pathname.split("/").slice(0, 3).join("/")}/share`);
  await page.getByRole("button", { name: "Make the link" }).click();
  const address = await page.getByLabel(/^Address of/).inputValue();
  await page.getByRole("button", { name: /^Write an update/ }).click();
  await expect(page).toHaveURL(/\/review\/sug_/);
  const last = page.getByLabel("Sentence 1", { exact: true });
  await expect(last).toHaveValue(/of \d tasks are done|Next:|design the menu/i);
  await expectAccessible(page, "a draft update");
  await last.fill("Everything is on its way.");
  await expect(page.getByText("Not saved yet")).toBeVisible();

  const client = await (await browser.newContext()).newPage();
  await client.goto(address);
  await expect(client.getByRole("heading", { name: "Second shop" })).toBeVisible();
  await expect(client.getByText("Everything is on its way.")).toHaveCount(0);
  await page.getByRole("button", { name: "Show to the client" }).click();
  await expect(page.getByText("The client can read it now")).toBeVisible();
  await expect(client.getByText("Everything is on its way.")).toBeVisible();
  await client.getByText("Where this comes from").first().click();
  await expectAccessible(client, "a client's page with an update");
  await page.getByRole("button", { name: "Take it back" }).click();
  await expect(client.getByText("Everything is on its way.")).toHaveCount(0);
});
