import { type Page } from "@playwright/test";
import { OAuth2Server } from "oauth2-mock-server";
import { expectAccessible } from "../support/axe.ts";
import { expect, test } from "../support/fixtures.ts";
import { PASSWORD, signUp, totp } from "../support/people.ts";
import { Stack } from "../support/stack.ts";

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
  await expect(sessions.nth(1).getByText(/^Chrome on \w+$/)).toBeVisible();
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

test("a second factor is set up, asked for, recovered from and turned off", async ({ page, stack, browser }) => {
  test.setTimeout(120_000);
  await signUp(page, stack, "Tove Totp", "tove@example.com");
  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Set up a second factor" }).click();
  await page.getByLabel("Your password").fill(PASSWORD);
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("img", { name: "QR code for your authenticator app" })).toBeVisible();
  const secret = (await page.locator("#factor-key").innerText()).replaceAll(" ", "");
  await page.getByLabel("Six-digit code").fill("000000");
  await page.getByRole("button", { name: "Turn it on" }).click();
  await expect(page.getByText("This code is not good.")).toBeVisible();
  await expectAccessible(page, "setting up a second factor");
  await page.getByLabel("Six-digit code").fill(totp(secret, -1));
  await page.getByRole("button", { name: "Turn it on" }).click();
  await expect(page.getByRole("heading", { name: "Keep these recovery codes" })).toBeFocused();
  const codes = await page.locator(".sec-list code").allInnerTexts();
  expect(codes).toHaveLength(10);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  expect((await download).suggestedFilename()).toBe("smartstack-recovery-codes.txt");
  await expectAccessible(page, "recovery codes");
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText("10 recovery codes left")).toBeVisible();
  await stack.mailTo("tove@example.com", /second factor of your SmartStack account was turned on/);

  const other = await (await browser.newContext()).newPage();
  await trySignIn(other, stack, "tove@example.com", PASSWORD);
  await expect(other.getByLabel("Six-digit code")).toBeFocused();
  await expectAccessible(other, "the second step");
  await other.getByLabel("Six-digit code").fill(totp(secret, -1));
  await other.keyboard.press("Enter");
  await expect(other.getByText("This code is not good.")).toBeVisible();
  await other.getByLabel("Six-digit code").fill(totp(secret));
  await other.keyboard.press("Enter");
  await onToday(other);
  await other.context().close();

  const lost = await (await browser.newContext()).newPage();
  await trySignIn(lost, stack, "tove@example.com", PASSWORD);
  await lost.getByRole("button", { name: "Use a recovery code" }).click();
  await lost.getByLabel("Recovery code").fill(codes[0]!);
  await lost.getByRole("button", { name: "Sign in" }).click();
  await onToday(lost);
  await stack.mailTo("tove@example.com", /recovery code/);
  await lost.goto("/settings/security");
  await expect(lost.getByText("9 recovery codes left")).toBeVisible();
  await lost.getByRole("button", { name: "Turn off" }).click();
  await lost.getByLabel("Your password").fill(PASSWORD);
  await lost.getByLabel("Code", { exact: true }).fill(codes[1]!);
  await lost.getByRole("button", { name: "Turn it off" }).click();
  await expect(lost.getByRole("button", { name: "Set up a second factor" })).toBeVisible();
  await lost.context().close();
});

test("a real provider signs people in, is connected and disconnected, and is not believed when it lies", async ({ browser }) => {
  test.setTimeout(180_000);
  const provider = new OAuth2Server();
  await provider.issuer.keys.generate("RS256");
  await provider.start(0, "127.0.0.1");
  let claims: Record<string, unknown> = { sub: "olga", email: "olga@example.com", email_verified: true, name: "Olga Oauth" };
  provider.service.on("beforeTokenSigning", (token: { payload: object }) => Object.assign(token.payload, claims));
  const stack = await Stack.start({
    empty: true,
    env: {
      OAUTH_PROVIDERS: "acme",
      OAUTH_ACME_ISSUER: provider.issuer.url!,
      OAUTH_ACME_LABEL: "Acme",
      OAUTH_ACME_CLIENT_ID: "smartstack",
      OAUTH_ACME_CLIENT_SECRET: "a secret for tests",
    },
  });
  try {
    const context = await browser.newContext({ baseURL: stack.url });
    const page = await context.newPage();
    // The page that was asked for is shown after the way there and back.
    await page.goto("/projects");
    await expect(page.getByRole("button", { name: "Continue with Acme" })).toBeVisible();
    await expectAccessible(page, "/sign-in with a provider");
    await page.getByRole("button", { name: "Continue with Acme" }).click();
    await expect(page).toHaveURL((url) => url.pathname === "/projects");
    await page.goto("/settings/security");
    const connected = page.getByRole("list", { name: "Connected accounts" });
    await expect(connected.getByText("olga@example.com")).toBeVisible();
    await expect(page.getByText("Your account has none")).toBeVisible();
    await expectAccessible(page, "/settings/security with a provider");
    // The only way in stays.
    await page.getByRole("button", { name: "Disconnect Acme" }).click();
    await page.getByRole("button", { name: "Disconnect Acme", exact: true }).last().click();
    await expect(page.getByText("It is your only way to sign in.")).toBeVisible();
    await context.close();

    const liar = await browser.newContext({ baseURL: stack.url });
    const stranger = await liar.newPage();
    for (const lie of [{ aud: "somebody-else" }, { nonce: "another one" }, { iss: "https://accounts.google.com" }, { exp: 1 }]) {
      claims = { sub: "olga", ...lie };
      await stranger.goto("/sign-up");
      await stranger.getByRole("button", { name: "Continue with Acme" }).click();
      await expect(stranger.getByText("The other side's answer could not be trusted.")).toBeVisible();
    }
    claims = { sub: "mallory", email: "olga@example.com", email_verified: true };
    await stranger.goto("/sign-in");
    await stranger.getByRole("button", { name: "Continue with Acme" }).click();
    await expect(stranger.getByText("Your address has an account here already.")).toBeVisible();
    await expectAccessible(stranger, "/sign-in after a refusal");
    await liar.close();

    const known = await browser.newContext({ baseURL: stack.url });
    const paul = await known.newPage();
    await signUp(paul, stack, "Paul Password", "paul@example.com");
    claims = { sub: "paul-there", email: "other@example.com", email_verified: false };
    await paul.goto("/settings/security");
    await paul.getByRole("button", { name: "Connect Acme", exact: true }).click();
    await paul.getByLabel("Your password").fill(PASSWORD);
    await paul.getByRole("button", { name: "Go to Acme" }).click();
    await expect(paul.getByText("Acme is connected.")).toBeVisible();
    const again = await (await browser.newContext({ baseURL: stack.url })).newPage();
    await again.goto("/sign-in");
    await again.getByRole("button", { name: "Continue with Acme" }).click();
    await onToday(again);
    await again.context().close();
    await paul.getByRole("button", { name: "Disconnect Acme" }).click();
    await paul.getByLabel("Your password").fill(PASSWORD);
    await paul.getByRole("button", { name: "Disconnect Acme", exact: true }).last().click();
    await expect(paul.getByRole("button", { name: "Connect Acme", exact: true })).toBeVisible();
    await known.close();
  } finally {
    await stack.stop();
    await provider.stop();
  }
});
