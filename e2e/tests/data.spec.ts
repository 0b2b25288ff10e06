import { readFile } from "node:fs/promises";
import { expectAccessible } from "../support/axe.ts";
import { expect, test } from "../support/fixtures.ts";
import { signIn, signUp } from "../support/people.ts";
import { Stack } from "../support/stack.ts";

test("a workspace is exported, looked at and brought into another installation", async ({ page, stack, browser }) => {
  test.setTimeout(180_000);
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  await page.goto("/settings/data");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export everything" }).click();
  const file = await (await download).path();
  await expect(page.getByText(/Saved as smartstack-.*\.zip, .* (kB|MB)/)).toBeVisible();
  // Here everything is there already.
  await page.getByLabel("Choose an export").setInputFiles(file);
  await expect(page.getByRole("alert")).toContainText("not empty");
  const other = await Stack.start({ empty: true });
  const context = await browser.newContext({ baseURL: other.url });
  try {
    const there = await context.newPage();
    await signUp(there, other, "Ida", "ida@example.com");
    await there.goto("/settings/data");
    await there.getByLabel("Choose an export").setInputFiles({ name: "x.zip", mimeType: "application/zip", buffer: Buffer.from("x") });
    await expect(there.getByRole("alert")).toContainText("no whole ZIP file");
    await there.getByLabel("Choose an export").setInputFiles({ name: "export.zip", mimeType: "application/zip", buffer: await readFile(file) });
    const seen = there.getByRole("group", { name: "What the file brings" });
    await expect(seen).toContainText("Projects");
    await expect(seen).toContainText("Not members here: Marta");
    await expectAccessible(there, "what an import brings");
    await seen.getByRole("button", { name: "Bring it in" }).click();
    await expect(there).toHaveURL(/\/projects/);
    // What was there is here: the same projects, in the same order.
    const names = there.locator("main a[href^='/projects/project_']");
    await expect(names.first()).toBeVisible();
    await page.goto("/projects");
    const wanted = page.locator("main a[href^='/projects/project_']");
    await expect(wanted.first()).toBeVisible();
    expect((await names.allInnerTexts()).sort()).toEqual((await wanted.allInnerTexts()).sort());
  } finally {
    await context.close();
    await other.stop();
  }
});

test("clients come in from a spreadsheet, exactly as they were looked at", async ({ page, stack }) => {
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  await page.goto("/settings/data");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export clients (CSV)" }).click();
  const file = await readFile(await (await download).path(), "utf8");
  const [head, first] = file.split("\r\n");
  expect(head).toBe("id,name,kind,email,phone,website,notes,colour,archived");
  const choose = async (text: string) =>
    page.getByLabel("Import clients (CSV)").setInputFiles({ name: "c.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await choose("name,kind\nNobody,robot\n");
  const seen = page.getByRole("group", { name: "What the file would do" });
  await expect(seen.getByRole("alert")).toContainText("Mend the lines");
  await expect(seen).toContainText("Line 2");
  await expect(seen).toContainText("company, person");
  await expectAccessible(page, "a sheet with a wrong line");
  const name = first!.split(",")[1]!;
  await choose(`name,phone\n${name},+49 30 12\nQuince & Co,\n`);
  await expect(seen).toContainText("1 new");
  await expect(seen).toContainText("1 changed");
  await expect(seen).toContainText("+49 30 12");
  await expectAccessible(page, "what a sheet would do");
  await seen.getByRole("button", { name: "Import" }).click();
  await expect(page.getByText("1 new, 1 changed")).toBeVisible();
  await page.goto("/clients");
  await expect(page.getByRole("link", { name: "Quince & Co" })).toBeVisible();
  await page.goto("/settings/data");
  await choose(`name,phone\n${name},+49 30 12\nQuince & Co,\n`);
  await expect(seen).toContainText("so already");
});
