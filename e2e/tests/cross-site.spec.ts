import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Page } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";
import { signIn } from "../support/people.ts";

/** A page of somebody else's, on a port of its own. */
let elsewhere: Server;

test.beforeAll(async () => {
  elsewhere = createServer((_, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end("<!doctype html><title>Elsewhere</title><p>Win a prize!</p>");
  });
  await new Promise<void>((listening) => elsewhere.listen(0, listening));
});

test.afterAll(() => {
  elsewhere.close();
});

/** The attacker's page under a host: a port more is another origin; another name is another site as well. */
function evil(host: string): string {
  return `http://${host}:${(elsewhere.address() as AddressInfo).port}/`;
}

/** Has the page send a form to an address, and waits for the answer. */
async function post(page: Page, action: string, name: string, value: string): Promise<number> {
  const answered = page.waitForResponse((response) => response.url().startsWith(action));
  await page.evaluate(
    ([action, name, value]) => {
      const form = document.createElement("form");
      Object.assign(form, { action, method: "post", enctype: "text/plain" });
      const field = Object.assign(document.createElement("input"), { name, value });
      form.append(field);
      document.body.append(form);
      form.submit();
    },
    [action, name, value] as const,
  );
  const status = (await answered).status();
  // Its answer is shown in the page's place; only then the next page can be asked for.
  await page.waitForURL((url) => url.href.startsWith(action));
  return status;
}

test("another origin's forms, requests and sockets do nothing in the name of who is signed in", async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signIn(page, stack, stack.demo.email, stack.demo.password);
  const workspace = await stack.sql(`
    SELECT m.workspace_id FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE u.email = '${stack.demo.email}' ORDER BY m.created_at LIMIT 1`);
  const before = await stack.sql("SELECT count(*) FROM clients");
  const query = `mutation { clientCreate(input: { workspaceId: "${workspace}", name: "Planted" }) { client { id } } }`;
  const ours = new URL(stack.url).hostname;
  for (const host of [ours, ours === "localhost" ? "127.0.0.1" : "localhost"]) {
    // A form's body can be made to read as JSON; it is turned away all the same.
    await page.goto(evil(host));
    const [head, tail] = JSON.stringify({ query, _: "=" }).split("=") as [string, string];
    expect(await post(page, `${stack.url}/graphql`, head, tail), `form, ${host}`).toBeGreaterThanOrEqual(400);
    await page.goto(evil(host));
    expect(await post(page, `${stack.url}/api/v1/auth/sign-out`, "{}", ""), `sign-out, ${host}`).toBeGreaterThanOrEqual(400);

    await page.goto(evil(host));
    const tried = await page.evaluate(
      async ({ url, query }) => {
        const tell = (request: Promise<Response>) => request.then((answer) => answer.type, () => "refused");
        const body = JSON.stringify({ query });
        const credentials = "include" as const;
        const socket = new Promise<string>((said) => {
          const opening = new WebSocket(`${url.replace("http", "ws")}/graphql/ws`, "graphql-transport-ws");
          opening.onopen = () => said("open");
          opening.onerror = () => said("refused");
        });
        return {
          // No preflight: sent, turned away, and nobody else's to read (Cross-Origin-Resource-Policy).
          simple: await tell(fetch(`${url}/graphql`, { method: "POST", mode: "no-cors", credentials, body })),
          // With our header there is a preflight, which is not granted.
          header: await tell(
            fetch(`${url}/graphql`, {
              method: "POST",
              credentials,
              headers: { "content-type": "application/json", "smartstack-client": "web" },
              body,
            }),
          ),
          // Nor is anything read.
          read: await tell(fetch(`${url}/graphql?query=${encodeURIComponent("{ viewer { user { email } } }")}`, { credentials })),
          socket: await socket,
        };
      },
      { url: stack.url, query },
    );
    expect(tried, host).toEqual({ simple: "refused", header: "refused", read: "refused", socket: "refused" });

    // Nor can the app be put into a frame, to be clicked on unseen.
    await page.evaluate((url) => {
      document.body.append(Object.assign(document.createElement("iframe"), { src: url, id: "framed" }));
    }, stack.url);
    await expect(page.frameLocator("#framed").getByRole("navigation")).toHaveCount(0);
  }
  expect(await stack.sql("SELECT count(*) FROM clients")).toBe(before);
  // Still signed in: nobody was signed out either.
  await page.goto(stack.url);
  await expect(page.getByRole("navigation").getByRole("link", { name: "Today" }).first()).toBeVisible();
});

test("signing in leads to pages of the app alone", async ({ page, stack }) => {
  test.setTimeout(120_000);
  for (const next of ["https://evil.example.com/", "//evil.example.com/", "/\\evil.example.com/", "javascript:alert(1)"]) {
    await page.context().clearCookies();
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByLabel("E-mail").fill(stack.demo.email);
    await page.getByLabel("Password").fill(stack.demo.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("navigation").getByRole("link", { name: "Today" }).first()).toBeVisible();
    expect(new URL(page.url()).origin, next).toBe(new URL(stack.url).origin);
  }
});
