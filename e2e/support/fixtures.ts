import { test as base } from "@playwright/test";
import { Stack } from "./stack.ts";

/** Who signs in to the demo workspace; here they administer the installation, too. */
const DEMO = "marta@example.com";

export { expect } from "@playwright/test";

/**
 * `test` with a running stack.
 *
 * `stack` lives as long as the Playwright worker; `baseURL` is its address, so
 * `page.goto("/")` opens the app. A test that kills or reconfigures a part
 * starts a stack of its own: `const own = await Stack.start({ env: {…} })`,
 * and stops it in a `finally`.
 */
export const test = base.extend<object, { stack: Stack }>({
  stack: [
    // Playwright reads the fixture's dependencies from the empty pattern.
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const stack = await Stack.start({ env: { SMARTSTACK_ADMINISTRATOR: DEMO } });
      await use(stack);
      await stack.stop();
    },
    { scope: "worker", timeout: 1_600_000 },
  ],
  baseURL: async ({ stack }, use) => use(stack.url),
});
