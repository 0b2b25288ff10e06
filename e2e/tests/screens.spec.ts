import { type Page } from "@playwright/test";
import { expectAccessible } from "../support/axe.ts";
import { expect, test } from "../support/fixtures.ts";
import { signIn } from "../support/people.ts";

/** Waits until a screen shows content instead of skeletons. */
async function settled(page: Page): Promise<void> {
  await expect(page.locator("main").first()).toBeVisible();
  await expect(page.locator(".skeleton")).toHaveCount(0);
}

/** The addresses of every screen, from what the demo workspace holds. */
async function addresses(page: Page): Promise<string[]> {
  const found = async (from: string, start: string) => {
    await page.goto(from);
    const link = page.locator(`main a[href^='${start}']`).first();
    await expect(link).toBeVisible();
    return (await link.getAttribute("href"))!.split("?")[0]!;
  };
  /** A draft reply, made here: the demo has none. In a project that is there: a new one would be the first in the lists. */
  const reply = async (project: string) => {
    await page.goto(`/paste?project=${project.split("/").pop()}`);
    await page.getByRole("radio", { name: "A reply" }).check({ force: true });
    await page.getByLabel("Text to plan from").fill("Hi Maya,\n\nwhich paper do you recommend for the menu?\n");
    await page.getByRole("button", { name: "Draft a reply" }).click();
    await expect(page.getByLabel("Draft of the reply")).toBeVisible();
    return new URL(page.url()).pathname;
  };
  /** A draft update, from a project's first link. */
  const update = async (project: string) => {
    await page.goto(`${project}/share`);
    const write = page.getByRole("button", { name: /^Write an update/ }).first();
    const make = page.getByRole("button", { name: "Make the link" });
    await expect(write.or(make).first()).toBeVisible();
    if (!(await write.isVisible())) await make.click();
    await write.click();
    await expect(page.getByLabel("Sentence 1", { exact: true })).toBeVisible();
    return new URL(page.url()).pathname;
  };
  const project = (await found("/projects", "/projects/")).split("/").slice(0, 3).join("/");
  return [
    "/",
    "/review",
    await found("/review", "/review/"),
    await reply(project),
    await update(project),
    "/clients",
    await found("/clients", "/clients/"),
    "/clients?new=-",
    "/projects",
    "/projects?new=-",
    project,
    ...["board", "list", "documents", "share"].map((tab) => `${project}/${tab}`),
    "/paste",
    "/settings",
    ...["profile", "security", "tokens", "members", "workspace", "ai", "data", "developer", "webhooks", "audit"].map((part) => `/settings/${part}`),
    "/admin",
    ...["people", "people?disabled=1", "workspaces", "jobs", "ai", "log", "log?action=user.disable"].map((part) => `/admin/${part}`),
    "/no-such-page",
  ];
}

for (const scheme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    test(`axe finds nothing on any screen, ${scheme}, ${width} px`, async ({ page, stack }) => {
      test.setTimeout(240_000);
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 900 });
      for (const path of [
        "/sign-in",
        "/sign-up",
        "/confirm?token=signup_x",
        "/confirm-email?token=newmail_x",
        "/forgot-password",
        "/reset-password?token=reset_x",
        "/join?token=x",
      ]) {
        await page.goto(path);
        await settled(page);
        await expectAccessible(page, path);
      }
      await signIn(page, stack, stack.demo.email, stack.demo.password);
      for (const path of await addresses(page)) {
        await page.goto(path);
        await settled(page);
        await expectAccessible(page, path);
        // Nothing hangs over the edge of the window.
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(over, `${path} is wider than the window`).toBeLessThanOrEqual(0);
      }
    });
  }
}
