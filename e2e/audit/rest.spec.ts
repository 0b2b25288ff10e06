import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { Program, SCOPES } from "../support/api.ts";
import { run } from "../support/command.ts";
import { furnish } from "../support/furnish.ts";
import { Stack } from "../support/stack.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const SPECTRAL = here("../node_modules/@stoplight/spectral-cli/dist/index.js");

test.describe("REST v1", () => {
  test("spectral finds nothing in the description", async () => {
    const args = ["lint", "--ruleset", here("spectral.yaml"), "--fail-severity", "hint", here("../../schema/openapi.json")];
    const { status, output } = await run(process.execPath, [SPECTRAL, ...args]);
    expect(output).toContain("No results with a severity of 'hint' or higher found!");
    expect(status).toBe(0);
  });

  test("schemathesis finds no answer that is not as described", async () => {
    const program = process.env.SMARTSTACK_SCHEMATHESIS;
    test.skip(!program, "SMARTSTACK_SCHEMATHESIS names the program; cargo xtask test installs it");
    test.setTimeout(400_000);
    // A budget that is never spent: what is looked for is wrong answers, not refusals.
    const stack = await Stack.start({ env: { RATE_LIMIT: "1000000000000" } });
    try {
      const things = await furnish(stack, (await Program.of(stack, SCOPES)).token);
      const { status, output } = await run(
        program!,
        [
          "--config-file", here("schemathesis.toml"),
          "run", `${stack.url}/openapi.json`,
          "--header", `Authorization: Bearer ${things.TOKEN}`,
          "--checks", "all",
          "--phases", "examples,coverage,fuzzing",
          "--max-examples", "6",
          "--generation-deterministic",
          "--continue-on-failure",
          "--workers", "1",
          "--no-color",
        ],
        Object.fromEntries(Object.entries(things).map(([name, id]) => [`SMARTSTACK_${name}`, id])),
      );
      expect(status, output.slice(-20_000)).toBe(0);
    } finally {
      await stack.stop();
    }
  });
});
