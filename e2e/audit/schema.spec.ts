import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import graphqlEslint from "@graphql-eslint/eslint-plugin";
import { ESLint } from "eslint";
import { expect, test } from "@playwright/test";
import { buildSchema, findBreakingChanges, parse, validate } from "graphql";

const SCHEMA = fileURLToPath(new URL("../../schema/schema.graphql", import.meta.url));
const PUBLISHED = new URL("../../schema/published.graphql", import.meta.url);
const DOCUMENTS = new URL("../../schema/documents.json", import.meta.url);
const PUBLISHED_DOCUMENTS = new URL("../../schema/published-documents.json", import.meta.url);
const BREAKING = new URL("../../schema/breaking-changes.json", import.meta.url);

/** Rules of `schema-recommended` and `schema-relay`, with what this schema does on purpose. */
const RULES = {
  ...graphqlEslint.configs["flat/schema-recommended"].rules,
  ...graphqlEslint.configs["flat/schema-relay"].rules,
  // Payloads and connections have no identity of their own; entities implement Node.
  "@graphql-eslint/strict-id-in-types": "off",
  // Small, bounded lists (user errors, tabs of a project) are plain lists; what can grow is a connection.
  "@graphql-eslint/relay-edge-types": [
    "error",
    { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false },
  ],
  // The exporter's choice, not ours.
  "@graphql-eslint/description-style": "off",
  // Described throughout: arguments and input fields too.
  "@graphql-eslint/require-description": [
    "error",
    { types: true, DirectiveDefinition: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true },
  ],
};

const LINTER = fileURLToPath(new URL("../node_modules/graphql-schema-linter/lib/cli.js", import.meta.url));

/** All rules but those that want alphabetical order: ours follows meaning (a task's states in their course). */
const LINTER_RULES = [
  "arguments-have-descriptions",
  "defined-types-are-used",
  "deprecations-have-a-reason",
  "descriptions-are-capitalized",
  "enum-values-all-caps",
  "enum-values-have-descriptions",
  "fields-are-camel-cased",
  "fields-have-descriptions",
  "input-object-values-are-camel-cased",
  "input-object-values-have-descriptions",
  "relay-connection-arguments-spec",
  "relay-connection-types-spec",
  "relay-page-info-spec",
  "types-are-capitalized",
  "types-have-descriptions",
];

test.describe("Schema", () => {
  test("nothing breaks for those who use what was published, but what is declared", () => {
    const published = buildSchema(readFileSync(PUBLISHED, "utf8"));
    const breaking = (sdl: string) => findBreakingChanges(published, buildSchema(sdl)).map((one) => one.description);
    const now = readFileSync(SCHEMA, "utf8");
    expect(breaking(now)).toEqual(JSON.parse(readFileSync(BREAKING, "utf8")));
    // The check sees what it is there for.
    expect(breaking(now.replace(/^\tdueDate: Date$/m, "\tdueOn: Date"))).not.toEqual(breaking(now));
  });

  test("graphql-eslint finds nothing (schema-recommended, schema-relay)", async () => {
    const eslint = new ESLint({
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      overrideConfigFile: true,
      overrideConfig: [
        {
          files: ["**/*.graphql"],
          languageOptions: {
            parser: graphqlEslint.parser,
            parserOptions: { graphQLConfig: { schema: SCHEMA } },
          },
          plugins: { "@graphql-eslint": graphqlEslint as never },
          rules: RULES as never,
        },
      ],
    });
    // The exporter repeats the specification's own directives, without descriptions: they are not ours to describe.
    const ours = readFileSync(SCHEMA, "utf8").replace(/^(?:"[^"\n]*"\n)?directive @(include|skip|specifiedBy|deprecated|oneOf)\(?.*$/gm, "");
    const results = await eslint.lintText(ours, { filePath: SCHEMA });
    expect(results).toHaveLength(1);
    const found = results[0]!.messages.map((message) => `${message.line}: ${message.message} (${message.ruleId})`);
    expect(found).toEqual([]);
  });

  test("graphql-schema-linter finds nothing", () => {
    const run = spawnSync(
      process.execPath,
      [LINTER, "--format", "compact", "--rules", LINTER_RULES.join(","), SCHEMA],
      { encoding: "utf8" },
    );
    expect(`${run.stdout}${run.stderr}`.trim()).toBe("");
    expect(run.status).toBe(0);
  });
});

test("the app's documents are valid, and known by their hashes", () => {
  const schema = buildSchema(readFileSync(SCHEMA, "utf8"));
  // Those of the release before, too: tabs that were left open over an update still ask by them.
  for (const file of [DOCUMENTS, PUBLISHED_DOCUMENTS]) {
    const list = JSON.parse(readFileSync(file, "utf8")) as Record<string, { sha256: string; document: string }>;
    expect(Object.keys(list).length).toBeGreaterThan(100);
    for (const [name, { sha256, document }] of Object.entries(list)) {
      expect(createHash("sha256").update(document).digest("hex"), name).toBe(sha256);
      expect(validate(schema, parse(document)).map(({ message }) => message), name).toEqual([]);
    }
  }
});
