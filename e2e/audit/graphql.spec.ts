import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { Program, SCOPES, session } from "../support/api.ts";
import { run } from "../support/command.ts";
import { furnish } from "../support/furnish.ts";
import { Stack } from "../support/stack.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

test("schemathesis finds no answer of GraphQL that the schema does not allow", async () => {
  const program = process.env.SMARTSTACK_SCHEMATHESIS;
  test.skip(!program, "SMARTSTACK_SCHEMATHESIS names the program; cargo xtask test installs it");
  test.setTimeout(300_000);
  // A budget that is never spent: what is looked for is wrong answers, not refusals.
  const env = { RATE_LIMIT: "1000000000000", SMARTSTACK_ADMINISTRATOR: "marta@example.com" };
  const stack = await Stack.start({ env });
  try {
    const things = await furnish(stack, (await Program.of(stack, SCOPES)).token);
    // As a person, who may do more than any token: an owner, and the administrator.
    const headers = Object.entries(await session(stack));
    const { status, output } = await run(
      program!,
      [
        "--config-file", here("graphql-schemathesis.toml"),
        "run", `${stack.url}/graphql`,
        ...headers.flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
        "--checks", "all",
        "--phases", "fuzzing",
        "--max-examples", "10",
        "--generation-deterministic",
        "--continue-on-failure",
        "--workers", "1",
        "--no-color",
      ],
      {
        SMARTSTACK_HOOKS: here("graphql_hooks.py"),
        ...Object.fromEntries(Object.entries(things).map(([name, id]) => [`SMARTSTACK_${name}`, id])),
      },
    );
    expect(status, output.slice(-20_000)).toBe(0);
    // Every field of both roots was tried.
    const [, selected, all] = /Selected: (\d+)\/(\d+)/.exec(output) ?? [];
    expect(Number(selected)).toBeGreaterThan(80);
    expect(selected).toBe(all);
  } finally {
    await stack.stop();
  }
});
