import { createHmac } from "node:crypto";
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

/** The code an authenticator app shows, so many half minutes from now (RFC 6238). */
export function totp(secret: string, ahead = 0): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac("sha1", key).update(step).digest();
  const at = mac.at(-1)! & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
