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
