import { defineConfig, devices } from "@playwright/test";
import { chromium } from "./support/chromium.ts";

/**
 * Browser tests over the real stack.
 *
 * Each Playwright worker starts one stack (PostgreSQL, API, worker) of its own
 * through `support/fixtures.ts`, so a test never meets another worker's data.
 * The browser is the distribution's; Playwright downloads none.
 */
export default defineConfig({
  projects: [
    // Checks of the API that others wrote, over HTTP alone.
    { name: "api", testDir: "./audit" },
    { name: "browser", testDir: "./tests" },
  ],
  outputDir: "./test-results",
  // One worker by default: a stack and a browser already fill two cores.
  workers: Number(process.env.E2E_WORKERS ?? 1),
  fullyParallel: false,
  forbidOnly: !!process.env.CI,
  // A test that only passes the second time is a fault to find, not to hide.
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: process.env.E2E_REPORT
    ? [["list"], ["json", { outputFile: process.env.E2E_REPORT }]]
    : [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
