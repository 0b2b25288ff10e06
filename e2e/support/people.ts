import type { Page } from "@playwright/test";
import { expect } from "./fixtures.ts";
import type { Stack } from "./stack.ts";

/** A password that meets the rule of twelve characters. */
export const PASSWORD = "four plain words here";

/** Signs a new person up through the mail and leaves them on Today. */
export async function signUp(page: Page, stack: Stack, name: string, email: string): Promise<void> {
  await page.goto(`${stack.url}/sign-up`);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  const mail = await stack.mailTo(email, /confirm\?token=/);
  const link = /https?:\/\/\S+?\/confirm\?token=[\w.~-]+/.exec(mail)?.[0];
  expect(link, "the mail has a link").toBeTruthy();
  await page.goto(link!);
  await page.getByRole("button", { name: "Open my account" }).click();
  await onToday(page);
}

/** Signs an existing person in. */
export async function signIn(page: Page, stack: Stack, email: string, password: string): Promise<void> {
  await page.goto(`${stack.url}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await onToday(page);
}

async function onToday(page: Page): Promise<void> {
  await expect(page).toHaveURL((url) => url.pathname === "/");
  await expect(page.getByRole("navigation").getByRole("link", { name: "Today" }).first()).toBeVisible();
}
