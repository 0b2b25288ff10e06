import { expectAccessible } from "../support/axe.ts";
import { expect, test } from "../support/fixtures.ts";
import { signUp } from "../support/people.ts";

test("a link asks for its password, opens with it, and closes when it gets another", async ({ page, stack, browser }) => {
  await signUp(page, stack, "Olga Brandt", `olga.${Date.now()}@example.org`);
  await page.getByRole("navigation").first().getByRole("link", { name: "Projects" }).click();
  await page.getByRole("link", { name: "New project" }).click();
  const made = page.getByRole("dialog", { name: "New project" });
  await made.getByLabel("Name").fill("Orchard labels");
  await made.getByRole("button", { name: "Make project" }).click();
  await expect(made).toBeHidden();
  await page.getByRole("link", { name: "Share", exact: true }).click();

  const form = page.locator(".link-form");
  await test.step("a password that is missing or too short is asked for again", async () => {
    await form.getByLabel("Name of the link").fill("For the press");
    await form.getByLabel("A password").check();
    await form.getByRole("button", { name: "Make the link" }).click();
    await expect(form.getByRole("alert")).toContainText("Type a password");
    await form.getByLabel("Password", { exact: true }).fill("short");
    await form.getByRole("button", { name: "Make the link" }).click();
    await expect(form.getByRole("alert")).toContainText("at least 8 characters");
    await form.getByLabel("Password", { exact: true }).fill("apples 2026");
    await form.getByRole("button", { name: "Make the link" }).click();
    await expect(page.getByText("asks for a password")).toBeVisible();
  });
  const link = await page.getByLabel("Address of For the press").inputValue();

  const guest = await browser.newContext();
  const view = await guest.newPage();
  try {
    await test.step("the page tells nothing before, and opens with the password", async () => {
      await view.goto(link);
      await expect(view.getByRole("heading", { name: "This page has a password" })).toBeVisible();
      await expect(view.getByText("Orchard labels")).toHaveCount(0);
      await expect(view.getByLabel("Password")).toBeFocused();
      await expectAccessible(view, "the password of a link");
      await view.keyboard.type("apples 2025");
      await view.keyboard.press("Enter");
      await expect(view.getByRole("alert")).toContainText("not the page's password");
      await view.getByLabel("Password").fill("apples 2026");
      await view.keyboard.press("Enter");
      await expect(view.getByRole("heading", { name: "Orchard labels" })).toBeVisible();
      // Once in each browser.
      await view.goto(link);
      await expect(view.getByRole("heading", { name: "Orchard labels" })).toBeVisible();
      await expect(view.getByText("Live")).toBeVisible();
    });

    await test.step("another password asks on the open page", async () => {
      await page.getByRole("button", { name: "Edit For the press" }).click();
      await expect(form.getByLabel("A password")).toBeChecked();
      await form.getByLabel("Password", { exact: true }).fill("pears 2026");
      await form.getByRole("button", { name: "Save" }).click();
      await expect(form).toBeHidden();
      await expect(view.getByRole("heading", { name: "This page has a password" })).toBeVisible();
      await view.getByLabel("Password").fill("pears 2026");
      await view.keyboard.press("Enter");
      await expect(view.getByRole("heading", { name: "Orchard labels" })).toBeVisible();
    });

    await test.step("without one the page is open to whoever has the address", async () => {
      await page.getByRole("button", { name: "Edit For the press" }).click();
      await form.getByLabel("A password").uncheck();
      await form.getByRole("button", { name: "Save" }).click();
      await expect(form).toBeHidden();
      await expect(page.getByText("asks for a password")).toHaveCount(0);
      const anybody = await browser.newContext();
      const open = await anybody.newPage();
      await open.goto(link);
      await expect(open.getByRole("heading", { name: "Orchard labels" })).toBeVisible();
      await anybody.close();
    });
  } finally {
    await guest.close();
  }
});
