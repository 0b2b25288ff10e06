import { type Page } from "@playwright/test";
import { expectAccessible } from "../support/axe.ts";
import { expect, test } from "../support/fixtures.ts";
import { PASSWORD, signUp } from "../support/people.ts";
import type { Stack } from "../support/stack.ts";

const NEW = "five plain words right here";

/** The link to a page in the newest mail to an address. */
async function mailed(stack: Stack, email: string, page: string): Promise<string> {
  const pattern = new RegExp(String.raw`https?://\S+?/${page}\?token=[\w.~-]+`);
  const link = pattern.exec(await stack.mailTo(email, pattern))?.[0];
  expect(link, "the mail has a link").toBeTruthy();
  return link!;
}

/** Signs in by hand, without saying what comes of it. */
async function trySignIn(page: Page, stack: Stack, email: string, password: string): Promise<void> {
  await page.goto(`${stack.url}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function onToday(page: Page): Promise<void> {
  await expect(page.getByRole("navigation").getByRole("link", { name: "Today" }).first()).toBeVisible();
}

test("a forgotten password is replaced by mail, and every browser is signed out", async ({ page, stack, browser }) => {
  await signUp(page, stack, "Rita Reset", "rita@example.com");
  const other = await (await browser.newContext()).newPage();
  await trySignIn(other, stack, "rita@example.com", "not her password");
  await expect(other.getByText("The e-mail address or the password is wrong.")).toBeVisible();
  await other.getByRole("link", { name: "Forgot your password?" }).click();
  // What was typed is kept.
  await expect(other.getByLabel("E-mail")).toHaveValue("rita@example.com");
  await expectAccessible(other, "/forgot-password");
  await other.getByRole("button", { name: "Mail me a link" }).click();
  await expect(other.getByRole("heading", { name: "Check your mail" })).toBeFocused();

  await other.goto(await mailed(stack, "rita@example.com", "reset-password"));
  await other.getByLabel("New password").fill("short");
  await other.getByRole("button", { name: "Change password" }).click();
  await expect(other.getByText("At least 12 characters; 7 more.")).toBeVisible();
  await expectAccessible(other, "/reset-password");
  await other.getByLabel("New password").fill(NEW);
  await other.keyboard.press("Enter");
  await expect(other.getByRole("heading", { name: "Your password is changed" })).toBeVisible();
  // The first browser notices without a reload.
  await expect(page).toHaveURL(/\/sign-in/);
  await other.getByRole("link", { name: "Sign in" }).click();
  await trySignIn(other, stack, "rita@example.com", NEW);
  await onToday(other);
  // The link works once.
  await other.goto(await mailed(stack, "rita@example.com", "reset-password"));
  await other.getByLabel("New password").fill(NEW);
  await other.getByRole("button", { name: "Change password" }).click();
  await expect(other.getByText("This link has done its work.")).toBeVisible();
  await other.context().close();
});

test("a password is changed in the settings, and other browsers are listed and signed out", async ({ page, stack, browser }) => {
  await signUp(page, stack, "Sam Session", "sam@example.com");
  const signedInElsewhere = async () => {
    const elsewhere = await (await browser.newContext()).newPage();
    await trySignIn(elsewhere, stack, "sam@example.com", PASSWORD);
    await onToday(elsewhere);
    return elsewhere;
  };
  const [phone, tablet] = [await signedInElsewhere(), await signedInElsewhere()];
  await page.goto("/settings/security");
  const sessions = page.getByRole("list", { name: "Signed-in browsers" }).getByRole("listitem");
  await expect(sessions).toHaveCount(3);
  await expect(sessions.first().getByText("This browser")).toBeVisible();
  await expect(sessions.nth(1).getByText("Chrome on Linux")).toBeVisible();
  await expectAccessible(page, "/settings/security");
  await sessions.nth(1).getByRole("button", { name: /Sign out/ }).click();
  await expect(sessions).toHaveCount(2);
  await expect(async () => {
    const signedOut = [phone, tablet].filter((each) => new URL(each.url()).pathname === "/sign-in");
    expect(signedOut).toHaveLength(1);
  }).toPass();

  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByLabel("Present password").fill("not his password");
  await page.getByLabel("New password").fill(NEW);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("This is not your password.")).toBeVisible();
  await expectAccessible(page, "changing a password");
  await page.getByLabel("Present password").fill(PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Password changed. Other browsers are signed out.")).toBeVisible();
  for (const each of [phone, tablet]) {
    await expect(each).toHaveURL(/\/sign-in/);
    await each.context().close();
  }
  await page.reload();
  await expect(sessions).toHaveCount(1);
});

test("an address is changed once the new one is confirmed", async ({ page, stack, browser }) => {
  await signUp(page, stack, "Ines Address", "ines@example.com");
  await page.goto("/settings/profile");
  await page.getByRole("button", { name: "Change address" }).click();
  await page.getByLabel("New address").fill("ines@example.net");
  await page.getByLabel("Your password").fill("not her password");
  await page.getByRole("button", { name: "Mail the link" }).click();
  await expect(page.getByText("This is not your password.")).toBeVisible();
  await expectAccessible(page, "changing an address");
  await page.getByLabel("Your password").fill(PASSWORD);
  await page.getByRole("button", { name: "Mail the link" }).click();
  await expect(page.getByText("ines@example.net")).toBeVisible();
  await page.getByRole("button", { name: "Keep the old address" }).click();
  await page.getByRole("button", { name: "Change address" }).click();
  await page.getByLabel("New address").fill("ines@example.org");
  await page.getByLabel("Your password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByText("waits to be confirmed")).toBeVisible();
  await expectAccessible(page, "an address that waits");

  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(await mailed(stack, "ines@example.org", "confirm-email"));
  await expectAccessible(elsewhere, "/confirm-email");
  await elsewhere.getByRole("button", { name: "Confirm this address" }).click();
  await expect(elsewhere.getByRole("heading", { name: "Your address is changed" })).toBeFocused();
  await stack.mailTo("ines@example.com", /moved from this e-mail address/);
  await trySignIn(elsewhere, stack, "ines@example.org", PASSWORD);
  await onToday(elsewhere);
  await elsewhere.context().close();
  await page.reload();
  await expect(page.getByText("ines@example.org").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Change address" })).toBeVisible();
});
