import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";
import { PASSWORD, signUp } from "../support/people.ts";
import { Stack } from "../support/stack.ts";

/** Asks the API as the page's person. */
async function ask<T>(page: Page, query: string, input?: object): Promise<T> {
  const answer = await page.evaluate(async ({ query, input }) => {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", "smartstack-client": "web" },
      body: JSON.stringify({ query, variables: { input } }),
    });
    return response.json();
  }, { query, input });
  expect(answer.errors).toBeUndefined();
  return answer.data as T;
}

/** Every value of a JSON file that is a text. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value && typeof value === "object" ? Object.values(value).flatMap(texts) : [];
}

test("no secret of a whole run stands in a log", async ({ browser }) => {
  test.setTimeout(180_000);
  // More talkative than any installation: what is not said here is said nowhere.
  const stack = await Stack.start({ empty: true, env: { RUST_LOG: "debug" } });
  const context = await browser.newContext({ baseURL: stack.url });
  const page = await context.newPage();
  const secrets = new Map<string, string>();
  const keep = (what: string, secret: string | undefined) => {
    expect(secret?.length ?? 0, what).toBeGreaterThan(7);
    secrets.set(what, secret!);
  };
  const keepCookies = async (when: string) => {
    for (const cookie of await context.cookies()) keep(`cookie ${cookie.name} ${when}`, cookie.value);
  };
  try {
    keep("password", PASSWORD);
    await signUp(page, stack, "Sina Secret", "sina@example.com");
    const mail = await stack.mailTo("sina@example.com", /confirm\?token=/);
    keep("sign-up link", /confirm\?token=([\w.~-]+)/.exec(mail)?.[1]);
    await keepCookies("after signing up");

    // A wrong password is somebody's right one elsewhere.
    const guest = await browser.newContext({ baseURL: stack.url });
    const door = await guest.newPage();
    await door.goto("/sign-in");
    keep("wrong password", "my password for the bank");
    await door.getByLabel("E-mail").fill("sina@example.com");
    await door.getByLabel("Password").fill("my password for the bank");
    await door.getByRole("button", { name: "Sign in" }).click();
    await expect(door.getByRole("alert").first()).toBeVisible();
    // Renewing a session makes new cookies.
    await page.evaluate(() => fetch("/api/v1/auth/refresh", { method: "POST", headers: { "content-type": "application/json", "smartstack-client": "web" }, body: "{}" }));
    await keepCookies("after renewing");

    const { viewer } = await ask<{ viewer: { workspaces: { workspace: { id: string } }[] } }>(page, "{ viewer { workspaces { workspace { id } } } }");
    const workspaceId = viewer.workspaces[0]!.workspace.id;

    const token = await ask<{ apiTokenCreate: { secret: string } }>(
      page,
      "mutation($input: ApiTokenCreateInput!) { apiTokenCreate(input: $input) { secret userErrors { message } } }",
      { name: "Spreadsheet", scopes: ["TASKS_READ", "WORKSPACE_READ"] },
    );
    keep("access token", token.apiTokenCreate.secret);
    const bearer = { authorization: `Bearer ${token.apiTokenCreate.secret}`, "content-type": "application/json" };
    const used = await fetch(`${stack.url}/graphql`, { method: "POST", headers: bearer, body: JSON.stringify({ query: "{ viewer { user { name } } }" }) });
    expect(used.status).toBe(200);
    // Refused ones are secrets, too: one character was mistyped.
    const mistyped = `${token.apiTokenCreate.secret.slice(0, -1)}0`;
    await fetch(`${stack.url}/graphql`, { method: "POST", headers: { ...bearer, authorization: `Bearer ${mistyped}` }, body: JSON.stringify({ query: "{ viewer { user { name } } }" }) });
    keep("most of a mistyped token", mistyped.slice(0, -1));

    const project = await ask<{ projectCreate: { project: { id: string } } }>(
      page,
      "mutation($input: ProjectCreateInput!) { projectCreate(input: $input) { project { id } userErrors { message } } }",
      { workspaceId, name: "Shown" },
    );
    const share = await ask<{ shareLinkCreate: { shareLink: { url: string } } }>(
      page,
      "mutation($input: ShareLinkCreateInput!) { shareLinkCreate(input: $input) { shareLink { url } userErrors { message } } }",
      { projectId: project.projectCreate.project.id },
    );
    keep("share token", share.shareLinkCreate.shareLink.url.split("/s/")[1]);
    await door.goto(share.shareLinkCreate.shareLink.url);
    await expect(door.getByRole("heading", { name: "Shown" })).toBeVisible();
    for (const cookie of await guest.cookies()) keep(`share cookie ${cookie.name}`, cookie.value);

    await ask(
      page,
      "mutation($input: InvitationCreateInput!) { invitationCreate(input: $input) { invitation { id } userErrors { message } } }",
      { workspaceId, email: "ivo@example.com", role: "MEMBER" },
    );
    const invited = await stack.mailTo("ivo@example.com", /\/join\?token=/);
    const link = /https?:\/\/\S+?\/join\?token=([\w-]+)/.exec(invited)!;
    keep("invitation link", link[1]);
    await door.goto(link[0]);
    await door.getByLabel("Your name").fill("Ivo");
    keep("another password", "ivo's four plain words");
    await door.getByLabel("Password").fill("ivo's four plain words");
    await door.getByRole("button", { name: "Join" }).click();
    await expect(door.getByRole("navigation").getByRole("link", { name: "Today" }).first()).toBeVisible();
    for (const cookie of await guest.cookies()) keep(`cookie ${cookie.name} of the guest`, cookie.value);
    await guest.close();

    // What the installation itself is opened with.
    const own = JSON.parse(await readFile(join(stack.dataDir, "secrets.json"), "utf8")) as Record<string, unknown>;
    for (const [at, secret] of texts(own).entries()) if (secret.length > 15) keep(`secret ${at} of the installation`, secret);

    // The stop is part of the run.
    await context.close();
    const logs = await stack.stopKeeping(async (dataDir) => {
      const dir = join(dataDir, "logs");
      const names = await readdir(dir);
      return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(dir, name), "utf8") })));
    });
    expect(logs.map(({ name }) => name).sort()).toEqual(["api.log", "postgres.log", "worker.log"]);
    expect(logs.every(({ text }) => text.length > 0)).toBe(true);
    // These are the logs of this run: what is no secret is in them.
    expect(logs.find(({ name }) => name === "api.log")!.text).toContain("/api/v1/auth/sign-in");
    expect(logs.find(({ name }) => name === "worker.log")!.text).toContain("worker ready");
    expect(secrets.size).toBeGreaterThan(12);
    for (const { name, text } of logs) {
      for (const [what, secret] of secrets) {
        for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) {
          expect(text.includes(form), `${what} stands in ${name}`).toBe(false);
        }
      }
    }
    const printed = stack.log();
    for (const [what, secret] of secrets) expect(printed.includes(secret), `${what} was printed`).toBe(false);
  } finally {
    await stack.stop();
  }
});
