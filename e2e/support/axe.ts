import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import { expect } from "./fixtures.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

interface Violation {
  id: string;
  help: string;
  nodes: { target: string[]; failureSummary?: string }[];
}

/**
 * Runs axe-core over the page as it stands, every rule of WCAG 2.2 A and AA
 * and axe's best practices, and expects no violation;
 * goes on all the same, so that one run names them all.
 */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // The app's policy forbids scripts from elsewhere; the debugger's evaluate is not bound by it.
  await page.evaluate(await readFile(AXE, "utf8"));
  const violations = await page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: { run(o: object): Promise<{ violations: Violation[] }> } }).axe;
    const result = await axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return result.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ target, failureSummary }) => ({ target, failureSummary })),
    }));
  });
  // Soft: one run names what is wrong on every screen.
  expect.soft(violations, `axe on ${what}`).toEqual([]);
}
