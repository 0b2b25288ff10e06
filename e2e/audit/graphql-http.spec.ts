import { serverAudits } from "graphql-http";
import { expect, test } from "../support/fixtures.ts";

/**
 * The audits of the GraphQL-over-HTTP specification's reference implementation.
 *
 * Each of the 61 is a test. "ok" is asked for throughout: what the specification
 * only recommends (SHOULD) and leaves open (MAY) is met too.
 */
let url = "";
const audits = serverAudits({ url: () => `${url}/graphql` });

test.describe("GraphQL over HTTP", () => {
  test.beforeAll(({ stack }) => {
    url = stack.url;
  });

  test("all audits are here", () => {
    expect(audits).toHaveLength(61);
  });

  for (const audit of audits) {
    test(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      const why = "reason" in result ? result.reason : "";
      expect(result.status, why).toBe("ok");
    });
  }
});
